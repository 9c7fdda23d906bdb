//! The rules that hold where no locality says otherwise: the root of every tree.
//!
//! A shipped layer never changes, because records name it; when the rules change,
//! one more is added and the one before gets its last day. What only a locality
//! can know, such as since when its sources hold records, is not stated.

use jiff::civil::{Date, date};

use super::{
    CommitmentEffect, Duties, Listing, Policy, PolicyLayer, PublicityPeriod, SuspensionScope, WindowCount,
    WindowStart,
};
use crate::application::RequiredBy;
use crate::identifier::Strictness;

/// Stands for the division of the shipped layers, above all others.
pub const ROOT: &str = "default";

/// The shipped layers, oldest first.
#[must_use]
pub fn layers() -> Vec<PolicyLayer> {
    let until_order_36 = Listing {
        // As practised before Order 36; localities that did otherwise say so.
        serious: PublicityPeriod { minimum_months: 6, maximum_months: 36 },
        ..Listing::default()
    };
    vec![
        // From 国发〔2016〕33号 on.
        layer("2016-05", date(2016, 5, 30), Some(date(2026, 3, 31)), until_order_36),
        // NDRC Order 36.
        layer("2026-04", date(2026, 4, 1), None, Listing::default()),
    ]
}

fn layer(version: &str, from: Date, until: Option<Date>, listing: Listing) -> PolicyLayer {
    let policy = Policy {
        version: version.to_owned(),
        effective_from: from,
        effective_until: until,
        listing,
        ..Policy::default()
    };
    PolicyLayer { records_since: None, ..PolicyLayer::from(&policy) }
}

/// What the shipped layers have in common. Where no national rule says anything,
/// the value is the one that is safest for the party or the case: materials that
/// any rule asks for are not deferred, repaired and slight records do not count.
/// Since when sources hold records no rule says: it is a day to come.
impl Default for Policy {
    fn default() -> Self {
        Self {
            division: ROOT.to_owned(),
            version: String::new(),
            effective_from: Date::MIN,
            effective_until: None,
            identifier_strictness: Strictness::Check,
            clean_window_years: 3,
            clean_window_from: WindowStart::Decision,
            clean_window_counts: WindowCount::Decision,
            clean_window_ignores_repaired: true,
            clean_window_ignores_slight: true,
            clean_window_lists_only: false,
            records_since: Date::MAX,
            suspension_scope: SuspensionScope::AllPunish,
            commitment_effect: CommitmentEffect::AcceptFirst,
            commitment_working_days: 20,
            non_deferrable: vec![
                RequiredBy::Law,
                RequiredBy::Regulation,
                RequiredBy::Rule,
                RequiredBy::NormativeDocument,
            ],
            report_issuers: Vec::new(),
            report_publication: Vec::new(),
            listing: Listing::default(),
            duties: Duties::default(),
        }
    }
}
