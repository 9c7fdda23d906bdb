//! The report of a backtest on the terminal: the totals, the tables, and the first of the changed cases.

use creditgate_gate::{ChangedCase, Comparison, Decision, FateCounts, Likeness, LikenessTally};
use creditgate_wire::backtest::BacktestReport;

use crate::cli::command::{Page, Show, Tone, details, local_time, row, short_digest, toned};

/// Changed cases that are shown; a file has all of them.
const SHOWN: usize = 20;

impl Show for BacktestReport {
    fn show(&self, page: &mut Page) {
        show_totals(page, self);
        show_tables(page, self);
        for case in self.cases.iter().take(SHOWN) {
            page.line("");
            show_case(page, case);
        }
        let further = self.cases.len().saturating_sub(SHOWN) as u64 + self.cases_left_off;
        if further > 0 {
            let kept = self.cases.len();
            page.line("");
            page.line(format!("{further} further cases changed or failed; --output writes the first {kept}"));
        }
    }
}

fn show_totals(page: &mut Page, report: &BacktestReport) {
    let summary = &report.summary;
    let LikenessTally { identical, reworded, changed, failed } = summary.compared;
    let tone = match (failed, changed) {
        (0, 0) => Tone::Good,
        (0, _) => Tone::Doubtful,
        _ => Tone::Bad,
    };
    let word = format!("{changed} changed, {failed} failed");
    page.line(format!("{} of {} checks", toned(tone, &word), summary.checks));
    let candidate = &summary.candidate;
    let named = format!("{} {} ({})", candidate.name, candidate.version, short_digest(&candidate.digest));
    let gaps = report.not_reconstructible.iter().map(|gap| format!("{} {}", gap.checks, gap.code));
    let gaps = gaps.collect::<Vec<_>>().join(", ");
    page.details(
        details()
            .row("backtest", &summary.id)
            .row("binding", &summary.binding)
            .row("candidate", named)
            .each("since", summary.since)
            .each("until", summary.until)
            .each("sample of", summary.sample)
            .row("identical", identical)
            .row("reworded", format!("{reworded} (the same decision in other words)"))
            .row("changed", changed)
            .row("failed", format!("{failed} (could not be checked any more)"))
            .row("not run again", if gaps.is_empty() { "0" } else { &gaps }),
    );
}

fn show_tables(page: &mut Page, report: &BacktestReport) {
    page.section(
        ["RECORDED OUTCOME", "CANDIDATE'S", "CHECKS"],
        report.outcomes.iter().map(|c| row![c.recorded.code(), c.candidate.code(), c.checks]),
    );
    page.section(
        ["MEASURE", "RECORDED", "CANDIDATE'S", "DIFFERENT"],
        report.measures.iter().map(|measure| {
            row![measure.code, fates(&measure.recorded), fates(&measure.candidate), measure.changed]
        }),
    );
    page.section(
        ["LIST", "IDENTICAL", "REWORDED", "CHANGED", "FAILED"],
        report.lists.iter().map(|list| {
            let LikenessTally { identical, reworded, changed, failed } = list.compared;
            row![list.kind, identical, reworded, changed, failed]
        }),
    );
}

/// The fates that were met, with how often.
fn fates(counts: &FateCounts) -> String {
    let FateCounts { applied, deferred, exempted, undisposed, absent } = *counts;
    let all = [
        ("applied", applied),
        ("deferred", deferred),
        ("exempted", exempted),
        ("undisposed", undisposed),
        ("absent", absent),
    ];
    let met = all.iter().filter(|(_, count)| *count > 0).map(|(fate, count)| format!("{count} {fate}"));
    met.collect::<Vec<_>>().join(", ")
}

fn show_case(page: &mut Page, case: &ChangedCase) {
    let tone = if case.comparison.likeness == Likeness::Failed { Tone::Bad } else { Tone::Doubtful };
    let (head, at) = (toned(tone, case.comparison.likeness.code()), local_time(case.checked_at));
    page.line(format!("{head} case {}, check {}, {at}", case.case_no, case.check_id));
    show_comparison(page, &case.comparison, "candidate");
}

/// Both decisions below each other; `other` is what the other one is called.
pub(in crate::cli) fn show_comparison(page: &mut Page, comparison: &Comparison, other: &str) {
    let said = |decision: &Decision| Some(decision.explanation.clone()).filter(|text| !text.is_empty());
    let changes = comparison.measures.iter();
    page.details(
        details()
            .row("recorded", decision(&comparison.recorded))
            .each("", said(&comparison.recorded))
            .row(other, decision(&comparison.now))
            .each("", said(&comparison.now))
            .each("measure", changes.map(|c| format!("{}: {} → {}", c.id, c.recorded.code(), c.now.code()))),
    );
}

fn decision(decision: &Decision) -> String {
    let word = format!("{} ({})", decision.outcome.code(), decision.status.code());
    if decision.reason.is_empty() { word } else { format!("{word}: {}", decision.reason) }
}

#[cfg(test)]
mod tests {
    use super::super::samples::report;
    use super::*;
    use crate::cli::tests::shown;

    #[test]
    fn a_report_shows_totals_tables_and_cases() {
        insta::assert_snapshot!(shown(&report()));
    }

    #[test]
    fn what_is_not_shown_is_counted() {
        let mut report = report();
        report.cases = vec![report.cases[0].clone(); SHOWN + 3];
        report.cases_left_off = 4;
        let shown = shown(&report);
        assert!(
            shown.ends_with("7 further cases changed or failed; --output writes the first 23\n"),
            "{shown}"
        );
    }
}
