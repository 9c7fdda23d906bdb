//! The case as a rule sees it: the application, what is known of its parties,
//! the policy of the day. Each question goes to the host at most once.

use std::cell::OnceCell;

use crate::{
    Application, CalendarDate, Commitment, CommitmentState, Dossier, Failure, Ground, ListEntry, Material,
    Measure, Party, PartyRole, Standing, Terms, host,
};

/// The case at a checkpoint.
#[derive(Debug)]
pub struct Case<'a, S> {
    /// The application as the approval system sent it.
    pub application: &'a Application,
    /// The settings of the binding.
    pub settings: &'a S,
    dossiers: OnceCell<Vec<Dossier>>,
    terms: OnceCell<Terms>,
}

/// A party of the case together with what is known of it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The party.
    pub party: &'a Party,
    /// What is known of it.
    pub dossier: &'a Dossier,
}

/// The materials of an application that are not there yet, by whether the
/// policy lets them be supplied later (R77 to R79).
#[derive(Debug, Clone, Default)]
pub struct MissingMaterials<'a> {
    /// May be supplied later.
    pub deferrable: Vec<&'a Material>,
    /// Required on a level that allows no delay.
    pub required_now: Vec<&'a Material>,
}

impl MissingMaterials<'_> {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.deferrable.is_empty() && self.required_now.is_empty()
    }

    /// Names for officers: `《租赁合同》、《平面图》`.
    #[must_use]
    pub fn chinese(materials: &[&Material]) -> String {
        let names: Vec<String> = materials.iter().map(|material| format!("《{}》", material.name)).collect();
        names.join("、")
    }
}

impl<'a, S> Case<'a, S> {
    /// A case; nothing is asked of the host yet.
    #[must_use]
    pub const fn new(application: &'a Application, settings: &'a S) -> Self {
        Self { application, settings, dossiers: OnceCell::new(), terms: OnceCell::new() }
    }

    /// The day of the check.
    #[must_use]
    pub const fn today(&self) -> CalendarDate {
        self.application.decided_on
    }

    /// The policy of the jurisdiction, in force today.
    pub fn terms(&self) -> &Terms {
        self.terms.get_or_init(host::terms)
    }

    /// The dossiers of all parties, in the order of the application; blank where
    /// nothing is recorded.
    ///
    /// # Panics
    /// When the host breaks its contract and tells of others, or in another
    /// order: a party must not pass for one without records.
    pub fn dossiers(&self) -> &[Dossier] {
        self.dossiers.get_or_init(|| {
            let mut told = host::dossiers().into_iter().peekable();
            let parties = self.application.parties.iter();
            let dossiers = parties.map(|party| {
                told.next_if(|dossier| dossier.party == party.id).unwrap_or_else(|| Dossier::blank(&party.id))
            });
            let dossiers = dossiers.collect();
            assert!(
                told.next().is_none(),
                "the host's dossiers are not those of the parties, in their order"
            );
            dossiers
        })
    }

