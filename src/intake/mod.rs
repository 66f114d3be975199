//! Reading other people's files: bytes in, drafts out.
//!
//! Nothing is guessed silently. What the file itself settles is taken and
//! noted; what it leaves open stops with the flag that decides it; what is
//! wrong is refused row by row, and every bad row is named at once.
//!
//! ```text
//! bytes ─encoding─▶ text ─records─▶ records ─cards─▶ records without card data
//!   ─columns, layout─▶ rows ─survey─▶ rules for the whole file ─rows─▶ drafts
//!
//! columns knows names by   fields
//! survey decides by        marks (of decimals)  orders (of dates)
//! rows reads cells by      amounts (figures, currencies)  dates  words  sums
//! invoices                 the recipe, for files of invoices
//! ```

mod cards;
mod columns;
mod encoding;
mod fields;
mod quote;
mod records;
