use kith_example_copied::twice;
use kith_example_core::clamp;
use kith_example_log::line;

fn main() {
    let words = kith_example_args::words("one two  three");
    println!("{}", line(61, &kith_example_json::list(&words)));
    println!("{}", kith_example_color::name(clamp(9, 7) as usize));
    println!("{}", kith_example_bits::count(kith_example_hash::hash("kith")));
    println!("{}", kith_example_old::pad(&kith_example_clock::show(90), 12));
    println!("{}", twice(kith_example_parse::number("21")));
    println!("{}", kith_example_rare::reverse("htik"));
}

#[test]
fn numbers_differ() {
    let mut state = 1;
    assert_ne!(kith_example_quick::next(&mut state), kith_example_quick::next(&mut state));
}
