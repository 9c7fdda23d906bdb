//! Licences that were made public, for dual publicity.

use creditgate_affairs::publications::{Publication, PublishedDecision};
use creditgate_credit::licence_record::{self, Licence};
use creditgate_store::StoreError;
use creditgate_wire::report::{ReportCell, ReportTable};
use jiff::civil::Date;

use super::Places;
use crate::host::Shared;

/// What a host knows of a publication beyond the fields of the standard.
const OWN: &[(&str, &str)] = &[
    ("case_no", "办件编号"),
    ("item", "事项编码"),
    ("published_on", "公示日期"),
    ("place", "公示渠道"),
    ("due_on", "公示期限"),
    ("late", "是否超期"),
    ("missing", "缺项"),
];

/// Decisions made public on these days, one row each, in the fields of the
/// standard (R89, R91).
pub(super) fn table(
    host: &Shared,
    (since, until): (Date, Date),
    places: &Places,
) -> Result<ReportTable, StoreError> {
    let mut rows = Vec::new();
    let store = host.store.for_reports();
    for (published, report) in store.published_decisions(since, until)? {
        let Some(recorded) = store.recorded(&published.check_id)? else { continue };
        let application = &recorded.inputs.application;
        if places.hold(&application.department, &application.item) {
            let configured = host.config.departments.get(&application.department);
            let licence = Licence {
                application,
                document: &report.document,
                decided_on: report.decided_on.0,
                department: configured.map_or(&application.department, |department| &department.name),
                given: &report.attributes,
            };
            rows.push(row(&licence, &published, &report));
        }
    }
    let columns: Vec<_> = licence_record::fields().chain(OWN.iter().copied()).collect();
    Ok(ReportTable::new("licences", "行政许可双公示", &columns, rows))
}

fn row(licence: &Licence<'_>, published: &PublishedDecision, report: &Publication) -> Vec<ReportCell> {
    let own = [
        licence.application.case_no.clone(),
        licence.application.item.clone(),
        report.published_on.0.to_string(),
        report.place.clone(),
        published.due_on.0.to_string(),
        if published.late { "是" } else { "否" }.to_owned(),
        licence.missing().join("、"),
    ];
    let values = licence.values().into_iter().map(|value| ReportCell::from(&*value));
    values.chain(own.map(ReportCell::from)).collect()
}
