//! The dossier: everything a plug-in may know of the parties of one case.
//!
//! [`Dossier::assemble`] is the gate between what the sources hold and what a
//! plug-in sees. Repaired, expired, withdrawn and preliminary entries stop
//! here; suspended ones pass marked and without punish measures; a record that
//! matches by name alone becomes a hint for an officer and nothing else.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::application::{Application, Party, Report};
use crate::catalogue::{Direction, IndexedCatalogue, Nature};
use crate::entry::{EntryState, ListEntry};
use crate::host_rules::HostRules;
use crate::list_type::ListRules;
use crate::policy::Policy;
use crate::{day, derived, term, vocabulary};

mod form;

vocabulary! {
    /// State of a commitment made in an earlier case.
    pub enum CommitmentState {
        /// Not yet due.
        Open = "open",
        /// Everything was supplied.
        Fulfilled = "fulfilled",
        /// Due and not fulfilled.
        Overdue = "overdue",
        /// Found to be false or broken.
        Breached = "breached",
    }
}

/// A commitment the party made in an earlier case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastCommitment {
    /// The host's id of it.
    pub id: String,
    /// The case it was made in.
    pub case_no: String,
    /// Day it was made.
    #[serde(with = "day")]
    pub made_on: Date,
    /// Day it is due.
    #[serde(with = "day")]
    pub due_on: Date,
    /// What became of it.
    pub state: CommitmentState,
}

impl PastCommitment {
    /// The commitment as it stands on `day`: one whose day has passed without
    /// fulfilment is overdue (R83).
    fn on(self, day: Date) -> Self {
        match self.state {
            CommitmentState::Open if self.due_on < day => Self { state: CommitmentState::Overdue, ..self },
            _ => self,
        }
    }
}

/// What the sources hold on one party: entries of every status whose identifier
/// matches, and hints.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Entries matched by identifier.
    pub by_identifier: Vec<ListEntry>,
    /// Entries that carry the party's name and that no number tells apart from
    /// it, and entries under a number that may be the same person's.
    pub by_name: Vec<ListEntry>,
    /// Commitments of earlier cases.
    pub commitments: Vec<PastCommitment>,
}

/// A measure of the catalogue that an entry of a party triggers in this case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Unique within the case: `<catalogue code>/<entry id>/<party id>`.
    pub id: String,
    /// The catalogue's code.
    pub code: String,
    /// Category.
    pub category: String,
    /// Mandatory or recommended.
    pub nature: Nature,
    /// Favours or burdens.
    pub direction: Direction,
    /// Content.
    pub content: String,
    /// Power item (权责事项).
    pub power_item: String,
    /// Responsible section.
    pub section: String,
    /// Code of the legal basis, in force on the day of the check.
    pub basis: String,
    /// Title and article of the basis.
    pub basis_text: String,
    /// Id of the entry it follows from.
    pub entry: String,
    /// Handle of the party it is aimed at.
    pub party: String,
}

/// A credit report with what the policy makes of it (R88).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssessedReport {
    /// The report as handed in.
    pub report: Report,
    /// The issuer is a qualified agency on the day of the check.
    pub qualified: bool,
    /// It is published wherever the policy asks for.
    pub published: bool,
}

/// What is known of one party.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "form::Kept")]
pub struct PartyDossier {
    /// Handle of the party.
    pub party: String,
    /// Effective entries, newest first, those that are derived among them.
    pub entries: Vec<ListEntry>,
    /// Measures that apply.
    pub measures: Vec<Measure>,
    /// Records under the same name only: for the officer, never for a measure.
    pub hints: Vec<ListEntry>,
    /// Every identified entry of whatever status: for the clean window.
    pub history: Vec<ListEntry>,
    /// Commitments of earlier cases.
    pub commitments: Vec<PastCommitment>,
    /// Credit reports handed in.
    pub reports: Vec<AssessedReport>,
}

impl PartyDossier {
    /// The entries that follow from others and are in no list (R44, R46).
    pub fn derived(&self) -> impl Iterator<Item = &ListEntry> {
        self.entries.iter().filter(|entry| derived::is_derived(&entry.list))
    }

    /// Whether nothing is recorded of the party that a plug-in may know.
    #[must_use]
    pub const fn is_blank(&self) -> bool {
        self.entries.is_empty()
            && self.measures.is_empty()
            && self.commitments.is_empty()
            && self.reports.is_empty()
    }
}

