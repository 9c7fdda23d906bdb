//! The READMEs show nothing that does not compile and pass.

/// Layout aside.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_piece_of_rust_in_the_readmes_is_part_of_the_example() {
    let example = words(include_str!("../examples/registration.rs"));
    let readmes = [
        (include_str!("../README.md"), 2),
        (include_str!("../../../README.md"), 1),
        (include_str!("../../../README.zh-CN.md"), 1),
    ];
    for (readme, expected) in readmes {
        let pieces: Vec<&str> =
            readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert_eq!(pieces.len(), expected);
        for piece in pieces {
            assert!(example.contains(&words(piece)), "not in examples/registration.rs:\n{piece}");
        }
    }
}
