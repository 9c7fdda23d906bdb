//! The README shows nothing that does not compile and pass.

/// Layout aside.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_piece_of_the_readme_is_part_of_the_example() {
    let example = words(include_str!("../examples/registration.rs"));
    let readme = include_str!("../README.md");
    let pieces: Vec<&str> =
        readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(pieces.len(), 2);
    for piece in pieces {
        assert!(example.contains(&words(piece)), "not in examples/registration.rs:\n{piece}");
    }
}
