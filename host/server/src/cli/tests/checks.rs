//! `creditgate checks search` at the machine itself.

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
async fn a_number_comes_from_a_file_with_its_kind_and_is_never_repeated() {
    let place = Place::new();
    for wrong in [PERSON.to_owned(), format!("passport:{PERSON}"), format!("uscc:{PERSON}9")] {
        let subject = place.file("wrong.txt", &wrong);
        let refused = place.run(&["checks", "search", "--subject", &subject]).await;
        assert_eq!(refused.exit, Exit::Usage, "{}", refused.shown());
        assert!(!refused.shown().contains(PERSON), "{}", refused.shown());
    }
}
