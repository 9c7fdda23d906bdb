//! The command line as a person or a script meets it: help, tables, exit status and errors, without a host.

mod answer;
mod approvals;
mod checks;
mod entries;
mod host;

use std::ffi::OsString;
use std::io::Cursor;
use std::path::PathBuf;

use anstream::StripStream;
use clap::{CommandFactory, Parser as _};
use creditgate_gate::{ReceiptClaims, ReceiptKey};

use super::{Cli, Exit, Terminal, run};

/// What a command line answered.
struct Answered {
    exit: Exit,
    output: String,
    errors: String,
}

impl Answered {
    /// Exit status and both streams, for a snapshot.
    fn shown(&self) -> String {
        let errors =
            if self.errors.is_empty() { String::new() } else { format!("--- errors\n{}", self.errors) };
        format!("exit {}\n{}{errors}", self.exit.status(), self.output)
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.output).expect("one JSON document")
    }
}

async fn creditgate_reading(arguments: &[&str], input: &str) -> Answered {
    let mut input = Cursor::new(input.as_bytes().to_vec());
    let (mut output, mut errors) = (StripStream::new(Vec::new()), StripStream::new(Vec::new()));
    let mut terminal = Terminal { input: &mut input, output: &mut output, errors: &mut errors, json: false };
    let arguments = std::iter::once("creditgate").chain(arguments.iter().copied()).map(OsString::from);
    let exit = run(arguments, &mut terminal).await;
    let text = |stream: StripStream<Vec<u8>>| String::from_utf8(stream.into_inner()).expect("UTF-8");
    Answered { exit, output: text(output), errors: text(errors) }
}

async fn creditgate(arguments: &[&str]) -> Answered {
    creditgate_reading(arguments, "").await
}

/// A result as people see it, without colours.
pub(super) fn shown(result: &impl super::page::Show) -> String {
    let mut page = super::page::Page::default();
    result.show(&mut page);
    anstream::adapter::strip_str(&page.into_text()).to_string()
}

/// A file that is gone with its folder.
fn file(folder: &tempfile::TempDir, name: &str, content: &[u8]) -> String {
    let path: PathBuf = folder.path().join(name);
    std::fs::write(&path, content).expect("a writable folder");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_explains_itself_with_examples() {
    let mut pages = Vec::new();
    collect_help(&mut Cli::command(), "creditgate", &mut pages);
    for (name, page) in pages {
        if !page.contains("Commands:") {
            assert!(page.contains("Examples:\n"), "`{name} --help` shows no example");
        }
        insta::assert_snapshot!(format!("help {name}").replace(' ', "-"), page);
    }
}

#[test]
fn every_command_with_a_result_writes_it_as_json_too() {
    let mut without = Vec::new();
    each_command(&Cli::command(), "", &mut |name, command| {
        let groups = command.is_subcommand_required_set();
        if !groups && !command.get_arguments().any(|argument| argument.get_long() == Some("json")) {
            without.push(name.to_owned());
        }
    });
    assert_eq!(without, ["serve", "openapi", "completions"], "a server, a JSON document and a script");
}

#[test]
fn every_example_is_understood() {
    let mut seen = 0;
    each_command(&Cli::command(), "", &mut |name, command| {
        let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for example in examples(&text) {
            seen += 1;
            if let Err(error) = Cli::try_parse_from(&example) {
                panic!("{name}: {example:?}: {error}");
            }
        }
    });
    assert!(seen > 100, "{seen} examples");
}

/// Calls `seen` with every command below this one, and its name.
fn each_command(command: &clap::Command, name: &str, seen: &mut dyn FnMut(&str, &clap::Command)) {
    for below in command.get_subcommands() {
        let name = format!("{name} {}", below.get_name());
        seen(name.trim(), below);
        each_command(below, &name, seen);
    }
}

/// The command lines of `creditgate` in a text, without what a shell does with their input and output.
fn examples(text: &str) -> Vec<Vec<String>> {
    let lines = text.replace("\\\n", " ");
    let examples = lines.lines().filter(|line| line.starts_with("  "));
    examples
        .map(|line| shlex::split(line).expect("words of a shell"))
        .filter_map(|words| {
            let begin = words.iter().position(|word| word == "creditgate")?;
            let mine = words[begin..].iter().take_while(|word| !["<", ">", "|"].contains(&word.as_str()));
            Some(mine.cloned().collect())
        })
        // What is cut short with … is no value that could be read.
        .filter(|words: &Vec<String>| words.iter().all(|word| !word.ends_with('…')))
        .collect()
}

fn collect_help(command: &mut clap::Command, name: &str, pages: &mut Vec<(String, String)>) {
    let page = command.clone().bin_name(name).term_width(100).render_long_help().to_string();
    pages.push((name.to_owned(), page));
    for subcommand in command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help") {
        let name = format!("{name} {}", subcommand.get_name());
        collect_help(subcommand, &name, pages);
    }
}

