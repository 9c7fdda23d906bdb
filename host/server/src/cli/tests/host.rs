//! Commands that concern a host, against a real one: opened in this process, or served on a free port.

use std::os::unix::fs::PermissionsExt as _;

use creditgate_gate::ReceiptKey;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::{Answered, claims, creditgate, creditgate_reading, file};
use crate::cli::Exit;
use crate::{Config, Host, serve};

/// A folder with the configuration of a host that has nothing yet.
pub(super) struct Place {
    folder: TempDir,
    config: String,
}

impl Place {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = file(
            &folder,
            "creditgate.toml",
            b"[sandbox]\nconcurrent_calls = 1\n[catalogue]\nreviews = \"none\"\n",
        );
        Self { folder, config }
    }

    /// Runs a command on the data folder itself.
    pub(super) async fn run(&self, arguments: &[&str]) -> Answered {
        creditgate(&[arguments, &["--config", &self.config]].concat()).await
    }

    /// Runs a command that succeeds.
    pub(super) async fn good(&self, arguments: &[&str]) -> Answered {
        let answered = self.run(arguments).await;
        assert_eq!(answered.exit, Exit::Success, "{arguments:?}: {}", answered.shown());
        answered
    }

    /// Runs a command that fails with this code.
    pub(super) async fn refused(&self, arguments: &[&str], expected: &str) -> Answered {
        let answered = self.run(&[arguments, &["--json"]].concat()).await;
        let found = (answered.exit, code(&answered));
        assert_eq!(found, (Exit::Failed, expected.to_owned()), "{arguments:?}: {}", answered.shown());
        answered
    }

    pub(super) fn file(&self, name: &str, content: &str) -> String {
        file(&self.folder, name, content.as_bytes())
    }

    async fn open(&self) -> Host {
        let config = Config::load(self.config.as_ref()).expect("a configuration");
        Host::open(config).await.expect("a host")
    }
}

