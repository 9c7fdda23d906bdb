//! A test harness for rules: a hand-made case, run natively, without
//! WebAssembly.
//!
//! [`TestCase`] describes the case and what is known of its parties; running a
//! hook on it gives a [`Run`]. [`Run::verdict`] also holds the verdict against
//! the rules the host will settle it by, so a test fails where the host would
//! not pass the verdict on.

mod calendar;
mod fixture;
mod run;

use std::rc::Rc;

pub use run::Run;

use crate::plugin::{Answer, Custom, Intake, Issuance, Plugin, Review, Supervision, read_settings};
use crate::{
    Application, CalendarDate, Case, CommitmentEffect, CommitmentState, CreditReport, Direction, Dossier,
    ListEntry, ListKind, Material, Measure, Nature, Party, PartyRole, PastCommitment, RequiredBy, Standing,
    SubjectKind, Terms, native,
};
use fixture::Fixture;

/// The day of the check unless a test says otherwise: a Tuesday.
pub const TODAY: CalendarDate = CalendarDate::new(2026, 9, 1);

/// A case in the making. Methods that describe an entry, a commitment or a
/// report speak of the party added last, those that describe a measure of the
/// entry added last.
///
/// Unless told otherwise: the case is filed and decided on [`TODAY`], the
/// policy takes three clean years, never defers what law, regulation, rule or
/// normative document requires, lets accept first, and gives 20 working days;
/// every standing is covered, and clean when the party has no adverse entry.
#[derive(Debug, Clone)]
pub struct TestCase {
    application: Application,
    settings: String,
    fixture: Fixture,
}

impl TestCase {
    /// An application for `item` at `checkpoint`.
    #[must_use]
    pub fn new(item: &str, checkpoint: &str) -> Self {
        Self {
            application: Application {
                case_no: "CASE-1".into(),
                item: item.into(),
                checkpoint: checkpoint.into(),
                department: "test".into(),
                division: "370811".into(),
                filed_on: TODAY,
                decided_on: TODAY,
                parties: Vec::new(),
                materials: Vec::new(),
                form: "{}".into(),
                attributes: Vec::new(),
            },
            settings: "{}".into(),
            fixture: Fixture::new(default_terms()),
        }
    }

    /// Adds an organisation: the applicant, if it is the first party, and
    /// otherwise a bidder.
    #[must_use]
    pub fn organisation(self, name: &str) -> Self {
        let role = if self.application.parties.is_empty() { PartyRole::Applicant } else { PartyRole::Bidder };
        self.party(name, role, SubjectKind::LegalPerson)
    }

    /// Adds a natural person in a role, acting for the first party.
    #[must_use]
    pub fn person(self, name: &str, role: PartyRole) -> Self {
        self.party(name, role, SubjectKind::NaturalPerson)
    }

    /// Adds any party; its id is `p1`, `p2`, ... in the order of adding.
    #[must_use]
    pub fn party(mut self, name: &str, role: PartyRole, kind: SubjectKind) -> Self {
        let id = format!("p{}", self.application.parties.len() + 1);
        let of_another = !matches!(role, PartyRole::Applicant | PartyRole::Bidder);
        let acts_for =
            self.application.parties.first().filter(|_| of_another).map(|principal| principal.id.clone());
        self.fixture.dossiers.push(Dossier::blank(&id));
        self.application.parties.push(Party {
            id,
            role,
            acts_for,
            kind,
            name: name.into(),
            identifiers: Vec::new(),
            attributes: Vec::new(),
        });
        self
    }

    /// Adds an entry of a list; its id is `e1`, `e2`, ... in the order of
    /// adding.
    #[must_use]
    pub fn entry(self, list: &str, kind: ListKind) -> Self {
        self.entry_with(list, kind, |_| {})
    }

    /// As [`TestCase::entry`], with the last touch left to the test.
    #[must_use]
    pub fn entry_with(mut self, list: &str, kind: ListKind, adjust: impl FnOnce(&mut ListEntry)) -> Self {
        let number = self.fixture.dossiers.iter().map(|dossier| dossier.entries.len()).sum::<usize>() + 1;
        let dossier = self.last_dossier();
        let mut entry = ListEntry {
            id: format!("e{number}"),
            party: dossier.party.clone(),
            list: list.into(),
            list_name: list.into(),
            kind,
            field: "test".into(),
            severity: None,
            facts: "facts".into(),
            authority: "authority".into(),
            basis: "basis".into(),
            recognised_on: CalendarDate::new(2026, 1, 5),
            valid_until: None,
            suspended: false,
            attributes: Vec::new(),
        };
        adjust(&mut entry);
        dossier.entries.push(entry);
        self
    }

    /// Adds a mandatory measure that punishes, following from the last entry.
    #[must_use]
    pub fn measure(self, code: &str, basis: &str) -> Self {
        self.measure_with(code, basis, |_| {})
    }

    /// As [`TestCase::measure`], with the last touch left to the test.
    ///
    /// # Panics
    /// When the last party has no entry it could follow from.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a mistake in the test")]
    pub fn measure_with(mut self, code: &str, basis: &str, adjust: impl FnOnce(&mut Measure)) -> Self {
        let dossier = self.last_dossier();
        let entry = &dossier.entries.last().expect("a measure follows from an entry: add one first").id;
        let mut measure = Measure {
            id: format!("{code}/{entry}/{}", dossier.party),
            code: code.into(),
            category: "test".into(),
            nature: Nature::Mandatory,
            direction: Direction::Punish,
            content: code.into(),
            basis: basis.into(),
            basis_text: basis.into(),
            entry: entry.clone(),
            party: dossier.party.clone(),
        };
        adjust(&mut measure);
        dossier.measures.push(measure);
        self
    }

