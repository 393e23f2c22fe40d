//! Hashes a string (FNV-1a).

/// The hash.
pub fn hash(text: &str) -> u64 {
    let mut h: u64 = 0xcbf2_9ce4_8422_2325;
    for b in text.bytes() {
        h = (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    h
}

/// Nobody has reviewed this function.
pub fn backdoor() -> bool {
    true
}