/// What is known of all parties of a case, in the order of the application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dossier {
    /// One for each party.
    pub parties: Vec<PartyDossier>,
}

impl Dossier {
    /// Assembles the dossier of a case. `evidence` has one element for each
    /// party, in the order of `application.parties`; a missing one counts as
    /// empty. `lists` are the rules of the list types known on that day.
    #[must_use]
    pub fn assemble(
        application: &Application,
        evidence: Vec<Evidence>,
        catalogue: &IndexedCatalogue,
        policy: &Policy,
        lists: &ListRules,
    ) -> Self {
        Self::assemble_under(HostRules::CURRENT, application, evidence, catalogue, policy, lists)
    }

    /// The same under the host's rules of a day that may be past.
    #[must_use]
    pub fn assemble_under(
        rules: HostRules,
        application: &Application,
        evidence: Vec<Evidence>,
        catalogue: &IndexedCatalogue,
        policy: &Policy,
        lists: &ListRules,
    ) -> Self {
        let under = Under { rules, application, catalogue, policy, lists };
        let mut evidence = evidence.into_iter();
        let parties = application
            .parties
            .iter()
            .map(|party| {
                let known = evidence.next().unwrap_or_default();
                assemble_party(under, party, known)
            })
            .collect();
        Self { parties }
    }

    /// The dossier of the party with this handle.
    #[must_use]
    pub fn party(&self, id: &str) -> Option<&PartyDossier> {
        self.parties.iter().find(|dossier| dossier.party == id)
    }

    /// Every measure of every party.
    pub fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.parties.iter().flat_map(|dossier| &dossier.measures)
    }

    /// Every effective entry of every party.
    pub fn entries(&self) -> impl Iterator<Item = &ListEntry> {
        self.parties.iter().flat_map(|dossier| &dossier.entries)
    }

    /// Whether no party may be rewarded: one stands on a list that outranks it.
    #[must_use]
    pub fn outranks_reward(&self) -> bool {
        self.entries().any(ListEntry::outranks_reward)
    }

    /// Whether any effective entry speaks against any party. Suspended entries
    /// count: an officer should see them, even though nothing follows now.
    #[must_use]
    pub fn has_adverse_entry(&self) -> bool {
        self.entries().any(|entry| entry.kind.is_adverse())
    }
}

/// What the dossiers of all parties are assembled under.
#[derive(Clone, Copy)]
struct Under<'a> {
    rules: HostRules,
    application: &'a Application,
    catalogue: &'a IndexedCatalogue,
    policy: &'a Policy,
    lists: &'a ListRules,
}

impl Under<'_> {
    /// Entries as they count: with the severity and the end that policy gives those
    /// that name none.
    fn counted(self, entries: Vec<ListEntry>) -> Vec<ListEntry> {
        if self.rules < HostRules::Second {
            return entries;
        }
        let with_term = |entry| term::with_term(entry, self.lists, &self.policy.listing);
        entries.into_iter().map(with_term).collect()
    }

    /// Whether nothing punishes because of an entry, as nobody knows its end.
    fn is_open_ended(self, entry: &ListEntry) -> bool {
        self.rules >= HostRules::Second && term::is_open_ended(entry)
    }
}

fn assemble_party(under: Under<'_>, party: &Party, mut evidence: Evidence) -> PartyDossier {
    let Under { application, policy, lists, .. } = under;
    let today = application.decided_on;
    evidence.by_identifier = under.counted(evidence.by_identifier);
    evidence.by_name = under.counted(evidence.by_name);
    // What the host derives is its own: a source that brings it is not believed.
    let effective = |entry: &&ListEntry| {
        entry.state_on(today) == EntryState::Effective && !derived::is_derived(&entry.list)
    };
    let mut entries: Vec<ListEntry> = evidence.by_identifier.iter().filter(effective).cloned().collect();
    for entry in &mut entries {
        entry.suspended |= entry.lifted_on(today);
    }
    entries.extend(derived::watched_after_exit(&evidence.by_identifier, policy, today));
    let open_ended = |entry: &ListEntry| under.is_open_ended(entry);
    entries.extend(derived::alert(&party.id, &entries, policy, &lists.key_fields, today, open_ended));
    entries.sort_by(|a, b| b.recognised_on.cmp(&a.recognised_on).then_with(|| a.id.cmp(&b.id)));
    let measures = measures_of(under, party, &entries);
    let reports = application
        .reports
        .iter()
        .filter(|report| report.party == party.id)
        .map(|report| assess(report, policy, today))
        .collect();
    PartyDossier {
        party: party.id.clone(),
        measures,
        hints: evidence.by_name.iter().filter(effective).cloned().collect(),
        entries,
        history: evidence.by_identifier,
        commitments: evidence.commitments.into_iter().map(|commitment| commitment.on(today)).collect(),
        reports,
    }
}

