//! Splits a command line.

/// The words of a line; several blanks count as one.
pub fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}
