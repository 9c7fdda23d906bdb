//! What is said about an import of list entries.

use creditgate_api::{Conflict, ImportReport, ListReport};
use creditgate_credit::fault::FieldProblem;
use creditgate_store::ListFinding;
use creditgate_wire::import::{MOST_LISTED, ReadRows, Remarks};

use super::Order;

/// What was found in a file.
pub(super) struct Findings<'a> {
    order: &'a Order,
    read: ReadRows,
    conflicts: Vec<Conflict>,
    conflict_count: usize,
}

impl<'a> Findings<'a> {
    pub(super) const fn new(order: &'a Order, read: ReadRows) -> Self {
        Self { order, read, conflicts: Vec::new(), conflict_count: 0 }
    }

    /// Whether the file was not read to its end.
    pub(super) const fn is_stopped(&self) -> bool {
        self.read.stopped
    }

    /// Takes in how the entries compare with each other and with what is known.
    pub(super) fn compared(&mut self, findings: Vec<ListFinding>) {
        for finding in findings {
            let line = finding.line();
            let remarks: &mut Remarks =
                if finding.refuses() { &mut self.read.problems } else { &mut self.read.warnings };
            match &finding {
                ListFinding::Conflict { refused: false, .. } => {}
                _ => remarks.add(&self.order.file, line, || in_words(&finding)),
            }
            if let ListFinding::Conflict { entry, with, kind, .. } = finding {
                self.conflict_count += 1;
                if self.conflicts.len() < MOST_LISTED {
                    let code = format!("conflict.red_{}", kind.code());
                    self.conflicts.push(Conflict { line, entry, with, code });
                }
            }
        }
    }

    /// The report, where so many entries can be taken.
    pub(super) fn report(self, good: usize) -> ImportReport {
        let Self { order, read, conflicts, conflict_count } = self;
        let (problem_count, warning_count) = (read.problems.total(), read.warnings.total());
        let (mut problems, mut warnings) = (read.problems.into_listed(), read.warnings.into_listed());
        problems.sort_by_key(|problem| problem.line);
        warnings.sort_by_key(|warning| warning.line);
        ImportReport {
            rows: read.read,
            applied: good,
            problems,
            problem_count,
            warnings,
            warning_count,
            lists: Some(ListReport {
                source: order.source.clone(),
                mode: order.mode.code().to_owned(),
                snapshot: None,
                added: 0,
                changed: 0,
                unchanged: 0,
                removed: 0,
                conflicts,
                conflict_count,
            }),
        }
    }
}

fn in_words(finding: &ListFinding) -> FieldProblem {
    let (field, code, message) = match finding {
        ListFinding::Duplicate { earlier, .. } => {
            ("id", "row.duplicate", format!("is the same as in line {earlier}"))
        }
        ListFinding::OtherSource { source, .. } => {
            let message = format!("is that of an entry of source `{source}`; an id belongs to one source");
            ("id", "entry.other_source", message)
        }
        ListFinding::SameSubject { earlier, .. } => {
            let message = format!("the subject of line {earlier} is on this list already");
            ("list", "entry.same_subject", message)
        }
        ListFinding::Conflict { with, kind, .. } => {
            let message = format!(
                "is a proposal for a red list, and its subject is on a {} list by entry `{with}`",
                kind.code()
            );
            ("list", "entry.red_conflict", message)
        }
    };
    FieldProblem::new(field, code, message)
}
