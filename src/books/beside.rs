//! Rows that belong to those of another query, read beside it in the same order.
//!
//! A list whose rows have rows of their own costs one query for each kind, not
//! one for each row, and holds what belongs to one row at a time.

use rusqlite::{Row, Rows};

use crate::problem::{Problem, Result};

/// How a row is read: whose it is, and what.
pub(super) type Read<K, T> = fn(&Row<'_>) -> rusqlite::Result<(K, T)>;

/// Rows beside a list.
pub(super) struct Beside<'a, K, T> {
    rows: Rows<'a>,
    read: Read<K, T>,
    next: Option<(K, T)>,
}

impl<'a, K: Copy + PartialEq, T> Beside<'a, K, T> {
    /// Begins with the first; `rows` are in the order of the list.
    pub(super) fn open(rows: Rows<'a>, read: Read<K, T>) -> Result<Self> {
        let mut beside = Self {
            rows,
            read,
            next: None,
        };
        beside.take()?;
        Ok(beside)
    }

    /// Tells what belongs to the next row of the list.
    pub(super) fn each_of(&mut self, key: K, mut hear: impl FnMut(T)) -> Result<()> {
        while self.next.as_ref().is_some_and(|(owner, _)| *owner == key) {
            if let Some((_, row)) = self.take()? {
                hear(row);
            }
        }
        Ok(())
    }

    /// What belongs to the next row of the list.
    pub(super) fn of(&mut self, key: K) -> Result<Vec<T>> {
        let mut theirs = Vec::new();
        self.each_of(key, |row| theirs.push(row))?;
        Ok(theirs)
    }

    /// The list is over, and every row found whose it is.
    pub(super) fn end(self) -> Result<()> {
        match self.next {
            None => Ok(()),
            Some(_) => Err(Problem::bug("a list left rows of the book untold")),
        }
    }

    fn take(&mut self) -> Result<Option<(K, T)>> {
        let after = self.rows.next()?.map(self.read).transpose()?;
        Ok(std::mem::replace(&mut self.next, after))
    }
}
