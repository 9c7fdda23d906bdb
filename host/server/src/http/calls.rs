//! Every call of the host: its handler, who may make it, on what, and what the audit
//! trail is told. Method and path stand with the handler alone, in its attribute.
//!
//! A call that is not in the table is answered to nobody, so none can be added
//! without saying all of this.

use std::ops::Deref;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::http::Method;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes;

use super::openapi::described;
use super::role::{Access, Brings, Load, Pace, Role, Scope};
use super::{
    acknowledgements, acts, admin, cases, check_batch, check_search, checks, commitments, completion,
    coverage, dispositions, health, objections, openapi, publications, receipts, rechecks, repairs, replay,
    tasks, typical_cases,
};
use crate::config::{HttpConfig, milliseconds};
use crate::host::Shared;

use Role::{Admin, Auditor, Caller, Publisher, Vendor};
use Scope::{Check, Commitment, Component, Department, EntryInEvidence, Host, Nothing, Objection, Publicity};

const ANY_KEY: &[Role] = Role::ALL;
const CHECKS: &[Role] = &[Caller, Admin];
const OBJECT: &[Role] = &[Caller, Publisher, Admin];
const CHECKS_READ: &[Role] = &[Caller, Auditor, Admin];
const OBJECTIONS_READ: &[Role] = &[Caller, Publisher, Auditor, Admin];
const PUSH: &[Role] = &[Vendor, Admin];
const PUBLISH: &[Role] = &[Publisher, Admin];
const RELEASES_READ: &[Role] = &[Vendor, Publisher, Auditor, Admin];
const DATA_READ: &[Role] = &[Publisher, Auditor, Admin];
const AUDIT_READ: &[Role] = &[Auditor, Admin];
const ADMIN: &[Role] = &[Admin];

/// What holds of a call before its handler runs.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) access: Access,
    /// Which object it is held to.
    pub(crate) scope: Scope,
    /// The action that goes to the audit trail when the call succeeds.
    pub(crate) audit: Option<&'static str>,
    /// The action that goes to the audit trail when a person reads this: it shows a
    /// case, or what is known of somebody.
    pub(crate) read: Option<&'static str>,
    pub(crate) pace: Pace,
    pub(crate) load: Load,
    pub(crate) brings: Brings,
}

/// A call as it is found: by its method and its path.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// As the router matches it.
    pub(crate) path: &'static str,
    rules: &'static Rules,
}

impl Deref for Call {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        self.rules
    }
}

const fn rules(access: Access, scope: Scope) -> Rules {
    let (pace, load, brings) = (Pace::Request, Load::Usual, Brings::Document);
    Rules { access, scope, audit: None, read: None, pace, load, brings }
}

const fn open() -> Rules {
    rules(Access::Open, Nothing)
}

const fn read(roles: &'static [Role]) -> Rules {
    rules(Access::Roles(roles), Nothing)
}

/// A question with a body, or a change that the ledger holds.
const fn post(roles: &'static [Role], scope: Scope) -> Rules {
    rules(Access::Roles(roles), scope)
}

const fn change(roles: &'static [Role], scope: Scope, action: &'static str) -> Rules {
    let mut rules = rules(Access::Roles(roles), scope);
    rules.audit = Some(action);
    rules.pace = Pace::Administration;
    rules
}

impl Rules {
    /// Its reads by people go to the audit trail.
    const fn noted(mut self, action: &'static str) -> Self {
        self.read = Some(action);
        self
    }

    /// May take its time, and holds no turn meanwhile.
    const fn long(mut self) -> Self {
        self.pace = Pace::Administration;
        self
    }

    /// A long read.
    const fn report(mut self) -> Self {
        self.load = Load::Report;
        self.pace = Pace::Administration;
        self
    }

    /// Takes in more than a document.
    const fn upload(mut self, brings: Brings) -> Self {
        self.load = Load::Upload;
        self.pace = Pace::Administration;
        self.brings = brings;
        self
    }
}

/// Has a call served, and described.
type Route = fn() -> UtoipaMethodRouter<Arc<Shared>>;

/// Declares the calls from the table.
macro_rules! calls {
    ($($($handler:ident)::+ => $rules:expr,)+) => {
        pub(super) static ROUTES: &[(Route, Rules)] =
            &[$((|| described(&$($handler)::+, routes!($($handler)::+)), $rules),)+];
    };
}

