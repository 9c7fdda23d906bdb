//! The HTTP interface on a real host in a folder of its own, without plug-ins:
//! a binding nobody serves answers `could_not_check`, and everything around the
//! plug-in is as it is in production.

mod access;
mod administration;
mod approvals;
mod batch;
mod bodies;
mod checks;
mod disputes;
mod golden;
mod hygiene;
mod lists;
mod load;
mod local_lists;
mod paging;
mod readiness;
mod receipts;
mod scopes;
mod search;
mod slow;
mod trail;
mod truth;
mod wire;

use std::num::{NonZeroU32, NonZeroU64};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::LocalOperator;
use crate::{Config, Host};

pub(super) const DEPARTMENT: &str = "market-regulation";
pub(super) const CITIZEN_ID: &str = "370811198506150026";
pub(super) const USCC: &str = "92370811MA3A0B1C6C";

const POLICY: &str = r#"{"division":"370811","version":"t1","effective_from":"2020-01-01","identifier_strictness":"strict","clean_window_years":3,"clean_window_ignores_repaired":true,"clean_window_ignores_slight":true,"records_since":"2015-01-01","suspension_scope":"all_punish","commitment_effect":"accept_first","commitment_working_days":20,"non_deferrable":["law","regulation"]}"#;

const CATALOGUE: &str = concat!(
    r#"{"type":"edition","edition":"t1","effective_from":"2020-01-01"}"#,
    "\n",
    r#"{"type":"basis","code":"B1","text":"示例条例第一条","effective_from":"2020-01-01"}"#,
    "\n",
    r#"{"type":"measure","code":"M1","category":"限制准入","nature":"mandatory","content":"不予许可","direction":"punish","target":"法人","power_item":"食品经营许可","section":"审批科","basis":"B1","lists":["food.serious"]}"#,
);

const LIST_TYPES: &str = concat!(
    r#"{"code":"food.serious","name":"严重失信名单","kind":"black","level":"national","standard":"示例标准"}"#,
    "\n",
    r#"{"code":"honour","name":"守信名单","kind":"red","level":"local","standard":"示例标准"}"#,
);

const LISTS: &str = r#"{"id":"e1","list":"food.serious","list_name":"严重失信名单","kind":"black","field":"food-and-drug","severity":"serious","subject_name":"示例甲食品店","subject_identifiers":[{"kind":"uscc","value":"92370811MA3A0B1C6C"}],"facts":"示例事实","authority":"示例机关","basis":"示例依据","recognised_on":"2025-03-01"}"#;

/// A whole host, and a way to talk to it.
pub(super) struct TestHost {
    pub(super) host: Host,
    pub(super) router: Router,
    _folder: tempfile::TempDir,
}

/// An answer, read.
pub(super) struct Answer {
    /// Method and path of the request.
    asked: String,
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {}", self.text))
    }

    pub(super) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Holds it to a problem with this status and code.
    #[track_caller]
    pub(super) fn refused(&self, status: u16, code: &str) {
        let found = (self.status.as_u16(), self.code());
        assert_eq!(found, (status, code.to_owned()), "{}: {}", self.asked, self.text);
    }

    pub(super) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }
}

impl TestHost {
    /// A host that knows nothing yet.
    pub(super) async fn empty(configure: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config { data: folder.path().join("data"), ..Config::default() };
        config.sandbox.concurrent_calls = NonZeroU32::new(2).unwrap();
        // Refusals are many here.
        config.http.refusal_wait_ms = NonZeroU64::MIN;
        configure(&mut config);
        let host = Host::open(config).await.unwrap();
        Self { router: host.router(), host, _folder: folder }
    }

    /// A host with a policy, a catalogue, a list and a binding without a release.
    pub(super) async fn with_city(configure: impl FnOnce(&mut Config)) -> Self {
        let host = Self::empty(configure).await;
        let bindings =
            [(DEPARTMENT, "food-licence"), ("housing", "construction-permit")].map(|(department, item)| {
                json!({"department": department, "item": item, "checkpoint": "review", "division": "370811",
                "plugin": "no-such-plugin"})
                .to_string()
            });
        for (what, file) in [
            ("policy", POLICY),
            ("catalogue", CATALOGUE),
            ("list-types", LIST_TYPES),
            ("lists", LISTS),
            ("bindings", &bindings.join("\n")),
        ] {
            host.import(what, file).await;
        }
        host.publish("t1").await;
        host
    }

