pub fn clamp(value: i64, limit: i64) -> i64 {
    kith_example_tiny::smaller(value, limit)
}
