//! The same rule, compiled into the host as a Rust function: what a check costs
//! without a sandbox. It serves the case of the load generator, parties without
//! entries, and fails on any other rather than measuring something else.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use creditgate_credit::application::{PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::dossier::Dossier;
use creditgate_credit::policy::{CommitmentEffect, Policy};
use creditgate_credit::standing::{CaseDays, standing};
use creditgate_credit::verdict::{Advice, Outcome, Verdict};
use creditgate_gate::{Judge, JudgeFuture};
use creditgate_plugin as sdk;
use creditgate_plugin::read_settings;
use creditgate_plugin::{Case, Review, native};
use creditgate_sandbox::{CallReport, Failure, HookCall};
use jiff::civil::Date;
use market_registration::{MarketRegistration, Settings};

/// Runs `market-registration`'s review without WebAssembly.
pub(crate) struct NativeReview;

impl Judge for NativeReview {
    fn judge<'a>(&'a self, call: HookCall<'a>) -> JudgeFuture<'a> {
        let started = Instant::now();
        let outcome = review(&call).map_err(|message| Failure { code: "bench".to_owned(), message });
        let report = CallReport {
            outcome: Ok(outcome),
            fuel_used: 0,
            took: started.elapsed(),
            transcript: Vec::new(),
            log: Vec::new(),
            facts: Vec::new(),
        };
        Box::pin(std::future::ready(report))
    }
}

fn review(call: &HookCall<'_>) -> Result<Verdict, String> {
    if call.dossier.entries().next().is_some() {
        return Err("the native rule serves parties without entries only".to_owned());
    }
    let application = application(call);
    let settings: Settings = read_settings(call.settings.encoded()).map_err(|failure| failure.message)?;
    let host = Rc::new(NativeHost {
        dossier: Arc::clone(call.dossier),
        policy: Arc::clone(call.policy),
        calendar: Arc::clone(call.calendar),
        today: call.application.decided_on,
    });
    let verdict = native::run(host, || MarketRegistration::review(&Case::new(&application, &settings)))
        .map_err(|failure| failure.message)?;
    plain_verdict(verdict)
}

struct NativeHost {
    dossier: Arc<Dossier>,
    policy: Arc<Policy>,
    calendar: Arc<WorkingCalendar>,
    today: Date,
}

impl native::Host for NativeHost {
    fn settings(&self) -> String {
        String::new()
    }

    fn encoded_settings(&self) -> Vec<u8> {
        Vec::new()
    }

    fn dossiers(&self) -> Vec<sdk::Dossier> {
        // The load is of parties of which nothing is recorded.
        Vec::new()
    }

    fn dossier_of(&self, party: &str) -> Result<sdk::Dossier, sdk::Refusal> {
        let known = self.dossier.party(party);
        known.map(|_| sdk::Dossier::blank(party)).ok_or_else(|| sdk::Refusal::NotAParty(party.to_owned()))
    }

    fn standing(&self, party: &str, years: Option<u32>) -> Result<sdk::Standing, sdk::Refusal> {
        let known = self.dossier.party(party).ok_or_else(|| sdk::Refusal::NotAParty(party.to_owned()))?;
        let years = years.unwrap_or(u32::from(self.policy.clean_window_years));
        let days = CaseDays { filed_on: self.today, decided_on: self.today };
        let answer = standing(&known.history, &self.policy, days, years);
        Ok(sdk::Standing {
            years,
            since: date(answer.since),
            clean: answer.clean,
            covered: answer.covered,
            spoiled_by: answer.spoiled_by,
        })
    }

    fn terms(&self) -> sdk::Terms {
        sdk::Terms {
            snapshot: self.policy.snapshot(),
            clean_window_years: u32::from(self.policy.clean_window_years),
            non_deferrable: self.policy.non_deferrable.iter().copied().map(required_by).collect(),
            commitment_effect: match self.policy.commitment_effect {
                CommitmentEffect::AcceptFirst => sdk::CommitmentEffect::AcceptFirst,
                CommitmentEffect::DecideFirst => sdk::CommitmentEffect::DecideFirst,
            },
            commitment_working_days: u32::from(self.policy.commitment_working_days),
            attributes: Vec::new(),
        }
    }

    fn today(&self) -> sdk::CalendarDate {
        date(self.today)
    }

