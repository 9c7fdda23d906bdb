//! A case on which plug-ins are called: two parties, one of them on a black list
//! and one under objection there, with a mandatory measure each. People and
//! companies are invented.

use std::sync::{Arc, Mutex, PoisonError};

use creditgate_credit::application::{Material, PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::catalogue::{Basis, Catalogue, CatalogueMeasure, Direction};
use creditgate_credit::dossier::Evidence;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::IdentifierKind;
use creditgate_credit::json::JsonObject;
use creditgate_credit::policy::{PolicyLayer, PolicyTree};
use creditgate_credit::samples;
use creditgate_gate::ports::{
    Appended, BoxFuture, CreditSource, Ledger, RecordHash, RecordedMeasure, SourceError, StoredCheck,
};
use creditgate_gate::request::{Caller, CheckRequest, PartyInput};
use creditgate_gate::{
    Binding, CheckRecord, EarlierCheck, Gate, LedgerError, Mode, OutgoingFeedback, Passed, Pin, PluginRef,
    ReceiptKey, ReleaseId, Route, RouteRelease, RouteState, World,
};
use creditgate_sandbox::{GivenLimits, Limits, Plugin, Sandbox, SandboxOptions, SlotOptions};
use jiff::Timestamp;
use jiff::civil::{Date, date};

/// The day of every check, and its instant.
pub(crate) const TODAY: Date = date(2026, 11, 23);
const NOW: &str = "2026-11-23T10:00:00+08:00";

/// The measure that must be disposed of, and the one that rests.
pub(crate) const MEASURES: [&str; 2] = ["restrict/e1/p1", "restrict/e2/p2"];

/// The legal bases: one in force, one no longer.
pub(crate) const BASIS: &str = "law";
pub(crate) const FORMER_BASIS: &str = "old-law";

/// Materials: one that law requires, one that may come later.
pub(crate) const REQUIRED_MATERIAL: &str = "by-law";
pub(crate) const MATERIAL: &str = "floor-plan";

/// A sandbox with few slots.
pub(crate) fn sandbox() -> Sandbox {
    let few = |slots| SlotOptions { concurrent_calls: 4, ..slots };
    let (small, large) = (few(SlotOptions::small()), few(SlotOptions::large()));
    Sandbox::new(SandboxOptions { small, large, ..SandboxOptions::default() }).expect("a sandbox")
}

/// Limits that end a call by what it does and not by how busy the machine is.
pub(crate) fn limits() -> Limits {
    Limits { fuel: 2_000_000, wall_clock_ms: 60_000, ..Limits::default() }
}

/// A gate whose only checkpoint is served by one plug-in, and what it recorded.
pub(crate) struct Scene {
    gate: Gate,
    kept: Arc<Kept>,
}

impl Scene {
    pub(crate) fn of(plugin: Plugin) -> Self {
        let kept = Arc::new(Kept::default());
        let world = arc_swap::ArcSwap::from_pointee(world(plugin));
        let (ledger, lists) = (Arc::clone(&kept), Arc::new(Listed));
        let key = ReceiptKey::from_secret(&[7; 32]);
        Self { gate: Gate::new(Arc::new(world), ledger, lists, key, "fuzz".to_owned()), kept }
    }

    /// The record of a check with this form.
    pub(crate) async fn check(&self, form: String) -> Arc<CheckRecord> {
        let caller = Caller { key: "fuzz".to_owned(), departments: None };
        let now: Timestamp = NOW.parse().expect("an instant");
        let checked = self.gate.check(request(form), &caller, now).await;
        assert!(checked.is_ok(), "a check has no answer");
        let record = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        record.expect("a check that was answered is recorded")
    }
}

/// Keeps the record of the last check.
#[derive(Default)]
struct Kept(Mutex<Option<Arc<CheckRecord>>>);

impl Ledger for Kept {
    fn find_repeat(&self, _: &str, _: &str) -> Result<Option<([u8; 32], StoredCheck)>, LedgerError> {
        Ok(None)
    }

    fn append(&self, record: Arc<CheckRecord>) -> BoxFuture<'_, Result<Appended, LedgerError>> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(record);
        Box::pin(std::future::ready(Ok(Appended::New { hash: RecordHash([0; 32]), supersedes: None })))
    }

    fn check(&self, _: &str) -> Result<Option<StoredCheck>, LedgerError> {
        Ok(None)
    }

    fn checks_of_case(&self, _: &str) -> Result<Vec<StoredCheck>, LedgerError> {
        Ok(Vec::new())
    }

    fn earlier_checks(&self, _: &str, _: &str, _: &str) -> Result<Vec<EarlierCheck>, LedgerError> {
        Ok(Vec::new())
    }

    fn first_release_of_case(&self, _: &str, _: &str, _: &str) -> Result<Option<ReleaseId>, LedgerError> {
        Ok(None)
    }

    fn measures_of_check(&self, _: &str) -> Result<Vec<RecordedMeasure>, LedgerError> {
        Ok(Vec::new())
    }

    fn record_dispositions(
        &self,
        _: &str,
        _: Vec<OutgoingFeedback>,
        _: Timestamp,
    ) -> BoxFuture<'_, Result<Vec<String>, LedgerError>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}

/// Knows one entry of each party.
struct Listed;

impl CreditSource for Listed {
    fn evidence<'a>(
        &'a self,
        parties: &'a [creditgate_credit::application::Party],
    ) -> BoxFuture<'a, Result<Vec<Evidence>, SourceError>> {
        let entries = [entry("e1", false), entry("e2", true)];
        let found = parties.iter().zip(entries);
        let found = found.map(|(_, entry)| Evidence { by_identifier: vec![entry], ..Evidence::default() });
        Box::pin(std::future::ready(Ok(found.collect())))
    }
}