calls! {
    checks::make_check => post(CHECKS, Department),
    check_search::list_checks => read(CHECKS_READ).report().noted("check.list"),
    check_batch::make_checks => post(CHECKS, Department).long(),
    check_search::search_checks => post(CHECKS_READ, Nothing).report().noted("check.search"),
    checks::get_check => read(CHECKS_READ).noted("check.read"),
    replay::replay_check => read(AUDIT_READ).report().noted("check.replay"),
    dispositions::report_dispositions => post(CHECKS, Check),
    cases::get_case => read(CHECKS_READ).noted("case.read"),
    coverage::report_coverage => post(CHECKS_READ, Nothing).upload(Brings::File).report(),
    completion::report_completion => read(CHECKS_READ).report(),
    commitments::list_commitments => read(CHECKS_READ).noted("commitment.list"),
    commitments::get_commitment => read(CHECKS_READ).noted("commitment.read"),
    commitments::sign_commitment => change(CHECKS, Commitment, "commitment.sign"),
    commitments::fulfil_commitment => change(CHECKS, Commitment, "commitment.fulfil"),
    commitments::extend_commitment => change(CHECKS, Commitment, "commitment.extend"),
    commitments::breach_commitment => change(CHECKS, Commitment, "commitment.breach"),
    commitments::repair_commitment => change(CHECKS, Commitment, "commitment.repair"),
    tasks::list_tasks => read(CHECKS_READ).noted("task.list"),
    publications::report_publication => change(CHECKS, Publicity, "publication.report"),
    objections::raise_objection => change(OBJECT, EntryInEvidence, "objection.raise"),
    objections::list_objections => read(OBJECTIONS_READ).noted("objection.list"),
    objections::get_objection => read(OBJECTIONS_READ).noted("objection.read"),
    objections::decide_objection => change(PUBLISH, Host, "objection.decide"),
    objections::note_objection => change(CHECKS, Objection, "objection.tell"),
    repairs::apply_for_repair => change(OBJECT, EntryInEvidence, "repair.apply"),
    repairs::list_repairs => read(OBJECTIONS_READ).noted("repair.list"),
    repairs::get_repair => read(OBJECTIONS_READ).noted("repair.read"),
    repairs::answer_repair => change(PUBLISH, Host, "repair.answer"),
    acts::report_act => change(CHECKS, Check, "act.report"),
    rechecks::list_rechecks => read(CHECKS_READ).noted("recheck.list"),
    typical_cases::add_typical_case => change(CHECKS, Department, "typical_case.add"),
    acknowledgements::acknowledge_feedback => change(PUBLISH, Host, "feedback.acknowledge"),
    receipts::verify_receipt => post(ANY_KEY, Nothing),
    receipts::receipt_keys => open(),
    health::alive => open(),
    health::ready => open(),
    health::metrics => open(),
    openapi::document => open(),
    admin::plugins::push_plugin => change(PUSH, Component, "plugin.push").upload(Brings::Component),
    admin::plugins::list_plugins => read(RELEASES_READ),
    admin::releases::activate_release => change(PUBLISH, Host, "release.activate"),
    admin::releases::roll_back_release => change(PUBLISH, Host, "release.roll_back"),
    admin::releases::list_releases => read(RELEASES_READ),
    admin::releases::make_release => change(PUSH, Component, "release.make"),
    admin::releases::show_release => read(RELEASES_READ),
    admin::releases::approve_release => change(PUBLISH, Host, "release.approve"),
    admin::releases::reject_release => change(PUBLISH, Host, "release.reject"),
    admin::releases::begin_trial => change(PUBLISH, Host, "release.begin_trial"),
    admin::releases::end_trial => change(PUBLISH, Host, "release.end_trial"),
    admin::releases::list_differences => read(RELEASES_READ).noted("release.read_differences"),
    admin::imports::import_list_types => change(PUBLISH, Host, "list_types.import").upload(Brings::File),
    admin::data::get_list_types => read(DATA_READ),
    admin::lists::import_lists => change(PUBLISH, Host, "lists.import").upload(Brings::FileOnDisk),
    admin::entries::propose_entry => change(PUBLISH, Host, "entry.propose"),
    admin::entries::list_entries => read(DATA_READ).noted("entry.list"),
    admin::entries::show_entry => read(DATA_READ).noted("entry.read"),
    admin::entries::approve_entry => change(PUBLISH, Host, "entry.approve"),
    admin::entries::take_entry_step => change(PUBLISH, Host, "entry.step"),
    admin::lists::list_sources => read(DATA_READ),
    admin::imports::import_catalogue => change(PUBLISH, Host, "catalogue.import").upload(Brings::File),
    admin::catalogue::list_editions => read(DATA_READ),
    admin::catalogue::show_edition => read(DATA_READ),
    admin::catalogue::steps::review_edition => change(PUBLISH, Host, "catalogue.review"),
    admin::catalogue::steps::publish_edition => change(PUBLISH, Host, "catalogue.publish"),
    admin::catalogue::diff::diff_editions => read(DATA_READ),
    admin::catalogue::check::check_edition => read(DATA_READ),
    admin::catalogue::check::check_file => post(DATA_READ, Nothing).upload(Brings::File),
    admin::imports::import_identifiers => change(PUBLISH, Host, "identifiers.import").upload(Brings::File),
    admin::links::list_links => read(DATA_READ).noted("identifier.list"),
    admin::policy::import_policy => change(PUBLISH, Host, "policy.import").upload(Brings::File),
    admin::data::get_policy => read(DATA_READ),
    admin::policy::resolved_policy => read(DATA_READ),
    admin::calendar::import_calendar => change(PUBLISH, Host, "calendar.import"),
    admin::calendar::get_calendar => read(DATA_READ),
    admin::imports::import_bindings => change(PUBLISH, Host, "bindings.import").upload(Brings::File),
    admin::data::get_bindings => read(DATA_READ),
    admin::approvals::list_approvals => read(DATA_READ),
    admin::approvals::give_approval => change(PUBLISH, Host, "approval.give"),
    admin::keys::create_key => change(ADMIN, Host, "key.create"),
    admin::keys::list_keys => read(AUDIT_READ),
    admin::keys::revoke_key => change(ADMIN, Host, "key.revoke"),
    receipts::rotate_key => change(ADMIN, Host, "receipt_key.rotate"),
    admin::signers::add_signer => change(ADMIN, Host, "signer.add"),
    admin::signers::list_signers => read(DATA_READ),
    admin::signers::revoke_signer => change(ADMIN, Host, "signer.revoke"),
    admin::feedback::list_feedback => read(AUDIT_READ).noted("feedback.list"),
    admin::feedback::requeue_feedback => change(ADMIN, Host, "feedback.requeue"),
    admin::events::list_events => read(DATA_READ),
    admin::connectors::list_connectors => read(DATA_READ),
    admin::pulls::list_pulls => read(DATA_READ),
    admin::pulls::run_pull => change(PUBLISH, Host, "pull.run"),
    admin::backtests::start_backtest => change(PUBLISH, Host, "backtest.start"),
    admin::backtests::list_backtests => read(DATA_READ),
    admin::backtests::get_backtest => read(DATA_READ).report().noted("backtest.read"),
    admin::backtests::cancel_backtest => change(PUBLISH, Host, "backtest.cancel"),
    admin::entry_file::get_entry_file => read(DATA_READ).noted("entry.read_file"),
    admin::entry_file::order_rectification => change(PUBLISH, Host, "rectification.order"),
    admin::entry_file::finish_rectification => change(PUBLISH, Host, "rectification.finish"),
    admin::entry_file::record_talk => change(PUBLISH, Host, "talk.record"),
    admin::entry_file::lift_measures => change(PUBLISH, Host, "entry.lift"),
    admin::entry_file::end_overlay => change(PUBLISH, Host, "overlay.end"),
    admin::affected::list_affected => read(DATA_READ).report().noted("entry.read_affected"),
    admin::reports::make_report => read(DATA_READ).report().noted("report.read"),
    admin::audit::list_audit => read(AUDIT_READ),
    admin::audit::verify_ledger => read(AUDIT_READ).report(),
}

