//! The host of a test: answers from what the test laid down, and keeps what the
//! plug-in reports and logs.

use std::cell::RefCell;

use super::calendar::Calendar;
use crate::native::Host;
use crate::{
    CalendarDate, Day, DishonestAct, Dossier, DueDate, Fact, Level, ListEntry, OutOfRange, Refusal,
    Rejection, Standing, Terms, TypicalCase,
};

#[derive(Debug, Clone)]
pub(super) struct Fixture {
    pub(super) settings: String,
    pub(super) today: CalendarDate,
    pub(super) dossiers: Vec<Dossier>,
    pub(super) standings: Vec<(String, Standing)>,
    pub(super) terms: Terms,
    pub(super) calendar: Calendar,
    pub(super) reports: RefCell<Vec<Fact>>,
    pub(super) log: RefCell<Vec<(Level, String)>>,
}

impl Fixture {
    pub(super) fn new(terms: Terms) -> Self {
        Self {
            settings: "{}".into(),
            today: super::TODAY,
            dossiers: Vec::new(),
            standings: Vec::new(),
            terms,
            calendar: Calendar::default(),
            reports: RefCell::default(),
            log: RefCell::default(),
        }
    }
}

impl Host for Fixture {
    fn settings(&self) -> String {
        self.settings.clone()
    }

    #[expect(clippy::expect_used, reason = "a mistake in the test")]
    fn encoded_settings(&self) -> Vec<u8> {
        let settings: serde_json::Value =
            serde_json::from_str(&self.settings).expect("the settings of a test case are JSON");
        minicbor_serde::to_vec(&settings).expect("what is JSON can be CBOR")
    }

    fn dossiers(&self) -> Vec<Dossier> {
        // As the host does: a party without records has none.
        let told = self.dossiers.iter().filter(|dossier| **dossier != Dossier::blank(&dossier.party));
        told.cloned().collect()
    }

    fn dossier_of(&self, party: &str) -> Result<Dossier, Refusal> {
        let dossier = self.dossiers.iter().find(|dossier| dossier.party == party);
        dossier.cloned().ok_or_else(|| Refusal::NotAParty(party.into()))
    }

    fn standing(&self, party: &str, years: Option<u32>) -> Result<Standing, Refusal> {
        let dossier = self.dossier_of(party)?;
        let years = years.unwrap_or(self.terms.clean_window_years);
        if !(1..=10).contains(&years) {
            return Err(Refusal::WindowTooLong(years));
        }
        if let Some((_, standing)) = self.standings.iter().find(|(candidate, _)| candidate == party) {
            return Ok(standing.clone());
        }
        let spoiled_by: Vec<String> = dossier
            .entries
            .iter()
            .filter(|entry| ListEntry::is_adverse(entry))
            .map(|entry| entry.id.clone())
            .collect();
        let since_year = self.today.year.saturating_sub(u16::try_from(years).unwrap_or(u16::MAX));
        let since = CalendarDate { year: since_year, ..self.today };
        Ok(Standing { years, since, clean: spoiled_by.is_empty(), covered: true, spoiled_by })
    }

    fn terms(&self) -> Terms {
        self.terms.clone()
    }

    fn today(&self) -> CalendarDate {
        self.today
    }

    fn add_working_days(&self, start: CalendarDate, days: u32) -> Result<DueDate, OutOfRange> {
        self.calendar.add_working_days(start, days).map(|date| DueDate { date, provisional: false })
    }

    fn is_working_day(&self, date: CalendarDate) -> Result<Day, OutOfRange> {
        self.calendar.is_working_day(date).map(|working| Day { working, provisional: false })
    }

    fn report(&self, fact: &Fact) -> Result<(), Rejection> {
        let (Fact::DishonestAct(DishonestAct { party, .. }) | Fact::TypicalCase(TypicalCase { party, .. })) =
            fact;
        if let Err(Refusal::NotAParty(party)) = self.dossier_of(party) {
            return Err(Rejection::NotAParty(party));
        }
        self.reports.borrow_mut().push(fact.clone());
        Ok(())
    }

    fn log(&self, level: Level, message: &str) {
        self.log.borrow_mut().push((level, message.into()));
    }
}
