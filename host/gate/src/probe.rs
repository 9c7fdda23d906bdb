//! The probe: one call of a hook with a made-up case, before anyone depends on
//! it. It may come to any verdict; it may not trap or run into a limit.

use std::sync::Arc;

use creditgate_credit::application::{Application, Party, PartyRole, RequiredBy, SubjectKind};
use creditgate_credit::calendar::{WorkingCalendar, local_date};
use creditgate_credit::catalogue::{Catalogue, IndexedCatalogue};
use creditgate_credit::dossier::Dossier;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::list_type::ListRules;
use creditgate_credit::policy::Policy;
use creditgate_sandbox::{CallError, HookCall, Limits, Plugin, Settings};
use jiff::Timestamp;
use jiff::civil::Date;

/// Fuel the probe used, or how it failed.
pub(crate) async fn call(
    plugin: &Plugin,
    department: &str,
    checkpoint: &str,
    settings: &Settings,
    limits: &Limits,
    calendar: &Arc<WorkingCalendar>,
) -> Result<u64, CallError> {
    // A fixed instant, so that a probe gives the same answer whenever it is made.
    let now = Timestamp::UNIX_EPOCH;
    let today = local_date(now);
    let application = Arc::new(application(department, checkpoint, today));
    let policy = policy(today);
    let nothing = catalogue(today);
    let dossier =
        Arc::new(Dossier::assemble(&application, Vec::new(), &nothing, &policy, &ListRules::default()));
    let report = plugin
        .call(HookCall {
            binding: "probe",
            application: &application,
            dossier: &dossier,
            policy: &Arc::new(policy),
            rules: HostRules::CURRENT,
            calendar,
            settings,
            limits,
            now,
            seed: 0,
        })
        .await;
    report.outcome.map(|_| report.fuel_used)
}

fn application(department: &str, checkpoint: &str, today: Date) -> Application {
    let party = Party {
        id: "p1".to_owned(),
        role: PartyRole::Applicant,
        acts_for: None,
        kind: SubjectKind::LegalPerson,
        name: "探针测试有限公司".to_owned(),
        identifiers: Vec::new(),
        attributes: Vec::new(),
    };
    Application {
        case_no: "probe".to_owned(),
        item: "probe".to_owned(),
        checkpoint: checkpoint.to_owned(),
        department: department.to_owned(),
        division: "000000".to_owned(),
        filed_on: today,
        decided_on: today,
        parties: vec![party],
        materials: Vec::new(),
        reports: Vec::new(),
        form: "{}".to_owned(),
        attributes: Vec::new(),
    }
}

/// A catalogue from which nothing follows.
pub(crate) fn catalogue(today: Date) -> IndexedCatalogue {
    Catalogue::empty("probe", today).into()
}

/// A policy without surprises.
pub(crate) fn policy(today: Date) -> Policy {
    Policy {
        division: "000000".to_owned(),
        version: "probe".to_owned(),
        effective_from: today,
        records_since: today,
        non_deferrable: vec![RequiredBy::Law, RequiredBy::Regulation],
        ..Policy::default()
    }
}
