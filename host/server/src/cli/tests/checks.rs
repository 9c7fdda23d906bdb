//! `creditgate checks search` at the machine itself.

use serde_json::json;

use super::approvals::binding;
use super::entries;
use super::host::Place;
use crate::cli::Exit;

const PERSON: &str = "110101199001010015";

#[tokio::test(flavor = "multi_thread")]
async fn checks_are_searched_by_all_that_is_known_of_them() {
    let place = Place::new();
    let subject = place.file("person.txt", &format!("citizen_id:{PERSON}\n"));
    let everything = "checks search --case A-1 --since 2026-01-01 --until 2026-12-31 --department housing \
                      --item permit --checkpoint review --status hit --outcome refuse --entry black-1 --release 1";
    let everything: Vec<&str> = everything.split_whitespace().chain(["--subject", &subject]).collect();
    for more in [&[][..], &["--limit", "3"], &["--all"]] {
        let search = [&everything[..], more].concat();
        let shown = place.run(&search).await;
        assert_eq!(
            (shown.exit, shown.output.as_str()),
            (Exit::Success, "no check was found\n"),
            "{}",
            shown.errors
        );
        let found = place.run(&[&search[..], &["--json"]].concat()).await;
        assert_eq!(found.json(), serde_json::json!({ "checks": [] }), "{}", found.errors);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_was_made_is_found_by_its_case_and_by_its_party() {
    let place = entries::place().await;
    let edition = json!({"type": "edition", "edition": "t1", "effective_from": "2020-01-01"});
    for (what, row) in [("catalogue", edition.to_string()), ("bindings", binding("enforce"))] {
        let file = place.file(&format!("{what}.jsonl"), &row);
        place.good(&["import", what, &file]).await;
    }
    place.good(&["catalogue", "publish", "t1"]).await;
    let request = json!({
        "checkpoint": "review", "department": "market-regulation", "item": "food-licence",
        "case_no": "2026-000123", "operator": "窗口-07",
        "parties": [{"id": "applicant", "role": "applicant", "kind": "natural_person", "name": "示例某甲",
                     "identifiers": [{"kind": "citizen_id", "value": PERSON}]}],
    });
    let request = place.file("request.json", &request.to_string());
    let made = place.run(&["check", &request, "--json"]).await;
    assert_eq!(made.exit, Exit::CouldNotCheck, "nothing serves the binding: {}", made.shown());
    let id = made.json()["check_id"].as_str().expect("an id").to_owned();

    let subject = place.file("person.txt", &format!("citizen_id:{PERSON}"));
    for by in [["--case", "2026-000123"], ["--subject", &subject], ["--status", "could_not_check"]] {
        let search = [&["checks", "search"][..], &by].concat();
        let found = place.run(&[&search[..], &["--json"]].concat()).await.json();
        assert_eq!(found["checks"][0]["check_id"], id.as_str(), "{by:?}: {found}");
        let shown = place.run(&search).await;
        assert!(shown.output.lines().any(|row| row.contains("2026-000123") && row.contains(&id)), "{by:?}");
        assert!(!shown.output.contains(PERSON), "{}", shown.output);
    }
    let other = place.run(&["checks", "search", "--case", "2026-000124"]).await;
    assert_eq!(other.output, "no check was found\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_comes_from_a_file_with_its_kind_and_is_never_repeated() {
    let place = Place::new();
    for wrong in [PERSON.to_owned(), format!("passport:{PERSON}"), format!("uscc:{PERSON}9")] {
        let subject = place.file("wrong.txt", &wrong);
        let refused = place.run(&["checks", "search", "--subject", &subject]).await;
        assert_eq!(refused.exit, Exit::Usage, "{}", refused.shown());
        assert!(!refused.shown().contains(PERSON), "{}", refused.shown());
    }
}
