//! Exits and typical cases.

use creditgate_credit::duty::CaseKind;
use creditgate_credit::entry::{ExitGround, ListEntry, Visibility};
use creditgate_credit::exit::Exit;
use creditgate_store::{Store, StoreError};
use creditgate_wire::report::{ReportCell, ReportTable};
use jiff::civil::Date;

use super::Places;

/// Entries that left their lists on these days (R50). Who stands on a list that
/// not everybody may see is not named.
pub(super) fn exits(store: &Store, (since, until): (Date, Date)) -> Result<ReportTable, StoreError> {
    let rows = store.exits(since, until)?;
    Ok(ReportTable::new(
        "exits",
        "名单退出公告",
        &[
            ("entry", "名单记录编号"),
            ("list", "名单代码"),
            ("list_name", "名单名称"),
            ("subject_name", "主体名称"),
            ("authority", "认定部门"),
            ("recognised_on", "认定日期"),
            ("left_on", "退出日期"),
            ("ground", "退出原因"),
        ],
        rows.iter().map(exit).collect(),
    ))
}

fn exit((entry, exit): &(ListEntry, Exit)) -> Vec<ReportCell> {
    let public = entry.particulars.visibility.is_none_or(|visibility| visibility == Visibility::Public);
    let ground = match exit.ground {
        ExitGround::Error => "认定有误，已更正",
        ExitGround::StandardChanged => "认定标准变化，不再符合",
        ExitGround::Expired => "有效期届满",
        ExitGround::Repaired => "信用修复",
        ExitGround::Removed => "移出",
        ExitGround::Escalated => "转入严重失信主体名单",
    };
    vec![
        entry.id.as_str().into(),
        entry.list.as_str().into(),
        entry.list_name.as_str().into(),
        if public { entry.subject_name.as_str() } else { "（不予公开）" }.into(),
        entry.authority.as_str().into(),
        entry.recognised_on.to_string().into(),
        exit.on.to_string().into(),
        ground.into(),
    ]
}

/// Typical cases of these days (R107).
pub(super) fn cases(
    store: &Store,
    (since, until): (Date, Date),
    places: &Places,
) -> Result<ReportTable, StoreError> {
    let cases = store.typical_cases(since, until)?.into_iter();
    let wanted =
        cases.filter(|(_, case)| places.department.as_deref().is_none_or(|code| code == case.department));
    let rows = wanted.map(|(id, case)| {
        let kind = match CaseKind::from_code(&case.kind) {
            Some(CaseKind::Honesty) => "守信",
            Some(CaseKind::Dishonesty) => "失信",
            None => "",
        };
        vec![
            id.into(),
            kind.into(),
            case.happened_on.0.to_string().into(),
            case.department.into(),
            case.case_no.unwrap_or_default().into(),
            case.title.into(),
            case.summary.into(),
        ]
    });
    Ok(ReportTable::new(
        "cases",
        "典型案例",
        &[
            ("id", "编号"),
            ("kind", "类型"),
            ("happened_on", "日期"),
            ("department", "部门"),
            ("case_no", "办件编号"),
            ("title", "标题"),
            ("summary", "内容"),
        ],
        rows.collect(),
    ))
}
