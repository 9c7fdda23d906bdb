//! What the registry keeps, and what it refuses.

use creditgate_credit::catalogue::state::{EditionStep, ReviewRule};
use creditgate_credit::catalogue::{Basis, Catalogue, CatalogueMeasure, Direction};
use creditgate_credit::entry::ListKind;
use creditgate_credit::json::JsonObject;
use creditgate_credit::policy::{Policy, ReportIssuer};
use creditgate_credit::samples;
use creditgate_gate::ports::Activation;
use creditgate_gate::{CanaryTerms, Mode, Passed, Pin, ReleaseState, TrialKind};
use creditgate_sandbox::GivenLimits;
use jiff::civil::date;

use super::*;
use crate::catalogues::StepOrder;
use crate::samples::at;

fn binding(id: &str, checkpoint: &str) -> Binding {
    Binding {
        id: id.to_owned(),
        department: "market-regulation".to_owned(),
        item: "food-licence".to_owned(),
        checkpoint: checkpoint.to_owned(),
        division: "370800".to_owned(),
        plugin: "market-registration".to_owned(),
        mode: Mode::Advise,
        settings: JsonObject::of_object(r#"{ "years": 3 }"#),
        limits: GivenLimits { fuel: Some(7), ..GivenLimits::default() },
        require_receipts: vec!["intake".to_owned()],
        passed: Passed { within_days: Some(90), ..Passed::default() },
        pin: Pin::Case,
        sources: vec!["city-credit".to_owned()],
    }
}

fn component(digest: &str) -> Component {
    Component {
        digest: digest.to_owned(),
        name: "market-registration".to_owned(),
        version: "1.0.0".to_owned(),
        department: Some("market-regulation".to_owned()),
        pushed_at: at(),
        pushed_by: "k1".to_owned(),
        signatures: Vec::new(),
    }
}

fn release(digest: &str) -> NewRelease {
    NewRelease {
        digest: digest.to_owned(),
        plugin: "market-registration".to_owned(),
        version: "1.0.0".to_owned(),
        department: "market-regulation".to_owned(),
        settings: JsonObject::default(),
        limits: Some(GivenLimits { fuel: Some(9), ..GivenLimits::default() }),
        capabilities: vec!["credit".to_owned(), "log".to_owned()],
        notes: String::new(),
        created_at: at(),
        created_by: "k1".to_owned(),
    }
}

fn step(release: ReleaseId, from: Option<ReleaseState>, to: ReleaseState) -> Transition {
    let (actor, reason) = ("k1".to_owned(), "新版规则".to_owned());
    Transition { release, from, to, at: at(), actor, reason }
}

fn activation(binding: &str, release: ReleaseId) -> Activation {
    Activation {
        binding: binding.to_owned(),
        release,
        digest: format!("sha256:{release}"),
        at: at(),
        effective_from: at(),
        rolled_back: false,
        actor: "k1".to_owned(),
        reason: "新版规则".to_owned(),
    }
}

fn change(steps: Vec<Transition>, activations: Vec<Activation>) -> RolloutChange {
    RolloutChange { steps, activations, at: at(), ..RolloutChange::default() }
}

async fn staged(store: &Store, digest: &str) -> ReleaseId {
    let steps = vec![
        step(0, None, ReleaseState::Uploaded),
        step(0, Some(ReleaseState::Uploaded), ReleaseState::Staged),
    ];
    store.save_release(release(digest), steps).await.unwrap()
}

fn policy(version: &str) -> Policy {
    Policy {
        division: "370800".to_owned(),
        version: version.to_owned(),
        effective_from: date(2026, 4, 1),
        clean_window_ignores_slight: false,
        records_since: date(2019, 1, 1),
        non_deferrable: Vec::new(),
        report_issuers: vec![ReportIssuer {
            name: "示例信用评估有限公司".to_owned(),
            qualified_from: date(2025, 1, 1),
            qualified_until: None,
        }],
        ..samples::policy()
    }
}

fn catalogue(edition: &str) -> Catalogue {
    Catalogue {
        effective_until: Some(date(2026, 12, 31)),
        bases: vec![Basis {
            code: "food-safety-135".to_owned(),
            text: "中华人民共和国食品安全法 第一百三十五条".to_owned(),
            effective_from: date(2021, 4, 29),
            effective_until: None,
        }],
        measures: vec![CatalogueMeasure {
            content: "不予许可".to_owned(),
            target: "严重失信主体".to_owned(),
            power_item: "食品经营许可".to_owned(),
            section: "行政许可科".to_owned(),
            basis: "food-safety-135".to_owned(),
            ..samples::measure("food-refuse", ListKind::Black.code(), Direction::Punish)
        }],
        ..Catalogue::empty(edition, date(2026, 1, 1))
    }
}

/// Imports an edition and publishes it, where no review is asked for.
async fn published(store: &Store, catalogue: Catalogue) {
    let edition = catalogue.edition.clone();
    store.save_catalogues(vec![catalogue], "k1", at()).await.unwrap();
    let (step, rule) = (EditionStep::Publication, ReviewRule::None);
    let order = StepOrder { edition, step, rule, at: at(), actor: "k1".to_owned(), comment: String::new() };
    store.step_edition(order).await.unwrap();
}

#[tokio::test]
async fn what_was_saved_is_the_deployment_also_after_a_restart() {
    let (store, directory) = Store::temporary();
    store.save_bindings(vec![binding("b2", "issuance"), binding("b1", "review")], None).await.unwrap();
    store.save_policies(vec![policy("2026-04")]).await.unwrap();
    published(&store, catalogue("2026-1")).await;
    for (digest, bytes) in [("sha256:1", b"one"), ("sha256:2", b"two")] {
        store.save_component(component(digest), bytes.to_vec(), None).await.unwrap();
    }
    for digest in ["sha256:1", "sha256:2"] {
        staged(&store, digest).await;
    }
    let to_active = |release| step(release, Some(ReleaseState::Staged), ReleaseState::Active);
    let both = vec![activation("b1", 1), activation("b2", 1)];
    assert!(store.apply(change(vec![to_active(1)], both)).await.unwrap());
    let begun = vec![("b2".to_owned(), 2, TrialKind::Canary(CanaryTerms::default()))];
    let canary = RolloutChange { begun, ..change(vec![to_active(2)], vec![activation("b1", 2)]) };
    assert!(store.apply(canary).await.unwrap());
    drop(store);

    let store = Store::within(&directory);
    let deployment = store.deployment().unwrap();
    assert_eq!(deployment.bindings, [binding("b1", "review"), binding("b2", "issuance")]);
    let decided = [activation("b1", 1), activation("b2", 1), activation("b1", 2)];
    assert_eq!(deployment.activations, decided, "in the order of the decisions");
    assert_eq!(
        deployment.releases.iter().map(|it| (it.id, it.state)).collect::<Vec<_>>(),
        [(1, ReleaseState::Active), (2, ReleaseState::Active)]
    );
    let kept = &deployment.releases[0];
    assert_eq!((kept.limits, &kept.capabilities), (release("").limits, &release("").capabilities));
    let [trial] = deployment.trials.as_slice() else { panic!("one trial: {:?}", deployment.trials) };
    assert_eq!((trial.binding.as_str(), trial.release), ("b2", 2));
    assert_eq!(trial.kind, TrialKind::Canary(CanaryTerms::default()));
    assert_eq!(deployment.policies, [policy("2026-04")]);
    assert_eq!(deployment.catalogues, [catalogue("2026-1")]);
    let steps = store.transitions(2).unwrap();
    assert_eq!(
        steps.iter().map(|step| step.to).collect::<Vec<_>>(),
        [ReleaseState::Uploaded, ReleaseState::Staged, ReleaseState::Active]
    );
    let kept = store.component("sha256:2").unwrap();
    assert_eq!(kept, Some((component("sha256:2"), b"two".to_vec())));
}

#[tokio::test]
async fn a_component_is_kept_once_under_its_digest() {
    let (store, _directory) = Store::temporary();
    let again = Component { pushed_by: "k2".to_owned(), ..component("sha256:1") };
    for component in [component("sha256:1"), again, component("sha256:2")] {
        store.save_component(component, b"one".to_vec(), None).await.unwrap();
    }
    assert_eq!(store.components().unwrap(), [component("sha256:2"), component("sha256:1")], "newest first");
    assert_eq!(store.component("sha256:3").unwrap(), None);
}

#[test]
fn a_list_of_components_reads_none_of_their_bytes() {
    let (store, _directory) = Store::temporary();
    let plan = store.plan(COMPONENTS, []);
    assert!(plan.contains("COVERING INDEX"), "{plan}");
}

#[tokio::test]
async fn a_change_is_kept_all_or_none() {
    let (store, _directory) = Store::temporary();
    store.save_bindings(vec![binding("b1", "review")], None).await.unwrap();
    store.save_component(component("sha256:1"), Vec::new(), None).await.unwrap();
    let id = staged(&store, "sha256:1").await;
    let before = store.deployment().unwrap().releases;
    let active = step(id, Some(ReleaseState::Staged), ReleaseState::Active);
    let half = change(vec![active.clone()], vec![activation("b1", id), activation("b1", 99)]);
    store.apply(half).await.unwrap_err();
    assert_eq!(store.deployment().unwrap().activations, []);
    assert_eq!(store.deployment().unwrap().releases, before);

    let late = step(id, Some(ReleaseState::Approved), ReleaseState::Active);
    let applied = store.apply(change(vec![active, late], vec![activation("b1", id)])).await.unwrap();
    assert!(!applied, "somebody was faster");
    assert_eq!(store.deployment().unwrap().activations, []);
    assert_eq!(store.deployment().unwrap().releases, before);
}

#[tokio::test]
async fn a_binding_has_one_trial_at_a_time() {
    let (store, _directory) = Store::temporary();
    store.save_bindings(vec![binding("b1", "review")], None).await.unwrap();
    store.save_component(component("sha256:1"), Vec::new(), None).await.unwrap();
    let id = staged(&store, "sha256:1").await;
    let begin = || RolloutChange {
        begun: vec![("b1".to_owned(), id, TrialKind::Shadow)],
        ..change(Vec::new(), Vec::new())
    };
    assert!(store.apply(begin()).await.unwrap());
    store.apply(begin()).await.unwrap_err();
    let running = store.deployment().unwrap().trials;
    let end = RolloutChange {
        ended: vec![running[0].id],
        actor: "k2".to_owned(),
        reason: "seen enough".to_owned(),
        ..begin()
    };
    assert!(store.apply(end).await.unwrap());
    let all = store.trials_of(id).unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].ended, Some((at(), "k2".to_owned(), "seen enough".to_owned())));
}

