//! API keys: what a request says it is, held against what the host knows.
//!
//! A key reads `cg_<id>_<secret>`. The id is public and stands in records and
//! logs; of the secret only a SHA-256 is kept, which is enough for 256 random
//! bits. All keys are held in memory, so that a check reads nothing for its key,
//! and each change gives back what they are then, so that a revoked key ends at once.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use creditgate_affairs::{self as affairs, Power};
use creditgate_gate::request::Caller;
use creditgate_gate::{Change, Holder};
use creditgate_store::ApiKey;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::openapi::Described;
use super::places::{CounterBook, Counters};
use super::problem::{Code, Problem};
use super::role::Role;
use crate::clock;

/// First part of every key, so that a scanner for leaked secrets finds them.
const PREFIX: &str = "cg_";
/// Bytes of an id and of a secret.
const ID_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;

/// Who a request is from.
#[derive(Debug)]
pub(crate) struct Principal {
    /// What it may do.
    pub(crate) role: Role,
    /// What it reads of somebody is to be known of: a person asks, or somebody with a
    /// role that people have.
    pub(super) is_noted: bool,
    /// Id of its key, and the departments it is for.
    pub(crate) caller: Caller,
    /// What the key and its departments have under way.
    pub(super) counters: Counters,
}

impl Principal {
    /// Id of the key.
    pub(crate) fn id(&self) -> &str {
        &self.caller.key
    }

    /// Who asks, as affairs know them.
    pub(crate) fn who(&self) -> affairs::Who {
        let power = match self.role {
            Role::Caller => Power::Departments(self.caller.departments.clone()),
            Role::Vendor | Role::Publisher | Role::Auditor => Power::Lists,
            Role::Admin => Power::Everything,
        };
        affairs::Who { id: self.caller.key.clone(), power }
    }

    /// Whether it may read what a department did: callers what theirs did.
    ///
    /// # Errors
    /// `department.not_allowed`.
    pub(super) fn may_read(&self, department: &str) -> Result<(), Problem> {
        if self.reads(department) {
            return Ok(());
        }
        let detail = format!("this key may not read checks of department `{department}`");
        Err(Problem::new(Code::DepartmentNotAllowed, detail))
    }

    /// The same as an answer.
    pub(super) fn reads(&self, department: &str) -> bool {
        self.role != Role::Caller || self.caller.may_ask_for(department)
    }

    /// A change it orders now.
    pub(super) fn change(&self, reason: impl Into<String>) -> Change {
        Change { actor: self.id().to_owned(), reason: reason.into(), at: clock::now() }
    }

    /// Whether it may see what belongs to this department: a vendor only what is
    /// known to be of its own.
    pub(crate) fn may_see(&self, department: Option<&str>) -> bool {
        self.role != Role::Vendor || department.is_some_and(|name| self.caller.may_ask_for(name))
    }
}

/// Who a request is from, for a handler that asks.
#[derive(Debug, Clone)]
pub(crate) struct Who(Arc<Principal>);

impl Deref for Who {
    type Target = Principal;

    fn deref(&self) -> &Principal {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Who {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Access control lets no request through without one.
        parts.extensions.get().cloned().map(Self).ok_or_else(|| Problem::internal(None))
    }
}

impl Described for Who {}

/// Marks a request that came in through this very process, and not over a
/// network: its sender can read the data folder, and needs no key. Nothing a
/// client sends can set a request's extensions. It says who it is, for the audit
/// trail and the two-person rule; whoever can write the data folder could say
/// anything, and do anything too.
#[derive(Debug, Clone, Default)]
pub struct LocalOperator {
    /// Who works at the machine, where more than one does.
    pub name: Option<String>,
}

impl LocalOperator {
    /// The actor in records: `cli`, or `cli:<name>`.
    pub(crate) fn actor(&self) -> String {
        self.name.as_ref().map_or_else(|| "cli".to_owned(), |name| format!("cli:{name}"))
    }
}

/// A key that was just made.
pub(crate) struct NewKey {
    /// Public id.
    pub(crate) id: String,
    /// The whole key, shown once.
    pub(crate) text: String,
    /// SHA-256 of the secret, which is what is kept.
    pub(crate) secret_hash: [u8; 32],
}

impl NewKey {
    /// Makes a key.
    ///
    /// # Errors
    /// When the system has no randomness to give.
    pub(crate) fn generate() -> Result<Self, getrandom::Error> {
        let (mut id, mut secret) = ([0; ID_BYTES], [0; SECRET_BYTES]);
        getrandom::fill(&mut id)?;
        getrandom::fill(&mut secret)?;
        let (id, secret) = (hex::encode(id), hex::encode(secret));
        let secret_hash = Sha256::digest(&secret).into();
        Ok(Self { text: format!("{PREFIX}{id}_{secret}"), id, secret_hash })
    }
}

struct KnownKey {
    secret_hash: [u8; 32],
    revoked: bool,
    principal: Arc<Principal>,
}

/// Every key, in memory.
#[derive(Default)]
pub(crate) struct KeyRing {
    keys: ArcSwap<HashMap<String, KnownKey>>,
    counters: Mutex<CounterBook>,
}

impl KeyRing {
    /// Takes these keys in place of those it had.
    pub(crate) fn replace(&self, records: Vec<ApiKey>) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        let keys = records
            .into_iter()
            .filter_map(|record| {
                // A role this version does not know may do nothing.
                let role = Role::from_code(&record.role)?;
                let departments = match role {
                    Role::Caller => record.departments,
                    // One that is for no department in particular is for none.
                    Role::Vendor => Some(record.departments.unwrap_or_default()),
                    Role::Publisher | Role::Auditor | Role::Admin => None,
                };
                let is_noted = role.is_of_people() || matches!(record.holder, Holder::Person(_));
                let counters = counters.of(&record.id, departments.as_deref());
                let caller = Caller { key: record.id.clone(), departments };
                let principal = Principal { role, is_noted, caller, counters };
                let known = KnownKey {
                    secret_hash: record.secret_hash,
                    revoked: record.revoked_at.is_some(),
                    principal: Arc::new(principal),
                };
                Some((record.id, known))
            })
            .collect();
        self.keys.store(Arc::new(keys));
    }

