//! Measures strings.

/// How many characters.
pub fn width(text: &str) -> usize {
    text.chars().count()
}
