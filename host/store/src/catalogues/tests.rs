//! Editions on their way, kept and read back.

use creditgate_credit::catalogue::state::ReviewKind;
use creditgate_gate::ports::Registry;
use jiff::civil::date;

use super::*;
use crate::samples::at;

fn edition() -> Catalogue {
    Catalogue::empty("2026", date(2026, 1, 1))
}

fn order(step: EditionStep, actor: &str) -> StepOrder {
    StepOrder {
        edition: "2026".to_owned(),
        step,
        rule: ReviewRule::Both,
        at: at(),
        actor: actor.to_owned(),
        comment: "已审阅".to_owned(),
    }
}

const fn review(kind: ReviewKind, result: ReviewResult) -> EditionStep {
    EditionStep::Review { kind, result }
}

const NORMATIVE: EditionStep = review(ReviewKind::Normative, ReviewResult::Passed);
const LEGAL: EditionStep = review(ReviewKind::Legal, ReviewResult::Passed);

#[tokio::test]
async fn r065_only_a_published_edition_serves_checks_and_its_way_is_kept() {
    let (store, _directory) = Store::temporary();
    store.save_catalogues(vec![edition()], "maker", at()).await.unwrap();
    let own = store.step_edition(order(NORMATIVE, "maker")).await.unwrap_err();
    assert_eq!(own.code(), "catalogue.own_review");
    let early = store.step_edition(order(EditionStep::Publication, "maker")).await.unwrap_err();
    assert_eq!(early.code(), "catalogue.illegal_step");
    for step in [NORMATIVE, LEGAL] {
        assert!(store.deployment().unwrap().catalogues.is_empty());
        store.step_edition(order(step, "chief")).await.unwrap();
    }
    let published = store.step_edition(order(EditionStep::Publication, "maker")).await.unwrap();
    assert_eq!(published, EditionState::Published);
    assert_eq!(store.deployment().unwrap().catalogues, [edition()]);

    let stored = store.edition("2026").unwrap();
    assert_eq!((stored.state, stored.imported_by.as_str()), (EditionState::Published, "maker"));
    let taken: Vec<(&str, &str, Option<ReviewResult>)> =
        stored.steps.iter().map(|step| (step.step.as_str(), step.actor.as_str(), step.result)).collect();
    let passed = Some(ReviewResult::Passed);
    let expected = [
        ("import", "maker", None),
        ("normative", "chief", passed),
        ("legal", "chief", passed),
        ("publication", "maker", None),
    ];
    assert_eq!(taken, expected);
    assert_eq!(store.editions().unwrap(), [stored]);
    assert_eq!(store.edition("2027").unwrap_err().code(), "catalogue.unknown_edition");
}

#[tokio::test]
async fn r065_a_draft_may_be_replaced_and_from_the_first_review_on_an_edition_never_changes() {
    let (store, _directory) = Store::temporary();
    store.save_catalogues(vec![edition()], "maker", at()).await.unwrap();
    let other = Catalogue { effective_until: Some(date(2026, 6, 30)), ..edition() };
    let replaced = store.save_catalogues(vec![other.clone()], "colleague", at()).await.unwrap();
    assert_eq!((replaced.added, replaced.changed), (0, 1));
    let own = store.step_edition(order(NORMATIVE, "colleague")).await.unwrap_err();
    assert_eq!(own.code(), "catalogue.own_review", "the last importer made it");

    store.step_edition(order(NORMATIVE, "maker")).await.unwrap();
    let again = store.save_catalogues(vec![other.clone()], "maker", at()).await.unwrap();
    assert_eq!(again.unchanged, 1);
    let error = store.save_catalogues(vec![edition()], "maker", at()).await.unwrap_err();
    assert!(matches!(error, StoreError::VersionChanged { kind: "catalogue", .. }), "{error}");
    assert_eq!(store.edition("2026").unwrap().catalogue, other);

    store.step_edition(order(review(ReviewKind::Legal, ReviewResult::Returned), "chief")).await.unwrap();
    store.save_catalogues(vec![edition()], "maker", at()).await.unwrap();
    assert_eq!(store.edition("2026").unwrap().catalogue, edition(), "what was returned is a draft again");
}

#[tokio::test]
async fn an_edition_from_before_there_were_states_serves_as_it_did() {
    let (store, _directory) = Store::temporary();
    let document = written("a catalogue", &edition()).unwrap();
    store
        .write(move |connection| {
            connection.run("INSERT INTO catalogues (edition, document) VALUES ('2026', ?1)", [&document])
        })
        .await
        .unwrap();
    let stored = store.edition("2026").unwrap();
    assert_eq!((stored.state, stored.imported_by.as_str()), (EditionState::Published, ""));
    assert_eq!(store.deployment().unwrap().catalogues, [edition()]);
}