    /// Who the request's `Authorization` header says it is.
    ///
    /// # Errors
    /// A problem with status 401.
    pub(crate) fn authenticate(&self, headers: &HeaderMap) -> Result<Arc<Principal>, Problem> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return Err(Problem::new(Code::AuthMissing, "send the header `Authorization: Bearer cg_…`"));
        };
        let unknown = || Problem::new(Code::AuthInvalid, "the API key is malformed or not known here");
        let (id, secret) = value.to_str().ok().and_then(split).ok_or_else(unknown)?;
        let keys = self.keys.load();
        let known = keys.get(id).ok_or_else(unknown)?;
        let hash: [u8; 32] = Sha256::digest(secret).into();
        if !bool::from(hash.ct_eq(&known.secret_hash)) {
            return Err(unknown());
        }
        if known.revoked {
            return Err(Problem::new(Code::AuthRevoked, format!("the API key {id} was revoked")));
        }
        Ok(Arc::clone(&known.principal))
    }
}

/// Id and secret of a `Bearer` header.
fn split(header: &str) -> Option<(&str, &str)> {
    let (scheme, key) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    key.trim().strip_prefix(PREFIX)?.split_once('_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if !value.is_empty() {
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
        }
        headers
    }

    fn record(key: &NewKey, role: &str, revoked: bool) -> ApiKey {
        ApiKey {
            id: key.id.clone(),
            name: "test".into(),
            holder: creditgate_gate::Holder::Person("test".into()),
            secret_hash: key.secret_hash,
            role: role.into(),
            departments: Some(vec!["market-regulation".into()]),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            revoked_at: revoked.then_some(jiff::Timestamp::UNIX_EPOCH),
        }
    }

    #[test]
    fn only_a_whole_known_key_that_was_not_revoked_is_taken() {
        let ring = KeyRing::default();
        let [good, revoked, strange] = std::array::from_fn(|_| NewKey::generate().unwrap());
        ring.replace(vec![
            record(&good, "caller", false),
            record(&revoked, "caller", true),
            record(&strange, "emperor", false),
        ]);
        let other_secret = format!("cg_{}_{}", good.id, revoked.text.rsplit('_').next().unwrap());
        let cases = [
            (String::new(), Code::AuthMissing),
            (good.text.clone(), Code::AuthInvalid),
            (format!("Basic {}", good.text), Code::AuthInvalid),
            ("Bearer cg_".into(), Code::AuthInvalid),
            (format!("Bearer {other_secret}"), Code::AuthInvalid),
            (format!("Bearer {}x", good.text), Code::AuthInvalid),
            (format!("Bearer {}", strange.text), Code::AuthInvalid),
            (format!("Bearer {}", revoked.text), Code::AuthRevoked),
        ];
        for (value, code) in cases {
            assert_eq!(ring.authenticate(&headers(&value)).unwrap_err().code(), code, "{value}");
        }
        let principal = ring.authenticate(&headers(&format!("bearer {}", good.text))).unwrap();
        assert_eq!((principal.id(), principal.role), (good.id.as_str(), Role::Caller));
        assert!(principal.caller.may_ask_for("market-regulation"));
        assert!(!principal.caller.may_ask_for("housing"));

        ring.replace(vec![record(&good, "caller", true)]);
        let refused = ring.authenticate(&headers(&format!("Bearer {}", good.text))).unwrap_err();
        assert_eq!(refused.code(), Code::AuthRevoked);
    }

    #[test]
    fn a_vendor_is_for_the_departments_it_was_given_and_without_any_for_none() {
        let ring = KeyRing::default();
        let [given, older, auditor] = std::array::from_fn(|_| NewKey::generate().unwrap());
        let none = ApiKey { departments: None, ..record(&older, "vendor", false) };
        ring.replace(vec![record(&given, "vendor", false), none, record(&auditor, "auditor", false)]);
        let of = |key: &NewKey| ring.authenticate(&headers(&format!("Bearer {}", key.text))).unwrap();
        for (key, own, other, unknown) in
            [(&given, true, false, false), (&older, false, false, false), (&auditor, true, true, true)]
        {
            let principal = of(key);
            assert_eq!(principal.may_see(Some("market-regulation")), own);
            assert_eq!(principal.may_see(Some("housing")), other);
            assert_eq!(principal.may_see(None), unknown, "what is not known is nobody's");
            assert_eq!(principal.caller.may_ask_for("market-regulation"), own);
        }
    }
}
