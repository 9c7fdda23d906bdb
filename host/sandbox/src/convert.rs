//! Between the credit domain and the contract's types. Nothing is decided here;
//! identifiers leave the host masked where they may be a person's.

use creditgate_credit::application::{Application, Material, Party, PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::catalogue::{Direction, Nature};
use creditgate_credit::dossier::{AssessedReport, CommitmentState, Measure, PartyDossier, PastCommitment};
use creditgate_credit::entry::{ListEntry, ListKind, Severity};
use creditgate_credit::identifier::{Identifier, IdentifierKind};
use creditgate_credit::policy::{CommitmentEffect, Policy};
use creditgate_credit::standing::Standing;
use creditgate_credit::verdict::{
    Advice, Commitment, Disposition, DispositionAction, Ground, Outcome, Verdict,
};
use jiff::civil::Date;

use crate::bindings::creditgate::plugin::{credit, feedback, policy, types as wit};
use crate::report::{Fact, Failure};

/// Two vocabularies with the same cases.
macro_rules! same_cases {
    ($function:ident: $from:ty => $into:ty { $($case:ident),+ $(,)? }) => {
        const fn $function(value: $from) -> $into {
            match value { $(<$from>::$case => <$into>::$case,)+ }
        }
    };
}

same_cases!(subject_kind: SubjectKind => wit::SubjectKind {
    LegalPerson, UnincorporatedOrganisation, SoleTrader, SocialGroup, NaturalPerson
});
same_cases!(party_role: PartyRole => wit::PartyRole {
    Applicant, LegalRepresentative, Principal, ResponsiblePerson, Director, Shareholder, Bidder, Agent, Other
});
same_cases!(identifier_kind: IdentifierKind => wit::IdentifierKind {
    Uscc, OrganisationCode, RegistrationNumber, CitizenId, Lei, Other
});
same_cases!(required_by: RequiredBy => wit::RequiredBy { Law, Regulation, Rule, NormativeDocument, Other });
same_cases!(list_kind: ListKind => wit::ListKind { Red, Black, Watch, Alert, Other });
same_cases!(severity: Severity => wit::Severity { Slight, General, Serious });
same_cases!(nature: Nature => wit::Nature { Mandatory, Recommended });
same_cases!(direction: Direction => wit::Direction { Incentive, Punish });
same_cases!(commitment_state: CommitmentState => credit::CommitmentState { Open, Fulfilled, Overdue, Breached });
same_cases!(effect_to_guest: CommitmentEffect => wit::CommitmentEffect { AcceptFirst, DecideFirst });
same_cases!(effect_from_guest: wit::CommitmentEffect => CommitmentEffect { AcceptFirst, DecideFirst });
same_cases!(outcome: wit::Outcome => Outcome { Proceed, ProceedWithCommitment, ManualReview, Refuse });

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
    let year = i16::try_from(date.year).ok().filter(|year| *year >= 1)?;
    Date::new(year, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?).ok()
}

/// The case as the guest sees it.
pub(crate) fn application_to_guest(application: &Application) -> wit::Application {
    wit::Application {
        case_no: application.case_no.clone(),
        item: application.item.clone(),
        checkpoint: application.checkpoint.clone(),
        department: application.department.clone(),
        division: application.division.clone(),
        filed_on: date_to_guest(application.filed_on),
        decided_on: date_to_guest(application.decided_on),
        parties: application.parties.iter().map(party).collect(),
        materials: application.materials.iter().map(material).collect(),
        form: application.form.clone(),
        attributes: application.attributes.clone(),
    }
}

fn party(party: &Party) -> wit::Party {
    wit::Party {
        id: party.id.clone(),
        role: party_role(party.role),
        acts_for: party.acts_for.clone(),
        kind: subject_kind(party.kind),
        name: party.name.clone(),
        identifiers: party.identifiers.iter().map(identifier).collect(),
        attributes: party.attributes.clone(),
    }
}