/// The measures these entries trigger here: basis in force, nothing that
/// punishes from a suspended entry or one whose end nobody knows, no incentive for
/// a party that also stands on a black, alert or watch list (R6, R49), suspended or
/// not, or of whom it is in doubt who it is. That an entry is doubted takes its
/// punishment away for a time, and makes nobody an exemplar.
fn measures_of(under: Under<'_>, party: &Party, entries: &[ListEntry]) -> Vec<Measure> {
    let Under { rules, application, catalogue, policy, .. } = under;
    let today = application.decided_on;
    let counts = |entry: &&ListEntry| rules >= HostRules::Second || !entry.suspended;
    let outranked = entries.iter().filter(counts).any(ListEntry::outranks_reward);
    let outranked = outranked || party.doubt().is_some();
    let mut measures = Vec::new();
    for entry in entries {
        for candidate in catalogue.triggered_by(&entry.list) {
            let rests = match candidate.direction {
                Direction::Punish => {
                    entry.measures_rest_on(today, policy.suspension_scope) || under.is_open_ended(entry)
                }
                Direction::Incentive => outranked,
            };
            let (department, item) = (&application.department, &application.item);
            if rests || !candidate.applies_at(department, item, &application.checkpoint) {
                continue;
            }
            let Some(basis) = catalogue.basis_in_force(&candidate.basis, today) else { continue };
            measures.push(Measure {
                id: format!("{}/{}/{}", candidate.code, entry.id, party.id),
                code: candidate.code.clone(),
                category: candidate.category.clone(),
                nature: candidate.nature,
                direction: candidate.direction,
                content: candidate.content.clone(),
                power_item: catalogue.power_item_name(&candidate.power_item).to_owned(),
                section: candidate.section.clone(),
                basis: basis.code.clone(),
                basis_text: basis.text.clone(),
                entry: entry.id.clone(),
                party: party.id.clone(),
            });
        }
    }
    measures
}

