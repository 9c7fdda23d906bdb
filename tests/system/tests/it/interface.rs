//! Every call, tried by the description of the interface. Not in plain `cargo
//! test`: the tool for it comes from the registry of another language; `cargo xtask
//! test` installs and runs it.

use std::process::Command;

use system_tests::TestGate;

const CONFIGURATION: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../interface/schemathesis.toml");

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs Schemathesis, which `cargo xtask test` installs"]
async fn no_call_answers_otherwise_than_the_description_says() {
    let tool = std::env::var_os("SCHEMATHESIS").expect("SCHEMATHESIS names the program");
    let gate = TestGate::with_hostile_guest().await;
    let document = format!("http://{}/openapi.json", gate.admin.address());
    let key = format!("Authorization: Bearer {}", gate.admin.key().expect("a key"));
    let mut command = Command::new(tool);
    command.args(["--config-file", CONFIGURATION, "run", &document, "--header", &key, "--no-color"]);
    let folder = tempfile::tempdir().expect("a folder");
    command.current_dir(folder.path());
    let tried = tokio::task::spawn_blocking(move || command.output()).await.expect("a thread");
    let tried = tried.expect("the tool runs");
    let said = String::from_utf8_lossy(&tried.stdout);
    assert!(tried.status.success(), "{said}{}", String::from_utf8_lossy(&tried.stderr));
    let tested = said.lines().find_map(|line| line.trim().strip_prefix("Tested: ")).unwrap();
    assert!(tested.parse::<u32>().unwrap() >= 100, "it tried them all: {said}");
}