    fn add_working_days(&self, start: sdk::CalendarDate, days: u32) -> Result<sdk::DueDate, sdk::OutOfRange> {
        let start = civil(start).ok_or(sdk::OutOfRange::NoSuchDate)?;
        let due = self.calendar.add_working_days(start, days).map_err(|_| sdk::OutOfRange::TooFar)?;
        Ok(sdk::DueDate { date: date(due.date), provisional: due.provisional })
    }

    fn is_working_day(&self, day: sdk::CalendarDate) -> Result<sdk::Day, sdk::OutOfRange> {
        let answer = self.calendar.is_working_day(civil(day).ok_or(sdk::OutOfRange::NoSuchDate)?);
        Ok(sdk::Day { working: answer.working, provisional: answer.provisional })
    }

    fn report(&self, _fact: &sdk::Fact) -> Result<(), sdk::Rejection> {
        Err(sdk::Rejection::TooMany(0))
    }

    fn log(&self, _level: sdk::Level, _message: &str) {}
}

fn application(call: &HookCall<'_>) -> sdk::Application {
    let from = call.application;
    sdk::Application {
        case_no: from.case_no.clone(),
        item: from.item.clone(),
        checkpoint: from.checkpoint.clone(),
        department: from.department.clone(),
        division: from.division.clone(),
        filed_on: date(from.filed_on),
        decided_on: date(from.decided_on),
        parties: from
            .parties
            .iter()
            .map(|party| sdk::Party {
                id: party.id.clone(),
                role: match party.role {
                    PartyRole::Applicant => sdk::PartyRole::Applicant,
                    PartyRole::LegalRepresentative => sdk::PartyRole::LegalRepresentative,
                    _ => sdk::PartyRole::Other,
                },
                acts_for: party.acts_for.clone(),
                kind: match party.kind {
                    SubjectKind::NaturalPerson => sdk::SubjectKind::NaturalPerson,
                    _ => sdk::SubjectKind::LegalPerson,
                },
                name: party.name.clone(),
                identifiers: party
                    .identifiers
                    .iter()
                    .map(|identifier| sdk::Identifier {
                        kind: sdk::IdentifierKind::Other,
                        value: identifier.masked().into_owned(),
                    })
                    .collect(),
                attributes: party.attributes.clone(),
            })
            .collect(),
        materials: from
            .materials
            .iter()
            .map(|material| sdk::Material {
                code: material.code.clone(),
                name: material.name.clone(),
                provided: material.provided,
                required_by: required_by(material.required_by),
            })
            .collect(),
        form: from.form.clone(),
        attributes: from.attributes.clone(),
    }
}

/// A verdict on a case without entries: an outcome, advice and an explanation.
fn plain_verdict(verdict: sdk::Verdict) -> Result<Verdict, String> {
    if verdict.outcome != sdk::Outcome::Proceed || verdict.commitment.is_some() {
        return Err(format!("not the verdict that is measured: {:?}", verdict.outcome));
    }
    let advice = verdict
        .advice
        .into_iter()
        .map(|advice| match advice {
            sdk::Advice::FastTrack(text) => Ok(Advice::FastTrack(text)),
            sdk::Advice::Note(text) => Ok(Advice::Note(text)),
            other => Err(format!("not the advice that is measured: {other:?}")),
        })
        .collect::<Result<_, _>>()?;
    Ok(Verdict {
        outcome: Outcome::Proceed,
        dispositions: Vec::new(),
        grounds: Vec::new(),
        advice,
        commitment: None,
        explanation: verdict.explanation,
    })
}

const fn required_by(level: RequiredBy) -> sdk::RequiredBy {
    match level {
        RequiredBy::Law => sdk::RequiredBy::Law,
        RequiredBy::Regulation => sdk::RequiredBy::Regulation,
        RequiredBy::Rule => sdk::RequiredBy::Rule,
        RequiredBy::NormativeDocument => sdk::RequiredBy::NormativeDocument,
        RequiredBy::Other => sdk::RequiredBy::Other,
    }
}

fn date(day: Date) -> sdk::CalendarDate {
    sdk::CalendarDate::new(day.year().unsigned_abs(), day.month().unsigned_abs(), day.day().unsigned_abs())
}

fn civil(day: sdk::CalendarDate) -> Option<Date> {
    let year = i16::try_from(day.year).ok()?;
    Date::new(year, i8::try_from(day.month).ok()?, i8::try_from(day.day).ok()?).ok()
}
