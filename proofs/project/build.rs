fn main() {
    assert!(kith_example_wide::width("kith") == 4);
}
