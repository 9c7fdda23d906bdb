//! `creditgate approvals`: what one person would take away and another agrees to,
//! at the machine itself.

use serde_json::json;

use super::host::Place;
use crate::cli::Exit;

pub(super) fn binding(mode: &str) -> String {
    json!({"department": "market-regulation", "item": "food-licence", "checkpoint": "review",
           "division": "370811", "plugin": "no-such-plugin", "mode": mode})
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_go_is_shown_listed_and_agreed_to_by_another_person_by_name() {
    let place = Place::new();
    let [binds, off] = ["enforce", "off"].map(|mode| place.file(&format!("{mode}.jsonl"), &binding(mode)));
    let [binds, off] = [&binds, &off].map(|file| ["import", "bindings", file, "--operator", "li"]);
    place.good(&binds).await;
    let refused = place.run(&off).await;
    assert_eq!(refused.exit, Exit::Failed, "{}", refused.shown());
    for named in ["food-licence/review: enforce → off", "creditgate approvals approve 1"] {
        assert!(refused.errors.contains(named), "{named}: {}", refused.errors);
    }
    place.refused(&off, "approval.needed").await;

    let list = ["approvals", "list"];
    let listed = place.run(&list).await;
    for shown in ["enforce → off", "waits for a second person", "cli:li"] {
        assert!(listed.output.contains(shown), "{shown}: {}", listed.output);
    }
    let approve = ["approvals", "approve", "1", "--reason", "停用已批准"];
    for (more, refusal) in [(&["--operator", "LI"][..], "approval.own"), (&[], "approval.unnamed")] {
        place.refused(&[&approve, more].concat(), refusal).await;
    }
    let approved = place.run(&[&approve[..], &["--operator", "wang"]].concat()).await;
    assert!(approved.output.contains("approved by cli:wang"), "{}", approved.shown());
    place.good(&off).await;
    let listed = place.run(&list).await;
    assert!(listed.output.contains("nothing waits"), "{}", listed.shown());
    let listed = place.run(&[&list[..], &["--all", "--json"]].concat()).await;
    assert_eq!(listed.json()["approvals"][0]["used_by"], "cli:li");
}
