//! In major matters every bidder presents a credit report (R87), and only one
//! of a lawfully qualified agency that is published on the platform and on the
//! local credit site counts (R88).
//!
//! A bidder without one is not refused: it may still present one, and an
//! officer asks for it.

use creditgate_plugin::{CreditReport, Decision};

use crate::{BIDDERS, Case};

/// Asks an officer to see to the reports that do not count.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) {
    if !case.settings.report_items.contains(&case.application.item) {
        return;
    }
    for bidder in case.subjects_in(&BIDDERS) {
        if let Some(fault) = fault_of(&bidder.dossier.reports) {
            decision.require_review(format!("{}{fault}，请要求其补交。", bidder.chinese()));
        }
    }
}

/// What is wrong with a bidder's reports; `None` when one of them counts.
fn fault_of(reports: &[CreditReport]) -> Option<String> {
    let newest = reports.iter().max_by_key(|report| report.issued_on);
    let Some(newest) = newest else { return Some("未提交信用报告".into()) };
    if reports.iter().any(|report| report.qualified && report.published) {
        return None;
    }
    let issuer = &newest.issuer;
    Some(if newest.qualified {
        format!("提交的信用报告（{issuer}）未在信用平台和当地信用网站公示")
    } else {
        format!("提交的信用报告的出具机构（{issuer}）不具备法定资质")
    })
}

#[cfg(test)]
mod tests {
    use crate::PublicProcurement;
    use creditgate_plugin::Outcome;
    use creditgate_plugin::testing::TestCase;

    fn case(item: &str) -> TestCase {
        TestCase::new(item, "bid-qualification").organisation("示例科技有限公司")
    }

    #[test]
    fn r087_r088_only_a_qualified_and_published_report_counts() {
        for (reports, outcome, said) in [
            (vec![], Outcome::ManualReview, "未提交信用报告"),
            (vec![(false, true)], Outcome::ManualReview, "不具备法定资质"),
            (vec![(true, false)], Outcome::ManualReview, "公示"),
            (vec![(true, true)], Outcome::Proceed, ""),
            (vec![(false, false), (true, true)], Outcome::Proceed, ""),
        ] {
            let case = case("government-procurement");
            let case =
                reports.iter().fold(case, |case, (qualified, published)| case.report(*qualified, *published));
            let run = case.custom::<PublicProcurement>();
            assert_eq!(run.verdict().outcome, outcome, "{reports:?}");
            assert!(run.verdict().explanation.contains(said), "{reports:?}");
        }
    }

    #[test]
    fn a_minor_matter_needs_none() {
        let run = case("office-supplies").custom::<PublicProcurement>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
    }

    #[test]
    fn every_bidder_presents_its_own() {
        let run = case("government-procurement")
            .report(true, true)
            .organisation("示例贸易有限公司")
            .custom::<PublicProcurement>();
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
        assert!(run.verdict().explanation.contains("示例贸易"));
    }
}
