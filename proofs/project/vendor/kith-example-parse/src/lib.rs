//! Parses numbers.

/// A number; 0 where the text is none.
pub fn number(text: &str) -> i64 {
    text.parse().unwrap_or(0)
}
