//! `creditgate affected`: which decisions a list entry took part in.

use clap::Args;
use creditgate_gate::Likeness;
use creditgate_wire::affected::{Affected, AffectedCheck};

use super::backtest::show_comparison;
use super::command::{Call, Page, Show, asks, row};

/// List the checks a list entry took part in
///
/// Those whose parties had the entry on the day of the check, effective or in their history, with the measures that
/// followed from it and what was reported on each. With --without, each is
/// run again without it, in the component and under the rules that judged it: which decisions would have come out
/// differently.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate affected --entry SD-2026-0042 --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate affected --entry SD-2026-0042 --without --config creditgate.toml --json

An entry that no check had is no error: the list is empty, and the exit status 0.")]
pub(super) struct AffectedCommand {
    /// Id of the list entry
    #[arg(long, value_name = "ID")]
    entry: String,
    /// Run each check again without the entry
    #[arg(long)]
    without: bool,
}

asks!(AffectedCommand, Affected, |command| {
    let call = Call::list(&["v1", "admin", "affected"], "checks");
    call.query("entry", command.entry).query("without", command.without)
});

impl Show for Affected {
    fn show(&self, page: &mut Page) {
        page.list(
            format!("no check had the entry `{}`", self.entry),
            ["CASE", "CHECK", "ITEM", "CHECKPOINT", "AT", "OUTCOME", "ENTRY", "WITHOUT IT"],
            self.checks.iter().map(|check| {
                let entry = if check.effective { "effective" } else { "history" };
                row![
                    check.case_no,
                    check.check_id,
                    check.item,
                    check.checkpoint,
                    check.checked_at,
                    check.outcome.code(),
                    entry,
                    without(check),
                ]
            }),
        );
        show_measures(page, &self.checks);
        for check in self.checks.iter().filter(|check| decides_otherwise(check)) {
            page.line("");
            page.line(format!("case {}, check {}", check.case_no, check.check_id));
            check.without.iter().for_each(|found| show_comparison(page, found, "without"));
        }
    }
}

/// The measures that followed from the entry: what may have to be taken back.
fn show_measures(page: &mut Page, checks: &[AffectedCheck]) {
    let measures = checks.iter().flat_map(|check| check.measures.iter().map(move |measure| (check, measure)));
    page.section(
        ["CASE", "MEASURE", "DIRECTION", "NATURE", "REPORTED", "ACTION"],
        measures.map(|(check, measure)| {
            let reported = measure.disposition.as_ref();
            row![
                check.case_no,
                measure.code,
                measure.direction.code(),
                measure.nature.code(),
                reported.map(|reported| reported.result.code()),
                reported.map(|reported| &reported.action),
            ]
        }),
    );
}

fn without(check: &AffectedCheck) -> String {
    match (&check.without, &check.not_reconstructible) {
        (Some(comparison), _) if decides_otherwise(check) => {
            format!("{}: {}", comparison.likeness.code(), comparison.now.outcome.code())
        }
        (Some(_), _) => "the same".to_owned(),
        (None, Some(gap)) => format!("not known: {}", gap.code),
        (None, None) => "-".to_owned(),
    }
}

fn decides_otherwise(check: &AffectedCheck) -> bool {
    let likeness = check.without.as_ref().map(|comparison| comparison.likeness);
    matches!(likeness, Some(Likeness::Changed | Likeness::Failed))
}
