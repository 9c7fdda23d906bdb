//! The host functions a plug-in may import. All answer from what was gathered
//! before the call: none does I/O, none waits, each is counted and written to
//! the transcript.

use creditgate_credit::host_rules::HostRules;
use creditgate_credit::standing::{LONGEST_WINDOW_YEARS, standing};
use wasmtime::component::{HasSelf, Linker};

use crate::bindings::Imports;
use crate::bindings::creditgate::plugin::{calendar, credit, feedback, log, policy, settings, types};
use crate::class::GuestClass;
use crate::convert::{
    date_from_guest, date_to_guest, dossier_to_guest, fact_from_guest, standing_to_guest, terms_to_guest,
};
use crate::limits::Limits;
use crate::report::LogLevel;
use crate::state::{Ambient, CallState, GuestState};

/// Most reports one call may hand over.
const MOST_FACTS: u32 = 16;
/// Longest text in a report, in bytes.
const LONGEST_FACT_TEXT: u32 = 4096;

/// Gives a linker the contract's imports.
pub(crate) fn add_to_linker<T: GuestState>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    Imports::add_to_linker::<_, HasSelf<CallState>>(linker, T::call_state)
}

impl types::Host for CallState {}

impl credit::Host for CallState {
    fn dossiers(&mut self) -> wasmtime::Result<Vec<credit::Dossier>> {
        let parties = &self.case()?.dossier.parties;
        let entries: usize = parties.iter().map(|party| party.entries.len()).sum();
        let answer = parties.iter().filter(|party| !party.is_blank()).map(dossier_to_guest).collect();
        self.note("credit.dossiers", "", counted(entries, "entries"));
        Ok(answer)
    }

    fn dossier_of(&mut self, party: String) -> wasmtime::Result<Result<credit::Dossier, credit::Refusal>> {
        let found = self.case()?.dossier.party(&party).map(dossier_to_guest);
        let Some(dossier) = found else {
            self.note("credit.dossier-of", &party, "refused: not-a-party");
            return Ok(Err(credit::Refusal::NotAParty(party)));
        };
        self.note("credit.dossier-of", &party, counted(dossier.entries.len(), "entries"));
        Ok(Ok(dossier))
    }

    fn standing_of(
        &mut self,
        party: String,
        years: Option<u32>,
    ) -> wasmtime::Result<Result<credit::Standing, credit::Refusal>> {
        let case = self.case()?;
        let years = years.unwrap_or(u32::from(case.policy.clean_window_years));
        let argument = [party.as_str(), ", ", &counted(years, "years")].concat();
        let Some(dossier) = case.dossier.party(&party) else {
            self.note("credit.standing-of", &argument, "refused: not-a-party");
            return Ok(Err(credit::Refusal::NotAParty(party)));
        };
        if years > LONGEST_WINDOW_YEARS {
            self.note("credit.standing-of", &argument, "refused: window-too-long");
            return Ok(Err(credit::Refusal::WindowTooLong(LONGEST_WINDOW_YEARS)));
        }
        let standing = standing(&dossier.history, &case.policy, (&*case.application).into(), years);
        // The first rules did not ask who a party is.
        let doubtful = case.rules >= HostRules::Second
            && case.application.party(&party).is_some_and(|party| party.doubt().is_some());
        let standing = if doubtful { standing.in_doubt() } else { standing };
        let answer = match (standing.clean, standing.covered) {
            (true, _) => "clean".into(),
            (false, false) => "not covered".into(),
            (false, true) => format!("spoiled by {}", standing.spoiled_by.len()),
        };
        self.note("credit.standing-of", &argument, answer);
        Ok(Ok(standing_to_guest(standing, years)))
    }
}

impl policy::Host for CallState {
    fn current(&mut self) -> wasmtime::Result<policy::Terms> {
        let terms = terms_to_guest(&self.case()?.policy);
        self.note("policy.current", "", terms.snapshot.clone());
        Ok(terms)
    }
}

impl calendar::Host for CallState {
    fn today(&mut self) -> wasmtime::Result<types::CalendarDate> {
        let today = self.case()?.application.decided_on;
        self.note("calendar.today", "", today.to_string());
        Ok(date_to_guest(today))
    }

    fn add_working_days(
        &mut self,
        start: types::CalendarDate,
        days: u32,
    ) -> wasmtime::Result<Result<calendar::DueDate, calendar::OutOfRange>> {
        let case = self.case()?;
        let answer = match date_from_guest(start) {
            None => Err(calendar::OutOfRange::NoSuchDate),
            Some(start) => match case.calendar.add_working_days(start, days) {
                Ok(due) => Ok(due),
                Err(_) => Err(calendar::OutOfRange::TooFar),
            },
        };
        let argument = format!("{}, {days} days", written(start));
        match &answer {
            Ok(due) => {
                self.note("calendar.add-working-days", &argument, provisional(due.date, due.provisional))
            }
            Err(refusal) => self.note("calendar.add-working-days", &argument, refused(*refusal)),
        }
        Ok(answer
            .map(|due| calendar::DueDate { date: date_to_guest(due.date), provisional: due.provisional }))
    }

