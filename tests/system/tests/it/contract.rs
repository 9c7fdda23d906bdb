//! The two contracts: the calls with who may make them, and the interfaces of
//! plug-ins.

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;
use serde_json::json;
use system_tests::{TestGate, city};
use wit_parser::{Interface, Resolve, TypeDefKind, TypeOwner};

const ROLES: [&str; 5] = ["caller", "vendor", "publisher", "auditor", "admin"];

/// Every call with the roles that may make it; `*` is anybody, without a key.
const CALLS: &[(&str, &str, &str)] = &[
    ("POST", "/v1/checks", "caller admin"),
    ("GET", "/v1/checks", "caller auditor admin"),
    ("POST", "/v1/checks:batch", "caller admin"),
    ("POST", "/v1/checks:search", "caller auditor admin"),
    ("GET", "/v1/checks/{id}", "caller auditor admin"),
    ("GET", "/v1/checks/{id}/replay", "auditor admin"),
    ("POST", "/v1/checks/{id}/dispositions", "caller admin"),
    ("GET", "/v1/cases/{case_no}", "caller auditor admin"),
    ("GET", "/v1/commitments", "caller auditor admin"),
    ("GET", "/v1/commitments/{id}", "caller auditor admin"),
    ("POST", "/v1/commitments/{id}/signature", "caller admin"),
    ("POST", "/v1/commitments/{id}/fulfilment", "caller admin"),
    ("POST", "/v1/commitments/{id}/extension", "caller admin"),
    ("POST", "/v1/commitments/{id}/breach", "caller admin"),
    ("POST", "/v1/commitments/{id}/repair", "caller admin"),
    ("GET", "/v1/tasks", "caller auditor admin"),
    ("POST", "/v1/publications", "caller admin"),
    ("POST", "/v1/objections", "caller publisher admin"),
    ("GET", "/v1/objections", "caller publisher auditor admin"),
    ("GET", "/v1/objections/{id}", "caller publisher auditor admin"),
    ("POST", "/v1/objections/{id}/result", "publisher admin"),
    ("POST", "/v1/objections/{id}/notices", "caller admin"),
    ("POST", "/v1/repairs", "caller publisher admin"),
    ("GET", "/v1/repairs", "caller publisher auditor admin"),
    ("GET", "/v1/repairs/{id}", "caller publisher auditor admin"),
    ("POST", "/v1/repairs/{id}/result", "publisher admin"),
    ("POST", "/v1/acts", "caller admin"),
    ("GET", "/v1/rechecks", "caller auditor admin"),
    ("GET", "/v1/admin/entries/{id}/file", "publisher auditor admin"),
    ("POST", "/v1/admin/entries/{id}/rectification", "publisher admin"),
    ("POST", "/v1/admin/entries/{id}/rectification/result", "publisher admin"),
    ("POST", "/v1/admin/entries/{id}/talks", "publisher admin"),
    ("POST", "/v1/admin/entries/{id}/lifting", "publisher admin"),
    ("POST", "/v1/admin/entries/{id}/overlays:end", "publisher admin"),
    ("POST", "/v1/coverage", "caller auditor admin"),
    ("GET", "/v1/completion", "caller auditor admin"),
    ("POST", "/v1/typical-cases", "caller admin"),
    ("POST", "/v1/feedback/{id}/acknowledgements", "publisher admin"),
    ("POST", "/v1/receipts:verify", "caller vendor publisher auditor admin"),
    ("GET", "/.well-known/jwks.json", "*"),
    ("GET", "/healthz", "*"),
    ("GET", "/readyz", "*"),
    ("GET", "/metrics", "*"),
    ("GET", "/openapi.json", "*"),
    ("POST", "/v1/admin/plugins", "vendor admin"),
    ("GET", "/v1/admin/plugins", "vendor publisher auditor admin"),
    ("POST", "/v1/admin/releases:activate", "publisher admin"),
    ("POST", "/v1/admin/releases:rollback", "publisher admin"),
    ("GET", "/v1/admin/releases", "vendor publisher auditor admin"),
    ("POST", "/v1/admin/releases", "vendor admin"),
    ("GET", "/v1/admin/releases/{release}", "vendor publisher auditor admin"),
    ("POST", "/v1/admin/releases/{release}/approval", "publisher admin"),
    ("POST", "/v1/admin/releases/{release}/rejection", "publisher admin"),
    ("POST", "/v1/admin/releases/{release}/trials", "publisher admin"),
    ("POST", "/v1/admin/releases/{release}/trials:end", "publisher admin"),
    ("GET", "/v1/admin/releases/{release}/differences", "vendor publisher auditor admin"),
    ("POST", "/v1/admin/list-types", "publisher admin"),
    ("GET", "/v1/admin/list-types", "publisher auditor admin"),
    ("POST", "/v1/admin/lists", "publisher admin"),
    ("POST", "/v1/admin/entries", "publisher admin"),
    ("GET", "/v1/admin/entries", "publisher auditor admin"),
    ("GET", "/v1/admin/entries/{id}", "publisher auditor admin"),
    ("POST", "/v1/admin/entries/{id}/approval", "publisher admin"),
    ("POST", "/v1/admin/entries/{id}/steps", "publisher admin"),
    ("GET", "/v1/admin/sources", "publisher auditor admin"),
    ("POST", "/v1/admin/catalogue", "publisher admin"),
    ("GET", "/v1/admin/catalogue", "publisher auditor admin"),
    ("GET", "/v1/admin/catalogue/{edition}", "publisher auditor admin"),
    ("POST", "/v1/admin/catalogue/{edition}/reviews", "publisher admin"),
    ("POST", "/v1/admin/catalogue/{edition}/publication", "publisher admin"),
    ("GET", "/v1/admin/catalogue/{edition}/diff/{other}", "publisher auditor admin"),
    ("GET", "/v1/catalogue:check", "publisher auditor admin"),
    ("POST", "/v1/catalogue:check", "publisher auditor admin"),
    ("POST", "/v1/admin/identifiers", "publisher admin"),
    ("GET", "/v1/admin/identifiers", "publisher auditor admin"),
    ("POST", "/v1/admin/policy", "publisher admin"),
    ("GET", "/v1/admin/policy", "publisher auditor admin"),
    ("GET", "/v1/admin/policy/resolved", "publisher auditor admin"),
    ("POST", "/v1/admin/calendar", "publisher admin"),
    ("GET", "/v1/admin/calendar", "publisher auditor admin"),
    ("POST", "/v1/admin/bindings", "publisher admin"),
    ("GET", "/v1/admin/bindings", "publisher auditor admin"),
    ("GET", "/v1/admin/approvals", "publisher auditor admin"),
    ("POST", "/v1/admin/approvals/{id}", "publisher admin"),
    ("POST", "/v1/admin/keys", "admin"),
    ("GET", "/v1/admin/keys", "auditor admin"),
    ("DELETE", "/v1/admin/keys/{id}", "admin"),
    ("POST", "/v1/admin/receipt-keys:rotate", "admin"),
    ("POST", "/v1/admin/signers", "admin"),
    ("GET", "/v1/admin/signers", "publisher auditor admin"),
    ("DELETE", "/v1/admin/signers/{id}", "admin"),
    ("GET", "/v1/admin/feedback", "auditor admin"),
    ("POST", "/v1/admin/feedback/{id}:requeue", "admin"),
    ("GET", "/v1/admin/audit", "auditor admin"),
    ("GET", "/v1/admin/events", "publisher auditor admin"),
    ("GET", "/v1/admin/connectors", "publisher auditor admin"),
    ("GET", "/v1/admin/pulls", "publisher auditor admin"),
    ("POST", "/v1/admin/pulls/{name}/run", "publisher admin"),
    ("POST", "/v1/admin/backtests", "publisher admin"),
    ("GET", "/v1/admin/backtests", "publisher auditor admin"),
    ("GET", "/v1/admin/backtests/{id}", "publisher auditor admin"),
    ("DELETE", "/v1/admin/backtests/{id}", "publisher admin"),
    ("GET", "/v1/admin/affected", "publisher auditor admin"),
    ("GET", "/v1/admin/reports/{kind}", "publisher auditor admin"),
    ("GET", "/v1/admin/ledger:verify", "auditor admin"),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_call_is_described_and_open_to_the_roles_it_is_for_and_to_nobody_else() {
    let gate = TestGate::start().await;
    let document = gate.admin.with_key(None).get("/openapi.json").await.ok();
    let described: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
        })
        .filter(|(method, _)| ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()))
        .collect();
    let expected: BTreeSet<_> =
        CALLS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(described, expected);

    let mut clients = vec![("nobody", gate.admin.with_key(None))];
    for role in ROLES {
        let mut order = json!({"name": role, "role": role});
        if role == "vendor" {
            order["departments"] = json!([city::DEPARTMENT]);
        }
        clients.push((role, gate.new_key(order).await));
    }
    for (method, path, roles) in CALLS {
        let sent = path
            .replace("{id}", "00000000-0000-7000-8000-000000000000")
            .replace("{case_no}", "none")
            .replace("{release}", "1");
        for (role, client) in &clients {
            // Without a body: whoever is let in is told so, and nothing happens.
            let reply =
                client.send(Method::from_bytes(method.as_bytes()).unwrap(), &sent, &[], Vec::new()).await;
            let allowed = *roles == "*" || roles.split(' ').any(|allowed| allowed == *role);
            let turned_away = matches!(reply.status, 401 | 403);
            assert_eq!(turned_away, !allowed, "{role}: {method} {path}: {reply:?}");
            if turned_away {
                let code = if *role == "nobody" { "auth.missing" } else { "auth.role" };
                assert_eq!(reply.json()["code"], code, "{role}: {method} {path}");
            }
        }
    }
    let detail = gate.admin.get("/v1/nothing").await.problem(404, "route.unknown");
    assert!(detail.contains("/openapi.json"), "{detail}");
    let detail = gate.admin.get("/v1/receipts:verify").await.problem(405, "method.not_allowed");
    assert!(detail.contains("POST"), "{detail}");
}

