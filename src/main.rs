//! The process; all of the program is in the library.

fn main() {}
