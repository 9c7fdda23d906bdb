//! The tables of each kind of report.

mod disputes;
mod key_items;
mod licences;
mod others;

use std::collections::{BTreeMap, HashSet};

use creditgate_credit::catalogue::Nature;
use creditgate_gate::{Binding, DispositionResult};
use creditgate_store::{Counts, ReportSpan, ShownMeasure, Store, StoreError};
use creditgate_wire::report::{ReportCell, ReportTable};
use jiff::civil::Date;

use super::period::Kind;
use crate::host::Shared;
use crate::http::span::beginning;

/// Which places of the departments' work a report is about.
pub(super) struct Places {
    pub(super) department: Option<String>,
    /// Department and item, where only those of a division are meant.
    bound: Option<HashSet<(String, String)>>,
}

impl Places {
    pub(super) fn new(department: Option<String>, division: Option<&str>, bindings: &[Binding]) -> Self {
        let bound = division.map(|division| {
            let here = bindings.iter().filter(|binding| binding.division == division);
            here.map(|binding| (binding.department.clone(), binding.item.clone())).collect()
        });
        Self { department, bound }
    }

    /// The checks of these days.
    fn span(&self, (since, until): (Date, Date)) -> ReportSpan {
        ReportSpan {
            since: Some(beginning(since)),
            before: until.tomorrow().ok().map(beginning),
            department: self.department.clone(),
        }
    }

    /// Whether a report counts what happened here.
    pub(super) fn hold(&self, department: &str, item: &str) -> bool {
        self.department.as_deref().is_none_or(|wanted| wanted == department)
            && self
                .bound
                .as_ref()
                .is_none_or(|bound| bound.contains(&(department.to_owned(), item.to_owned())))
    }

    /// Whether a report counts what belongs to a department and to none of its
    /// items: of a division those departments that have an item bound there.
    pub(super) fn hold_department(&self, department: &str) -> bool {
        let bound_here = |bound: &HashSet<(String, String)>| bound.iter().any(|(code, _)| code == department);
        self.department.as_deref().is_none_or(|wanted| wanted == department)
            && self.bound.as_ref().is_none_or(bound_here)
    }
}

pub(super) fn of(
    host: &Shared,
    kind: Kind,
    (since, until): (Date, Date),
    places: &Places,
) -> Result<Vec<ReportTable>, StoreError> {
    let store = &host.store.for_reports();
    match kind {
        Kind::Monthly | Kind::HalfYear => statistics(store, (since, until), places),
        Kind::Exits => Ok(vec![others::exits(store, (since, until))?]),
        Kind::Cases => Ok(vec![others::cases(store, (since, until), places)?]),
        Kind::Publicity => Ok(vec![licences::table(host, (since, until), places)?]),
        Kind::KeyItems => Ok(vec![key_items::table(host, (since, until), places)?]),
    }
}

/// Checks, hits, measures, commitments, feedback, objections and repairs (R108,
/// R109, R112).
fn statistics(
    store: &Store,
    (since, until): (Date, Date),
    places: &Places,
) -> Result<Vec<ReportTable>, StoreError> {
    let span = places.span((since, until));
    let department = ("department", "部门");
    let item = ("item", "事项编码");
    let checks = ("checks", "核查次数");
    Ok(vec![
        ReportTable::new(
            "checks",
            "信用核查",
            &[
                department,
                item,
                ("checkpoint", "环节"),
                ("status", "核查结果"),
                ("outcome", "处理建议"),
                checks,
            ],
            counted(&store.count_checks(&span)?, places),
        ),
        ReportTable::new(
            "hits",
            "名单命中",
            &[department, item, ("list", "名单"), ("kind", "名单类别"), checks],
            counted(&store.count_hits(&span)?, places),
        ),
        measures(store.shown_measures(&span)?, places),
        ReportTable::new(
            "commitments",
            "信用承诺",
            &[department, item, ("state", "状态"), ("commitments", "承诺件数")],
            counted(&store.count_commitments(since, until)?, places),
        ),
        ReportTable::new(
            "feedback",
            "结果反馈",
            &[("state", "状态或层级"), ("messages", "反馈条数")],
            store
                .count_feedback(&span)?
                .into_iter()
                .map(|(state, count)| vec![state.into(), count.into()])
                .collect(),
        ),
        disputes::objections(store.count_objections(since, until)?, places),
        disputes::repairs(store.count_repairs(since, until)?, places),
    ])
}

fn counted(counts: &Counts, places: &Places) -> Vec<Vec<ReportCell>> {
    let rows = counts.iter().filter(|((department, item, _), _)| places.hold(department, item));
    rows.map(|((department, item, what), count)| {
        let mut row: Vec<ReportCell> = vec![department.as_str().into(), item.as_str().into()];
        row.extend(what.iter().map(|text| ReportCell::from(text.as_str())));
        row.push((*count).into());
        row
    })
    .collect()
}

/// Shown, executed, partly, not executed, other, open.
type Fates = [u64; 6];

/// Measures by department and nature, with what became of them (R110).
fn measures(shown: Vec<ShownMeasure>, places: &Places) -> ReportTable {
    let mut counts: BTreeMap<(String, Nature), Fates> = BTreeMap::new();
    for measure in shown.into_iter().filter(|measure| places.hold(&measure.department, &measure.item)) {
        let fates = counts.entry((measure.department, measure.nature)).or_default();
        let [all, executed, partly, not_executed, other, open] = fates;
        *all += 1;
        *match measure.result {
            Some(DispositionResult::Executed) => executed,
            Some(DispositionResult::Partly) => partly,
            Some(DispositionResult::NotExecuted) => not_executed,
            Some(DispositionResult::Other) => other,
            None => open,
        } += 1;
    }
    let rows = counts.into_iter().map(|((department, nature), fates)| {
        let mut row: Vec<ReportCell> = vec![department.into(), nature.code().into()];
        row.extend(fates.map(ReportCell::from));
        row
    });
    ReportTable::new(
        "measures",
        "奖惩措施",
        &[
            ("department", "部门"),
            ("nature", "措施性质"),
            ("measures", "应执行"),
            ("executed", "已执行"),
            ("partly", "部分执行"),
            ("not_executed", "未执行"),
            ("other", "其他"),
            ("open", "未反馈"),
        ],
        rows.collect(),
    )
}