fn identifier(identifier: &Identifier) -> wit::Identifier {
    wit::Identifier { kind: identifier_kind(identifier.kind()), value: identifier.masked() }
}

fn material(material: &Material) -> wit::Material {
    wit::Material {
        code: material.code.clone(),
        name: material.name.clone(),
        provided: material.provided,
        required_by: required_by(material.required_by),
    }
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

fn list_entry(entry: &ListEntry, party: &str) -> wit::ListEntry {
    wit::ListEntry {
        id: entry.id.clone(),
        party: party.to_owned(),
        list: entry.list.clone(),
        list_name: entry.list_name.clone(),
        kind: list_kind(entry.kind),
        field: entry.field.clone(),
        severity: entry.severity.map(severity),
        facts: entry.facts.clone(),
        authority: entry.authority.clone(),
        basis: entry.basis.clone(),
        recognised_on: date_to_guest(entry.recognised_on),
        valid_until: entry.valid_until.map(date_to_guest),
        suspended: entry.suspended,
        attributes: entry.attributes.clone(),
    }
}

fn measure(measure: &Measure) -> wit::Measure {
    wit::Measure {
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
pub(crate) fn standing_to_guest(standing: Standing) -> credit::Standing {
    credit::Standing {
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
        attributes: Vec::new(),
    }
}

/// The guest's verdict in the words of the domain.
///
/// # Errors
///
/// What is wrong with it: a day that does not exist.
pub(crate) fn verdict_from_guest(verdict: wit::Verdict) -> Result<Verdict, String> {
    Ok(Verdict {
        outcome: outcome(verdict.outcome),
        dispositions: verdict.dispositions.into_iter().map(disposition).collect(),
        grounds: verdict.grounds.into_iter().map(ground).collect(),
        advice: verdict.advice.into_iter().map(advice).collect(),
        commitment: verdict.commitment.map(commitment).transpose()?,
        explanation: verdict.explanation,
    })
}

/// The guest's failure in the words of the domain.
pub(crate) fn failure_from_guest(failure: wit::Failure) -> Failure {
    Failure { code: failure.code, message: failure.message }
}

/// The guest's report in the words of the domain.
pub(crate) fn fact_from_guest(fact: feedback::Fact) -> Fact {
    match fact {
        feedback::Fact::DishonestAct(act) => {
            Fact::DishonestAct { party: act.party, kind: act.kind, facts: act.facts }
        }
        feedback::Fact::TypicalCase(case) => {
            Fact::TypicalCase { party: case.party, title: case.title, summary: case.summary }
        }
    }
}

fn disposition(disposition: wit::Disposition) -> Disposition {
    let action = match disposition.action {
        wit::DispositionAction::Applied => DispositionAction::Applied,
        wit::DispositionAction::Deferred(reason) => DispositionAction::Deferred(reason),
        wit::DispositionAction::Exempted(reason) => DispositionAction::Exempted(reason),
    };
    Disposition { measure: disposition.measure, action }
}

fn ground(ground: wit::Ground) -> Ground {
    Ground { basis: ground.basis, entry: ground.entry, text: ground.text }
}

fn advice(advice: wit::Advice) -> Advice {
    match advice {
        wit::Advice::FastTrack(text) => Advice::FastTrack(text),
        wit::Advice::DeferredMaterials(codes) => Advice::DeferredMaterials(codes),
        wit::Advice::StrictReview(text) => Advice::StrictReview(text),
        wit::Advice::KeySupervision(text) => Advice::KeySupervision(text),
        wit::Advice::Note(text) => Advice::Note(text),
    }
}

fn commitment(commitment: wit::Commitment) -> Result<Commitment, String> {
    let due = commitment.due_on;
    let due_on = date_from_guest(due).ok_or_else(|| {
        format!("commitment.due-on is no day of the calendar: {}-{:02}-{:02}", due.year, due.month, due.day)
    })?;
    Ok(Commitment {
        party: commitment.party,
        effect: effect_from_guest(commitment.effect),
        text: commitment.text,
        missing: commitment.missing,
        due_on,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

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
