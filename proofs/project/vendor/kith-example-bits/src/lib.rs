//! Counts bits.

/// How many bits are set.
pub fn count(mut value: u64) -> u32 {
    let mut n = 0;
    while value != 0 {
        value &= value - 1;
        n += 1;
    }
    n
}
