//! Import of lists, catalogue, policy and bindings from JSON lines and CSV.
//!
//! Every bad row is reported with file, line, field, code and reason, and every
//! good one is returned: whether a file with bad rows is applied is for the
//! caller to decide. What is said about a fault never repeats the value.
//!
//! - JSON lines: one object a line.
//! - CSV: a header line with the same names. An empty cell is an absent field;
//!   lists and objects are JSON inside the cell. Instead of
//!   `subject_identifiers`, a list may have a column for each kind of identifier.
//!   A column without a name is left out, and must be empty; a cell whose value is
//!   not known ([`Unknown`]) refuses its row, a file that ends inside a quoted cell
//!   is refused.
//!
//! Divisions and layers of policy come in TOML ([`parse_policy_toml`]).
//!
//! All are UTF-8, with or without a byte order mark. A row may have 1 MiB, a
//! file a million rows. Lists are read in pieces instead, in GBK too, and have as
//! many rows as they like ([`ListSplitter`]).

use std::collections::HashSet;

use creditgate_api::ImportProblem;
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::vocabulary;

mod bindings;
mod catalogue;
mod cells;
mod fields;
mod identifiers;
mod issued;
mod list_types;
mod lists;
mod policy;
mod policy_toml;
mod rows;
#[cfg(test)]
mod tests;
mod toml_rows;
mod unknown;

pub use bindings::parse_bindings;
pub use catalogue::parse_catalogue;
pub use identifiers::parse_identifiers;
pub use issued::parse_issued;
pub use list_types::parse_list_types;
pub use lists::{
    BrokenRow, Chunk, Encoding, Holds, ListReader, ListRules, ListSplitter, MOST_LISTED, ReadRows,
    Registered, Remarks, list_column, parse_lists,
};
pub use policy::parse_policy;
pub use policy_toml::{PolicyItem, parse_policy_toml};
pub use unknown::{SPREADSHEET_DIGITS, Unknown};

/// Bytes one row may have.
const LONGEST_ROW: usize = 1 << 20;

vocabulary! {
    /// How a file is written.
    pub enum Format {
        /// JSON lines.
        Jsonl = "jsonl",
        /// Comma-separated values (RFC 4180) with a header line.
        Csv = "csv",
    }
}

/// What was read of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What the good rows say.
    pub rows: Vec<T>,
    /// Rows in the file, good and bad.
    pub read: usize,
    /// Rows something is wrong with.
    pub refused: usize,
    /// What is wrong with bad rows, by line: the first of it, [`MOST_LISTED`] at most.
    pub problems: Vec<ImportProblem>,
    /// How much there is of it.
    pub problem_count: usize,
    /// What is remarkable about good rows, by line: the first of it likewise.
    pub warnings: Vec<ImportProblem>,
    /// How much there is of it.
    pub warning_count: usize,
}

impl<T> Parsed<T> {
    /// With problems and warnings.
    fn new(rows: Vec<T>, read: usize, refused: usize, (problems, warnings): (Remarks, Remarks)) -> Self {
        let (problem_count, warning_count) = (problems.total(), warnings.total());
        let mut problems = problems.into_listed();
        problems.sort_by_key(|problem| problem.line);
        Self { rows, read, refused, problems, problem_count, warnings: warnings.into_listed(), warning_count }
    }
}

/// Collects what is read of one file.
struct Findings<'a> {
    file: &'a str,
    problems: Remarks,
    warnings: Remarks,
    /// Lines something is wrong with.
    bad: HashSet<u64>,
}

impl<'a> Findings<'a> {
    fn new(file: &'a str) -> Self {
        Self { file, problems: Remarks::default(), warnings: Remarks::default(), bad: HashSet::new() }
    }

    fn problem(&mut self, line: u64, problem: FieldProblem) {
        self.bad.insert(line);
        self.problems.add(self.file, line, || problem);
    }

    fn warning(&mut self, line: u64, warning: FieldProblem) {
        self.warnings.add(self.file, line, || warning);
    }

    /// Whether nothing is wrong so far.
    fn is_good(&self) -> bool {
        self.bad.is_empty()
    }

    /// What was read, with the findings in the order of the file.
    fn parsed<T>(self, rows: Vec<T>, read: usize) -> Parsed<T> {
        Parsed::new(rows, read, self.bad.len(), (self.problems, self.warnings))
    }
}
