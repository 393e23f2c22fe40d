//! Pads strings.

/// At least `width` wide.
pub fn pad(text: &str, width: usize) -> String {
    format!("{:>1$}", text, width)
}
