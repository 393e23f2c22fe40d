//! Writes JSON strings and lists of them.

/// A JSON string.
pub fn string(value: &str) -> String {
    format!("\"{}\"", kith_example_text::escape(value))
}

/// A JSON list of strings.
pub fn list(values: &[&str]) -> String {
    let strings: Vec<String> = values.iter().map(|v| string(v)).collect();
    format!("[{}]", strings.join(","))
}