/// Every call with its description.
pub(super) fn router() -> OpenApiRouter<Arc<Shared>> {
    let calls = OpenApiRouter::with_openapi(openapi::frame());
    ROUTES.iter().fold(calls, |calls, (route, _)| calls.routes(route()))
}

/// Every call with its rules.
pub(crate) static CALLS: LazyLock<Vec<Call>> = LazyLock::new(|| {
    let calls = ROUTES.iter().filter_map(|(route, rules)| {
        let (_, paths, _) = route();
        let (path, item) = paths.paths.into_iter().next()?;
        let methods = [(item.get, Method::GET), (item.post, Method::POST), (item.delete, Method::DELETE)];
        let (_, method) = methods.into_iter().find(|(operation, _)| operation.is_some())?;
        // It lasts as long as the table.
        Some(Call { method, path: path.leak(), rules })
    });
    calls.collect()
});

/// The call, and which methods the path has when it has not this one.
pub(crate) fn find(method: &Method, path: &str) -> Result<&'static Call, Vec<&'static str>> {
    let wanted = if *method == Method::HEAD { &Method::GET } else { method };
    CALLS.iter().find(|call| call.path == path && call.method == *wanted).ok_or_else(|| {
        CALLS.iter().filter(|call| call.path == path).map(|call| call.method.as_str()).collect()
    })
}

impl Rules {
    /// Most bytes the call may bring along, and in what time it must be there: a
    /// document as fast as a request, a file as fast as an import. What an approval
    /// system asks about is a document, whatever call it is.
    pub(crate) fn limits(&self, role: Role, http: &HttpConfig) -> (usize, Duration) {
        let (bytes, time) = match self.brings {
            Brings::Document => (http.body_limit_bytes.get(), http.request_timeout_ms),
            Brings::File if role == Caller => (http.body_limit_bytes.get(), http.request_timeout_ms),
            Brings::Component => (http.plugin_limit_bytes.get(), http.admin_timeout_ms),
            Brings::File => (http.whole_file_limit_bytes(), http.admin_timeout_ms),
            Brings::FileOnDisk => (http.import_limit_bytes.get(), http.admin_timeout_ms),
        };
        (bytes, milliseconds(time))
    }

    /// Whether a key of this role may make the call.
    pub(crate) fn allows(&self, role: Role) -> bool {
        match self.access {
            Access::Open => true,
            Access::Roles(roles) => roles.contains(&role),
        }
    }

    /// Whether a key that is for some departments may make the call at all; on
    /// which objects is for the call to say.
    pub(crate) fn takes_departments(&self) -> bool {
        self.scope != Scope::Host
    }
}
