//! Imported invoice files: what came from which, and what a file would change.

use jiff::Timestamp;
use serde_json::json;

use super::{Reader, Tx};
use crate::domain::customer::Customer;
use crate::domain::ids::{ImportId, InvoiceId};
use crate::domain::invoice::NewInvoice;
use crate::problem::Result;

/// An import that wrote invoices.
#[derive(Debug, Clone)]
pub struct ImportRow {
    pub id: ImportId,
    pub file: String,
    pub invoices: u32,
    pub imported_at: Timestamp,
}

impl Reader<'_> {
    /// The import that brought exactly these bytes before, if any.
    ///
    /// # Errors
    ///
    /// The book cannot be read.
    pub fn import_of(self, sha256: &str) -> Result<Option<ImportRow>> {
        self.row(
            "select id, file, invoices, imported_at from imports where sha256 = ?1 order by id desc limit 1",
            [sha256],
            |row| {
                Ok(ImportRow {
                    id: row.get("id")?,
                    file: row.get("file")?,
                    invoices: row.get("invoices")?,
                    imported_at: row.get("imported_at")?,
                })
            },
        )
    }
}

impl Tx<'_> {
    /// Records an import; the number of its batch.
    ///
    /// # Errors
    ///
    /// The book cannot be written.
    pub fn begin_import(&self, file: &str, sha256: &str, invoices: usize) -> Result<ImportId> {
        let count = i64::try_from(invoices).unwrap_or(i64::MAX);
        let id = ImportId(self.insert(
            "insert into imports (file, sha256, invoices, imported_at) values (?1, ?2, ?3, ?4)",
            (file, sha256, count, self.at),
        )?);
        self.note(
            "invoices.imported",
            json!({"import": id.0, "file": file, "sha256": sha256, "invoices": count}),
        )?;
        Ok(id)
    }

    /// Adds an invoice of an import.
    ///
    /// # Errors
    ///
    /// Exit 1 if the number is taken.
    pub fn add_imported_invoice(
        &self,
        import: ImportId,
        customer: &Customer,
        new: &NewInvoice,
    ) -> Result<InvoiceId> {
        self.insert_invoice(customer, new, Some(import))
    }
}
