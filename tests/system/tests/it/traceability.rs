//! The table of requirements says what is true: every requirement the host is
//! to meet has a test named for it, and every such test stands in the list beside
//! the table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How many requirements there are.
const REQUIREMENTS: u16 = 122;

/// Scopes that ask for a test.
const IN_SCOPE: &[&str] = &["CORE", "CFG", "PLUG", "CONN"];

/// Folders with code and tests.
const CODE: &[&str] = &["host", "plugins", "examples", "tests", "xtask"];

/// A row of the table.
struct Requirement {
    number: u16,
    scope: String,
    places: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn table() -> Vec<Requirement> {
    let text = std::fs::read_to_string(root().join("docs/requirements.md")).unwrap();
    text.lines().filter(|line| line.starts_with("| R")).map(row).collect()
}

fn row(line: &str) -> Requirement {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    assert_eq!(cells.len(), 4, "not four cells: {line}");
    let (number, scope, places) = (cells[0], cells[1], cells[3]);
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    Requirement { number: number[1..].parse().unwrap(), scope: scope.to_owned(), places: quoted(places) }
}

/// Names of the tests that begin with the numbers of requirements, by number.
fn tests_by_requirement() -> BTreeMap<u16, BTreeSet<String>> {
    let mut found: BTreeMap<u16, BTreeSet<String>> = BTreeMap::new();
    for folder in CODE {
        for file in rust_files(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            for name in text.split("fn r").skip(1).filter_map(|rest| rest.split('(').next()) {
                let name = format!("r{name}");
                for number in numbers(&name) {
                    found.entry(number).or_default().insert(name.clone());
                }
            }
        }
    }
    found
}

/// The numbers a test's name begins with: 75 and 76 of `r075_r076_a_clean_record`.
fn numbers(name: &str) -> Vec<u16> {
    name.split('_')
        .map_while(|word| {
            let digits = word.strip_prefix('r').filter(|digits| digits.len() == 3)?;
            digits.parse().ok()
        })
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn every_requirement_stands_in_the_table_once_and_where_it_lives_is_there() {
    let numbers: Vec<u16> = table().iter().map(|requirement| requirement.number).collect();
    assert_eq!(numbers, (1..=REQUIREMENTS).collect::<Vec<_>>());
    for requirement in table() {
        let gone: Vec<_> = requirement.places.iter().filter(|place| !root().join(place).exists()).collect();
        assert!(gone.is_empty(), "R{}: there is no {gone:?}", requirement.number);
        assert!(!requirement.places.is_empty(), "R{} lives nowhere", requirement.number);
    }
}

#[test]
fn every_requirement_in_scope_has_a_test_named_for_it() {
    let tests = tests_by_requirement();
    let untested: Vec<u16> = table()
        .into_iter()
        .filter(|requirement| IN_SCOPE.iter().any(|scope| requirement.scope.contains(scope)))
        .map(|requirement| requirement.number)
        .filter(|number| !tests.contains_key(number))
        .collect();
    assert_eq!(untested, [0; 0], "requirements without a test named for them");
}

#[test]
fn the_list_of_tests_names_the_tests_there_are() {
    let file = root().join("docs/requirements-tests.md");
    let right = list_of_tests(&tests_by_requirement());
    if std::env::var_os("UPDATE_REQUIREMENTS").is_some() {
        std::fs::write(&file, &right).unwrap();
        return;
    }
    let text = std::fs::read_to_string(&file).unwrap();
    let wrong: Vec<_> =
        text.lines().zip(right.lines()).filter(|(there, right)| there != right).take(5).collect();
    assert!(text == right, "this test writes the list with UPDATE_REQUIREMENTS=1 set: {wrong:#?}");
}

/// The page that lists the tests of every requirement, in the order of their
/// numbers.
fn list_of_tests(tests: &BTreeMap<u16, BTreeSet<String>>) -> String {
    let mut page = String::from(
        "# The tests of every requirement\n\n\
         Written by `traceability.rs` of the system tests from the names of the tests; \
         [requirements.md](requirements.md) says what each requirement asks.\n",
    );
    for (number, names) in tests {
        page.push_str(&format!("\n## R{number}\n\n"));
        names.iter().for_each(|name| page.push_str(&format!("- `{name}`\n")));
    }
    page
}

#[test]
fn a_name_may_begin_with_several_numbers() {
    assert_eq!(numbers("r075_r076_three_years"), [75, 76]);
    assert_eq!(numbers("r044_three_watch_fields_make_an_alert"), [44]);
    assert_eq!(numbers("read_r044"), [0; 0]);
}
