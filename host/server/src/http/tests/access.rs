//! Who may make which call, for every call there is.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};

use super::super::calls::{CALLS, Call, ROUTES};
use super::super::role::{Access, Role, Scope};
use super::*;

#[test]
fn no_row_of_the_table_is_lost_and_none_stands_twice() {
    let (_, document) = crate::http::calls::router().split_for_parts();
    let mut routed = BTreeSet::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in [("GET", &item.get), ("POST", &item.post), ("DELETE", &item.delete)] {
            if operation.is_some() {
                routed.insert((path.as_str(), method));
            }
        }
        assert!(item.put.is_none() && item.patch.is_none(), "{path}: a method this test does not know");
    }
    let declared: BTreeSet<_> = CALLS.iter().map(|call| (call.path, call.method.as_str())).collect();
    assert_eq!(routed, declared);
    assert_eq!(declared.len(), CALLS.len(), "a call is declared twice");
    assert_eq!(CALLS.len(), ROUTES.len(), "a row has a method that the table does not know");
}

#[test]
fn every_change_is_audited_that_the_ledger_does_not_hold() {
    let in_the_ledger = ["/v1/checks", "/v1/checks:batch", "/v1/checks/{id}/dispositions"];
    for call in CALLS.iter() {
        let held = in_the_ledger.contains(&call.path) || QUESTIONS.contains(&call.path);
        let changes = call.method != Method::GET && !held;
        assert_eq!(changes, call.audit.is_some(), "{} {}", call.method, call.path);
    }
    let actions: BTreeSet<_> = CALLS.iter().filter_map(|call| call.audit).collect();
    assert_eq!(
        actions.len(),
        CALLS.iter().filter(|call| call.audit.is_some()).count(),
        "an action means two calls"
    );
}

/// Calls that take a body and change nothing.
const QUESTIONS: &[&str] =
    &["/v1/checks:search", "/v1/receipts:verify", "/v1/coverage", "/v1/catalogue:check"];

/// Whether keys that are for some departments may make the call.
fn is_for_departments(call: &Call) -> bool {
    call.allows(Role::Caller) || call.allows(Role::Vendor)
}

#[test]
fn every_change_is_held_to_an_object_and_none_to_the_whole_host_that_keys_of_departments_make() {
    for call in CALLS.iter() {
        let name = format!("{} {}", call.method, call.path);
        let changes = call.method != Method::GET && !QUESTIONS.contains(&call.path);
        assert_eq!(changes, call.scope != Scope::Nothing, "{name}");
        let whole = call.scope == Scope::Host;
        assert_eq!(changes && !is_for_departments(call), whole, "{name}");
        assert_eq!(whole, !call.takes_departments(), "{name}");
    }
}

#[tokio::test]
async fn a_call_is_for_its_roles_and_for_nobody_else() {
    let host = TestHost::empty(|_| {}).await;
    for call in CALLS.iter() {
        let path = call.path.replace("{id}", "x").replace("{case_no}", "x");
        let nobody = host.send(call.method.clone(), &path, "", "").await;
        let Access::Roles(roles) = call.access else {
            assert_eq!(nobody.status, StatusCode::OK, "{path}");
            continue;
        };
        nobody.refused(401, "auth.missing");
        assert!(nobody.headers.contains_key("www-authenticate"));
        for role in Role::ALL {
            let key = host.key(role.code(), None).await;
            let answer = host.send(call.method.clone(), &path, &key, "").await;
            let refused = answer.status == StatusCode::FORBIDDEN;
            assert_eq!(
                refused,
                !roles.contains(role),
                "{} {path} as {}: {}",
                call.method,
                role.code(),
                answer.text
            );
            if refused {
                assert_eq!(answer.code(), "auth.role");
            }
            assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once() {
    let host = TestHost::empty(|_| {}).await;
    let issued = host.issue("auditor", None).await;
    let (id, key) = (issued["id"].as_str().unwrap(), issued["key"].as_str().unwrap());
    host.send(Method::GET, "/v1/admin/audit", key, "").await.expect(200);
    for _ in 0..2 {
        let revoked = host.local(Method::DELETE, &format!("/v1/admin/keys/{id}"), "").await.expect(200);
        assert!(revoked["revoked_at"].is_string());
    }
    let refused = host.send(Method::GET, "/v1/admin/audit", key, "").await;
    refused.refused(401, "auth.revoked");
    host.local(Method::DELETE, "/v1/admin/keys/none", "").await.refused(404, "key.unknown");
}

#[tokio::test]
async fn a_caller_sees_its_departments_only() {
    let host = TestHost::with_city(|_| {}).await;
    let market = host.key("caller", Some(&[DEPARTMENT])).await;
    let housing = host.key("caller", Some(&["housing"])).await;
    let body = check().to_string();
    host.send(Method::POST, "/v1/checks", &housing, &body).await.refused(403, "department.not_allowed");

    let made = host.send(Method::POST, "/v1/checks", &market, &body).await.expect(200);
    let path = format!("/v1/checks/{}", made["check_id"].as_str().unwrap());
    assert_eq!(host.send(Method::GET, &path, &market, "").await.expect(200), made);
    let refused = host.send(Method::GET, &path, &housing, "").await;
    refused.refused(403, "department.not_allowed");
    let case = "/v1/cases/2026-000123";
    let auditor = host.key("auditor", None).await;
    for key in [&market, &auditor] {
        let case = host.send(Method::GET, case, key, "").await.expect(200);
        assert_eq!(case["checks"].as_array().unwrap().len(), 1);
    }
    host.send(Method::GET, case, &housing, "").await.refused(404, "case.unknown");
}