    fn is_working_day(
        &mut self,
        date: types::CalendarDate,
    ) -> wasmtime::Result<Result<calendar::Day, calendar::OutOfRange>> {
        let case = self.case()?;
        let answer = date_from_guest(date).map(|date| case.calendar.is_working_day(date));
        let argument = written(date);
        let Some(answer) = answer else {
            self.note("calendar.is-working-day", &argument, refused(calendar::OutOfRange::NoSuchDate));
            return Ok(Err(calendar::OutOfRange::NoSuchDate));
        };
        let day = if answer.working { "working" } else { "off" };
        self.note("calendar.is-working-day", &argument, provisional(day, answer.provisional));
        Ok(Ok(calendar::Day { working: answer.working, provisional: answer.provisional }))
    }
}

impl feedback::Host for CallState {
    fn report(&mut self, fact: feedback::Fact) -> wasmtime::Result<Result<(), feedback::Rejection>> {
        let (kind, party, texts) = match &fact {
            feedback::Fact::DishonestAct(act) => ("dishonest-act", &act.party, [&act.kind, &act.facts]),
            feedback::Fact::TypicalCase(case) => ("typical-case", &case.party, [&case.title, &case.summary]),
        };
        let known = self.case()?.application.party(party).is_some();
        let argument = format!("{kind}, {party}");
        let refusal = if !known {
            Some(("refused: not-a-party", feedback::Rejection::NotAParty(party.clone())))
        } else if self.facts.len() >= MOST_FACTS as usize {
            Some(("refused: too-many", feedback::Rejection::TooMany(MOST_FACTS)))
        } else if texts.iter().any(|text| text.len() > LONGEST_FACT_TEXT as usize) {
            Some(("refused: too-long", feedback::Rejection::TooLong(LONGEST_FACT_TEXT)))
        } else {
            None
        };
        if let Some((answer, rejection)) = refusal {
            self.note("feedback.report", &argument, answer);
            return Ok(Err(rejection));
        }
        self.note("feedback.report", &argument, "taken");
        self.facts.push(fact_from_guest(fact));
        Ok(Ok(()))
    }
}

impl settings::Host for CallState {
    fn get(&mut self) -> wasmtime::Result<String> {
        self.meter.count_host_call()?;
        let settings = self.settings.json().to_owned();
        self.note("settings.get", "", counted(settings.len(), "bytes"));
        Ok(settings)
    }

    fn encoded(&mut self) -> wasmtime::Result<Vec<u8>> {
        self.meter.count_host_call()?;
        let settings = self.settings.encoded().to_vec();
        self.note("settings.encoded", "", counted(settings.len(), "bytes"));
        Ok(settings)
    }
}

impl log::Host for CallState {
    fn write(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        self.meter.count_host_call()?;
        let level = match level {
            log::Level::Debug => LogLevel::Debug,
            log::Level::Info => LogLevel::Info,
            log::Level::Warn => LogLevel::Warn,
            log::Level::Error => LogLevel::Error,
        };
        self.keep_line(level, &message)?;
        Ok(())
    }
}

/// What the formatting machinery would write, in a fraction of its time: every
/// check pays for these.
fn counted(number: impl ToString, what: &str) -> String {
    let mut text = number.to_string();
    text.reserve_exact(1 + what.len());
    text.push(' ');
    text.push_str(what);
    text
}

fn written(date: types::CalendarDate) -> String {
    format!("{}-{:02}-{:02}", date.year, date.month, date.day)
}

fn provisional(answer: impl std::fmt::Display, provisional: bool) -> String {
    if provisional { format!("{answer}, provisional") } else { answer.to_string() }
}

const fn refused(refusal: calendar::OutOfRange) -> &'static str {
    match refusal {
        calendar::OutOfRange::NoSuchDate => "refused: no-such-date",
        calendar::OutOfRange::TooFar => "refused: too-far",
    }
}

impl GuestState for CallState {
    const CLASS: GuestClass = GuestClass::Small;

    fn link(linker: &mut Linker<Self>) -> wasmtime::Result<()> {
        add_to_linker(linker)
    }

    /// It has no WASI, and so neither clock nor randomness.
    fn begin(call: CallState, _: &Limits, _: Ambient) -> Self {
        call
    }

    fn call_state(&mut self) -> &mut CallState {
        self
    }

    fn into_call_state(self) -> CallState {
        self
    }
}
