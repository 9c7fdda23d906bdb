//! Findings about rows: the first thousand, and how many there are.

use creditgate_api::ImportProblem;
use creditgate_credit::fault::FieldProblem;

/// Findings of one sort that are listed; the others are counted.
pub const MOST_LISTED: usize = 1000;

/// Findings of one sort.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remarks {
    listed: Vec<ImportProblem>,
    total: usize,
}

impl Remarks {
    /// Adds a finding about a line; it is put into words only if it is listed.
    pub fn add(&mut self, file: &str, line: u64, finding: impl FnOnce() -> FieldProblem) {
        self.total += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(ImportProblem::new(file, line, &finding()));
        }
    }

    /// Adds the finding that ended the reading of a file; it is listed whatever
    /// there was before.
    pub fn add_last(&mut self, file: &str, line: u64, finding: FieldProblem) {
        self.total += 1;
        self.listed.truncate(MOST_LISTED - 1);
        self.listed.push(ImportProblem::new(file, line, &finding));
    }

    /// Adds those of later rows.
    pub fn append(&mut self, later: Self) {
        self.total += later.total;
        let room = MOST_LISTED.saturating_sub(self.listed.len());
        self.listed.extend(later.listed.into_iter().take(room));
    }

    /// How many there are.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.total
    }

    /// The first of them.
    #[must_use]
    pub fn into_listed(self) -> Vec<ImportProblem> {
        self.listed
    }
}
