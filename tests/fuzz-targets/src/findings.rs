//! What holds of everything the host says about a fault.

use creditgate_api::ImportProblem;
use creditgate_credit::fault::FieldProblem;
use creditgate_wire::import::Parsed;

/// The shortest number that may be a person's: citizen IDs have 15 or 18 digits.
const PERSONAL_DIGITS: usize = 15;

/// Nothing that may be an identity number is in a text for people.
pub(crate) fn holds_no_number(text: &str) {
    let runs = text.split(|character: char| !character.is_ascii_digit());
    let longest = runs.map(str::len).max().unwrap_or_default();
    assert!(longest < PERSONAL_DIGITS, "a finding repeats a number of {longest} digits");
}

/// A finding has a code and a message and repeats no number.
pub(crate) fn is_sound(problem: &FieldProblem) {
    says_something(problem.code, &problem.message);
    holds_no_number(&problem.message);
    holds_no_number(&problem.field);
}

/// Every finding names the file and a line that is in it, and repeats no number.
pub(crate) fn are_sound<T>(parsed: &Parsed<T>, file: &str, bytes: &[u8]) {
    for finding in parsed.problems.iter().chain(&parsed.warnings) {
        names_a_line(finding, file, bytes);
        says_something(&finding.code, &finding.message);
        holds_no_number(&finding.message);
        holds_no_number(&finding.field);
    }
}

pub(crate) fn names_a_line(finding: &ImportProblem, file: &str, bytes: &[u8]) {
    let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
    assert_eq!(finding.file, file, "a finding names another file");
    let line = finding.line;
    assert!((1..=lines).contains(&line), "line {line} of {lines}: {} {}", finding.code, finding.field);
}

fn says_something(code: &str, message: &str) {
    assert!(code.contains('.'), "a finding has no code: {code}");
    assert!(!message.is_empty(), "{code} says nothing");
}