#[tokio::test]
async fn a_binding_that_comes_again_replaces_itself() {
    let (store, _directory) = Store::temporary();
    store.save_bindings(vec![binding("b1", "review"), binding("b2", "issuance")], None).await.unwrap();
    let enforced = Binding { mode: Mode::Enforce, ..binding("b1", "review") };
    let again = vec![enforced.clone(), binding("b2", "issuance"), binding("b3", "intake")];
    let saved = store.save_bindings(again, None).await.unwrap();
    assert_eq!(saved, Saved { added: 1, changed: 1, unchanged: 1 });
    assert_eq!(store.deployment().unwrap().bindings[0], enforced);
}

#[tokio::test]
async fn a_binding_whose_settings_were_altered_is_not_read_as_another() {
    for altered in ["'$.settings', 5", "'$.settings', json('[]')", "'$.id', ''"] {
        let (store, _directory) = Store::temporary();
        store.save_bindings(vec![binding("b1", "review")], None).await.unwrap();
        let update = format!("UPDATE bindings SET document = json_set(document, {altered})");
        store.write(move |connection| connection.run(&update, [])).await.unwrap();
        assert!(store.deployment().is_err(), "{altered}");
    }
}

#[tokio::test]
async fn a_release_whose_settings_were_altered_is_not_read_as_one_without() {
    for altered in ["'5'", "'null'", "'{'", "''"] {
        let (store, _directory) = Store::temporary();
        store.save_component(component("sha256:1"), Vec::new(), None).await.unwrap();
        staged(&store, "sha256:1").await;
        store.deployment().unwrap();
        let update = format!("UPDATE releases SET settings = {altered}");
        store.write(move |connection| connection.run(&update, [])).await.unwrap();
        let error = creditgate_gate::chain(&store.deployment().unwrap_err());
        assert!(error.contains("the settings of a release"), "{altered}: {error}");
    }
}

