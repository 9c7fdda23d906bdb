//! The policies of the city and its counties.

use serde::Serialize;

use crate::place::{CITY, COUNTIES};

/// A row of `creditgate import policy`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// Division it holds for.
    pub division: &'static str,
    version: &'static str,
    effective_from: &'static str,
    identifier_strictness: &'static str,
    clean_window_years: u8,
    clean_window_ignores_repaired: bool,
    clean_window_ignores_slight: bool,
    records_since: &'static str,
    suspension_scope: &'static str,
    commitment_effect: &'static str,
    commitment_working_days: u16,
    non_deferrable: &'static [&'static str],
    report_issuers: Vec<ReportIssuer>,
    report_publication: &'static [&'static str],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ReportIssuer {
    name: &'static str,
    qualified_from: &'static str,
}

/// One policy for every division; in the counties a commitment brings the
/// decision first (R81).
pub(crate) fn policies() -> Vec<Policy> {
    let county = |county: &crate::place::County| policy(county.division, "decide_first");
    std::iter::once(policy(CITY, "accept_first")).chain(COUNTIES.iter().map(county)).collect()
}

fn policy(division: &'static str, commitment_effect: &'static str) -> Policy {
    Policy {
        division,
        version: "2024-01",
        effective_from: "2024-01-01",
        identifier_strictness: "check",
        clean_window_years: 3,
        clean_window_ignores_repaired: true,
        clean_window_ignores_slight: true,
        records_since: "2015-01-01",
        suspension_scope: "all_punish",
        commitment_effect,
        commitment_working_days: 20,
        non_deferrable: &["law", "regulation", "rule"],
        report_issuers: vec![ReportIssuer {
            name: "示例信用服务有限公司", qualified_from: "2020-01-01"
        }],
        report_publication: &["platform", "credit_site"],
    }
}
