//! Makes pseudo-random numbers for tests.

/// The next number.
pub fn next(state: &mut u32) -> u32 {
    *state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    *state
}
