//! Escapes text.

/// Quotes, backslashes and controls escaped.
pub fn escape(text: &str) -> String {
    text.chars().flat_map(char::escape_default).collect()
}
