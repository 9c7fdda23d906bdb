//! Measures the hook call: loads a component and calls one hook of it over and
//! over, with a case of two parties, four materials and two list entries.
//!
//! ```text
//! cargo run --release --example hook_loop -- <component.wasm> [calls] [settings JSON] [tasks]
//! ```
//!
//! Under `strace -f -c` the same run shows whether calls cost system calls.

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use creditgate_credit::application::{Application, Material, Party, PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::catalogue::{Direction, Nature};
use creditgate_credit::dossier::{Dossier, Measure, PartyDossier};
use creditgate_credit::entry::{EntryStatus, ListEntry, ListKind, Severity};
use creditgate_credit::identifier::{Identifier, IdentifierKind, Strictness};
use creditgate_credit::policy::{CommitmentEffect, Policy, SuspensionScope};
use creditgate_sandbox::{Hook, HookCall, Limits, Plugin, Sandbox, SandboxOptions};
use jiff::civil::date;

type Failure = Box<dyn std::error::Error + Send + Sync>;

struct Inputs {
    application: Arc<Application>,
    dossier: Arc<Dossier>,
    policy: Arc<Policy>,
    calendar: Arc<WorkingCalendar>,
    settings: Arc<str>,
    limits: Limits,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: hook_loop <component.wasm> [calls] [settings JSON] [tasks]")?;
    let calls: u32 = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let settings = arguments.next().unwrap_or_else(|| "{}".to_owned());
    let tasks: u32 = arguments.next().map_or(Ok(1), |text| text.parse())?;

    let sandbox = Sandbox::new(SandboxOptions::default())?;
    let started = Instant::now();
    let plugin = sandbox.load(&std::fs::read(path)?)?;
    let loading = started.elapsed();

    let hook = plugin.hooks().first().ok_or("no hook")?;
    let inputs = Arc::new(inputs(hook, settings.into()));
    let first = plugin.call(inputs.call()).await;
    first.outcome.map_err(|error| error.to_string())?.map_err(|failure| failure.message)?;

    let started = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        running.spawn(measure(plugin.clone(), Arc::clone(&inputs), calls / tasks));
    }
    let mut times = running.join_all().await.concat();
    let rate = f64::from(calls) / started.elapsed().as_secs_f64();
    times.sort_unstable();

    let at = |share: f64| micros(times[((times.len() - 1) as f64 * share) as usize]);
    writeln!(
        std::io::stdout(),
        "load {:.0} ms; {calls} calls in {tasks} tasks: min {:.1} median {:.1} p99 {:.1} p99.9 {:.1} µs, {rate:.0}/s; \
         fuel {}, host calls {}",
        loading.as_secs_f64() * 1e3,
        at(0.0),
        at(0.5),
        at(0.99),
        at(0.999),
        first.fuel_used,
        first.transcript.len(),
    )?;
    Ok(())
}

async fn measure(plugin: Plugin, inputs: Arc<Inputs>, calls: u32) -> Vec<Duration> {
    let mut times = Vec::with_capacity(calls as usize);
    for _ in 0..calls {
        let started = Instant::now();
        let report = plugin.call(inputs.call()).await;
        times.push(started.elapsed());
        drop(report);
    }
    times
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

impl Inputs {
    fn call(&self) -> HookCall<'_> {
        HookCall {
            binding: "measured",
            application: &self.application,
            dossier: &self.dossier,
            policy: &self.policy,
            calendar: &self.calendar,
            settings: &self.settings,
            limits: &self.limits,
            now: jiff::Timestamp::UNIX_EPOCH,
            seed: 1,
        }
    }
}

fn inputs(hook: &Hook, settings: Arc<str>) -> Inputs {
    let checkpoint = match hook {
        Hook::Custom(name) => name.clone(),
        named => named.to_string(),
    };
    Inputs {
        application: Arc::new(application(checkpoint)),
        dossier: Arc::new(Dossier { parties: vec![party_dossier("p1"), party_dossier("p2")] }),
        policy: Arc::new(policy()),
        calendar: Arc::new(WorkingCalendar::builtin()),
        settings,
        limits: Limits::default(),
    }
}

