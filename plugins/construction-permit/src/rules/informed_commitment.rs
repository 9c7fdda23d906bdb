//! Informed commitment (告知承诺): the applicant may commit itself instead of
//! proving at once (State Council Office 国办发〔2020〕42号).
//!
//! It is not open to whoever has a serious bad record or an earlier false
//! commitment, until the credit is repaired; the host hands over no repaired
//! entry. What law, regulation or a normative document requires is no matter
//! for a commitment (R77 to R79). Under the jurisdiction's policy the
//! commitment brings the acceptance or already the decision (R80, R81). The
//! applicant chooses by signing.

use creditgate_plugin::{
    Advice, CommitmentEffect, CommitmentState, Decision, Failure, MissingMaterials, Subject,
};

use crate::Case;

/// Accepts against a commitment, or has the applicant complete the materials.
pub(crate) fn at_intake(case: &Case<'_>, decision: &mut Decision) -> Result<(), Failure> {
    let missing = case.missing_materials();
    if missing.is_empty() {
        return Ok(());
    }
    if !missing.required_now.is_empty() {
        decision.require_review(format!(
            "缺少{}，系法律、法规、规章或规范性文件规定必须提交的材料，不适用告知承诺，请一次性告知补正。",
            MissingMaterials::chinese(&missing.required_now)
        ));
        return Ok(());
    }
    let applicant = case.applicant()?;
    if let Some(reason) = why_not(case, applicant) {
        decision.require_review(format!(
            "{}{reason}，信用修复前不适用告知承诺制；缺少的{}应当补正。",
            applicant.chinese(),
            MissingMaterials::chinese(&missing.deferrable)
        ));
        return Ok(());
    }
    commit(case, applicant, &missing, decision)
}

/// Lets the decision wait for the materials, unless the policy decides on the
/// commitment.
pub(crate) fn before_decision(case: &Case<'_>, decision: &mut Decision) -> Result<(), Failure> {
    let missing = case.missing_materials();
    if missing.is_empty() {
        return Ok(());
    }
    let may_decide =
        missing.required_now.is_empty() && case.terms().commitment_effect == CommitmentEffect::DecideFirst;
    let applicant = case.applicant()?;
    if may_decide
        && applicant.has_open_commitment(&case.application.case_no)
        && why_not(case, applicant).is_none()
    {
        decision.explain("申请人已作出告知承诺且尚在期限内，先行作出决定。");
        return Ok(());
    }
    if may_decide {
        return at_intake(case, decision);
    }
    let all: Vec<_> = missing.required_now.iter().chain(&missing.deferrable).copied().collect();
    decision.require_review(format!("尚缺{}，补齐前不作出决定。", MissingMaterials::chinese(&all)));
    Ok(())
}

/// Why informed commitment is not open to the applicant, if it is not.
fn why_not(case: &Case<'_>, applicant: Subject<'_>) -> Option<String> {
    let broken = |state| matches!(state, CommitmentState::Breached | CommitmentState::Overdue);
    if let Some(entry) = applicant.entry_on(&case.settings.false_commitment_list) {
        Some(format!("曾作出虚假承诺（“{}”）", entry.list_name))
    } else if let Some(entry) = applicant.entries().find(|entry| entry.is_serious()) {
        Some(format!("有严重失信记录（“{}”）", entry.list_name))
    } else {
        let mut commitments = applicant.dossier.commitments.iter();
        let commitment = commitments.find(|commitment| broken(commitment.state))?;
        Some(format!("未履行此前的承诺（办件{}）", commitment.case_no))
    }
}

fn commit(
    case: &Case<'_>,
    applicant: Subject<'_>,
    missing: &MissingMaterials<'_>,
    decision: &mut Decision,
) -> Result<(), Failure> {
    let due_on = case.commitment_due(case.settings.commitment_working_days)?;
    let names = MissingMaterials::chinese(&missing.deferrable);
    let text = format!(
        "{}已知悉许可条件、承诺内容及不实承诺的法律责任，现承诺：已符合{names}所证明的条件，并于{}前提交上述材料；\
         承诺不实或者逾期未履行的，依法接受责令整改、撤销许可、行政处罚，并记入信用记录。",
        applicant.party.name,
        due_on.chinese()
    );
    let commitment = case.commitment(applicant.party, &missing.deferrable, due_on, text);
    let effect = match commitment.effect {
        CommitmentEffect::AcceptFirst => "先行受理",
        CommitmentEffect::DecideFirst => "先行作出许可决定",
    };
    decision.advise(Advice::DeferredMaterials(commitment.missing.clone()));
    decision.accept_commitment(
        commitment,
        format!(
            "{}可适用告知承诺制，签署承诺书后{effect}，于{}前提交{names}。",
            applicant.chinese(),
            due_on.chinese()
        ),
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::ConstructionPermit;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{CommitmentEffect, CommitmentState, ListKind, Outcome, RequiredBy, Severity};

    fn case() -> TestCase {
        TestCase::new("construction-permit", "intake").organisation("示例建设有限公司")
    }

    fn missing(case: TestCase) -> TestCase {
        case.missing("funding-proof", RequiredBy::Other)
    }

    #[test]
    fn a_missing_proof_is_replaced_by_a_commitment() {
        let run = missing(case()).intake::<ConstructionPermit>();
        assert_eq!(run.verdict().outcome, Outcome::ProceedWithCommitment);
        let commitment = run.verdict().commitment.as_ref().expect("a commitment");
        assert_eq!(commitment.missing, ["funding-proof"]);
    }

    #[test]
    fn it_is_not_open_to_serious_records_or_earlier_false_commitments() {
        let ineligible = [
            ("black list", case().entry("wages.serious", ListKind::Black)),
            (
                "serious severity",
                case()
                    .entry_with("penalty", ListKind::Other, |entry| entry.severity = Some(Severity::Serious)),
            ),
            ("false commitment", case().entry("commitment.false", ListKind::Other)),
            ("breached", case().past_commitment(CommitmentState::Breached)),
            ("overdue", case().past_commitment(CommitmentState::Overdue)),
        ];
        for (name, case) in ineligible {
            let run = missing(case).intake::<ConstructionPermit>();
            assert_eq!(run.verdict().outcome, Outcome::ManualReview, "{name}");
            assert!(run.verdict().explanation.contains("不适用告知承诺制"), "{name}");
        }
    }

    #[test]
    fn lesser_records_and_kept_commitments_do_not_close_it() {
        let eligible = [
            case().entry_with("penalty", ListKind::Other, |entry| entry.severity = Some(Severity::General)),
            case().past_commitment(CommitmentState::Fulfilled),
            case().past_commitment(CommitmentState::Open),
        ];
        for case in eligible {
            let run = missing(case).intake::<ConstructionPermit>();
            assert_eq!(run.verdict().outcome, Outcome::ProceedWithCommitment);
        }
    }

    #[test]
    fn what_law_requires_is_no_matter_for_a_commitment() {
        let run = case().missing("land-use-permit", RequiredBy::Law).intake::<ConstructionPermit>();
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
    }

    #[test]
    fn the_policy_says_whether_the_decision_comes_first() {
        for (effect, outcome) in [
            (CommitmentEffect::AcceptFirst, Outcome::ManualReview),
            (CommitmentEffect::DecideFirst, Outcome::ProceedWithCommitment),
        ] {
            let run = missing(case().policy(|terms| terms.commitment_effect = effect))
                .review::<ConstructionPermit>();
            assert_eq!(run.verdict().outcome, outcome, "{effect:?}");
        }
    }
}
