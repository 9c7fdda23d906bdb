//! Roles of API keys, which call needs which, and which object each change is held
//! to: the table [`CALLS`].
//!
//! A call that is not in the table is answered to nobody, so none can be added
//! without saying who may make it, on what, and what the audit trail is told.

use std::time::Duration;

use axum::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::config::{HttpConfig, milliseconds};

/// What an API key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// An approval system: checks and dispositions of its departments.
    Caller,
    /// A maker of plug-ins: pushes components.
    Vendor,
    /// Brings data and releases into force.
    Publisher,
    /// Reads everything, changes nothing.
    Auditor,
    /// Everything.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] =
        &[Self::Caller, Self::Vendor, Self::Publisher, Self::Auditor, Self::Admin];

    /// Machine name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Caller => "caller",
            Self::Vendor => "vendor",
            Self::Publisher => "publisher",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// Whether people ask with keys of this role, and not systems.
    pub(crate) const fn is_of_people(self) -> bool {
        matches!(self, Self::Publisher | Self::Auditor | Self::Admin)
    }

    /// The role with this machine name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.code() == code)
    }
}

/// Who may make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody who can reach the host; the answer holds nothing of any case.
    Open,
    /// Keys of these roles.
    Roles(&'static [Role]),
}

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// `http.request_timeout_ms`.
    Request,
    /// `http.admin_timeout_ms`.
    Administration,
}

/// What a call costs others, and so how many there may be at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// `http.max_in_flight`, like every call.
    Usual,
    /// A long read: `http.max_reports` too.
    Report,
    /// Takes a file in: `http.max_uploads` too.
    Upload,
}

/// What a call may bring along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Brings {
    /// A document, of `http.body_limit_bytes`.
    Document,
    /// A component, of `http.plugin_limit_bytes`.
    Component,
    /// A file that is held in memory as a whole, of `http.import_limit_bytes` or less.
    File,
    /// A file that is read from the disk, of `http.import_limit_bytes`.
    FileOnDisk,
}

/// The object a changing call is held to, beside the role of the key: what a key
/// that is for some departments may change, and nothing else. Keys that are for no
/// department in particular may change any such object, unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// Changes nothing.
    Nothing,
    /// The department the request names is the key's.
    Department,
    /// The check the request names is of a department of the key's.
    Check,
    /// The commitment was asked for by a check of a department of the key's.
    Commitment,
    /// The publicity is owed by a department of the key's.
    Publicity,
    /// The entry stands in the evidence of the check the request names, or of a
    /// check of the case it names, of a department of the key's. A caller's key
    /// names one even if it is for every department; publishers and administrators
    /// may name any entry.
    EntryInEvidence,
    /// The objection came up in a check of a department of the key's.
    Objection,
    /// The component that is pushed, or made a release of, is of a department of the
    /// key's.
    Component,
    /// Everything: no key that is for some departments may make the call.
    Host,
}

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// As the router matches it.
    pub(crate) path: &'static str,
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

const fn call(method: Method, path: &'static str, access: Access, scope: Scope) -> Call {
    let (pace, load, brings) = (Pace::Request, Load::Usual, Brings::Document);
    Call { method, path, access, scope, audit: None, read: None, pace, load, brings }
}

const fn open(path: &'static str) -> Call {
    call(Method::GET, path, Access::Open, Scope::Nothing)
}

const fn get(path: &'static str, roles: &'static [Role]) -> Call {
    call(Method::GET, path, Access::Roles(roles), Scope::Nothing)
}

/// A question with a body, or a change that the ledger holds.
const fn post(path: &'static str, roles: &'static [Role], scope: Scope) -> Call {
    call(Method::POST, path, Access::Roles(roles), scope)
}

const fn change(
    method: Method,
    path: &'static str,
    roles: &'static [Role],
    scope: Scope,
    action: &'static str,
) -> Call {
    let mut call = call(method, path, Access::Roles(roles), scope);
    call.audit = Some(action);
    call.pace = Pace::Administration;
    call
}