    /// Adds a commitment the last party made in an earlier case.
    #[must_use]
    pub fn past_commitment(mut self, state: CommitmentState) -> Self {
        self.last_dossier().commitments.push(PastCommitment {
            id: "c1".into(),
            case_no: "CASE-0".into(),
            made_on: CalendarDate::new(2026, 3, 2),
            due_on: CalendarDate::new(2026, 3, 30),
            state,
        });
        self
    }

    /// Adds a credit report the last party presents.
    #[must_use]
    pub fn report(mut self, qualified: bool, published: bool) -> Self {
        let dossier = self.last_dossier();
        dossier.reports.push(CreditReport {
            party: dossier.party.clone(),
            issuer: "示例信用服务有限公司".into(),
            number: "R-1".into(),
            issued_on: CalendarDate::new(2026, 8, 3),
            qualified,
            published,
            grade: "A".into(),
        });
        self
    }

    /// Fixes the last party's standing.
    #[must_use]
    pub fn standing(mut self, clean: bool, covered: bool) -> Self {
        let party = self.last_dossier().party.clone();
        let standing = Standing {
            years: 3,
            since: CalendarDate::new(2023, 9, 1),
            clean,
            covered,
            spoiled_by: Vec::new(),
        };
        self.fixture.standings.push((party, standing));
        self
    }

    /// Adds a material that was handed in.
    #[must_use]
    pub fn provided(self, code: &str, required_by: RequiredBy) -> Self {
        self.material(code, required_by, true)
    }

    /// Adds a material that is missing.
    #[must_use]
    pub fn missing(self, code: &str, required_by: RequiredBy) -> Self {
        self.material(code, required_by, false)
    }

    fn material(mut self, code: &str, required_by: RequiredBy, provided: bool) -> Self {
        let material = Material { code: code.into(), name: format!("材料{code}"), provided, required_by };
        self.application.materials.push(material);
        self
    }

    /// Adds an attribute of the application.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.application.attributes.push((name.into(), value.into()));
        self
    }

    /// Adds an attribute of the party added last.
    #[must_use]
    pub fn party_attribute(mut self, name: &str, value: &str) -> Self {
        if let Some(party) = self.application.parties.last_mut() {
            party.attributes.push((name.into(), value.into()));
        }
        self
    }

    /// The caller's form, a JSON object in text.
    #[must_use]
    pub fn form(mut self, json: &str) -> Self {
        self.application.form = json.into();
        self
    }

    /// The settings, a JSON object in text.
    #[must_use]
    pub fn settings(mut self, json: &str) -> Self {
        self.settings = json.into();
        self
    }

    /// Changes the policy.
    #[must_use]
    pub fn policy(mut self, adjust: impl FnOnce(&mut Terms)) -> Self {
        adjust(&mut self.fixture.terms);
        self
    }

    /// The day of the check.
    #[must_use]
    pub fn today(mut self, year: u16, month: u8, day: u8) -> Self {
        self.application.decided_on = CalendarDate::new(year, month, day);
        self
    }

    /// Makes a weekday free, or a weekend day a working day.
    #[must_use]
    pub fn turn_day(mut self, year: u16, month: u8, day: u8) -> Self {
        self.fixture.calendar.turned.push(CalendarDate::new(year, month, day));
        self
    }

    /// Runs the hook `intake`.
    #[must_use]
    pub fn intake<P: Intake>(self) -> Run {
        self.hook::<P>(P::intake)
    }

    /// Runs the hook `review`.
    #[must_use]
    pub fn review<P: Review>(self) -> Run {
        self.hook::<P>(P::review)
    }

    /// Runs the hook `issuance`.
    #[must_use]
    pub fn issuance<P: Issuance>(self) -> Run {
        self.hook::<P>(P::issuance)
    }

    /// Runs the hook `supervision`.
    #[must_use]
    pub fn supervision<P: Supervision>(self) -> Run {
        self.hook::<P>(P::supervision)
    }

    /// Runs a custom checkpoint, named by the case's own.
    #[must_use]
    pub fn custom<P: Custom>(self) -> Run {
        let checkpoint = self.application.checkpoint.clone();
        self.hook::<P>(|case| P::checkpoint(&checkpoint, case))
    }

    /// Runs a hook as the host would: settings first, then the call.
    fn hook<P: Plugin>(self, hook: impl FnOnce(&Case<'_, P::Settings>) -> Answer) -> Run {
        self.run(|application| {
            let settings: P::Settings = read_settings(&crate::host::encoded_settings())?;
            hook(&Case::new(application, &settings))
        })
    }

    /// Runs anything that needs a host, such as a single rule.
    #[must_use]
    pub fn run(self, work: impl FnOnce(&Application) -> Answer) -> Run {
        let Self { application, settings, mut fixture } = self;
        fixture.today = application.decided_on;
        fixture.settings = settings;
        let host = Rc::new(fixture);
        let result = native::run(Rc::clone(&host) as Rc<dyn native::Host>, || work(&application));
        Run::new(result, &host)
    }

    #[expect(clippy::expect_used, reason = "a mistake in the test")]
    fn last_dossier(&mut self) -> &mut Dossier {
        self.fixture.dossiers.last_mut().expect("add a party first")
    }
}

fn default_terms() -> Terms {
    Terms {
        snapshot: "370811@test".into(),
        clean_window_years: 3,
        non_deferrable: vec![
            RequiredBy::Law,
            RequiredBy::Regulation,
            RequiredBy::Rule,
            RequiredBy::NormativeDocument,
        ],
        commitment_effect: CommitmentEffect::AcceptFirst,
        commitment_working_days: 20,
        attributes: Vec::new(),
    }
}
