//! The reports as sheets, headed in Chinese.

use creditgate_credit::coverage::{CoverageReport, UncheckedCase};
use creditgate_wire::coverage::Completion;

use crate::cli::command::local_time;
use crate::sheets::{Cell, Sheet};

/// Coverage (应查必查): summary, checkpoints, cases.
pub(super) fn coverage(report: &CoverageReport) -> Vec<Sheet> {
    let unbound: u64 = report.unbound.iter().map(|item| item.issued).sum();
    let summary = [
        ("办结案件", report.issued),
        ("按要求核查", report.complete),
        ("存在漏查", report.with_gap),
        ("其中：事项未绑定", unbound),
        ("未列出的案件", report.cases_left_off),
    ];
    let summary = summary.map(|(name, count)| vec![name.into(), count.into()]);
    let checkpoints = report.checkpoints.iter().map(|row| {
        vec![
            row.department.as_str().into(),
            row.item.as_str().into(),
            row.checkpoint.as_str().into(),
            mode(row.mode.code()).into(),
            row.issued.into(),
            row.checked.into(),
            row.could_not_check.into(),
            row.late.into(),
            row.missing.into(),
        ]
    });
    const CHECKPOINTS: &[&str] =
        &["部门", "事项编码", "环节", "绑定方式", "办结", "已核查", "未能核查", "办结后补查", "未核查"];
    vec![
        Sheet::new("Summary", &["项目", "数量"], summary),
        Sheet::new("Checkpoints", CHECKPOINTS, checkpoints),
        Sheet::new(
            "Cases",
            &["办件编号", "部门", "事项编码", "办结日期", "漏查环节"],
            report.cases.iter().map(case),
        ),
    ]
}

fn case(case: &UncheckedCase) -> Vec<Cell> {
    let gap = |coverage: &str| match coverage {
        "could_not_check" => "未能核查",
        "late" => "办结后补查",
        _ => "未核查",
    };
    let checkpoints = case.checkpoints.iter();
    let said: Vec<String> = checkpoints
        .map(|checkpoint| format!("{}：{}", checkpoint.checkpoint, gap(checkpoint.coverage.code())))
        .collect();
    let said = if said.is_empty() { "事项未绑定".to_owned() } else { said.join("；") };
    vec![
        case.case_no.as_str().into(),
        case.department.as_str().into(),
        case.item.as_str().into(),
        case.issued_on.to_string().into(),
        said.into(),
    ]
}

/// A binding's mode as an officer calls it.
fn mode(code: &str) -> &'static str {
    match code {
        "off" => "停用（不要求核查）",
        "observe" => "试运行（只记录不提示）",
        "advise" => "提示",
        _ => "执行",
    }
}

/// Completion (奖惩到位): departments, open measures.
pub(super) fn completion(report: &Completion) -> Vec<Sheet> {
    const DEPARTMENTS: &[&str] = &[
        "部门",
        "应执行措施",
        "已执行",
        "部分执行",
        "未执行（有理由）",
        "其他",
        "未反馈",
        "未反馈：7日内",
        "未反馈：8至30日",
        "未反馈：超过30日",
    ];
    let departments = report.departments.iter().map(|row| {
        let counts = [
            row.measures,
            row.executed,
            row.partly,
            row.not_executed,
            row.other,
            row.open,
            row.open_to_7_days,
            row.open_to_30_days,
            row.open_longer,
        ];
        let mut cells = vec![row.department.as_str().into()];
        cells.extend(counts.map(Cell::from));
        cells
    });
    let open = report.open.iter().map(|open| {
        vec![
            open.case_no.as_str().into(),
            open.department.as_str().into(),
            open.item.as_str().into(),
            open.checkpoint.as_str().into(),
            open.measure.as_str().into(),
            local_time(open.checked_at).into(),
            u64::from(open.days).into(),
        ]
    });
    const OPEN: &[&str] = &["办件编号", "部门", "事项编码", "环节", "措施编号", "核查时间", "未反馈天数"];
    vec![Sheet::new("Departments", DEPARTMENTS, departments), Sheet::new("Open measures", OPEN, open)]
}
