//! A whole host as a process.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::city;
use crate::client::{Client, Reply};
use crate::platform::TestPlatform;
use crate::program::{Server, program, run};

/// How a host is set up, where it differs from the usual.
#[derive(Debug, Default)]
pub struct Setup {
    store: String,
    platform: String,
    log_level: Option<&'static str>,
}

impl Setup {
    /// Lines of `[store]`.
    #[must_use]
    pub fn store(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.store);
        self
    }

    /// Sends feedback to this platform; `lines` are further ones of `[platform]`.
    #[must_use]
    pub fn platform(mut self, platform: &TestPlatform, lines: &str) -> Self {
        self.platform = format!("[platform]\nurl = \"{}\"\n{lines}\n", platform.url());
        self
    }

    /// How much is logged; `info` otherwise.
    #[must_use]
    pub const fn log_level(mut self, level: &'static str) -> Self {
        self.log_level = Some(level);
        self
    }

    /// Starts the host, with policies, catalogue and lists of the city, and
    /// without any plug-in.
    pub async fn start(self) -> TestGate {
        let folder = tempfile::tempdir().expect("a temporary folder");
        self.write(folder.path());
        let key = admin_key(folder.path());
        let server = serve(folder.path());
        let admin = Client::new(server.address(), Some(&key));
        let gate = TestGate { caller: admin.clone(), admin, server: Some(server), folder };
        gate.import("policy", &city::policies()).await;
        gate.import("catalogue", &city::catalogue()).await;
        gate.import("lists", &city::entries()).await;
        let caller = gate.new_key(json!({"name": "approval system", "role": "caller"})).await;
        TestGate { caller, ..gate }
    }

    fn write(&self, folder: &Path) {
        let mut text = "listen = \"127.0.0.1:0\"\ndata = \"data\"\n".to_owned();
        // Many hosts at once on one machine: each reserves less address space.
        text.push_str("[sandbox]\nconcurrent_calls = 16\n");
        let _ = write!(
            text,
            "[store]\n{}\n[log]\nlevel = \"{}\"\n",
            self.store,
            self.log_level.unwrap_or("info")
        );
        text.push_str(&self.platform);
        std::fs::write(folder.join("creditgate.toml"), text).expect("the configuration");
    }
}

/// The key of an administrator, made as on a machine where the host was just
/// installed.
fn admin_key(folder: &Path) -> String {
    let mut command = program("creditgate");
    command.args(["keys", "create", "--name", "administrator", "--role", "admin", "--json", "--config"]);
    let output = run(command.arg(folder.join("creditgate.toml")));
    assert!(output.status.success(), "{output:?}");
    let issued: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    issued["key"].as_str().expect("a key").to_owned()
}

fn serve(folder: &Path) -> Server {
    let mut command = program("creditgate");
    command.arg("serve").arg("--config").arg(folder.join("creditgate.toml"));
    Server::start(command, &folder.join("log.jsonl"))
}

/// A host with a data folder of its own. Dropping it kills the process and
/// removes the folder.
pub struct TestGate {
    /// Its administrator.
    pub admin: Client,
    /// An approval system of any department.
    pub caller: Client,
    server: Option<Server>,
    folder: TempDir,
}

impl TestGate {
    /// A host as usual.
    pub async fn start() -> Self {
        Setup::default().start().await
    }

    /// A host whose item `honest` is served by the guest that misbehaves on
    /// demand, behaving.
    pub async fn with_hostile_guest() -> Self {
        let gate = Self::start().await;
        let binding = city::honest("honest");
        gate.serve(crate::component::hostile_guest(), &[binding]).await;
        gate
    }

    /// SIGKILL. What follows must begin with a restart.
    pub fn kill(&mut self) {
        self.server.take().expect("a host that runs").kill();
    }

    /// SIGTERM, and the end of the process in good order.
    pub async fn terminate(&mut self) {
        let status = self.server.take().expect("a host that runs").terminate().await;
        assert!(status.success(), "{status}: {}", self.log());
    }

