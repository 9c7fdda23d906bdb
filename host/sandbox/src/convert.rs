//! Between the credit domain and the contract's types. Nothing is decided here;
//! identifiers leave the host masked where they may be a person's.

use std::borrow::Cow;

use creditgate_credit::application::{PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::catalogue::{Direction, Nature};
use creditgate_credit::dossier::{AssessedReport, CommitmentState, Measure, PartyDossier, PastCommitment};
use creditgate_credit::entry::{ListEntry, ListKind, Severity};
use creditgate_credit::identifier::IdentifierKind;
use creditgate_credit::policy::{CommitmentEffect, Duties, Listing, Policy};
use creditgate_credit::standing::Standing;
use creditgate_credit::verdict::{
    Advice, Commitment, Disposition, DispositionAction, Ground, Outcome, Verdict,
};
use creditgate_manifest::text::readable;
use jiff::civil::Date;

use crate::bindings::creditgate::plugin::{credit, feedback, policy, types as wit};
use crate::bindings::hook::creditgate::plugin::types as hook;
use crate::particulars;
use crate::report::{Fact, Failure};

/// Two vocabularies with the same cases.
macro_rules! same_cases {
    ($visible:vis $function:ident: $from:ty => $into:ty { $($case:ident),+ $(,)? }) => {
        $visible const fn $function(value: $from) -> $into {
            match value { $(<$from>::$case => <$into>::$case,)+ }
        }
    };
}

same_cases!(pub(crate) subject_kind: SubjectKind => hook::SubjectKind {
    LegalPerson, UnincorporatedOrganisation, SoleTrader, SocialGroup, NaturalPerson
});
same_cases!(pub(crate) party_role: PartyRole => hook::PartyRole {
    Applicant, LegalRepresentative, Principal, ResponsiblePerson, Director, Shareholder, Bidder, Agent, Other
});
same_cases!(pub(crate) identifier_kind: IdentifierKind => hook::IdentifierKind {
    Uscc, OrganisationCode, RegistrationNumber, CitizenId, Lei, Other
});
same_cases!(required_by: RequiredBy => wit::RequiredBy { Law, Regulation, Rule, NormativeDocument, Other });
same_cases!(pub(crate) material_required_by: RequiredBy => hook::RequiredBy { Law, Regulation, Rule, NormativeDocument, Other });
same_cases!(list_kind: ListKind => credit::ListKind { Red, Black, Watch, Alert, Other });
same_cases!(severity: Severity => credit::Severity { Slight, General, Serious });
same_cases!(nature: Nature => credit::Nature { Mandatory, Recommended });
same_cases!(direction: Direction => credit::Direction { Incentive, Punish });
same_cases!(commitment_state: CommitmentState => credit::CommitmentState { Open, Fulfilled, Overdue, Breached });
same_cases!(effect_to_guest: CommitmentEffect => wit::CommitmentEffect { AcceptFirst, DecideFirst });
same_cases!(effect_from_guest: hook::CommitmentEffect => CommitmentEffect { AcceptFirst, DecideFirst });
same_cases!(outcome: hook::Outcome => Outcome { Proceed, ProceedWithCommitment, ManualReview, Refuse });

/// A day as the contract writes it. Years before 1 do not occur in it.
pub(crate) fn date_to_guest(date: Date) -> wit::CalendarDate {
    wit::CalendarDate {
        year: date.year().unsigned_abs(),
        month: date.month().unsigned_abs(),
        day: date.day().unsigned_abs(),
    }
}

/// The day a guest means, if there is one.
pub(crate) fn date_from_guest(date: wit::CalendarDate) -> Option<Date> {
    day(date.year, date.month, date.day)
}

fn day(year: u16, month: u8, day: u8) -> Option<Date> {
    let year = i16::try_from(year).ok().filter(|year| *year >= 1)?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// What the guest may know of one party. Hints by name and the history stay
/// with the host: an officer reads the ones, the clean window counts the other.
pub(crate) fn dossier_to_guest(dossier: &PartyDossier) -> credit::Dossier {
    credit::Dossier {
        party: dossier.party.clone(),
        entries: dossier.entries.iter().map(|entry| list_entry(entry, &dossier.party)).collect(),
        measures: dossier.measures.iter().map(measure).collect(),
        commitments: dossier.commitments.iter().map(past_commitment).collect(),
        reports: dossier.reports.iter().map(report).collect(),
        attributes: Vec::new(),
    }
}

fn list_entry(entry: &ListEntry, party: &str) -> credit::ListEntry {
    credit::ListEntry {
        id: entry.id.clone(),
        party: party.to_owned(),
        list: entry.list.clone(),
        list_name: entry.list_name.clone(),
        kind: list_kind(entry.kind),
        field: entry.field.clone(),
        severity: entry.severity.map(severity),
        facts: entry.facts_shown().to_owned(),
        authority: entry.authority.clone(),
        basis: entry.basis.clone(),
        recognised_on: date_to_guest(entry.recognised_on),
        valid_until: entry.valid_until.map(date_to_guest),
        suspended: entry.suspended,
        attributes: particulars::attributes(entry),
    }
}

fn measure(measure: &Measure) -> credit::Measure {
    credit::Measure {
        id: measure.id.clone(),
        code: measure.code.clone(),
        category: measure.category.clone(),
        nature: nature(measure.nature),
        direction: direction(measure.direction),
        content: measure.content.clone(),
        basis: measure.basis.clone(),
        basis_text: measure.basis_text.clone(),
        entry: measure.entry.clone(),
        party: measure.party.clone(),
    }
}

fn past_commitment(commitment: &PastCommitment) -> credit::PastCommitment {
    credit::PastCommitment {
        id: commitment.id.clone(),
        case_no: commitment.case_no.clone(),
        made_on: date_to_guest(commitment.made_on),
        due_on: date_to_guest(commitment.due_on),
        state: commitment_state(commitment.state),
    }
}

fn report(assessed: &AssessedReport) -> credit::CreditReport {
    credit::CreditReport {
        party: assessed.report.party.clone(),
        issuer: assessed.report.issuer.clone(),
        number: assessed.report.number.clone(),
        issued_on: date_to_guest(assessed.report.issued_on),
        qualified: assessed.qualified,
        published: assessed.published,
        grade: assessed.report.grade.clone(),
    }
}

/// The standing of a party as the guest sees it.
pub(crate) fn standing_to_guest(standing: Standing, years: u32) -> credit::Standing {
    credit::Standing {
        years,
        since: date_to_guest(standing.since),
        clean: standing.clean,
        covered: standing.covered,
        spoiled_by: standing.spoiled_by,
    }
}

/// The jurisdiction's terms as the guest sees them.
pub(crate) fn terms_to_guest(policy: &Policy) -> policy::Terms {
    policy::Terms {
        snapshot: policy.snapshot(),
        clean_window_years: u32::from(policy.clean_window_years),
        non_deferrable: policy.non_deferrable.iter().copied().map(required_by).collect(),
        commitment_effect: effect_to_guest(policy.commitment_effect),
        commitment_working_days: u32::from(policy.commitment_working_days),
        attributes: more_terms(policy),
    }
}

/// Terms that came after the contract was fixed, where they are not the usual
/// ones: a plug-in takes what is left out as usual.
fn more_terms(policy: &Policy) -> Vec<(String, String)> {
    let usual = (Listing::default().related_party_depth, Duties::default().conditions_deferrable);
    let (depth, conditions) = (policy.listing.related_party_depth, policy.duties.conditions_deferrable);
    let mut terms = Vec::new();
    if depth != usual.0 {
        terms.push(("related_party_depth".to_owned(), depth.to_string()));
    }
    if conditions != usual.1 {
        terms.push(("conditions_deferrable".to_owned(), conditions.to_string()));
    }
    terms
}

/// The guest's verdict in the words of the domain. Its texts for people are made
/// readable; names, which are compared with those of the dossier, stay as they
/// are.
///
/// # Errors
///
/// What is wrong with it: a day that does not exist.
pub(crate) fn verdict_from_guest(verdict: hook::Verdict) -> Result<Verdict, String> {
    Ok(Verdict {
        outcome: outcome(verdict.outcome),
        dispositions: verdict.dispositions.into_iter().map(disposition).collect(),
        grounds: verdict.grounds.into_iter().map(ground).collect(),
        advice: verdict.advice.into_iter().map(advice).collect(),
        commitment: verdict.commitment.map(commitment).transpose()?,
        explanation: shown(verdict.explanation),
    })
}

/// The guest's failure in the words of the domain.
pub(crate) fn failure_from_guest(failure: hook::Failure) -> Failure {
    Failure { code: shown(failure.code), message: shown(failure.message) }
}

/// The guest's report in the words of the domain.
pub(crate) fn fact_from_guest(fact: feedback::Fact) -> Fact {
    match fact {
        feedback::Fact::DishonestAct(act) => {
            Fact::DishonestAct { party: act.party, kind: shown(act.kind), facts: shown(act.facts) }
        }
        feedback::Fact::TypicalCase(case) => {
            Fact::TypicalCase { party: case.party, title: shown(case.title), summary: shown(case.summary) }
        }
    }
}

/// A text for people, as it may be shown. Nearly all of them are as they are.
fn shown(text: String) -> String {
    match readable(&text) {
        Cow::Borrowed(same) if same.len() == text.len() => text,
        other => other.into_owned(),
    }
}

fn disposition(disposition: hook::Disposition) -> Disposition {
    let action = match disposition.action {
        hook::DispositionAction::Applied => DispositionAction::Applied,
        hook::DispositionAction::Deferred(reason) => DispositionAction::Deferred(shown(reason)),
        hook::DispositionAction::Exempted(reason) => DispositionAction::Exempted(shown(reason)),
    };
    Disposition { measure: disposition.measure, action }
}

fn ground(ground: hook::Ground) -> Ground {
    Ground { basis: ground.basis, entry: ground.entry, text: shown(ground.text) }
}

fn advice(advice: hook::Advice) -> Advice {
    match advice {
        hook::Advice::FastTrack(text) => Advice::FastTrack(shown(text)),
        hook::Advice::DeferredMaterials(codes) => Advice::DeferredMaterials(codes),
        hook::Advice::StrictReview(text) => Advice::StrictReview(shown(text)),
        hook::Advice::KeySupervision(text) => Advice::KeySupervision(shown(text)),
        hook::Advice::Note(text) => Advice::Note(shown(text)),
    }
}

fn commitment(commitment: hook::Commitment) -> Result<Commitment, String> {
    let due = commitment.due_on;
    let due_on = day(due.year, due.month, due.day).ok_or_else(|| {
        format!("commitment.due-on is no day of the calendar: {}-{:02}-{:02}", due.year, due.month, due.day)
    })?;
    Ok(Commitment {
        party: commitment.party,
        effect: effect_from_guest(commitment.effect),
        text: shown(commitment.text),
        missing: commitment.missing,
        due_on,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use creditgate_credit::entry::Visibility;
    use creditgate_credit::samples;
    use jiff::civil::date;

    use super::*;

    pub(crate) fn entry() -> ListEntry {
        ListEntry {
            severity: Some(Severity::General),
            subject_name: "示例食品有限公司".into(),
            valid_until: None,
            ..samples::entry("e1", "food.serious")
        }
    }

    #[test]
    fn r039_the_facts_of_a_restricted_entry_stay_with_the_host_and_the_rest_is_told() {
        let cases = [
            (None, "示例事实"),
            (Some(Visibility::Government), "示例事实"),
            (Some(Visibility::Restricted), ""),
        ];
        for (visibility, facts) in cases {
            let mut entry = entry();
            entry.particulars.visibility = visibility;
            let told = list_entry(&entry, "p1");
            assert_eq!(told.facts, facts, "{visibility:?}");
            assert_eq!((told.authority.as_str(), told.basis.as_str()), ("示例机关", "示例依据"));
        }
    }

    #[test]
    fn r067_the_degree_of_dishonesty_reaches_the_plug_in() {
        for (said, told) in [
            (Severity::Slight, credit::Severity::Slight),
            (Severity::General, credit::Severity::General),
            (Severity::Serious, credit::Severity::Serious),
        ] {
            let entry = ListEntry { severity: Some(said), ..entry() };
            assert_eq!(list_entry(&entry, "p1").severity, Some(told));
        }
    }

    #[test]
    fn days_pass_both_ways_and_impossible_ones_do_not_pass() {
        for day in [date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31)] {
            assert_eq!(date_from_guest(date_to_guest(day)), Some(day), "{day}");
        }
        for (year, month, day) in
            [(2025, 2, 29), (2025, 13, 1), (2025, 0, 1), (0, 1, 1), (10_000, 1, 1), (2025, 1, 200)]
        {
            assert_eq!(date_from_guest(wit::CalendarDate { year, month, day }), None, "{year}-{month}-{day}");
        }
    }
}