    /// All parties with what is known of them.
    pub fn subjects(&self) -> impl Iterator<Item = Subject<'_>> {
        self.application
            .parties
            .iter()
            .zip(self.dossiers())
            .map(|(party, dossier)| Subject { party, dossier })
    }

    /// The parties that play one of these roles.
    pub fn subjects_in(&self, roles: &[PartyRole]) -> impl Iterator<Item = Subject<'_>> {
        self.subjects().filter(|subject| roles.contains(&subject.party.role))
    }

    /// What a rule may act on of the parties that play one of these roles.
    pub fn entries_in<'c>(
        &'c self,
        roles: &[PartyRole],
    ) -> impl Iterator<Item = (Subject<'c>, &'c ListEntry)> {
        let subjects = self.subjects_in(roles);
        subjects.flat_map(|subject| subject.entries().map(move |entry| (subject, entry)))
    }

    /// The first applicant.
    ///
    /// # Errors
    /// A [`Failure`] of code `no-applicant` when the application names none.
    pub fn applicant(&self) -> Result<Subject<'_>, Failure> {
        self.subjects_in(&[PartyRole::Applicant])
            .next()
            .ok_or_else(|| Failure::new("no-applicant", "申请中没有申请人，无法核查"))
    }

    /// Every measure that applies to a party of this case.
    pub fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.dossiers().iter().flat_map(|dossier| &dossier.measures)
    }

    /// The credit standing of a party over the policy's clean window (R75).
    ///
    /// # Errors
    /// A [`Failure`] when the host refuses the query: the id is not a party of
    /// this case, or the policy's window is longer than it answers.
    pub fn standing(&self, party: &str) -> Result<Standing, Failure> {
        Ok(host::standing(party, None)?)
    }

    /// The missing materials, split by what the policy allows.
    pub fn missing_materials(&self) -> MissingMaterials<'a> {
        let mut missing = MissingMaterials::default();
        for material in self.application.materials.iter().filter(|material| !material.provided) {
            if self.terms().non_deferrable.contains(&material.required_by) {
                missing.required_now.push(material);
            } else {
                missing.deferrable.push(material);
            }
        }
        missing
    }

    /// The last day of a commitment made today: `working_days` from now, or as
    /// many as the policy allows where that is less.
    ///
    /// # Errors
    /// A [`Failure`] when the calendar does not reach that far.
    pub fn commitment_due(&self, working_days: u32) -> Result<CalendarDate, Failure> {
        let days = working_days.min(self.terms().commitment_working_days);
        Ok(host::add_working_days(self.today(), days)?.date)
    }

    /// A commitment to supply these materials by `due_on`, with the effect the
    /// policy gives it (R80 to R82). `text` is what the party signs.
    pub fn commitment(
        &self,
        party: &Party,
        missing: &[&Material],
        due_on: CalendarDate,
        text: String,
    ) -> Commitment {
        Commitment {
            party: party.id.clone(),
            effect: self.terms().commitment_effect,
            text,
            missing: missing.iter().map(|material| material.code.clone()).collect(),
            due_on,
        }
    }
}

impl<'a> Subject<'a> {
    /// The party by role and name, for officers: `法定代表人“张某”`.
    #[must_use]
    pub fn chinese(self) -> String {
        [self.party.role.chinese(), "“", &self.party.name, "”"].concat()
    }

    /// Entries that are in force and not suspended: those a rule may act on.
    pub fn entries(self) -> impl Iterator<Item = &'a ListEntry> {
        self.dossier.entries.iter().filter(|entry| !entry.suspended)
    }

    /// The newest entry of a list that a rule may act on.
    #[must_use]
    pub fn entry_on(self, list: &str) -> Option<&'a ListEntry> {
        self.entries().find(|entry| entry.list == list)
    }

    /// Entries under objection or verification: to be noted, not acted on (R98).
    pub fn suspended_entries(self) -> impl Iterator<Item = &'a ListEntry> {
        self.dossier.entries.iter().filter(|entry| entry.suspended)
    }

    /// Whether anything in force, and not suspended, speaks against the party.
    #[must_use]
    pub fn has_adverse_entry(self) -> bool {
        self.entries().any(ListEntry::is_adverse)
    }

    /// Whether the party has promised, in an earlier check of this case, to
    /// supply what is missing, and the time is not up.
    #[must_use]
    pub fn has_open_commitment(self, case_no: &str) -> bool {
        let mut commitments = self.dossier.commitments.iter();
        commitments.any(|made| made.case_no == case_no && made.state == CommitmentState::Open)
    }

    /// The measures that follow from an entry.
    pub fn measures_of(self, entry: &ListEntry) -> impl Iterator<Item = &'a Measure> {
        self.dossier.measures.iter().filter(|measure| measure.entry == entry.id)
    }

    /// The measures that follow from an entry and burden the party.
    pub fn burdens_of(self, entry: &ListEntry) -> impl Iterator<Item = &'a Measure> {
        self.measures_of(entry).filter(|measure| measure.punishes())
    }

    /// That an entry stands against the party, by whom and since when, for officers:
    /// `申请人“示例公司”被示例机关列入“示例名单”（2026年1月5日）`.
    #[must_use]
    pub fn chinese_of(self, entry: &ListEntry) -> String {
        let (authority, list, day) = (&entry.authority, &entry.list_name, entry.recognised_on.chinese());
        format!("{}被{authority}列入“{list}”（{day}）", self.chinese())
    }

    /// A ground that rests on an entry, by the first measure of it that bars
    /// ([`Measure::bars`]); none where the catalogue attaches none here: the host
    /// passes no refusal on any other basis. `text` is what the applicant is told.
    #[must_use]
    pub fn ground(self, entry: &ListEntry, text: impl Into<String>) -> Option<Ground> {
        let bar = self.measures_of(entry).find(|measure| measure.bars())?;
        Some(Ground { entry: Some(entry.id.clone()), ..Ground::new(&bar.basis, text) })
    }
}