    /// Has an edition of the catalogue reviewed by a second person, and publishes
    /// it.
    pub(super) async fn publish(&self, edition: &str) {
        let path = format!("/v1/admin/catalogue/{edition}");
        for kind in ["normative", "legal"] {
            let review = json!({"kind": kind, "result": "passed"}).to_string();
            self.as_chief(Method::POST, &format!("{path}/reviews"), &review).await.expect(200);
        }
        self.local(Method::POST, &format!("{path}/publication"), "").await.expect(200);
    }

    /// As a second person at the machine.
    pub(super) async fn as_chief(&self, method: Method, path: &str, body: &str) -> Answer {
        self.operated_by("chief", method, path, body).await
    }

    /// As somebody at the machine.
    pub(super) async fn operated_by(&self, name: &str, method: Method, path: &str, body: &str) -> Answer {
        let mut request = request(method, path, body.to_owned().into());
        request.extensions_mut().insert(LocalOperator { name: Some(name.to_owned()) });
        self.answer(request).await
    }

    /// Imports JSON lines, which must be good.
    pub(super) async fn import(&self, what: &str, file: &str) {
        let path = format!("/v1/admin/{what}?format=jsonl&file={what}.jsonl");
        let report = self.local(Method::POST, &path, file).await.expect(200);
        assert_eq!(report["rows"], report["applied"], "{report}");
    }

    /// A key with this role.
    pub(super) async fn key(&self, role: &str, departments: Option<&[&str]>) -> String {
        self.issue(role, departments).await["key"].as_str().unwrap().to_owned()
    }

    /// A key with its id.
    pub(super) async fn issue(&self, role: &str, departments: Option<&[&str]>) -> Value {
        let mut body = json!({"name": format!("test {role}"), "role": role});
        if role == "vendor" {
            body["departments"] = json!([DEPARTMENT]);
        }
        if let Some(departments) = departments {
            body["departments"] = json!(departments);
        }
        self.post("/v1/admin/keys", &body).await
    }

    /// As the operator of the machine.
    pub(super) async fn local(&self, method: Method, path: &str, body: &str) -> Answer {
        let mut request = request(method.clone(), path, body.to_owned().into());
        request.extensions_mut().insert(LocalOperator::default());
        let answer = self.answer(request).await;
        if answer.status.is_success() {
            truth::of_request(&method, path, body);
        }
        answer
    }

    /// What the operator of the machine reads.
    pub(super) async fn get(&self, path: &str) -> Value {
        self.local(Method::GET, path, "").await.expect(200)
    }

    /// What comes of what the operator of the machine sends.
    pub(super) async fn post(&self, path: &str, body: &Value) -> Value {
        self.local(Method::POST, path, &body.to_string()).await.expect(200)
    }

    /// With a key, as over the network.
    pub(super) async fn send(&self, method: Method, path: &str, key: &str, body: &str) -> Answer {
        let mut request = request(method.clone(), path, body.to_owned().into());
        authorize(&mut request, key);
        let answer = self.answer(request).await;
        if answer.status.is_success() {
            truth::of_request(&method, path, body);
        }
        answer
    }

    pub(super) async fn answer(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let asked = format!("{method} {path}");
        let answer = Answer { asked, status: parts.status, headers: parts.headers, text };
        if method != Method::HEAD {
            truth::of_answer(&method, &path, &answer);
        }
        answer
    }
}

pub(super) fn request(method: Method, path: &str, body: Body) -> Request<Body> {
    Request::builder().method(method).uri(path).header("content-type", "application/json").body(body).unwrap()
}

pub(super) fn authorize(request: &mut Request<Body>, key: &str) {
    if !key.is_empty() {
        request.headers_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    }
}

/// A request for a check that has everything it needs.
pub(super) fn check() -> Value {
    json!({
        "checkpoint": "review", "department": DEPARTMENT, "item": "food-licence",
        "case_no": "2026-000123", "operator": "o-17",
        "parties": [
            {"role": "applicant", "kind": "legal_person", "name": "示例甲食品店",
             "identifiers": [{"kind": "uscc", "value": USCC}]},
            {"role": "legal_representative", "kind": "natural_person", "name": "张三",
             "identifiers": [{"kind": "citizen_id", "value": CITIZEN_ID}]},
        ],
    })
}

/// The same with one field changed, by its JSON pointer.
pub(super) fn check_with(pointer: &str, value: Value) -> Value {
    let mut body = check();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}
