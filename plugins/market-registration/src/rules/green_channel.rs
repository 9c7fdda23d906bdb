//! The green channel: priority and a quick procedure for whoever deserves
//! convenience (R75, R76).

use creditgate_plugin::{Advice, Decision, Failure, Outcome};

use super::good_standing;
use crate::Case;

/// Opens it, unless an earlier rule sends the case to an officer or refuses it.
/// Incentives that must be given wait until then.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) -> Result<(), Failure> {
    let incentives = || case.measures().filter(|measure| !measure.punishes());
    if decision.outcome() > Outcome::ProceedWithCommitment {
        for measure in incentives().filter(|measure| measure.is_mandatory()) {
            decision.defer(measure, "待本次申请恢复正常办理后适用");
        }
        return Ok(());
    }
    if let Some(reason) = good_standing::reason(case)? {
        let applicant = case.applicant()?.chinese();
        decision.advise(Advice::FastTrack(format!("{applicant}{reason}，适用绿色通道，优先办理。")));
        decision.explain(format!("{applicant}{reason}，适用绿色通道。"));
        for measure in incentives() {
            decision.apply(measure);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::MarketRegistration;
    use creditgate_plugin::testing::{Run, TestCase};
    use creditgate_plugin::{
        Advice, Direction, DispositionAction, ListKind, Nature, Outcome, PartyRole, RequiredBy,
    };

    fn case() -> TestCase {
        TestCase::new("food-licence", "intake").organisation("示例食品有限公司")
    }

    fn is_fast(run: &Run) -> bool {
        run.verdict().advice.iter().any(|advice| matches!(advice, Advice::FastTrack(_)))
    }

    #[test]
    fn r071_r075_r076_three_clean_years_open_the_green_channel() {
        let run = case().intake::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
        assert!(is_fast(&run));
    }

    #[test]
    fn r072_r085_an_exemplar_needs_no_three_years() {
        let run = case()
            .standing(false, false)
            .entry("honour.exemplar", ListKind::Red)
            .measure_with("green-channel", "basis.honour", |measure| {
                measure.nature = Nature::Recommended;
                measure.direction = Direction::Incentive;
            })
            .intake::<MarketRegistration>();
        assert!(is_fast(&run));
        assert_eq!(run.action_on("green-channel"), Some(&DispositionAction::Applied));
    }

    #[test]
    fn what_is_not_known_is_not_clean() {
        assert!(!is_fast(&case().standing(false, false).intake::<MarketRegistration>()));
    }

    #[test]
    fn the_honour_roll_never_outweighs_a_bad_record() {
        for (role, kind) in
            [(PartyRole::LegalRepresentative, ListKind::Watch), (PartyRole::Shareholder, ListKind::Black)]
        {
            let run = case()
                .entry("honour.exemplar", ListKind::Red)
                .person("张某", role)
                .entry("some.list", kind)
                .intake::<MarketRegistration>();
            assert!(!is_fast(&run), "{role:?} {kind:?}");
        }
    }

    #[test]
    fn a_locality_may_do_without() {
        assert!(!is_fast(&case().settings(r#"{"fast_track": false}"#).intake::<MarketRegistration>()));
    }

    #[test]
    fn an_incentive_that_must_be_given_waits_for_the_missing_law() {
        let run = case()
            .entry("honour.exemplar", ListKind::Red)
            .measure_with("green-channel", "basis.honour", |measure| measure.direction = Direction::Incentive)
            .missing("identity-proof", RequiredBy::Law)
            .intake::<MarketRegistration>();
        assert!(matches!(run.action_on("green-channel"), Some(DispositionAction::Deferred(_))));
        assert!(!is_fast(&run));
    }
}
