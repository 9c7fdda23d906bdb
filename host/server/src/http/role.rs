//! Roles of API keys, and which call needs which: the table [`CALLS`].
//!
//! A call that is not in the table is answered to nobody, so none can be added
//! without saying who may make it and what the audit trail is told.

use axum::http::Method;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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

/// One call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// As the router matches it.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    /// The action that goes to the audit trail when the call succeeds.
    pub(crate) audit: Option<&'static str>,
    pub(crate) pace: Pace,
}

use Role::{Admin, Auditor, Caller, Publisher, Vendor};

const ANY_KEY: &[Role] = Role::ALL;
const CHECKS: &[Role] = &[Caller, Admin];
const CHECKS_READ: &[Role] = &[Caller, Auditor, Admin];
const OBJECTIONS_READ: &[Role] = &[Caller, Publisher, Auditor, Admin];
const PUSH: &[Role] = &[Vendor, Admin];
const PUBLISH: &[Role] = &[Publisher, Admin];
const RELEASES_READ: &[Role] = &[Vendor, Publisher, Auditor, Admin];
const DATA_READ: &[Role] = &[Publisher, Auditor, Admin];
const AUDIT_READ: &[Role] = &[Auditor, Admin];
const ADMIN: &[Role] = &[Admin];

const fn open(path: &'static str) -> Call {
    Call { method: Method::GET, path, access: Access::Open, audit: None, pace: Pace::Request }
}

const fn get(path: &'static str, roles: &'static [Role]) -> Call {
    Call { method: Method::GET, path, access: Access::Roles(roles), audit: None, pace: Pace::Request }
}

const fn slow_get(path: &'static str, roles: &'static [Role]) -> Call {
    Call { method: Method::GET, path, access: Access::Roles(roles), audit: None, pace: Pace::Administration }
}

const fn post(path: &'static str, roles: &'static [Role]) -> Call {
    Call { method: Method::POST, path, access: Access::Roles(roles), audit: None, pace: Pace::Request }
}

const fn slow_post(path: &'static str, roles: &'static [Role]) -> Call {
    Call { method: Method::POST, path, access: Access::Roles(roles), audit: None, pace: Pace::Administration }
}

const fn change(method: Method, path: &'static str, roles: &'static [Role], action: &'static str) -> Call {
    Call { method, path, access: Access::Roles(roles), audit: Some(action), pace: Pace::Administration }
}

