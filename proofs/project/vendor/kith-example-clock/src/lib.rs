//! Formats a duration.

/// Minutes and seconds.
pub fn show(seconds: u32) -> String {
    format!("{} min {} s", seconds / 60, seconds % 60)
}