fn world(plugin: Plugin) -> World {
    let calendar = Arc::new(WorkingCalendar::builtin());
    let release = PluginRef {
        name: "guest".to_owned(),
        version: "1.0.0".to_owned(),
        digest: plugin.digest().to_string(),
    };
    let state = RouteState::Serving {
        judge: Arc::new(plugin),
        plugin: release,
        settings: serde_json::from_str("{}").expect("an object"),
        limits: limits(),
    };
    let release = Arc::new(RouteRelease { release: 1, from: Timestamp::UNIX_EPOCH, state });
    let route = Route { binding: Arc::new(binding()), releases: vec![release], canary: None, shadow: None };
    let policies = PolicyTree::new([], [PolicyLayer::from(&samples::policy())]);
    World::new(vec![route], policies, vec![catalogue()], calendar)
}

fn binding() -> Binding {
    Binding {
        id: "fuzz".to_owned(),
        department: "test".to_owned(),
        item: "licence".to_owned(),
        checkpoint: "intake".to_owned(),
        division: "370811".to_owned(),
        plugin: "guest".to_owned(),
        mode: Mode::Enforce,
        settings: JsonObject::default(),
        // The release's own hold.
        limits: GivenLimits::default(),
        require_receipts: Vec::new(),
        passed: Passed::default(),
        pin: Pin::None,
        sources: Vec::new(),
    }
}

fn request(form: String) -> CheckRequest {
    let party = |role, acts_for: Option<&str>, name: &str, number: &str| PartyInput {
        id: None,
        role,
        acts_for: acts_for.map(str::to_owned),
        kind: SubjectKind::LegalPerson,
        name: name.to_owned(),
        identifiers: vec![(IdentifierKind::Uscc, number.to_owned())],
        attributes: Vec::new(),
    };
    let material = |code: &str, required_by| Material {
        code: code.to_owned(),
        name: "材料".to_owned(),
        provided: false,
        required_by,
    };
    CheckRequest {
        idempotency: None,
        department: "test".to_owned(),
        item: "licence".to_owned(),
        checkpoint: "intake".to_owned(),
        case_no: "C-1".to_owned(),
        operator: "officer-1".to_owned(),
        division: None,
        filed_on: None,
        parties: vec![
            party(PartyRole::Applicant, None, "示例甲有限公司", "91350100M000100Y43"),
            party(PartyRole::Shareholder, Some("p1"), "示例乙有限公司", "91110000600037341L"),
        ],
        materials: vec![material(REQUIRED_MATERIAL, RequiredBy::Law), material(MATERIAL, RequiredBy::Other)],
        reports: Vec::new(),
        form,
        receipts: Vec::new(),
        attributes: Vec::new(),
        faults: Vec::new(),
    }
}

fn entry(id: &str, suspended: bool) -> ListEntry {
    ListEntry {
        subject_name: "示例有限公司".to_owned(),
        valid_until: None,
        suspended,
        ..samples::entry(id, "food.serious")
    }
}

fn catalogue() -> Catalogue {
    let basis = |code: &str, until| Basis {
        code: code.to_owned(),
        text: "示例法第一条".to_owned(),
        effective_from: date(2020, 1, 1),
        effective_until: until,
    };
    Catalogue {
        bases: vec![basis(BASIS, None), basis(FORMER_BASIS, Some(date(2025, 12, 31)))],
        measures: vec![CatalogueMeasure {
            content: "不予许可".to_owned(),
            power_item: "许可".to_owned(),
            section: "许可科".to_owned(),
            basis: BASIS.to_owned(),
            ..samples::measure("restrict", "food.serious", Direction::Punish)
        }],
        ..Catalogue::empty("2026", date(2026, 1, 1))
    }
}
