//! Rows of jurisdiction policy: one version a row.

use std::collections::HashMap;

use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_credit::policy::{DEEPEST_RELATION, DutiesLayer, ListingLayer, Policy, PolicyLayer};
use creditgate_credit::standing::LONGEST_WINDOW_YEARS;

use super::cells::{Cell, Column};
use super::rows::{self, duplicate};
use super::{Format, Parsed};

/// The last day that every month has.
const LAST_COMMON_DAY: u8 = 28;

const COLUMNS: &[Column] = &[
    ("division", Cell::Text),
    ("version", Cell::Text),
    ("effective_from", Cell::Text),
    ("effective_until", Cell::Text),
    ("identifier_strictness", Cell::Text),
    ("clean_window_years", Cell::Number),
    ("clean_window_from", Cell::Text),
    ("clean_window_counts", Cell::Text),
    ("clean_window_ignores_repaired", Cell::Flag),
    ("clean_window_ignores_slight", Cell::Flag),
    ("clean_window_lists_only", Cell::Flag),
    ("records_since", Cell::Text),
    ("suspension_scope", Cell::Text),
    ("commitment_effect", Cell::Text),
    ("commitment_working_days", Cell::Number),
    ("non_deferrable", Cell::List),
    ("report_issuers", Cell::List),
    ("report_publication", Cell::List),
    ("listing", Cell::Object),
    ("duties", Cell::Object),
];

/// Reads policy versions.
#[must_use]
pub fn parse_policy(file: &str, format: Format, text: impl AsRef<[u8]>) -> Parsed<Policy> {
    let mut seen: HashMap<String, u64> = HashMap::new();
    rows::parse(file, format, text.as_ref(), COLUMNS, |line, fields| {
        let policy: Policy = fields.read()?;
        check(&PolicyLayer::from(&policy))?;
        let earlier = *seen.entry(policy.snapshot()).or_insert(line);
        if earlier != line {
            return Err(vec![duplicate("version", earlier)]);
        }
        Ok(policy.into())
    })
}

/// What holds of a layer, and so of a version, which is a layer that states everything.
pub(super) fn check(layer: &PolicyLayer) -> Result<(), Vec<FieldProblem>> {
    let mut faults = Faults::default();
    faults.division(&layer.division);
    if !PolicyLayer::is_version(&layer.version) {
        faults.refuse("version", "version.malformed", "must not be empty, and hold neither `+` nor `@`");
    }
    faults.span(("effective_from", layer.effective_from), ("effective_until", layer.effective_until));
    if layer.clean_window_years.is_some_and(|years| !(1..=LONGEST_WINDOW_YEARS).contains(&years.into())) {
        let message = format!("must be from 1 to {LONGEST_WINDOW_YEARS}");
        faults.refuse("clean_window_years", "value.range", message);
    }
    if layer.commitment_working_days == Some(0) {
        faults.refuse("commitment_working_days", "value.range", "must be at least 1");
    }
    for (index, issuer) in layer.report_issuers.iter().flatten().enumerate() {
        faults.not_empty(&format!("report_issuers[{index}].name"), &issuer.name);
        let until = format!("report_issuers[{index}].qualified_until");
        faults.span(("qualified_from", issuer.qualified_from), (&until, issuer.qualified_until));
    }
    listing(&mut faults, &layer.listing);
    duties(&mut faults, &layer.duties);
    faults.passed(())
}

/// Values about lists.
fn listing(faults: &mut Faults, listing: &ListingLayer) {
    if listing.alert_threshold == Some(Some(0)) {
        faults.refuse("listing.alert_threshold", "value.range", "must be at least 1, or `none`");
    }
    if listing.related_party_depth.is_some_and(|depth| depth > DEEPEST_RELATION) {
        let message = format!("must be from 0 to {DEEPEST_RELATION}");
        faults.refuse("listing.related_party_depth", "value.range", message);
    }
    for (index, term) in listing.use_terms.iter().flatten().enumerate() {
        if term.months == 0 {
            let field = format!("listing.use_terms[{index}].months");
            faults.refuse(field, "value.range", "must be at least 1");
        }
    }
    let periods = [("slight", listing.slight), ("general", listing.general), ("serious", listing.serious)];
    for (name, period) in periods {
        if period.is_some_and(|period| period.maximum_months < period.minimum_months) {
            let field = format!("listing.{name}.maximum_months");
            faults.refuse(field, "value.range", "must not be less than `minimum_months`");
        }
    }
}

/// Values about duties.
fn duties(faults: &mut Faults, duties: &DutiesLayer) {
    let limits = [
        ("publicity_limit", duties.publicity_limit),
        ("record_limit", duties.record_limit),
        ("verification_limit", duties.verification_limit.flatten()),
    ];
    for (name, limit) in limits {
        if limit.is_some_and(|limit| limit.count == 0) {
            faults.refuse(format!("duties.{name}.count"), "value.range", "must be at least 1");
        }
    }
    let days =
        [("monthly_report_day", duties.monthly_report_day), ("typical_cases_day", duties.typical_cases_day)];
    for (name, day) in days {
        if day.flatten().is_some_and(|day| !(1..=LAST_COMMON_DAY).contains(&day)) {
            let message = format!("must be from 1 to {LAST_COMMON_DAY}, which every month has, or `none`");
            faults.refuse(format!("duties.{name}"), "value.range", message);
        }
    }
}
