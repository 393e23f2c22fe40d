//! Writes log lines.

/// One line, whatever the text holds.
pub fn line(seconds: u32, text: &str) -> String {
    let text = text.replace(['\r', '\n'], " ");
    format!("{} {}", kith_example_clock::show(seconds), text)
}