/// Every call of the host.
pub(crate) static CALLS: &[Call] = &[
    post("/v1/checks", CHECKS),
    get("/v1/checks/{id}", CHECKS_READ),
    slow_get("/v1/checks/{id}/replay", AUDIT_READ),
    post("/v1/checks/{id}/dispositions", CHECKS),
    get("/v1/cases/{case_no}", CHECKS_READ),
    slow_post("/v1/coverage", CHECKS_READ),
    slow_get("/v1/completion", CHECKS_READ),
    get("/v1/commitments", CHECKS_READ),
    get("/v1/commitments/{id}", CHECKS_READ),
    change(Method::POST, "/v1/commitments/{id}/signature", CHECKS, "commitment.sign"),
    change(Method::POST, "/v1/commitments/{id}/fulfilment", CHECKS, "commitment.fulfil"),
    change(Method::POST, "/v1/commitments/{id}/extension", CHECKS, "commitment.extend"),
    change(Method::POST, "/v1/commitments/{id}/breach", CHECKS, "commitment.breach"),
    change(Method::POST, "/v1/commitments/{id}/repair", CHECKS, "commitment.repair"),
    get("/v1/tasks", CHECKS_READ),
    change(Method::POST, "/v1/publications", CHECKS, "publication.report"),
    change(Method::POST, "/v1/objections", CHECKS, "objection.raise"),
    get("/v1/objections", OBJECTIONS_READ),
    get("/v1/objections/{id}", OBJECTIONS_READ),
    change(Method::POST, "/v1/objections/{id}/result", PUBLISH, "objection.decide"),
    change(Method::POST, "/v1/objections/{id}/notices", CHECKS, "objection.tell"),
    change(Method::POST, "/v1/repairs", CHECKS, "repair.apply"),
    get("/v1/repairs", OBJECTIONS_READ),
    get("/v1/repairs/{id}", OBJECTIONS_READ),
    change(Method::POST, "/v1/repairs/{id}/result", PUBLISH, "repair.answer"),
    change(Method::POST, "/v1/acts", CHECKS, "act.report"),
    get("/v1/rechecks", CHECKS_READ),
    change(Method::POST, "/v1/typical-cases", CHECKS, "typical_case.add"),
    change(Method::POST, "/v1/feedback/{id}/acknowledgements", PUBLISH, "feedback.acknowledge"),
    post("/v1/receipts:verify", ANY_KEY),
    open("/.well-known/jwks.json"),
    open("/healthz"),
    open("/readyz"),
    open("/metrics"),
    open("/openapi.json"),
    change(Method::POST, "/v1/admin/plugins", PUSH, "plugin.push"),
    get("/v1/admin/plugins", RELEASES_READ),
    change(Method::POST, "/v1/admin/releases:activate", PUBLISH, "release.activate"),
    change(Method::POST, "/v1/admin/releases:rollback", PUBLISH, "release.roll_back"),
    get("/v1/admin/releases", RELEASES_READ),
    change(Method::POST, "/v1/admin/releases", PUSH, "release.make"),
    get("/v1/admin/releases/{release}", RELEASES_READ),
    change(Method::POST, "/v1/admin/releases/{release}/approval", PUBLISH, "release.approve"),
    change(Method::POST, "/v1/admin/releases/{release}/rejection", PUBLISH, "release.reject"),
    change(Method::POST, "/v1/admin/releases/{release}/trials", PUBLISH, "release.begin_trial"),
    change(Method::POST, "/v1/admin/releases/{release}/trials:end", PUBLISH, "release.end_trial"),
    get("/v1/admin/releases/{release}/differences", RELEASES_READ),
    change(Method::POST, "/v1/admin/list-types", PUBLISH, "list_types.import"),
    get("/v1/admin/list-types", DATA_READ),
    change(Method::POST, "/v1/admin/lists", PUBLISH, "lists.import"),
    change(Method::POST, "/v1/admin/entries", PUBLISH, "entry.propose"),
    get("/v1/admin/entries", DATA_READ),
    get("/v1/admin/entries/{id}", DATA_READ),
    change(Method::POST, "/v1/admin/entries/{id}/approval", PUBLISH, "entry.approve"),
    change(Method::POST, "/v1/admin/entries/{id}/steps", PUBLISH, "entry.step"),
    get("/v1/admin/sources", DATA_READ),
    change(Method::POST, "/v1/admin/catalogue", PUBLISH, "catalogue.import"),
    get("/v1/admin/catalogue", DATA_READ),
    get("/v1/admin/catalogue/{edition}", DATA_READ),
    change(Method::POST, "/v1/admin/catalogue/{edition}/reviews", PUBLISH, "catalogue.review"),
    change(Method::POST, "/v1/admin/catalogue/{edition}/publication", PUBLISH, "catalogue.publish"),
    get("/v1/admin/catalogue/{edition}/diff/{other}", DATA_READ),
    get("/v1/catalogue:check", DATA_READ),
    post("/v1/catalogue:check", DATA_READ),
    change(Method::POST, "/v1/admin/identifiers", PUBLISH, "identifiers.import"),
    get("/v1/admin/identifiers", DATA_READ),
    change(Method::POST, "/v1/admin/policy", PUBLISH, "policy.import"),
    get("/v1/admin/policy", DATA_READ),
    get("/v1/admin/policy/resolved", DATA_READ),
    change(Method::POST, "/v1/admin/calendar", PUBLISH, "calendar.import"),
    get("/v1/admin/calendar", DATA_READ),
    change(Method::POST, "/v1/admin/bindings", PUBLISH, "bindings.import"),
    get("/v1/admin/bindings", DATA_READ),
    change(Method::POST, "/v1/admin/keys", ADMIN, "key.create"),
    get("/v1/admin/keys", AUDIT_READ),
    change(Method::DELETE, "/v1/admin/keys/{id}", ADMIN, "key.revoke"),
    change(Method::POST, "/v1/admin/signers", ADMIN, "signer.add"),
    get("/v1/admin/signers", DATA_READ),
    change(Method::DELETE, "/v1/admin/signers/{id}", ADMIN, "signer.revoke"),
    get("/v1/admin/feedback", AUDIT_READ),
    change(Method::POST, "/v1/admin/feedback/{id}", ADMIN, "feedback.requeue"),
    get("/v1/admin/events", DATA_READ),
    get("/v1/admin/connectors", DATA_READ),
    get("/v1/admin/pulls", DATA_READ),
    change(Method::POST, "/v1/admin/pulls/{name}/run", PUBLISH, "pull.run"),
    change(Method::POST, "/v1/admin/backtests", PUBLISH, "backtest.start"),
    get("/v1/admin/backtests", DATA_READ),
    slow_get("/v1/admin/backtests/{id}", DATA_READ),
    change(Method::DELETE, "/v1/admin/backtests/{id}", PUBLISH, "backtest.cancel"),
    get("/v1/admin/entries/{id}/file", DATA_READ),
    change(Method::POST, "/v1/admin/entries/{id}/rectification", PUBLISH, "rectification.order"),
    change(Method::POST, "/v1/admin/entries/{id}/rectification/result", PUBLISH, "rectification.finish"),
    change(Method::POST, "/v1/admin/entries/{id}/talks", PUBLISH, "talk.record"),
    change(Method::POST, "/v1/admin/entries/{id}/lifting", PUBLISH, "entry.lift"),
    change(Method::POST, "/v1/admin/entries/{id}/overlays:end", PUBLISH, "overlay.end"),
    slow_get("/v1/admin/affected", DATA_READ),
    slow_get("/v1/admin/reports/{kind}", DATA_READ),
    get("/v1/admin/audit", AUDIT_READ),
    slow_get("/v1/admin/ledger:verify", AUDIT_READ),
];

/// The call, and which methods the path has when it has not this one.
pub(crate) fn find(method: &Method, path: &str) -> Result<&'static Call, Vec<&'static str>> {
    let wanted = if *method == Method::HEAD { &Method::GET } else { method };
    CALLS.iter().find(|call| call.path == path && call.method == *wanted).ok_or_else(|| {
        CALLS.iter().filter(|call| call.path == path).map(|call| call.method.as_str()).collect()
    })
}

impl Call {
    /// Whether a key of this role may make the call.
    pub(crate) fn allows(&self, role: Role) -> bool {
        match self.access {
            Access::Open => true,
            Access::Roles(roles) => roles.contains(&role),
        }
    }
}
