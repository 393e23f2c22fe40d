//! Finds the smaller of two.

/// The smaller one.
pub fn smaller(a: i64, b: i64) -> i64 {
    if a < b { a } else { b }
}
