//! `creditgate approvals`: what one person would take away and another agrees to,
//! at the machine itself.

use serde_json::json;

use super::host::{Place, code};
use crate::cli::Exit;

fn binding(mode: &str) -> String {
    json!({"department": "market-regulation", "item": "food-licence", "checkpoint": "review",
           "division": "370811", "plugin": "no-such-plugin", "mode": mode})
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_go_is_shown_listed_and_agreed_to_by_another_person_by_name() {
    let place = Place::new();
    let [binds, off] = ["enforce", "off"].map(|mode| place.file(&format!("{mode}.jsonl"), &binding(mode)));
    let import = |file: &str, operator: &str| {
        ["import", "bindings", file, "--operator", operator].map(str::to_owned).to_vec()
    };
    let run = async |arguments: &[String], more: &[&str]| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
        place.run(&arguments).await
    };
    let done = run(&import(&binds, "li"), &[]).await;
    assert_eq!(done.exit, Exit::Success, "{}", done.shown());
    let refused = run(&import(&off, "li"), &[]).await;
    assert_eq!(refused.exit, Exit::Failed, "{}", refused.shown());
    for named in ["food-licence/review: enforce → off", "creditgate approvals approve 1"] {
        assert!(refused.errors.contains(named), "{named}: {}", refused.errors);
    }
    let refused = run(&import(&off, "li"), &["--json"]).await;
    assert_eq!(code(&refused), "approval.needed");

    let list = ["approvals", "list"];
    let listed = place.run(&list).await;
    for shown in ["enforce → off", "waits for a second person", "cli:li"] {
        assert!(listed.output.contains(shown), "{shown}: {}", listed.output);
    }
    let approve = ["approvals", "approve", "1", "--reason", "停用已批准"].map(str::to_owned);
    for (more, refusal) in
        [(&["--json", "--operator", "LI"][..], "approval.own"), (&["--json"][..], "approval.unnamed")]
    {
        let own = run(&approve, more).await;
        assert_eq!((own.exit, code(&own).as_str()), (Exit::Failed, refusal));
    }
    let approved = run(&approve, &["--operator", "wang"]).await;
    assert!(approved.output.contains("approved by cli:wang"), "{}", approved.shown());
    let done = run(&import(&off, "li"), &[]).await;
    assert_eq!(done.exit, Exit::Success, "{}", done.shown());
    let listed = place.run(&list).await;
    assert!(listed.output.contains("nothing waits"), "{}", listed.shown());
    let listed = run(&list.map(str::to_owned), &["--all", "--json"]).await;
    assert_eq!(listed.json()["approvals"][0]["used_by"], "cli:li");
}