#[tokio::test]
async fn identifiers_are_explained() {
    let cases: [(&str, &[&str]); 6] = [
        ("id-fits", &["id", "9111 0000 1016 2374 1k"]),
        ("id-several", &["id", "10162374-1", "110101199001010015"]),
        ("id-check-failed", &["id", "91350211M0000XUF46"]),
        ("id-check-failed-lenient", &["id", "91350211M0000XUF46", "--strictness", "check"]),
        ("id-as-kind", &["id", "91110000101623741K", "--kind", "organisation_code"]),
        ("id-json", &["id", "91110000101623741K", "110101199001010015", "--json"]),
    ];
    for (name, arguments) in cases {
        insta::assert_snapshot!(name, creditgate(arguments).await.shown());
    }
}

#[tokio::test]
async fn the_exit_status_of_id_says_whether_a_kind_fits() {
    let cases: [(&[&str], Exit); 8] = [
        (&["91110000101623741K"], Exit::Success),
        (&["91350211M0000XUF46"], Exit::Failed),
        (&["91350211M0000XUF46", "--strictness", "check"], Exit::Success),
        (&["91110000101623741K", "91350211M0000XUF46"], Exit::Failed),
        (&["E12345678"], Exit::Failed),
        (&["E12345678", "--kind", "other"], Exit::Success),
        (&["91110000101623741K", "--kind", "lei"], Exit::Failed),
        (&[" "], Exit::Failed),
    ];
    for (arguments, exit) in cases {
        let arguments = [&["id"], arguments].concat();
        assert_eq!(creditgate(&arguments).await.exit, exit, "{arguments:?}");
    }
}

#[tokio::test]
async fn a_citizen_id_is_shown_masked_in_every_form() {
    let number = "110101199001010015";
    let wrong = "110101199001010016";
    let forms: [&[&str]; 5] = [
        &[],
        &["--json"],
        &["--kind", "other"],
        &["--kind", "lei"],
        &["--kind", "uscc", "--strictness", "format", "--json"],
    ];
    for form in forms {
        for value in [number, wrong] {
            for (arguments, input) in [(["id", value], ""), (["id", "-"], value)] {
                let answered = creditgate_reading(&[&arguments, form].concat(), input).await;
                let all = answered.shown();
                assert!(!all.contains(value) && !all.contains("19900101"), "{form:?}: {all}");
                assert!(all.contains("***"), "{form:?}: {all}");
            }
        }
    }
}

#[tokio::test]
async fn working_days_are_counted_with_their_certainty() {
    let cases: [(&str, &[&str]); 6] = [
        ("workdays-count", &["workdays", "2026-09-30", "+7"]),
        ("workdays-provisional", &["workdays", "2026-12-23", "+7"]),
        ("workdays-worked-saturday", &["workdays", "2026-10-10"]),
        ("workdays-day-off", &["workdays", "2026-10-01"]),
        ("workdays-json", &["workdays", "2026-02-13", "+20", "--json"]),
        ("workdays-too-many", &["workdays", "2026-02-13", "+10001"]),
    ];
    for (name, arguments) in cases {
        insta::assert_snapshot!(name, creditgate(arguments).await.shown());
    }
}

#[tokio::test]
async fn a_table_of_a_further_year_makes_its_answer_official() {
    let folder = tempfile::tempdir().expect("a folder");
    let good =
        file(&folder, "2027.txt", b"year 2027\nstatus official\nnotice test\noff 2027-01-01..2027-01-03\n");
    let answered = creditgate(&["workdays", "2026-12-23", "+7", "--json", "--calendar", &good]).await;
    let expected = serde_json::json!({
        "event": "2026-12-23", "working_days": 7, "date": "2027-01-04", "provisional": false
    });
    assert_eq!((answered.exit, answered.json()), (Exit::Success, expected));

    let bad = file(&folder, "bad.txt", b"year 2027\nof 2027-01-01\n");
    let answered = creditgate(&["workdays", "2026-12-23", "--calendar", &bad]).await;
    assert_eq!(answered.exit, Exit::Failed);
    assert!(answered.errors.contains("bad.txt: line 2: "), "{}", answered.errors);
    assert!(answered.errors.contains("code:  cli.content"), "{}", answered.errors);
}