/// The contract as it lies in the repository.
fn contract() -> Resolve {
    let mut resolve = Resolve::default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
    resolve.push_dir(&folder).unwrap();
    resolve
}

#[test]
fn the_contract_parses_and_has_the_version_that_is_served() {
    let resolve = contract();
    let packages: Vec<String> = resolve.package_names.keys().map(ToString::to_string).collect();
    assert_eq!(packages, ["creditgate:plugin@1.0.0"]);
    let interfaces: BTreeSet<&str> =
        resolve.interfaces.iter().filter_map(|(_, interface)| interface.name.as_deref()).collect();
    let expected = [
        "calendar",
        "credit",
        "custom",
        "feedback",
        "intake",
        "issuance",
        "log",
        "policy",
        "review",
        "settings",
        "supervision",
        "types",
        "validation",
    ];
    assert_eq!(interfaces, expected.into());
}

#[test]
fn every_interface_type_and_function_of_the_contract_says_what_it_means() {
    let resolve = contract();
    let mut silent = Vec::new();
    for (_, interface) in resolve.interfaces.iter() {
        let name = interface.name.as_deref().unwrap();
        if interface.docs.is_empty() {
            silent.push(name.to_owned());
        }
        silent.extend(silent_functions(interface).map(|function| format!("{name}.{function}")));
    }
    for (_, definition) in resolve.types.iter() {
        let (Some(name), TypeOwner::Interface(_)) = (&definition.name, definition.owner) else { continue };
        // A `use` of another interface's type is documented there.
        let is_use = matches!(&definition.kind, TypeDefKind::Type(wit_parser::Type::Id(_)));
        if definition.docs.is_empty() && !is_use {
            silent.push(name.clone());
        }
    }
    assert!(silent.is_empty(), "without documentation: {silent:?}");
}

/// The functions without a word of their own. The one function of an interface
/// is what the interface is, and is documented with it.
fn silent_functions(interface: &Interface) -> impl Iterator<Item = &str> {
    let several = interface.functions.len() > 1;
    let silent = interface.functions.values().filter(move |function| several && function.docs.is_empty());
    silent.map(|function| function.name.as_str())
}