fn application(checkpoint: String) -> Application {
    let identifier = |kind, text| Identifier::parse(kind, text, Strictness::Format).map(|parsed| parsed.identifier);
    let party = |id: &str, role, kind, name: &str, identifiers| Party {
        id: id.to_owned(),
        role,
        acts_for: None,
        kind,
        name: name.to_owned(),
        identifiers,
        attributes: Vec::new(),
    };
    let company = identifier(IdentifierKind::Uscc, "91350100M000100Y43").into_iter().collect();
    Application {
        case_no: "2026-0001".to_owned(),
        item: "company-registration".to_owned(),
        checkpoint,
        department: "market-regulation".to_owned(),
        division: "350100".to_owned(),
        filed_on: date(2026, 3, 2),
        decided_on: date(2026, 3, 5),
        parties: vec![
            party("p1", PartyRole::Applicant, SubjectKind::LegalPerson, "示例商贸有限公司", company),
            party("p2", PartyRole::LegalRepresentative, SubjectKind::NaturalPerson, "张某", Vec::new()),
        ],
        materials: ["charter", "lease", "identity", "shareholders"].map(material).to_vec(),
        reports: Vec::new(),
        form: "{\"capital\": 1000000, \"scope\": \"日用百货销售\"}".to_owned(),
        attributes: Vec::new(),
    }
}

fn material(code: &str) -> Material {
    Material { code: code.to_owned(), name: "材料".to_owned(), provided: true, required_by: RequiredBy::Regulation }
}

fn party_dossier(party: &str) -> PartyDossier {
    let entry = ListEntry {
        id: format!("e-{party}"),
        list: "tax.serious".to_owned(),
        list_name: "重大税收违法失信主体名单".to_owned(),
        kind: ListKind::Black,
        field: "tax".to_owned(),
        severity: Some(Severity::Serious),
        subject_name: "示例商贸有限公司".to_owned(),
        subject_identifiers: Vec::new(),
        facts: "逃避缴纳税款,经税务机关依法处理。".to_owned(),
        authority: "示例市税务局".to_owned(),
        basis: "重大税收违法失信主体信息公布管理办法".to_owned(),
        recognised_on: date(2025, 6, 1),
        valid_until: Some(date(2028, 6, 1)),
        status: EntryStatus::Effective,
        ended_on: None,
        suspended: false,
        attributes: Vec::new(),
    };
    let measure = Measure {
        id: format!("m1/e-{party}/{party}"),
        code: "m1".to_owned(),
        category: "限制".to_owned(),
        nature: Nature::Mandatory,
        direction: Direction::Punish,
        content: "不适用告知承诺制".to_owned(),
        power_item: "企业登记".to_owned(),
        section: "登记科".to_owned(),
        basis: "b1".to_owned(),
        basis_text: "国办发〔2020〕42号".to_owned(),
        entry: entry.id.clone(),
        party: party.to_owned(),
    };
    PartyDossier {
        party: party.to_owned(),
        history: vec![entry.clone()],
        entries: vec![entry],
        measures: vec![measure],
        hints: Vec::new(),
        commitments: Vec::new(),
        reports: Vec::new(),
    }
}

fn policy() -> Policy {
    Policy {
        division: "350100".to_owned(),
        version: "2026-01".to_owned(),
        effective_from: date(2026, 1, 1),
        effective_until: None,
        identifier_strictness: Strictness::Check,
        clean_window_years: 3,
        clean_window_ignores_repaired: true,
        clean_window_ignores_slight: true,
        records_since: date(2015, 1, 1),
        suspension_scope: SuspensionScope::AllPunish,
        commitment_effect: CommitmentEffect::AcceptFirst,
        commitment_working_days: 20,
        non_deferrable: vec![RequiredBy::Law, RequiredBy::Regulation],
        report_issuers: Vec::new(),
        report_publication: Vec::new(),
    }
}