fn code(answered: &Answered) -> String {
    let error: serde_json::Value = serde_json::from_str(&answered.errors).expect(&answered.errors);
    error["code"].as_str().expect("a code").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_host_answers_every_question_with_nothing() {
    let place = Place::new();
    let cases: [(&[&str], serde_json::Value); 4] = [
        (&["releases"], serde_json::json!({ "releases": [], "all": [], "revision": 0 })),
        (&["keys", "list"], serde_json::json!({ "keys": [] })),
        (&["feedback", "list", "--state", "dead"], serde_json::json!({ "feedback": [] })),
        (&["events", "--limit", "5"], serde_json::json!({ "events": [] })),
    ];
    for (arguments, expected) in cases {
        let answered = place.run(&[arguments, &["--json"]].concat()).await;
        assert_eq!((answered.exit, answered.json()), (Exit::Success, expected), "{}", answered.errors);
        place.good(arguments).await;
    }
    let answered = place.run(&["feedback", "requeue", "--all-dead"]).await;
    assert_eq!((answered.exit, answered.output.as_str()), (Exit::Success, "0 requeued\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_was_shown_is_what_a_later_verification_goes_on_from() {
    let place = Place::new();
    let found = place.run(&["ledger", "verify", "--json"]).await.json();
    assert_eq!((&found["records"], &found["intact"]), (&serde_json::json!(0), &serde_json::json!(true)));
    let head = found["head"].as_str().expect("a head").to_owned();
    let shown = place.good(&["ledger", "verify", "--since", &head]).await;
    assert!(shown.output.ends_with(&format!("head {head}\n")), "{}", shown.output);
    let (seq, _) = head.split_once(':').expect("a place and a hash");
    let other = format!("{seq}:{}", "0".repeat(64));
    let changed = place.run(&["ledger", "verify", "--since", &other]).await;
    let other_head = changed.output.contains("another than the head");
    assert!(changed.exit == Exit::Failed && other_head, "{}", changed.shown());
    let malformed = place.run(&["ledger", "verify", "--since", "yesterday"]).await;
    assert_eq!(malformed.exit, Exit::Usage, "{}", malformed.shown());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_shown_once_or_written_for_its_owner_alone_and_can_be_revoked() {
    let place = Place::new();
    let shown = place.run(&["keys", "create", "--name", "first", "--role", "auditor"]).await;
    assert!(shown.exit == Exit::Success && shown.output.starts_with("cg_"), "{}", shown.shown());

    let path = place.folder.path().join("caller.key");
    let out = path.to_str().expect("UTF-8");
    let create =
        ["keys", "create", "--name", "second", "--role", "caller", "--department", "housing", "--out", out];
    let written = place.run(&create).await;
    let key = std::fs::read_to_string(&path).expect("the key's file");
    assert!(key.starts_with("cg_") && key.ends_with('\n'), "{key}");
    assert!(!written.output.contains(key.trim()), "{}", written.output);
    assert_eq!(std::fs::metadata(&path).expect("the file").permissions().mode() & 0o777, 0o600);
    let again = place.run(&create).await;
    assert!(again.exit == Exit::Failed && again.errors.contains("cannot create"), "{}", again.errors);

    let id = key.split('_').nth(1).expect("an id");
    let revoked = place.run(&["keys", "revoke", id]).await;
    assert_eq!((revoked.exit, revoked.output), (Exit::Success, format!("key {id} is revoked\n")));
    let listed = place.run(&["keys", "list", "--json"]).await.json();
    let keys = listed["keys"].as_array().expect("keys");
    assert_eq!(keys.len(), 2, "none was made for the file that was there: {listed}");
    let is_revoked = |name| keys.iter().any(|key| key["name"] == name && key["revoked_at"].is_string());
    assert!(is_revoked("second") && !is_revoked("first"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_leaves_no_file() {
    let place = Place::new();
    let path = place.folder.path().join("bad.key");
    let out = path.to_str().expect("UTF-8");
    let create = ["keys", "create", "--name", " ", "--role", "caller", "--out", out];
    place.refused(&create, "request.invalid").await;
    assert!(!path.exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_bad_rows_is_reported_by_line_and_not_applied() {
    let place = Place::new();
    let rows = place.file("entries.csv", "id,list\n1,court.judgment-defaulter\n2,\n");
    let answered = place.run(&["import", "lists", &rows]).await;
    assert_eq!(answered.exit, Exit::Failed, "{}", answered.shown());
    assert!(answered.output.contains("0 of 2 rows applied"), "{}", answered.output);
    assert!(answered.output.contains("entries.csv:2") && answered.output.contains("entries.csv:3"));
    let report = place.run(&["import", "lists", &rows, "--json"]).await.json();
    assert_eq!(report[0]["applied"], 0);
    assert!(report[0]["problems"][0]["field"].is_string(), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file_ends_with_1_and_its_reason_with_rows_or_without() {
    let place = Place::new();
    let none = place.file("none.csv", "id,list\n");
    let whole = ["import", "lists", &none, "--full", "--source", "s37"];
    let refused = place.run(&whole).await;
    assert_eq!(refused.exit, Exit::Failed, "{}", refused.shown());
    assert!(refused.output.contains("refused: ") && refused.output.contains("--empty"), "{}", refused.output);
    let report = place.run(&[&whole[..], &["--json"]].concat()).await.json();
    assert!(report[0]["refused"].as_str().is_some_and(|reason| reason.contains("no row")), "{report}");
    place.good(&[&whole[..], &["--empty"]].concat()).await;

    let cut = place.file("cut.csv", "id,list\n\"1,court");
    for more in [&[][..], &["--accept-valid"], &["--full", "--accept-valid"]] {
        let refused = place.run(&[&["import", "lists", &cut][..], more].concat()).await;
        assert_eq!(refused.exit, Exit::Failed, "{}", refused.shown());
        assert!(refused.output.contains("file.open_quote"), "{}", refused.output);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_receipts_is_replaced_at_the_machine_also_where_it_is_lost() {
    let place = Place::new();
    drop(place.open().await);
    let file = place.folder.path().join("data/receipt.key");
    let secret = std::fs::read(&file).expect("the key's file");
    let genuine = ReceiptKey::from_secret(&secret.try_into().expect("32 bytes")).sign(&claims());
    std::fs::remove_file(&file).expect("the file goes");
    let rotate = ["keys", "rotate-receipt", "--operator", "wang"];
    let rotated = place.run(&[&rotate[..], &["--json"]].concat()).await.json();
    assert_ne!(rotated["kid"], rotated["retired"], "{rotated}");
    let shown = place.run(&["keys", "rotate-receipt"]).await;
    assert!(shown.exit == Exit::Success && shown.output.contains("is retired"), "{}", shown.shown());
    place.good(&["receipt", "verify", &genuine]).await;
    let _host = place.open().await;
    place.refused(&rotate, "host.in_use").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_the_host_are_passed_on_with_their_code() {
    let place = Place::new();
    let text = place.file("text.wasm", "this is text");
    let request = place.file("request.json", r#"{ "checkpont": "review" }"#);
    let broken = place.file("broken.json", "{");
    let cases: [(&[&str], &str); 7] = [
        (&["plugin", "push", &text], "signature.missing"),
        (&["activate", "3f1c9a", "--reason", "test"], "plugin.unknown_digest"),
        (&["rollback", "--plugin", "sample", "--reason", "test"], "plugin.not_bound"),
        (&["releases", "--binding", "housing/permit/review"], "binding.unknown"),
        (&["keys", "revoke", "000000000000"], "key.unknown"),
        (&["check", &request], "request.invalid"),
        (&["check", &broken], "request.malformed_json"),
    ];
    for (arguments, expected) in cases {
        place.refused(arguments, expected).await;
    }
    let answered =
        creditgate_reading(&["check", "-", "--config", &place.config], r#"{ "checkpont": "review" }"#).await;
    assert!(answered.errors.contains("checkpont"), "the field at fault is named: {}", answered.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_list_of_values_is_no_structure() {
    let place = Place::new();
    let limits = place.file("limits.json", "[1000000]");
    place.refused(&["releases", "make", "3f1c9a", "--limits", &limits], "cli.content").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_in_use_is_left_to_its_server() {
    let place = Place::new();
    let host = place.open().await;
    let answered = place.refused(&["releases"], "host.in_use").await;
    assert!(answered.errors.contains("--server"), "{}", answered.errors);
    drop(host);
    place.good(&["releases"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_verified_by_the_key_file_while_a_server_has_the_folder() {
    let place = Place::new();
    let _host = place.open().await;
    let secret = std::fs::read(place.folder.path().join("data/receipt.key")).expect("the key's file");
    let key = ReceiptKey::from_secret(&secret.try_into().expect("32 bytes"));
    let genuine = key.sign(&claims());
    let foreign = ReceiptKey::from_secret(&[9; 32]).sign(&claims());
    for (receipt, exit) in [(genuine, Exit::Success), (foreign, Exit::Failed)] {
        let answered = place.run(&["receipt", "verify", &receipt]).await;
        assert_eq!(answered.exit, exit, "{}", answered.shown());
    }
    let nobody = Place::new();
    let answered = nobody.run(&["receipt", "verify", "a.b.c"]).await;
    assert!(answered.exit == Exit::Failed && answered.errors.contains("receipt.key"), "{}", answered.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_answers_the_same_commands_to_those_with_a_key() {
    let place = Place::new();
    let path = place.folder.path().join("admin.key");
    let key = path.to_str().expect("UTF-8");
    place.run(&["keys", "create", "--name", "admin", "--role", "admin", "--out", key]).await;

    let host = place.open().await;
    let listener = serve::listen(([127, 0, 0, 1], 0).into()).await.expect("a free port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(host.serve(listener, async {
        let _ = stopped.await;
    }));
    let remote = ["--server", address.as_str()];

    let listed = creditgate(&[&["keys", "list", "--json", "--key-file", key], &remote[..]].concat()).await;
    assert_eq!(listed.exit, Exit::Success, "{}", listed.errors);
    assert_eq!(listed.json()["keys"][0]["name"], "admin");

    let wrong = place.file("wrong.key", "cg_000000000000_00");
    for (key_file, expected) in
        [(wrong.as_str(), "auth.invalid"), (&place.file("odd.key", "a\u{7f}b"), "cli.key")]
    {
        let command = ["keys", "list", "--json", "--key-file", key_file];
        let answered = creditgate(&[&command, &remote[..]].concat()).await;
        let found = (answered.exit, code(&answered));
        assert_eq!(found, (Exit::Failed, expected.to_owned()), "{}", answered.errors);
        assert!(answered.errors.contains("\"help\""), "{}", answered.errors);
    }
    drop(stop);
    serving.await.expect("the server ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_host_has_a_key_for_each_role_in_a_file_of_its_own_and_nothing_is_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    let city = folder.path().join("city");
    let init = ["init", city.to_str().expect("a path"), "--department", "market-regulation", "--json"];
    let made = creditgate(&init).await;
    assert_eq!(made.exit, Exit::Success, "{}", made.errors);
    let keys = made.json()["keys"].as_array().expect("keys").clone();
    let roles: std::collections::BTreeSet<&str> =
        keys.iter().map(|key| key["role"].as_str().expect("a role")).collect();
    assert_eq!(roles.into_iter().collect::<Vec<_>>(), ["admin", "auditor", "caller", "publisher", "vendor"]);
    for key in &keys {
        let file = key["file"].as_str().expect("a file");
        assert_eq!(std::fs::metadata(file).expect(file).permissions().mode() & 0o777, 0o600, "{file}");
        assert!(std::fs::read_to_string(file).expect(file).starts_with("cg_"), "{file}");
    }
    let before = std::fs::read(city.join("creditgate.toml")).expect("a configuration");
    let again = creditgate(&init).await;
    assert_eq!((again.exit, code(&again).as_str()), (Exit::Failed, "cli.file"));
    assert_eq!(std::fs::read(city.join("creditgate.toml")).expect("a configuration"), before);
    let config = city.join("creditgate.toml").display().to_string();
    let listed = creditgate(&["keys", "list", "--json", "--config", &config]).await;
    assert_eq!(listed.json()["keys"].as_array().map(Vec::len), Some(keys.len()), "no key was made twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beginning_that_fails_leaves_what_was_there_and_nothing_else() {
    for there in ["creditgate.toml", "data", "keys"] {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(there);
        std::fs::write(&file, "of somebody else").expect("a file");
        let city = folder.path().to_str().expect("a path");
        let refused = creditgate(&["init", city, "--department", "market-regulation", "--json"]).await;
        assert_eq!((refused.exit, code(&refused).as_str()), (Exit::Failed, "cli.file"), "{there}");
        let left = std::fs::read_dir(folder.path()).expect("a folder");
        let left: Vec<_> = left.map(|entry| entry.expect("an entry").path()).collect();
        assert_eq!(left, std::slice::from_ref(&file));
        assert_eq!(std::fs::read_to_string(&file).expect("a file"), "of somebody else");
    }
}