    /// Starts it again on the same folder, under the same keys and, as the port
    /// is a free one, another address.
    pub fn restart(&mut self) {
        assert!(self.server.is_none(), "the host runs");
        let server = serve(self.folder.path());
        let [admin, caller] =
            [&self.admin, &self.caller].map(|client| Client::new(server.address(), client.key()));
        self.server = Some(server);
        self.admin = admin;
        self.caller = caller;
    }

    /// Writes its configuration anew; it counts from the next start on.
    pub fn configure(&self, setup: &Setup) {
        setup.write(self.folder.path());
    }

    /// Everything it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log.jsonl")).expect("the log")
    }

    /// The file of its store.
    #[must_use]
    pub fn store_file(&self) -> PathBuf {
        self.folder.path().join("data/store.db")
    }

    /// Runs the program with these arguments on the host's own folder, as
    /// another process.
    #[must_use]
    pub fn command_line(&self, arguments: &[&str]) -> Output {
        let mut command = program("creditgate");
        run(command.args(arguments).arg("--config").arg(self.folder.path().join("creditgate.toml")))
    }

    /// Makes a key and gives back somebody who has it.
    pub async fn new_key(&self, order: Value) -> Client {
        let issued = self.admin.post("/v1/admin/keys", &order).await.ok();
        self.admin.with_key(Some(issued["key"].as_str().expect("a key")))
    }

    /// Imports rows as JSON lines, which must be good: `lists`, `catalogue`,
    /// `policy` or `bindings`.
    pub async fn import(&self, what: &str, rows: &[Value]) {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let path = format!("/v1/admin/{what}?format=jsonl&file=test.jsonl");
        let report = self.admin.post_text(&path, "text/plain", lines).await.ok();
        assert_eq!(report["applied"], rows.len(), "{report}");
    }

    /// Pushes a component.
    pub async fn push(&self, component: Vec<u8>) -> Reply {
        self.admin.post_text("/v1/admin/plugins", "application/wasm", component).await
    }

    /// Switches every binding of the component's plug-in to it.
    pub async fn activate(&self, digest: &str) -> Reply {
        self.admin.post("/v1/admin/releases:activate", &json!({"digest": digest, "reason": "test"})).await
    }

    /// Pushes a component, imports bindings for it and activates it; gives back
    /// its digest.
    pub async fn serve(&self, component: Vec<u8>, bindings: &[Value]) -> String {
        let digest = self.push_good(component).await;
        self.import("bindings", bindings).await;
        let _ = self.activate(&digest).await.ok();
        digest
    }

    /// Pushes a component that must be good; gives back its digest.
    pub async fn push_good(&self, component: Vec<u8>) -> String {
        self.push(component).await.ok()["digest"].as_str().expect("a digest").to_owned()
    }

    /// Asks for a check.
    pub async fn check(&self, request: &Value) -> Reply {
        self.caller.post("/v1/checks", request).await
    }

    /// What the host holds that a request could change. Equal before and after
    /// means that nothing was lost and nothing half done.
    pub async fn holdings(&self) -> Value {
        let mut holdings = json!({"ledger": self.ledger().await});
        for noun in ["plugins", "releases", "bindings", "feedback"] {
            holdings[noun] = self.admin.get(&format!("/v1/admin/{noun}")).await.ok();
        }
        holdings
    }

    /// What a walk over the ledger's chain finds.
    pub async fn ledger(&self) -> Value {
        self.admin.get("/v1/admin/ledger:verify").await.ok()
    }

    /// Messages to the platform in this state: `pending`, `delivered` or `dead`.
    pub async fn feedback(&self, state: &str) -> Vec<Value> {
        let answer = self.admin.get(&format!("/v1/admin/feedback?state={state}")).await.ok();
        answer["feedback"].as_array().expect("a list").clone()
    }
}

/// Runs the `creditgate` program with these arguments, without any host.
#[must_use]
pub fn command_line(arguments: &[&str]) -> Output {
    run(program("creditgate").args(arguments))
}