impl Call {
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

/// Every call of the host.
pub(crate) static CALLS: &[Call] = &[
    post("/v1/checks", CHECKS, Department),
    get("/v1/checks", CHECKS_READ).report().noted("check.list"),
    post("/v1/checks:batch", CHECKS, Department).long(),
    post("/v1/checks:search", CHECKS_READ, Nothing).report().noted("check.search"),
    get("/v1/checks/{id}", CHECKS_READ).noted("check.read"),
    get("/v1/checks/{id}/replay", AUDIT_READ).report().noted("check.replay"),
    post("/v1/checks/{id}/dispositions", CHECKS, Check),
    get("/v1/cases/{case_no}", CHECKS_READ).noted("case.read"),
    post("/v1/coverage", CHECKS_READ, Nothing).upload(Brings::File).report(),
    get("/v1/completion", CHECKS_READ).report(),
    get("/v1/commitments", CHECKS_READ).noted("commitment.list"),
    get("/v1/commitments/{id}", CHECKS_READ).noted("commitment.read"),
    change(Method::POST, "/v1/commitments/{id}/signature", CHECKS, Commitment, "commitment.sign"),
    change(Method::POST, "/v1/commitments/{id}/fulfilment", CHECKS, Commitment, "commitment.fulfil"),
    change(Method::POST, "/v1/commitments/{id}/extension", CHECKS, Commitment, "commitment.extend"),
    change(Method::POST, "/v1/commitments/{id}/breach", CHECKS, Commitment, "commitment.breach"),
    change(Method::POST, "/v1/commitments/{id}/repair", CHECKS, Commitment, "commitment.repair"),
    get("/v1/tasks", CHECKS_READ).noted("task.list"),
    change(Method::POST, "/v1/publications", CHECKS, Publicity, "publication.report"),
    change(Method::POST, "/v1/objections", OBJECT, EntryInEvidence, "objection.raise"),
    get("/v1/objections", OBJECTIONS_READ).noted("objection.list"),
    get("/v1/objections/{id}", OBJECTIONS_READ).noted("objection.read"),
    change(Method::POST, "/v1/objections/{id}/result", PUBLISH, Host, "objection.decide"),
    change(Method::POST, "/v1/objections/{id}/notices", CHECKS, Objection, "objection.tell"),
    change(Method::POST, "/v1/repairs", OBJECT, EntryInEvidence, "repair.apply"),
    get("/v1/repairs", OBJECTIONS_READ).noted("repair.list"),
    get("/v1/repairs/{id}", OBJECTIONS_READ).noted("repair.read"),
    change(Method::POST, "/v1/repairs/{id}/result", PUBLISH, Host, "repair.answer"),
    change(Method::POST, "/v1/acts", CHECKS, Check, "act.report"),
    get("/v1/rechecks", CHECKS_READ).noted("recheck.list"),
    change(Method::POST, "/v1/typical-cases", CHECKS, Department, "typical_case.add"),
    change(Method::POST, "/v1/feedback/{id}/acknowledgements", PUBLISH, Host, "feedback.acknowledge"),
    post("/v1/receipts:verify", ANY_KEY, Nothing),
    open("/.well-known/jwks.json"),
    open("/healthz"),
    open("/readyz"),
    open("/metrics"),
    open("/openapi.json"),
    change(Method::POST, "/v1/admin/plugins", PUSH, Component, "plugin.push").upload(Brings::Component),
    get("/v1/admin/plugins", RELEASES_READ),
    change(Method::POST, "/v1/admin/releases:activate", PUBLISH, Host, "release.activate"),
    change(Method::POST, "/v1/admin/releases:rollback", PUBLISH, Host, "release.roll_back"),
    get("/v1/admin/releases", RELEASES_READ),
    change(Method::POST, "/v1/admin/releases", PUSH, Component, "release.make"),
    get("/v1/admin/releases/{release}", RELEASES_READ),
    change(Method::POST, "/v1/admin/releases/{release}/approval", PUBLISH, Host, "release.approve"),
    change(Method::POST, "/v1/admin/releases/{release}/rejection", PUBLISH, Host, "release.reject"),
    change(Method::POST, "/v1/admin/releases/{release}/trials", PUBLISH, Host, "release.begin_trial"),
    change(Method::POST, "/v1/admin/releases/{release}/trials:end", PUBLISH, Host, "release.end_trial"),
    get("/v1/admin/releases/{release}/differences", RELEASES_READ).noted("release.read_differences"),
    change(Method::POST, "/v1/admin/list-types", PUBLISH, Host, "list_types.import").upload(Brings::File),
    get("/v1/admin/list-types", DATA_READ),
    change(Method::POST, "/v1/admin/lists", PUBLISH, Host, "lists.import").upload(Brings::FileOnDisk),
    change(Method::POST, "/v1/admin/entries", PUBLISH, Host, "entry.propose"),
    get("/v1/admin/entries", DATA_READ).noted("entry.list"),
    get("/v1/admin/entries/{id}", DATA_READ).noted("entry.read"),
    change(Method::POST, "/v1/admin/entries/{id}/approval", PUBLISH, Host, "entry.approve"),
    change(Method::POST, "/v1/admin/entries/{id}/steps", PUBLISH, Host, "entry.step"),
    get("/v1/admin/sources", DATA_READ),
    change(Method::POST, "/v1/admin/catalogue", PUBLISH, Host, "catalogue.import").upload(Brings::File),
    get("/v1/admin/catalogue", DATA_READ),
    get("/v1/admin/catalogue/{edition}", DATA_READ),
    change(Method::POST, "/v1/admin/catalogue/{edition}/reviews", PUBLISH, Host, "catalogue.review"),
    change(Method::POST, "/v1/admin/catalogue/{edition}/publication", PUBLISH, Host, "catalogue.publish"),
    get("/v1/admin/catalogue/{edition}/diff/{other}", DATA_READ),
    get("/v1/catalogue:check", DATA_READ),
    post("/v1/catalogue:check", DATA_READ, Nothing).upload(Brings::File),
    change(Method::POST, "/v1/admin/identifiers", PUBLISH, Host, "identifiers.import").upload(Brings::File),
    get("/v1/admin/identifiers", DATA_READ).noted("identifier.list"),
    change(Method::POST, "/v1/admin/policy", PUBLISH, Host, "policy.import").upload(Brings::File),
    get("/v1/admin/policy", DATA_READ),
    get("/v1/admin/policy/resolved", DATA_READ),
    change(Method::POST, "/v1/admin/calendar", PUBLISH, Host, "calendar.import"),
    get("/v1/admin/calendar", DATA_READ),
    change(Method::POST, "/v1/admin/bindings", PUBLISH, Host, "bindings.import").upload(Brings::File),
    get("/v1/admin/bindings", DATA_READ),
    get("/v1/admin/approvals", DATA_READ),
    change(Method::POST, "/v1/admin/approvals/{id}", PUBLISH, Host, "approval.give"),
    change(Method::POST, "/v1/admin/keys", ADMIN, Host, "key.create"),
    get("/v1/admin/keys", AUDIT_READ),
    change(Method::DELETE, "/v1/admin/keys/{id}", ADMIN, Host, "key.revoke"),
    change(Method::POST, "/v1/admin/receipt-keys:rotate", ADMIN, Host, "receipt_key.rotate"),
    change(Method::POST, "/v1/admin/signers", ADMIN, Host, "signer.add"),
    get("/v1/admin/signers", DATA_READ),
    change(Method::DELETE, "/v1/admin/signers/{id}", ADMIN, Host, "signer.revoke"),
    get("/v1/admin/feedback", AUDIT_READ).noted("feedback.list"),
    change(Method::POST, "/v1/admin/feedback/{id}", ADMIN, Host, "feedback.requeue"),
    get("/v1/admin/events", DATA_READ),
    get("/v1/admin/connectors", DATA_READ),
    get("/v1/admin/pulls", DATA_READ),
    change(Method::POST, "/v1/admin/pulls/{name}/run", PUBLISH, Host, "pull.run"),
    change(Method::POST, "/v1/admin/backtests", PUBLISH, Host, "backtest.start"),
    get("/v1/admin/backtests", DATA_READ),
    get("/v1/admin/backtests/{id}", DATA_READ).report().noted("backtest.read"),
    change(Method::DELETE, "/v1/admin/backtests/{id}", PUBLISH, Host, "backtest.cancel"),
    get("/v1/admin/entries/{id}/file", DATA_READ).noted("entry.read_file"),
    change(Method::POST, "/v1/admin/entries/{id}/rectification", PUBLISH, Host, "rectification.order"),
    change(
        Method::POST,
        "/v1/admin/entries/{id}/rectification/result",
        PUBLISH,
        Host,
        "rectification.finish",
    ),
    change(Method::POST, "/v1/admin/entries/{id}/talks", PUBLISH, Host, "talk.record"),
    change(Method::POST, "/v1/admin/entries/{id}/lifting", PUBLISH, Host, "entry.lift"),
    change(Method::POST, "/v1/admin/entries/{id}/overlays:end", PUBLISH, Host, "overlay.end"),
    get("/v1/admin/affected", DATA_READ).report().noted("entry.read_affected"),
    get("/v1/admin/reports/{kind}", DATA_READ).report().noted("report.read"),
    get("/v1/admin/audit", AUDIT_READ),
    get("/v1/admin/ledger:verify", AUDIT_READ).report(),
];

/// The call, and which methods the path has when it has not this one.
pub(crate) fn find(method: &Method, path: &str) -> Result<&'static Call, Vec<&'static str>> {
    let wanted = if *method == Method::HEAD { &Method::GET } else { method };
    CALLS.iter().find(|call| call.path == path && call.method == *wanted).ok_or_else(|| {
        CALLS.iter().filter(|call| call.path == path).map(|call| call.method.as_str()).collect()
    })
}

impl Call {
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
