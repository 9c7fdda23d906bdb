//! The report of a backtest as a workbook for those who decide on a release: four sheets, headed in Chinese.

use creditgate_gate::{FateCounts, LikenessTally, MeasureChange};
use creditgate_wire::backtest::BacktestReport;

use crate::cli::command::local_time;
use crate::sheets::{Cell, Sheet};

/// The sheets of the workbook.
pub(super) fn sheets(report: &BacktestReport) -> Vec<Sheet> {
    vec![summary(report), measures(report), lists(report), cases(report)]
}

fn summary(report: &BacktestReport) -> Sheet {
    let about = &report.summary;
    let LikenessTally { identical, reworded, changed, failed } = about.compared;
    let day = |day: Option<creditgate_wire::time::Day>| day.map_or_else(String::new, |day| day.0.to_string());
    let mut rows: Vec<Vec<Cell>> = vec![
        vec!["回测编号".into(), about.id.as_str().into()],
        vec!["绑定".into(), about.binding.as_str().into()],
        vec!["候选插件".into(), format!("{} {}", about.candidate.name, about.candidate.version).into()],
        vec!["组件摘要".into(), (&*about.candidate.digest).into()],
        vec!["起始日期".into(), day(about.since).into()],
        vec!["截止日期".into(), day(about.until).into()],
        vec!["抽样数量".into(), about.sample.map_or_else(|| "".into(), Cell::from)],
        vec!["完成时间".into(), local_time(about.made_at).into()],
        vec!["核查总数".into(), about.checks.into()],
        vec!["完全一致".into(), identical.into()],
        vec!["结论一致、表述不同".into(), reworded.into()],
        vec!["结论改变".into(), changed.into()],
        vec!["无法核查".into(), failed.into()],
        vec!["未能重现".into(), about.not_reconstructible.into()],
    ];
    let gaps = report.not_reconstructible.iter();
    rows.extend(gaps.map(|gap| vec![format!("未能重现：{}", gap.code).into(), gap.checks.into()]));
    rows.extend(report.outcomes.iter().map(|count| {
        let pair = format!("结论：{} → {}", count.recorded.code(), count.candidate.code());
        vec![pair.into(), count.checks.into()]
    }));
    rows.push(vec!["未列出的变更案件".into(), report.cases_left_off.into()]);
    Sheet::new("Summary", &["项目", "内容"], rows)
}

fn measures(report: &BacktestReport) -> Sheet {
    let counts = |counts: &FateCounts| {
        let FateCounts { applied, deferred, exempted, undisposed, absent } = *counts;
        [applied, deferred, exempted, undisposed, absent].map(Cell::from)
    };
    const TITLES: &[&str] = &[
        "措施代码",
        "原：适用",
        "原：暂缓",
        "原：豁免",
        "原：未处理",
        "原：不涉及",
        "候选：适用",
        "候选：暂缓",
        "候选：豁免",
        "候选：未处理",
        "候选：不涉及",
        "不同次数",
    ];
    let rows = report.measures.iter().map(|measure| {
        let mut row = vec![measure.code.as_str().into()];
        row.extend(counts(&measure.recorded));
        row.extend(counts(&measure.candidate));
        row.push(measure.changed.into());
        row
    });
    Sheet::new("Measures", TITLES, rows)
}

fn lists(report: &BacktestReport) -> Sheet {
    let rows = report.lists.iter().map(|list| {
        let LikenessTally { identical, reworded, changed, failed } = list.compared;
        let mut row = vec![kind(&list.kind).into()];
        row.extend([identical, reworded, changed, failed].map(Cell::from));
        row
    });
    const TITLES: &[&str] = &["名单类别", "完全一致", "结论一致、表述不同", "结论改变", "无法核查"];
    Sheet::new("Lists", TITLES, rows)
}

/// A kind of list as an officer calls it.
fn kind(code: &str) -> &str {
    match code {
        "red" => "红名单",
        "black" => "严重失信主体名单",
        "watch" => "重点关注名单",
        "alert" => "信用预警名单",
        "other" => "其他",
        creditgate_wire::backtest::UNLISTED => "不在任何名单",
        other => other,
    }
}

fn cases(report: &BacktestReport) -> Sheet {
    let rows = report.cases.iter().map(|case| {
        let (then, now) = (&case.comparison.recorded, &case.comparison.now);
        vec![
            case.case_no.as_str().into(),
            case.check_id.as_str().into(),
            local_time(case.checked_at).into(),
            then.status.code().into(),
            then.outcome.code().into(),
            now.status.code().into(),
            now.outcome.code().into(),
            measure_changes(&case.comparison.measures).into(),
            then.explanation.as_str().into(),
            now.explanation.as_str().into(),
            now.reason.as_str().into(),
        ]
    });
    const TITLES: &[&str] = &[
        "案件号",
        "核查编号",
        "核查时间",
        "原状态",
        "原结论",
        "候选状态",
        "候选结论",
        "措施变化",
        "原说明",
        "候选说明",
        "候选原因",
    ];
    Sheet { wide: &[7, 8, 9, 10], ..Sheet::new("Changed cases", TITLES, rows) }
}

fn measure_changes(changes: &[MeasureChange]) -> String {
    let lines = changes
        .iter()
        .map(|change| format!("{}：{} → {}", change.id, change.recorded.code(), change.now.code()));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::samples::report;
    use super::*;

    #[test]
    fn each_sheet_has_a_cell_below_every_title() {
        let report = report();
        for sheet in [summary(&report), measures(&report), lists(&report), cases(&report)] {
            assert!(!sheet.rows.is_empty(), "{}", sheet.name);
            for row in &sheet.rows {
                assert_eq!(row.len(), sheet.titles.len(), "{}: {row:?}", sheet.name);
            }
        }
        let case = &cases(&report).rows[0];
        assert_eq!((&case[0], &case[7]), (&"2026-1".into(), &"m1/e1/p1：applied → exempted".into()));
        assert_eq!(lists(&report).rows[1][0], "不在任何名单".into());
    }

    #[test]
    fn the_file_is_a_workbook() {
        let bytes = crate::sheets::workbook(&sheets(&report())).expect("a workbook");
        assert!(bytes.starts_with(b"PK\x03\x04"), "a zip archive");
    }
}
