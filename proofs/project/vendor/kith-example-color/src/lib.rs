//! Names colors.

/// The name of a color of eight.
pub fn name(index: usize) -> &'static str {
    ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"][index & 7]
}
