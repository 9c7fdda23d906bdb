//! False material met in an application is reported to the credit platform, and
//! the application goes to an officer (R55).
//!
//! The approval system says so in the attribute `false-material`, with the
//! facts. Reporting is not recognising: whether the act is recognised stays
//! with the authority, so nothing is refused here.

use creditgate_plugin::{Decision, DishonestAct, Fact, Failure, attribute, host};

use crate::Case;

const ATTRIBUTE: &str = "false-material";

/// Reports the act.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) -> Result<(), Failure> {
    let Some(facts) = attribute(&case.application.attributes, ATTRIBUTE) else {
        return Ok(());
    };
    let applicant = case.applicant()?;
    let act = DishonestAct { party: applicant.party.id.clone(), kind: ATTRIBUTE.into(), facts: facts.into() };
    host::report(&Fact::DishonestAct(act))
        .map_err(|rejection| Failure::new("report-rejected", format!("{rejection:?}")))?;
    decision
        .require_review(format!("{}涉嫌提供虚假材料，已报送信用平台，请经办人核实。", applicant.chinese()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::MarketRegistration;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{Fact, Outcome};

    #[test]
    fn r055_false_material_is_reported_and_goes_to_an_officer() {
        let run = TestCase::new("food-licence", "review")
            .organisation("示例食品有限公司")
            .attribute("false-material", "租赁合同系伪造")
            .review::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
        let [Fact::DishonestAct(act)] = run.reports.as_slice() else { panic!("{:?}", run.reports) };
        assert_eq!((act.party.as_str(), act.facts.as_str()), ("p1", "租赁合同系伪造"));
    }

    #[test]
    fn nothing_is_reported_of_an_honest_application() {
        let run = TestCase::new("food-licence", "review")
            .organisation("示例食品有限公司")
            .review::<MarketRegistration>();
        assert!(run.reports.is_empty());
    }
}
