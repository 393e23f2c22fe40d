//! Copied from somewhere, once.

pub fn twice(value: i64) -> i64 {
    2 * value
}