fn claims() -> ReceiptClaims {
    ReceiptClaims {
        check_id: "0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c".into(),
        case_no: "2026-000123".into(),
        department: "market-regulation".into(),
        item: "food-licence".into(),
        checkpoint: "review".into(),
        status: "clear".into(),
        outcome: "proceed".into(),
        record_hash: "00".repeat(32),
        checked_at: "2026-08-03T01:30:00Z".parse().expect("an instant"),
    }
}

fn receipt(secret: u8) -> String {
    ReceiptKey::from_secret(&[secret; 32]).sign(&claims())
}

fn key_set(secret: u8) -> String {
    let keys = creditgate_gate::VerifyingKeys::new([ReceiptKey::from_secret(&[secret; 32]).public()]);
    serde_json::to_string(&creditgate_wire::receipt::key_set(&keys)).expect("JSON")
}

#[tokio::test]
async fn a_receipt_is_verified_without_a_server() {
    let folder = tempfile::tempdir().expect("a folder");
    let jwks = file(&folder, "jwks.json", key_set(7).as_bytes());
    let receipt_file = file(&folder, "receipt.txt", format!("{}\n", receipt(7)).as_bytes());
    let verify = ["receipt", "verify", "--jwks", &jwks];

    let genuine = creditgate(&[&verify[..], &["--file", &receipt_file]].concat()).await;
    insta::assert_snapshot!("receipt-genuine", genuine.shown());
    let from_input =
        creditgate_reading(&[&verify[..], &["--file", "-", "--json"]].concat(), &receipt(7)).await;
    assert_eq!(from_input.json()["claims"]["case_no"], "2026-000123");

    for (text, code) in [(receipt(8), "receipt.unknown_key"), ("a.b".to_owned(), "receipt.malformed")] {
        let answered = creditgate(&[&verify[..], &[&text]].concat()).await;
        assert_eq!(answered.exit, Exit::Failed, "{text}");
        assert!(
            answered.output.starts_with("not genuine: ") && answered.output.contains(code),
            "{}",
            answered.output
        );
    }
    let set: serde_json::Value = serde_json::from_str(&key_set(7)).expect("JSON");
    let of_values = ["kty", "crv", "kid", "x", "alg", "use"].map(|name| &set["keys"][0][name]);
    let of_lists = serde_json::json!({ "keys": [of_values] }).to_string();
    for content in ["", "{}", r#"{"keys":[]}"#, "not JSON", &of_lists] {
        let jwks = file(&folder, "bad.json", content.as_bytes());
        let answered = creditgate(&["receipt", "verify", &receipt(7), "--jwks", &jwks]).await;
        assert_eq!(answered.exit, Exit::Failed, "{content}");
        assert!(
            answered.errors.contains("bad.json: ") && answered.errors.contains("cli.content"),
            "{content}"
        );
    }
}

#[tokio::test]
async fn a_file_that_is_no_component_is_refused_with_its_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases: [(&str, &[u8], &str); 3] = [
        ("text.wasm", b"this is text", "component.not_wasm"),
        ("module.wasm", b"\0asm\x01\0\0\0", "component.core_module"),
        ("cut-off.wasm", b"\0asm\x0d\0\x01\0\x07", "component.invalid"),
    ];
    for (name, bytes, code) in cases {
        let path = file(&folder, name, bytes);
        let answered = creditgate(&["plugin", "inspect", &path, "--json"]).await;
        assert_eq!(answered.exit, Exit::Failed, "{name}");
        assert_eq!(answered.json()["refusal"]["code"], code, "{name}");
        assert_eq!(answered.json()["accepted"], false, "{name}");
    }
}

const MANIFEST: &str = r#"name = "sample"
version = "1.0.0"
department = "market-regulation"
wit = "creditgate:plugin@1.0.0"
hooks = ["review"]
description = "A sample of a plug-in."

[settings.deferral_working_days]
type = "integer"
default = 20
minimum = 1
description = "Working days a deferred material may take."
"#;

