//! The report of a backtest on the terminal: the totals, the tables, and the first of the changed cases.

use creditgate_gate::{Comparison, Decision, Likeness, LikenessTally};
use creditgate_wire::backtest::{BacktestReportBody, ChangedCaseBody};
use creditgate_wire::decision::FateCountsBody;

use crate::cli::error::CliError;
use crate::cli::output::{Terminal, Tone, details, local_time, short_digest, table, toned};

/// Changed cases that are shown; a file has all of them.
const SHOWN: usize = 20;

pub(super) fn write(terminal: &mut Terminal<'_>, report: &BacktestReportBody) -> Result<(), CliError> {
    totals(terminal, report)?;
    tables(terminal, report)?;
    cases(terminal, report)
}

fn totals(terminal: &mut Terminal<'_>, report: &BacktestReportBody) -> Result<(), CliError> {
    let summary = &report.summary;
    let LikenessTally { identical, reworded, changed, failed } = summary.compared;
    let tone = match (failed, changed) {
        (0, 0) => Tone::Good,
        (0, _) => Tone::Doubtful,
        _ => Tone::Bad,
    };
    let word = format!("{changed} changed, {failed} failed");
    terminal.line(&format!("{} of {} checks", toned(tone, &word), summary.checks))?;
    let candidate = &summary.candidate;
    let mut rows = vec![
        ("backtest", summary.id.clone()),
        ("binding", summary.binding.clone()),
        (
            "candidate",
            format!("{} {} ({})", candidate.name, candidate.version, short_digest(&candidate.digest)),
        ),
    ];
    rows.extend(summary.since.map(|day| ("since", day.0.to_string())));
    rows.extend(summary.until.map(|day| ("until", day.0.to_string())));
    rows.extend(summary.sample.map(|size| ("sample of", size.to_string())));
    rows.push(("identical", identical.to_string()));
    rows.push(("reworded", format!("{reworded} (the same decision in other words)")));
    rows.push(("changed", changed.to_string()));
    rows.push(("failed", format!("{failed} (could not be checked any more)")));
    let gaps = report.not_reconstructible.iter().map(|gap| format!("{} {}", gap.checks, gap.code));
    let gaps = gaps.collect::<Vec<_>>().join(", ");
    rows.push(("not run again", if gaps.is_empty() { "0".to_owned() } else { gaps }));
    terminal.table(&details(rows))
}

fn tables(terminal: &mut Terminal<'_>, report: &BacktestReportBody) -> Result<(), CliError> {
    if !report.outcomes.is_empty() {
        let mut rows = table(["RECORDED OUTCOME", "CANDIDATE'S", "CHECKS"]);
        for count in &report.outcomes {
            rows.add_row([count.recorded.code(), count.candidate.code(), &count.checks.to_string()]);
        }
        terminal.line("")?;
        terminal.table(&rows)?;
    }
    if !report.measures.is_empty() {
        let mut rows = table(["MEASURE", "RECORDED", "CANDIDATE'S", "DIFFERENT"]);
        for measure in &report.measures {
            let (recorded, candidate) = (fates(&measure.recorded), fates(&measure.candidate));
            rows.add_row([measure.code.as_str(), &recorded, &candidate, &measure.changed.to_string()]);
        }
        terminal.line("")?;
        terminal.table(&rows)?;
    }
    if !report.lists.is_empty() {
        let mut rows = table(["LIST", "IDENTICAL", "REWORDED", "CHANGED", "FAILED"]);
        for list in &report.lists {
            let LikenessTally { identical, reworded, changed, failed } = list.compared;
            let counts = [identical, reworded, changed, failed].map(|count| count.to_string());
            rows.add_row([&[list.kind.clone()][..], &counts].concat());
        }
        terminal.line("")?;
        terminal.table(&rows)?;
    }
    Ok(())
}

/// The fates that were met, with how often.
fn fates(counts: &FateCountsBody) -> String {
    let FateCountsBody { applied, deferred, exempted, undisposed, absent } = *counts;
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

fn cases(terminal: &mut Terminal<'_>, report: &BacktestReportBody) -> Result<(), CliError> {
    for case in report.cases.iter().take(SHOWN) {
        terminal.line("")?;
        write_case(terminal, case)?;
    }
    let further = report.cases.len().saturating_sub(SHOWN) as u64 + report.cases_left_off;
    if further > 0 {
        terminal.line("")?;
        let kept = report.cases.len();
        terminal
            .line(&format!("{further} further cases changed or failed; --output writes the first {kept}"))?;
    }
    Ok(())
}

fn write_case(terminal: &mut Terminal<'_>, case: &ChangedCaseBody) -> Result<(), CliError> {
    let tone = if case.comparison.likeness == Likeness::Failed { Tone::Bad } else { Tone::Doubtful };
    let head = toned(tone, case.comparison.likeness.code());
    terminal.line(&format!(
        "{head} case {}, check {}, {}",
        case.case_no,
        case.check_id,
        local_time(case.checked_at)
    ))?;
    terminal.table(&comparison(&case.comparison, "candidate"))
}

/// Both decisions below each other; `other` is what the other one is called.
pub(in crate::cli) fn comparison(comparison: &Comparison, other: &'static str) -> comfy_table::Table {
    let mut rows = vec![
        ("recorded", decision(&comparison.recorded)),
        ("", comparison.recorded.explanation.clone()),
        (other, decision(&comparison.now)),
        ("", comparison.now.explanation.clone()),
    ];
    rows.extend(comparison.measures.iter().map(|change| {
        ("measure", format!("{}: {} → {}", change.id, change.recorded.code(), change.now.code()))
    }));
    rows.retain(|(_, text)| !text.is_empty());
    details(rows)
}

fn decision(decision: &Decision) -> String {
    let word = format!("{} ({})", decision.outcome.code(), decision.status.code());
    if decision.reason.is_empty() { word } else { format!("{word}: {}", decision.reason) }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use anstream::StripStream;

    use super::super::samples::report;
    use super::*;

    fn shown(report: &BacktestReportBody) -> String {
        let (mut input, mut output, mut errors) =
            (Cursor::new(Vec::new()), StripStream::new(Vec::new()), Vec::new());
        let mut terminal = Terminal { input: &mut input, output: &mut output, errors: &mut errors };
        write(&mut terminal, report).expect("memory takes it");
        String::from_utf8(output.into_inner()).expect("UTF-8")
    }

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