#[tokio::test]
async fn two_bindings_cannot_be_for_one_checkpoint() {
    let (store, _directory) = Store::temporary();
    let error =
        store.save_bindings(vec![binding("b1", "review"), binding("b2", "review")], None).await.unwrap_err();
    assert_eq!(error.to_string(), "binding `b2` is for a checkpoint that binding `b1` has already");
    assert_eq!(store.deployment().unwrap().bindings, [], "all or none");
}

#[tokio::test]
async fn a_version_never_changes() {
    let (store, _directory) = Store::temporary();
    store.save_policies(vec![policy("2026-04")]).await.unwrap();
    published(&store, catalogue("2026-1")).await;
    let unchanged = Saved { unchanged: 1, ..Saved::default() };
    assert_eq!(store.save_policies(vec![policy("2026-04")]).await.unwrap(), unchanged);
    assert_eq!(store.save_catalogues(vec![catalogue("2026-1")], "k1", at()).await.unwrap(), unchanged);

    let changed = Policy { clean_window_years: 1, ..policy("2026-04") };
    let error = store.save_policies(vec![policy("2026-05"), changed]).await.unwrap_err();
    assert!(
        matches!(error, StoreError::VersionChanged { kind: "policy", version } if version == "370800@2026-04")
    );
    let changed = Catalogue { measures: Vec::new(), ..catalogue("2026-1") };
    let error = store.save_catalogues(vec![changed], "k1", at()).await.unwrap_err();
    assert!(
        matches!(error, StoreError::VersionChanged { kind: "catalogue", version } if version == "2026-1")
    );
    let deployment = store.deployment().unwrap();
    assert_eq!((deployment.policies.len(), deployment.catalogues), (1, vec![catalogue("2026-1")]));
}