/// A component of the contract's world whose functions do nothing but trap.
fn component(world: &str) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) =
        resolve.push_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit")).expect("the contract parses");
    let world = resolve.select_world(&[package], Some(world)).expect("the contract has this world");
    let abi = wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let mut module = wit_component::dummy_module(&resolve, world, abi);
    wit_component::embed_component_metadata(
        &mut module,
        &resolve,
        world,
        wit_component::StringEncoding::UTF8,
    )
    .expect("the world can be embedded");
    creditgate_plugin_builder::componentize(&module, MANIFEST).expect("the module is a plug-in")
}

#[tokio::test]
async fn a_component_is_explained_whether_a_host_takes_it_or_not() {
    let folder = tempfile::tempdir().expect("a folder");
    for (world, exit) in [("with-review", Exit::Success), ("with-intake", Exit::Failed)] {
        let component = component(world);
        let path = file(&folder, "sample.wasm", &component);
        let answered = creditgate(&["plugin", "inspect", &path]).await;
        assert_eq!(answered.exit, exit, "{world}: {}", answered.shown());
        // What changes with every release of the tools that made the component.
        let digest = creditgate_sandbox::Digest::of(&component).to_string();
        let size = format!("{} bytes", component.len());
        let shown = answered.shown().replace(&digest, "sha256:DIGEST").replace(&size, "SIZE bytes");
        insta::assert_snapshot!(format!("inspect-{world}"), shown);
    }
}

#[tokio::test]
async fn wrong_command_lines_are_explained() {
    let cases: [(&str, &[&str]); 11] = [
        ("usage-unknown-command", &["chek", "request.json"]),
        ("usage-no-host", &["check", "request.json"]),
        ("usage-two-hosts", &["keys", "list", "--server", "http://127.0.0.1:1", "--config", "c.toml"]),
        ("usage-address", &["keys", "list", "--server", "127.0.0.1:8480"]),
        ("usage-role", &["keys", "create", "--name", "x", "--role", "root", "--config", "c.toml"]),
        ("usage-date", &["workdays", "2026-02-30"]),
        ("usage-days", &["workdays", "2026-02-13", "+x"]),
        ("usage-kind", &["id", "1", "--kind", "passport"]),
        ("usage-format", &["import", "policy", "policy.xlsx", "--config", "c.toml"]),
        ("usage-for-lists", &["import", "policy", "policy.csv", "--full", "--config", "c.toml"]),
        ("usage-full", &["import", "lists", "a.csv", "b.csv", "--full", "--config", "c.toml"]),
    ];
    for (name, arguments) in cases {
        let answered = creditgate(arguments).await;
        assert_eq!(answered.exit, Exit::Usage, "{arguments:?}");
        insta::assert_snapshot!(name, answered.shown());
    }
}

#[tokio::test]
async fn errors_name_the_thing_the_place_the_remedy_and_the_code() {
    let nowhere = "/nowhere/request.json";
    let cases: [(&[&str], &[&str]); 3] = [
        (
            &["check", nowhere, "--server", "http://127.0.0.1:1"],
            &["error: cannot read /nowhere/request.json", "code:  cli.file", "help:  "],
        ),
        (
            &["releases", "--server", "http://127.0.0.1:1"],
            &["error: no answer from the server at http://127.0.0.1:1/", "cli.unreachable", "help:  "],
        ),
        (
            &["releases", "--config", "/nowhere/creditgate.toml"],
            &["error: cannot read the configuration /nowhere/creditgate.toml", "code:  config."],
        ),
    ];
    for (arguments, parts) in cases {
        let answered = creditgate(arguments).await;
        assert_eq!(answered.exit, Exit::Failed, "{arguments:?}");
        for part in parts {
            assert!(answered.errors.contains(part), "{arguments:?}: no `{part}` in\n{}", answered.errors);
        }
    }
    let answered = creditgate(&["check", nowhere, "--server", "http://127.0.0.1:1", "--json"]).await;
    let error: serde_json::Value = serde_json::from_str(&answered.errors).expect("one JSON document");
    assert_eq!(error["code"], "cli.file");
    assert_eq!(answered.output, "");
}

#[tokio::test]
async fn the_documents_for_other_tools_are_written() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let answered = creditgate(&["completions", shell]).await;
        assert!(answered.exit == Exit::Success && answered.output.contains("workdays"), "{shell}");
    }
    let document = creditgate(&["openapi"]).await.json();
    assert!(document["paths"]["/v1/checks"]["post"].is_object());
}
