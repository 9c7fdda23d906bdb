//! Objections and repairs by department.

use creditgate_store::{ObjectionCounts, RepairCounts};
use creditgate_wire::report::{ReportCell, ReportTable};

use super::Places;

/// Objections raised, decided by their result, and open at the end (R112).
pub(super) fn objections(counts: Vec<ObjectionCounts>, places: &Places) -> ReportTable {
    let here = counts.into_iter().filter(|counts| places.hold_department(&counts.department));
    let rows = here.map(|counts| {
        let ObjectionCounts { department, raised, confirmed, corrected, withdrawn, open } = counts;
        row(department, [raised, confirmed, corrected, withdrawn, open])
    });
    ReportTable::new(
        "objections",
        "异议",
        &[
            ("department", "部门"),
            ("raised", "提出"),
            ("confirmed", "维持认定"),
            ("corrected", "予以更正"),
            ("withdrawn", "予以撤销"),
            ("open", "未办结"),
        ],
        rows.collect(),
    )
}

/// Applications for repair made, by what became of them, and open at the end.
pub(super) fn repairs(counts: Vec<RepairCounts>, places: &Places) -> ReportTable {
    let here = counts.into_iter().filter(|counts| places.hold_department(&counts.department));
    let rows = here.map(|counts| {
        let RepairCounts { department, applied, accepted, returned, granted, refused, open } = counts;
        row(department, [applied, accepted, returned, granted, refused, open])
    });
    ReportTable::new(
        "repairs",
        "信用修复",
        &[
            ("department", "部门"),
            ("applied", "申请"),
            ("accepted", "受理"),
            ("returned", "退回"),
            ("granted", "准予修复"),
            ("refused", "不予修复"),
            ("open", "未办结"),
        ],
        rows.collect(),
    )
}

fn row<const N: usize>(department: String, counts: [u64; N]) -> Vec<ReportCell> {
    std::iter::once(department.into()).chain(counts.map(ReportCell::from)).collect()
}
