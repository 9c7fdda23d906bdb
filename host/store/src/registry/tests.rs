//! What the registry keeps, and what it refuses.

use creditgate_credit::catalogue::{Basis, CatalogueMeasure, Direction, Nature};
use creditgate_credit::entry::ListKind;
use creditgate_credit::identifier::Strictness;
use creditgate_credit::policy::{CommitmentEffect, ReportIssuer, SuspensionScope};
use creditgate_gate::Mode;
use creditgate_sandbox::Limits;
use jiff::civil::date;
use tempfile::TempDir;

use super::*;
use crate::samples::at;
use crate::store::StoreOptions;

fn open() -> (Store, TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&directory.path().join("store.db"), &StoreOptions::default()).unwrap();
    (store, directory)
}

fn binding(id: &str, checkpoint: &str) -> Binding {
    Binding {
        id: id.to_owned(),
        department: "market-regulation".to_owned(),
        item: "food-licence".to_owned(),
        checkpoint: checkpoint.to_owned(),
        division: "370800".to_owned(),
        plugin: "market-registration".to_owned(),
        mode: Mode::Advise,
        settings: r#"{ "years": 3 }"#.to_owned(),
        limits: Limits { fuel: 7, ..Limits::default() },
        require_receipts: vec!["intake".to_owned()],
    }
}

fn component(digest: &str) -> StoredComponent {
    StoredComponent {
        digest: digest.to_owned(),
        name: "market-registration".to_owned(),
        version: "1.0.0".to_owned(),
        pushed_at: at(),
        pushed_by: "k1".to_owned(),
    }
}

fn activation(binding: &str, digest: &str) -> Activation {
    Activation {
        binding: binding.to_owned(),
        digest: digest.to_owned(),
        at: at(),
        actor: "k1".to_owned(),
        reason: "新版规则".to_owned(),
    }
}

fn policy(version: &str) -> Policy {
    Policy {
        division: "370800".to_owned(),
        version: version.to_owned(),
        effective_from: date(2026, 4, 1),
        effective_until: None,
        identifier_strictness: Strictness::Check,
        clean_window_years: 3,
        clean_window_ignores_repaired: true,
        clean_window_ignores_slight: false,
        records_since: date(2019, 1, 1),
        suspension_scope: SuspensionScope::AllPunish,
        commitment_effect: CommitmentEffect::AcceptFirst,
        commitment_working_days: 20,
        non_deferrable: Vec::new(),
        report_issuers: vec![ReportIssuer {
            name: "示例信用评估有限公司".to_owned(),
            qualified_from: date(2025, 1, 1),
            qualified_until: None,
        }],
        report_publication: Vec::new(),
    }
}

fn catalogue(edition: &str) -> Catalogue {
    Catalogue {
        edition: edition.to_owned(),
        effective_from: date(2026, 1, 1),
        effective_until: Some(date(2026, 12, 31)),
        bases: vec![Basis {
            code: "food-safety-135".to_owned(),
            text: "中华人民共和国食品安全法 第一百三十五条".to_owned(),
            effective_from: date(2021, 4, 29),
            effective_until: None,
        }],
        measures: vec![CatalogueMeasure {
            code: "food-refuse".to_owned(),
            category: "市场准入".to_owned(),
            nature: Nature::Mandatory,
            content: "不予许可".to_owned(),
            direction: Direction::Punish,
            target: "严重失信主体".to_owned(),
            power_item: "食品经营许可".to_owned(),
            section: "行政许可科".to_owned(),
            basis: "food-safety-135".to_owned(),
            lists: vec![ListKind::Black.code().to_owned()],
            departments: Vec::new(),
            items: Vec::new(),
            checkpoints: Vec::new(),
        }],
    }
}