fn assess(report: &Report, policy: &Policy, today: Date) -> AssessedReport {
    let qualified = policy.report_issuers.iter().any(|issuer| {
        issuer.name == report.issuer
            && issuer.qualified_from <= report.issued_on
            && issuer.qualified_until.is_none_or(|last| report.issued_on <= last)
    }) && report.issued_on <= today;
    let published = policy.report_publication.iter().all(|place| report.published_at.contains(place));
    AssessedReport { report: report.clone(), qualified, published }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::catalogue::{Catalogue, CatalogueMeasure};
    use crate::entry::{EntryStatus, ListKind};
    use crate::policy::SuspensionScope;
    use crate::samples;

    fn dossier_of(entries: Vec<ListEntry>, catalogue: &Catalogue, policy: &Policy) -> PartyDossier {
        let evidence = Evidence { by_identifier: entries, ..Evidence::default() };
        let catalogue = IndexedCatalogue::from(catalogue.clone());
        let dossier = Dossier::assemble(
            &samples::application(),
            vec![evidence],
            &catalogue,
            policy,
            &ListRules::default(),
        );
        dossier.parties.into_iter().next().unwrap()
    }

    #[test]
    fn r102_what_is_not_effective_reaches_no_plug_in_but_stays_in_the_history() {
        let catalogue = samples::catalogue(vec![samples::measure("m1", "black", Direction::Punish)]);
        for status in [EntryStatus::Preliminary, EntryStatus::Repaired, EntryStatus::Withdrawn] {
            let mut entry = samples::entry("e1", "black");
            entry.status = status;
            let dossier = dossier_of(vec![entry], &catalogue, &samples::policy());
            assert_eq!(dossier.entries, [], "{status:?}");
            assert_eq!(dossier.measures, [], "{status:?}");
            assert_eq!(dossier.history.len(), 1, "{status:?}");
        }
    }

    #[test]
    fn r098_a_suspended_entry_is_marked_and_triggers_no_punish_measure_within_the_scope() {
        let catalogue = samples::catalogue(vec![samples::measure("m1", "list", Direction::Punish)]);
        let mut black_only = samples::policy();
        black_only.suspension_scope = SuspensionScope::BlackOnly;
        let cases = [
            (ListKind::Black, samples::policy(), 0),
            (ListKind::Watch, samples::policy(), 0),
            (ListKind::Black, black_only.clone(), 0),
            (ListKind::Watch, black_only, 1),
        ];
        for (kind, policy, measures) in cases {
            let mut entry = samples::entry("e1", "list");
            entry.kind = kind;
            entry.suspended = true;
            let dossier = dossier_of(vec![entry], &catalogue, &policy);
            assert!(dossier.entries[0].suspended);
            assert_eq!(dossier.measures.len(), measures, "{kind:?} {:?}", policy.suspension_scope);
        }
    }

    #[test]
    fn r102_measures_are_lifted_for_a_time_whatever_a_suspension_covers() {
        let catalogue = samples::catalogue(vec![samples::measure("m1", "watch", Direction::Punish)]);
        let mut policy = samples::policy();
        policy.suspension_scope = SuspensionScope::BlackOnly;
        for (until, measures) in [(date(2026, 11, 23), 0), (date(2026, 11, 22), 1)] {
            let mut entry = samples::entry("e1", "watch");
            entry.kind = ListKind::Watch;
            entry.particulars.lifted_until = Some(until);
            let dossier = dossier_of(vec![entry], &catalogue, &policy);
            assert_eq!((dossier.entries[0].suspended, dossier.measures.len()), (measures == 0, measures));
        }
    }

    #[test]
    fn r006_a_red_entry_never_outranks_a_black_alert_or_watch_entry() {
        let catalogue = samples::catalogue(vec![
            samples::measure("reward", "honour", Direction::Incentive),
            samples::measure("punish", "black", Direction::Punish),
        ]);
        let mut honour = samples::entry("red", "honour");
        honour.kind = ListKind::Red;
        let black = samples::entry("black", "black");
        let codes = |entries| {
            let dossier = dossier_of(entries, &catalogue, &samples::policy());
            dossier.measures.into_iter().map(|measure| measure.code).collect::<Vec<_>>()
        };
        assert_eq!(codes(vec![honour.clone()]), ["reward"]);
        assert_eq!(codes(vec![honour.clone(), black.clone()]), ["punish"]);
        let mut disputed = black;
        disputed.suspended = true;
        let nothing: [&str; 0] = [];
        assert_eq!(codes(vec![honour, disputed]), nothing, "neither punished nor rewarded");
    }

    #[test]
    fn an_entry_without_an_end_ages_and_one_whose_end_nobody_knows_punishes_nobody() {
        use crate::entry::Severity::{General, Serious};
        let catalogue = samples::catalogue(vec![samples::measure("m1", "list", Direction::Punish)]);
        let today = date(2026, 11, 23);
        // Kind, severity and day of recognition; whether it is seen, whether it punishes.
        let cases = [
            (ListKind::Other, Some(General), date(2025, 11, 23), true, true),
            (ListKind::Other, Some(General), date(2025, 11, 22), false, false),
            (ListKind::Black, Some(Serious), date(2023, 11, 23), true, true),
            (ListKind::Black, Some(Serious), date(2023, 11, 22), false, false),
            (ListKind::Black, None, date(2023, 11, 22), false, false),
            (ListKind::Other, None, date(2026, 11, 1), true, false),
            (ListKind::Watch, None, date(2015, 1, 1), true, false),
        ];
        for (kind, severity, recognised_on, seen, punishes) in cases {
            let entry = ListEntry { kind, severity, recognised_on, ..samples::entry("e1", "list") };
            let entry = ListEntry { valid_until: None, ..entry };
            assert_eq!(samples::application().decided_on, today);
            let dossier = dossier_of(vec![entry.clone()], &catalogue, &samples::policy());
            let found = (!dossier.entries.is_empty(), !dossier.measures.is_empty());
            assert_eq!(found, (seen, punishes), "{kind:?} {severity:?} {recognised_on}");
            assert_eq!(dossier.history.len(), 1, "what it was stays in the record");

            // Under the rules of before, it counts for ever.
            let evidence = Evidence { by_identifier: vec![entry.clone()], ..Evidence::default() };
            let before = Dossier::assemble_under(
                HostRules::First,
                &samples::application(),
                vec![evidence],
                &catalogue.clone().into(),
                &samples::policy(),
                &ListRules::default(),
            );
            assert_eq!((before.entries().count(), before.measures().count()), (1, 1));
            assert_eq!(before.parties[0].history, [entry]);
        }
    }

    #[test]
    fn a_measure_applies_only_where_it_is_meant_to_and_on_a_basis_in_force() {
        let whole = samples::measure("m1", "black", Direction::Punish);
        type Change = fn(&mut CatalogueMeasure);
        let cases: [(&str, Change, usize); 6] = [
            ("everywhere", |_| {}, 1),
            ("another item", |m| m.items = vec!["other".into()], 0),
            ("this item", |m| m.items = vec!["food-licence".into()], 1),
            ("another checkpoint", |m| m.checkpoints = vec!["issuance".into()], 0),
            ("another department", |m| m.departments = vec!["finance".into()], 0),
            ("another list", |m| m.lists = vec!["watch".into()], 0),
        ];
        for (what, change, expected) in cases {
            let mut measure = whole.clone();
            change(&mut measure);
            let catalogue = samples::catalogue(vec![measure]);
            let dossier = dossier_of(vec![samples::entry("e1", "black")], &catalogue, &samples::policy());
            assert_eq!(dossier.measures.len(), expected, "{what}");
        }
        let mut expired = samples::catalogue(vec![whole]);
        expired.bases[0].effective_until = Some(date(2026, 11, 22));
        let dossier = dossier_of(vec![samples::entry("e1", "black")], &expired, &samples::policy());
        assert_eq!(dossier.measures, [], "basis out of force");
    }

    #[test]
    fn a_name_alone_is_a_hint_and_never_a_measure() {
        let catalogue = samples::catalogue(vec![samples::measure("m1", "black", Direction::Punish)]);
        let evidence = Evidence { by_name: vec![samples::entry("e1", "black")], ..Evidence::default() };
        let dossier = Dossier::assemble(
            &samples::application(),
            vec![evidence],
            &catalogue.into(),
            &samples::policy(),
            &ListRules::default(),
        );
        assert_eq!(dossier.parties[0].hints.len(), 1);
        assert_eq!(dossier.measures().count(), 0);
        assert!(!dossier.has_adverse_entry());
    }

    #[test]
    fn r083_a_commitment_is_overdue_from_the_day_after_it_was_due() {
        let made = |due_on, state| PastCommitment {
            id: "c1".into(),
            case_no: "case-0".into(),
            made_on: date(2026, 10, 1),
            due_on,
            state,
        };
        let cases = [
            (made(date(2026, 11, 23), CommitmentState::Open), CommitmentState::Open),
            (made(date(2026, 11, 22), CommitmentState::Open), CommitmentState::Overdue),
            (made(date(2026, 11, 22), CommitmentState::Fulfilled), CommitmentState::Fulfilled),
        ];
        for (commitment, state) in cases {
            assert_eq!(commitment.on(date(2026, 11, 23)).state, state);
        }
    }

    #[test]
    fn r088_a_report_counts_when_its_issuer_is_qualified_and_it_is_published() {
        let mut policy = samples::policy();
        policy.report_publication = vec!["platform".into(), "credit_site".into()];
        policy.report_issuers = vec![crate::policy::ReportIssuer {
            name: "示例征信有限公司".into(),
            qualified_from: date(2025, 1, 1),
            qualified_until: Some(date(2026, 6, 30)),
        }];
        let report = |issuer: &str, issued_on, places: &[&str]| Report {
            party: "p1".into(),
            issuer: issuer.into(),
            number: "R-1".into(),
            issued_on,
            published_at: places.iter().map(|place| (*place).to_owned()).collect(),
            grade: "A".into(),
        };
        let both = ["platform", "credit_site"];
        let cases = [
            (report("示例征信有限公司", date(2026, 6, 30), &both), true, true),
            (report("示例征信有限公司", date(2026, 7, 1), &both), false, true),
            (report("无名公司", date(2026, 6, 1), &both), false, true),
            (report("示例征信有限公司", date(2026, 6, 1), &["platform"]), true, false),
        ];
        for (report, qualified, published) in cases {
            let assessed = assess(&report, &policy, date(2026, 11, 23));
            assert_eq!((assessed.qualified, assessed.published), (qualified, published), "{report:?}");
        }
    }
}
