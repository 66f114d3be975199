//! A piece of somebody's file, quoted in a message: safe to show, and short.

use crate::domain::untrusted::visible;

/// Characters of a value that a message repeats.
const LONGEST: usize = 40;

/// The text in backticks, control characters spelled out, cut at 40 characters.
pub(super) fn quoted(text: &str) -> String {
    let head: String = text.chars().take(LONGEST + 1).collect();
    let shown = visible(&head);
    let kept: String = shown.chars().take(LONGEST).collect();
    let more = if kept.len() < shown.len() { "…" } else { "" };
    format!("`{kept}{more}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quoted_value_is_short_and_harmless() {
        assert_eq!(quoted("INV-7"), "`INV-7`");
        assert_eq!(quoted("a\x1b[2Jb"), "`a\\u{1b}[2Jb`");
        assert_eq!(quoted(&"ü".repeat(40)), format!("`{}`", "ü".repeat(40)));
        assert_eq!(quoted(&"ü".repeat(41)), format!("`{}…`", "ü".repeat(40)));
        assert_eq!(quoted(&"\0".repeat(99)).chars().count(), 43);
    }
}