#[tokio::test]
async fn what_was_saved_is_the_deployment_also_after_a_restart() {
    let (store, directory) = open();
    store.save_bindings(vec![binding("b2", "issuance"), binding("b1", "review")]).await.unwrap();
    store.save_policies(vec![policy("2026-04")]).await.unwrap();
    store.save_catalogues(vec![catalogue("2026-1")]).await.unwrap();
    for (digest, bytes) in [("sha256:1", b"one"), ("sha256:2", b"two")] {
        store.save_component(component(digest), bytes.to_vec()).await.unwrap();
    }
    store.save_activations(vec![activation("b1", "sha256:1"), activation("b2", "sha256:1")]).await.unwrap();
    store.save_activations(vec![activation("b1", "sha256:2")]).await.unwrap();
    drop(store);

    let store = Store::open(&directory.path().join("store.db"), &StoreOptions::default()).unwrap();
    let deployment = store.deployment().unwrap();
    assert_eq!(deployment.bindings, [binding("b1", "review"), binding("b2", "issuance")]);
    assert_eq!(deployment.active, [activation("b1", "sha256:2"), activation("b2", "sha256:1")]);
    assert_eq!(deployment.policies, [policy("2026-04")]);
    assert_eq!(deployment.catalogues, [catalogue("2026-1")]);
    let history = store.activations("b1").unwrap();
    assert_eq!(history, [activation("b1", "sha256:2"), activation("b1", "sha256:1")], "newest first");
    assert_eq!(store.component_bytes("sha256:2").unwrap().as_deref(), Some(b"two".as_slice()));
}

#[tokio::test]
async fn a_component_is_kept_once_under_its_digest() {
    let (store, _directory) = open();
    let again = StoredComponent { pushed_by: "k2".to_owned(), ..component("sha256:1") };
    for component in [component("sha256:1"), again, component("sha256:2")] {
        store.save_component(component, b"one".to_vec()).await.unwrap();
    }
    assert_eq!(store.components().unwrap(), [component("sha256:2"), component("sha256:1")], "newest first");
    assert_eq!(store.component_bytes("sha256:3").unwrap(), None);
}

#[tokio::test]
async fn activations_are_kept_all_or_none() {
    let (store, _directory) = open();
    store.save_bindings(vec![binding("b1", "review")]).await.unwrap();
    store.save_component(component("sha256:1"), Vec::new()).await.unwrap();
    let half = vec![activation("b1", "sha256:1"), activation("b1", "sha256:never-pushed")];
    store.save_activations(half).await.unwrap_err();
    assert_eq!(store.activations("b1").unwrap(), []);
}

#[tokio::test]
async fn a_binding_that_comes_again_replaces_itself() {
    let (store, _directory) = open();
    store.save_bindings(vec![binding("b1", "review"), binding("b2", "issuance")]).await.unwrap();
    let enforced = Binding { mode: Mode::Enforce, ..binding("b1", "review") };
    let again = vec![enforced.clone(), binding("b2", "issuance"), binding("b3", "intake")];
    let saved = store.save_bindings(again).await.unwrap();
    assert_eq!(saved, Saved { added: 1, changed: 1, unchanged: 1 });
    assert_eq!(store.deployment().unwrap().bindings[0], enforced);
}

#[tokio::test]
async fn two_bindings_cannot_be_for_one_checkpoint() {
    let (store, _directory) = open();
    let error =
        store.save_bindings(vec![binding("b1", "review"), binding("b2", "review")]).await.unwrap_err();
    assert_eq!(error.to_string(), "binding `b2` is for a checkpoint that binding `b1` has already");
    assert_eq!(store.deployment().unwrap().bindings, [], "all or none");
}

#[tokio::test]
async fn a_version_never_changes() {
    let (store, _directory) = open();
    store.save_policies(vec![policy("2026-04")]).await.unwrap();
    store.save_catalogues(vec![catalogue("2026-1")]).await.unwrap();
    let unchanged = Saved { unchanged: 1, ..Saved::default() };
    assert_eq!(store.save_policies(vec![policy("2026-04")]).await.unwrap(), unchanged);
    assert_eq!(store.save_catalogues(vec![catalogue("2026-1")]).await.unwrap(), unchanged);

    let changed = Policy { clean_window_years: 1, ..policy("2026-04") };
    let error = store.save_policies(vec![policy("2026-05"), changed]).await.unwrap_err();
    assert!(
        matches!(error, StoreError::VersionChanged { kind: "policy", version } if version == "370800@2026-04")
    );
    let changed = Catalogue { measures: Vec::new(), ..catalogue("2026-1") };
    let error = store.save_catalogues(vec![changed]).await.unwrap_err();
    assert!(
        matches!(error, StoreError::VersionChanged { kind: "catalogue", version } if version == "2026-1")
    );
    let deployment = store.deployment().unwrap();
    assert_eq!((deployment.policies.len(), deployment.catalogues), (1, vec![catalogue("2026-1")]));
}
