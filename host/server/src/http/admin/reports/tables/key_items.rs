//! The key items that are published, with their results.

use std::collections::BTreeMap;

use creditgate_credit::catalogue::CatalogueItem;
use creditgate_gate::{DispositionResult, Status};
use creditgate_store::{Counts, ShownMeasure, StoreError};
use creditgate_wire::report::{ReportCell, ReportTable};
use jiff::civil::Date;

use super::Places;
use crate::host::Shared;

/// Checks, hits, measures, measures carried out.
type Results = [u64; 4];

/// The key items of the catalogue that is in force on the last day, those that
/// may be made public, each with the results of these days, for the column of the
/// online hall (R111). It names no party.
pub(super) fn table(
    host: &Shared,
    (since, until): (Date, Date),
    places: &Places,
) -> Result<ReportTable, StoreError> {
    let span = places.span((since, until));
    let store = host.store.for_reports();
    let (checks, shown) = (store.count_checks(&span)?, store.shown_measures(&span)?);
    let results = results(&checks, &shown);
    let world = host.gate.world();
    let items = world.catalogue(until).into_iter().flat_map(|catalogue| &catalogue.items);
    let here = items.filter(|item| item.is_published_key_item() && places.hold(&item.department, &item.code));
    let rows = here.map(|item| row(item, &results)).collect();
    Ok(ReportTable::new(
        "key_items",
        "重点事项",
        &[
            ("item", "事项代码"),
            ("name", "事项名称"),
            ("department", "所属部门"),
            ("kind", "事项类型"),
            ("checks", "核查次数"),
            ("hits", "命中次数"),
            ("measures", "应执行措施"),
            ("executed", "已执行措施"),
        ],
        rows,
    ))
}

fn results<'a>(checks: &'a Counts, shown: &'a [ShownMeasure]) -> BTreeMap<(&'a str, &'a str), Results> {
    let mut results: BTreeMap<_, Results> = BTreeMap::new();
    for ((department, item, what), count) in checks {
        let [checked, hits, ..] = results.entry((&**department, &**item)).or_default();
        *checked += count;
        // Checkpoint, status, outcome.
        if what.get(1).is_some_and(|status| status == Status::Hit.code()) {
            *hits += count;
        }
    }
    for measure in shown {
        let [.., measures, executed] = results.entry((&*measure.department, &*measure.item)).or_default();
        *measures += 1;
        *executed += u64::from(measure.result == Some(DispositionResult::Executed));
    }
    results
}

fn row(item: &CatalogueItem, results: &BTreeMap<(&str, &str), Results>) -> Vec<ReportCell> {
    let names = [&item.code, &item.name, &item.department, &item.kind];
    let results = results.get(&(&*item.department, &*item.code)).copied().unwrap_or_default();
    names
        .map(|text| ReportCell::from(text.as_str()))
        .into_iter()
        .chain(results.map(ReportCell::from))
        .collect()
}
