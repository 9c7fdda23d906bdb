//! Acceptance with deferred materials (容缺受理): whoever deserves convenience
//! may supply missing materials later, against a written credit commitment with
//! a deadline (R75, R76, R82).
//!
//! What law, regulation or a normative document requires may never be missing
//! (R77 to R79). Whether the commitment brings the acceptance or already the
//! decision is the policy's to say (R80, R81).

use creditgate_plugin::{Advice, CommitmentEffect, Decision, Failure, MissingMaterials, Subject};

use super::good_standing;
use crate::Case;

/// Accepts against a commitment, or has the applicant complete the materials.
pub(crate) fn at_intake(case: &Case<'_>, decision: &mut Decision) -> Result<(), Failure> {
    let missing = case.missing_materials();
    if missing.is_empty() {
        return Ok(());
    }
    if !missing.required_now.is_empty() {
        decision.require_review(format!(
            "缺少{}，系法律、法规、规章或规范性文件规定必须提交的材料，不得容缺，请一次性告知补正。",
            MissingMaterials::chinese(&missing.required_now)
        ));
        return Ok(());
    }
    match good_standing::reason(case)? {
        Some(reason) => commit(case, &missing, &reason, decision),
        None => {
            decision.require_review(format!(
                "缺少{}，申请人不符合容缺受理条件，请一次性告知补正。",
                MissingMaterials::chinese(&missing.deferrable)
            ));
            Ok(())
        }
    }
}

/// Lets the decision wait for the materials, unless the policy decides on the
/// commitment.
pub(crate) fn before_decision(case: &Case<'_>, decision: &mut Decision) -> Result<(), Failure> {
    let missing = case.missing_materials();
    if missing.is_empty() {
        return Ok(());
    }
    let decides_first = case.terms().commitment_effect == CommitmentEffect::DecideFirst;
    if !decides_first {
        let all: Vec<_> = missing.required_now.iter().chain(&missing.deferrable).copied().collect();
        decision.require_review(format!("尚缺{}，补齐前不作出决定。", MissingMaterials::chinese(&all)));
        return Ok(());
    }
    if missing.required_now.is_empty() && case.applicant()?.has_open_commitment(&case.application.case_no) {
        decision.explain("申请人已作出补齐材料的承诺且尚在期限内，先行作出决定。");
        return Ok(());
    }
    at_intake(case, decision)
}

fn commit(
    case: &Case<'_>,
    missing: &MissingMaterials<'_>,
    reason: &str,
    decision: &mut Decision,
) -> Result<(), Failure> {
    let applicant = case.applicant()?;
    let due_on = case.commitment_due(case.settings.deferral_working_days)?;
    let names = MissingMaterials::chinese(&missing.deferrable);
    let text = wording(applicant, &names, &due_on.chinese());
    let commitment = case.commitment(applicant.party, &missing.deferrable, due_on, text);
    decision.advise(Advice::DeferredMaterials(commitment.missing.clone()));
    decision.accept_commitment(
        commitment,
        format!(
            "{}{reason}，缺少的{names}可容后补齐，须签署书面信用承诺，于{}前提交。",
            applicant.chinese(),
            due_on.chinese()
        ),
    );
    Ok(())
}

fn wording(applicant: Subject<'_>, names: &str, due_on: &str) -> String {
    format!(
        "{}承诺：于{due_on}前补齐{names}；所提交的材料真实、合法、有效；逾期未补齐或者承诺不实的，\
         依法承担相应责任，并同意将违诺情况记入信用记录。",
        applicant.party.name
    )
}

#[cfg(test)]
mod tests {
    use crate::MarketRegistration;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{Advice, CalendarDate, CommitmentEffect, ListKind, Outcome, RequiredBy};

    fn case() -> TestCase {
        TestCase::new("food-licence", "intake").organisation("示例食品有限公司")
    }

    #[test]
    fn r082_r084_three_clean_years_and_a_minor_material_missing_is_accepted_on_a_commitment() {
        let run = case().missing("floor-plan", RequiredBy::Other).intake::<MarketRegistration>();
        let verdict = run.verdict();
        assert_eq!(verdict.outcome, Outcome::ProceedWithCommitment);
        let commitment = verdict.commitment.as_ref().expect("a commitment");
        assert_eq!(commitment.missing, ["floor-plan"]);
        assert_eq!(commitment.party, "p1");
        assert_eq!(commitment.effect, CommitmentEffect::AcceptFirst);
        assert_eq!(commitment.due_on, CalendarDate::new(2026, 9, 29));
        assert!(verdict.advice.iter().any(|advice| matches!(advice, Advice::DeferredMaterials(_))));
    }

    #[test]
    fn the_shorter_of_policy_and_settings_sets_the_deadline() {
        let run = case()
            .settings(r#"{"deferral_working_days": 3}"#)
            .missing("floor-plan", RequiredBy::Other)
            .intake::<MarketRegistration>();
        assert_eq!(
            run.verdict().commitment.as_ref().map(|made| made.due_on),
            Some(CalendarDate::new(2026, 9, 4))
        );
    }

    #[test]
    fn r077_r078_what_law_or_normative_documents_require_is_never_deferred() {
        for level in
            [RequiredBy::Law, RequiredBy::Regulation, RequiredBy::Rule, RequiredBy::NormativeDocument]
        {
            let run = case()
                .missing("floor-plan", RequiredBy::Other)
                .missing("identity-proof", level)
                .intake::<MarketRegistration>();
            assert_eq!(run.verdict().outcome, Outcome::ManualReview, "{level:?}");
            assert_eq!(run.verdict().commitment, None, "{level:?}");
            assert!(run.verdict().explanation.contains("identity-proof"), "{level:?}");
        }
    }

    #[test]
    fn whoever_has_a_bad_record_completes_the_materials_first() {
        let run = case()
            .entry("some.list", ListKind::Watch)
            .missing("floor-plan", RequiredBy::Other)
            .intake::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
    }

    #[test]
    fn r080_the_decision_waits_for_the_materials() {
        let run = case().missing("floor-plan", RequiredBy::Other).review::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
    }

    #[test]
    fn r081_where_the_policy_says_so_the_decision_comes_first() {
        let run = case()
            .policy(|terms| terms.commitment_effect = CommitmentEffect::DecideFirst)
            .missing("floor-plan", RequiredBy::Other)
            .review::<MarketRegistration>();
        let commitment = run.verdict().commitment.as_ref().expect("a commitment");
        assert_eq!(commitment.effect, CommitmentEffect::DecideFirst);
    }

    #[test]
    fn everything_handed_in_needs_no_commitment() {
        let run = case().provided("identity-proof", RequiredBy::Law).intake::<MarketRegistration>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
    }
}
