//! `creditgate entries`, from the proposal to the exit, at the machine itself.

use serde_json::json;

use super::host::Place;
use crate::cli::Exit;

const PERSON: &str = "110101199001010015";

/// A place with a policy and one list.
pub(super) async fn place() -> Place {
    let place = Place::new();
    let policy = json!({
        "division": "370811", "version": "t1", "effective_from": "2020-01-01", "identifier_strictness": "strict",
        "clean_window_years": 3, "clean_window_ignores_repaired": true, "clean_window_ignores_slight": true,
        "records_since": "2015-01-01", "suspension_scope": "all_punish", "commitment_effect": "accept_first",
        "commitment_working_days": 20, "non_deferrable": ["law"],
    });
    let list = json!({
        "code": "food.serious", "name": "食品严重失信名单", "kind": "black", "field": "food",
        "level": "local", "standard": "示例条例",
    });
    for (what, row) in [("policy", policy), ("list-types", list)] {
        let file = place.file(&format!("{what}.jsonl"), &row.to_string());
        place.good(&["import", what, &file]).await;
    }
    place
}

fn proposal() -> serde_json::Value {
    json!({
        "division": "370811", "list": "food.serious", "severity": "slight", "subject_name": "示例某甲",
        "subject_identifiers": [{"kind": "citizen_id", "value": PERSON}], "facts": "示例事实",
        "authority": "示例机关", "basis": "示例依据", "recognised_on": "2026-01-05", "valid_until": "2099-01-01",
        "particulars": {"prior_notice_on": "2026-01-01", "repairable": false},
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn r040_an_entry_is_proposed_by_one_and_approved_by_another() {
    let place = place().await;
    let file = place.file("proposal.json", &proposal().to_string());
    let propose = ["entries", "propose", &file, "--reason", "年度抽检", "--operator", "li"];
    let proposed = place.good(&[&propose[..], &["--json"]].concat()).await;
    let id = proposed.json()["entry"]["id"].as_str().expect("an id").to_owned();
    let approve = ["entries", "approve", &id, "--reason", "已复核", "--operator"];
    place.refused(&[&approve[..], &["li"]].concat(), "entry.own").await;
    let approved = place.good(&[&approve[..], &["wang"]].concat()).await;
    for shown in ["recognised", "effective", "示***", "approve", "已复核"] {
        assert!(approved.output.contains(shown), "{shown}: {}", approved.output);
    }
    let listed = place.run(&["entries", "list", "--state", "effective"]).await;
    assert!(listed.output.contains(&id) && listed.output.contains("food.serious"), "{}", listed.output);
    let repair = ["entries", "step", &id, "repair", "--reason", "已履行", "--public-commitment"];
    place.refused(&repair, "repair.not_possible").await;
    let withdrawn = place.run(&["entries", "step", &id, "withdraw", "--reason", "认定有误"]).await;
    assert!(withdrawn.output.contains("withdrawn"), "{}", withdrawn.shown());
    for answered in [&proposed, &approved, &listed, &withdrawn] {
        assert!(!answered.output.contains(PERSON) && !answered.output.contains("示例某甲"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_that_cannot_be_read_says_where() {
    let place = place().await;
    let mut unknown = proposal();
    unknown["facst"] = json!("示例");
    let cases = [
        ("broken.json", "{\"division\":\n 5,".to_owned(), "line 2"),
        ("unknown.json", unknown.to_string(), "facst"),
    ];
    for (name, text, said) in cases {
        let file = place.file(name, &text);
        let answered = place.run(&["entries", "propose", &file, "--reason", "示例"]).await;
        assert_eq!(answered.exit, Exit::Failed, "{}", answered.shown());
        assert!(answered.errors.contains(name) && answered.errors.contains(said), "{}", answered.errors);
    }
    for step in ["repare", "escalate"] {
        let answered = place.run(&["entries", "step", "local-1", step, "--reason", "示例"]).await;
        assert_ne!(answered.exit, Exit::Success, "{step}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r053_r054_an_order_a_talk_and_a_lifting_are_taken_in() {
    let place = place().await;
    let file = place.file("proposal.json", &proposal().to_string());
    let proposed =
        place.run(&["entries", "propose", &file, "--reason", "年度抽检", "--operator", "li", "--json"]).await;
    let id = proposed.json()["entry"]["id"].as_str().expect("an id").to_owned();
    let good = async |arguments: &[&str]| place.good(&[&["entries"], arguments].concat()).await;
    let refused = async |arguments: &[&str], code: &str| {
        place.refused(&[&["entries"], arguments].concat(), code).await;
    };
    let order = ["order", &id, "--requirement", "召回并整改", "--due-on", "2026-01-31"];
    refused(&order, "entry.unknown").await;
    good(&["approve", &id, "--reason", "已复核", "--operator", "wang"]).await;
    assert_eq!(good(&[&order[..], &["--json"]].concat()).await.json()["rectification"]["state"], "late");
    let tasks = place.run(&["tasks", "--kind", "rectification", "--json"]).await;
    assert_eq!(tasks.json()["tasks"][0]["division"], "370811", "{}", tasks.shown());
    let talk =
        ["talk", &id, "--kind", "warning", "--held-on", "2026-02-01", "--refused", "--record", "未到场"];
    assert!(good(&talk).await.output.contains("warning, refused, 2026-02-01"));
    refused(&talk, "talk.twice").await;
    good(&["carried-out", &id, "--on", "2026-02-10", "--text", "已整改"]).await;
    let lift = ["lift", &id, "--from", "2026-03-01", "--document", "示破1号", "--until"];
    refused(&[&lift[..], &["2026-02-01"]].concat(), "request.invalid").await;
    good(&[&lift[..], &["2026-09-01"]].concat()).await;
    let shown = good(&["file", &id]).await;
    for said in ["done, due on 2026-01-31", "lifting:示破1号 from 2026-03-01", "talk:warning"] {
        assert!(shown.output.contains(said), "{said}: {}", shown.output);
    }
    assert!(!shown.output.contains(PERSON) && !shown.output.contains("示例某甲"));
}
