//! A whole host as a process.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use reqwest::Method;
use rusqlite::{Connection, Params};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::city;
use crate::client::{Client, Reply};
use crate::component;
use crate::document::{text, with};
use crate::platform::TestPlatform;
use crate::program::{Ran, Running, Server, program, run};
use crate::receiver::{TestReceiver, WEBHOOK_SECRET};
use crate::vendor::{self, Vendor};

/// Departments of the components there are. Each host knows a vendor of each.
const DEPARTMENTS: [&str; 2] = ["market-regulation", "test"];

/// How a host is set up, where it differs from the usual.
#[derive(Debug, Default)]
pub struct Setup {
    http: String,
    sandbox: String,
    store: String,
    platform: String,
    webhook: String,
    releases: String,
    departments: String,
    connectors: String,
    log_level: Option<&'static str>,
}

impl Setup {
    /// Lines of `[http]`.
    #[must_use]
    pub fn http(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.http);
        self
    }

    /// Further lines of `[sandbox]`.
    #[must_use]
    pub fn sandbox(mut self, lines: &str) -> Self {
        lines.clone_into(&mut self.sandbox);
        self
    }

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

    /// Sends feedback by the profile of a connector.
    #[must_use]
    pub fn platform_by(mut self, connector: &str) -> Self {
        self.platform = format!("[platform]\nconnector = \"{connector}\"\n");
        self
    }

    /// Sends events to this receiver, signed with [`WEBHOOK_SECRET`]; `lines` are
    /// further ones of `[webhook]`.
    #[must_use]
    pub fn webhook(mut self, receiver: &TestReceiver, lines: &str) -> Self {
        let url = receiver.url();
        self.webhook = format!("[webhook]\nurl = \"{url}\"\nsecret_file = \"webhook-secret\"\n{lines}\n");
        self
    }

    /// Asks this platform at check time, under the name `name` and by one of
    /// the profiles in examples/connectors; `lines` are further ones of
    /// `[[connector]]`.
    #[must_use]
    pub fn connector(mut self, name: &str, platform: &TestPlatform, profile: &str, lines: &str) -> Self {
        let profile = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/connectors/").to_owned() + profile;
        let _ = write!(
            self.connectors,
            "[[connector]]\nname = \"{name}\"\nurl = \"{}\"\nprofile = \"{profile}\"\n\
             app_key = \"creditgate-example\"\nsecret_file = \"connector-secret\"\n{lines}\n",
            platform.address()
        );
        self
    }

    /// Pulls lists by the profile of a connector; `lines` are further ones of
    /// `[[pull]]`.
    #[must_use]
    pub fn pull(mut self, name: &str, connector: &str, lines: &str) -> Self {
        let _ =
            write!(self.connectors, "[[pull]]\nname = \"{name}\"\nconnector = \"{connector}\"\n{lines}\n");
        self
    }

    /// Lines of `[releases]`.
    #[must_use]
    pub fn releases(mut self, lines: &str) -> Self {
        self.releases = format!("[releases]\n{lines}\n");
        self
    }

    /// Lines of `[departments]`.
    #[must_use]
    pub fn departments(mut self, lines: &str) -> Self {
        self.departments = format!("[departments]\n{lines}\n");
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
        let gate =
            TestGate { caller: admin.clone(), chief: admin.clone(), admin, server: Some(server), folder };
        for department in DEPARTMENTS {
            gate.know_vendor_of(department).await;
        }
        let chief = gate.new_key(json!({"name": "chief", "role": "publisher"})).await;
        let gate = TestGate { chief, ..gate };
        gate.import("policy", &city::policies()).await;
        gate.import("catalogue", &city::catalogue()).await;
        gate.publish_catalogue("test").await;
        gate.import("list-types", &city::list_types()).await;
        gate.import("lists", &city::entries()).await;
        let caller = gate.new_key(json!({"name": "approval system", "role": "caller"})).await;
        TestGate { caller, ..gate }
    }

    /// Starts it with bindings that are served by a component.
    pub async fn serving(self, component: Vec<u8>, bindings: &[Value]) -> TestGate {
        let gate = self.start().await;
        gate.serve(component, bindings).await;
        gate
    }

    /// Starts it with the item `honest`, served by the guest that misbehaves on
    /// demand, behaving.
    pub async fn with_hostile_guest(self) -> TestGate {
        self.serving(component::hostile_guest(), &[city::honest("honest")]).await
    }

    fn write(&self, folder: &Path) {
        let mut text = "listen = \"127.0.0.1:0\"\ndata = \"data\"\n".to_owned();
        // Many hosts at once on one machine: each reserves less address space.
        let _ = write!(text, "[sandbox]\nconcurrent_calls = 16\n{}\n[http]\n{}\n", self.sandbox, self.http);
        let _ = write!(
            text,
            "[store]\n{}\n[log]\nlevel = \"{}\"\n",
            self.store,
            self.log_level.unwrap_or("info")
        );
        text.push_str(&self.platform);
        text.push_str(&self.webhook);
        text.push_str(&self.releases);
        text.push_str(&self.departments);
        text.push_str(&self.connectors);
        write_secret(&folder.join("webhook-secret"), WEBHOOK_SECRET);
        write_secret(&folder.join("connector-secret"), CONNECTOR_SECRET);
        std::fs::write(folder.join("creditgate.toml"), text).expect("the configuration");
    }
}

/// What the example platform gave out.
const CONNECTOR_SECRET: &str = "example-secret";

/// A secret, as an administrator leaves it.
fn write_secret(file: &Path, secret: &str) {
    let mut options = File::options();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file).expect("the file");
    writeln!(file, "{secret}").expect("the secret");
}

/// The key of an administrator, made as on a machine where the host was just
/// installed.
fn admin_key(folder: &Path) -> String {
    let mut command = creditgate("keys create --name administrator --role admin --json --config");
    let issued = run(command.arg(folder.join("creditgate.toml"))).json();
    text(&issued, "key").to_owned()
}

fn serve(folder: &Path) -> Server {
    let mut command = creditgate("serve --config");
    command.arg(folder.join("creditgate.toml"));
    Server::start(command, &folder.join("log.jsonl"))
}

/// A host with a data folder of its own. Dropping it kills the process and
/// removes the folder.
pub struct TestGate {
    /// Its administrator.
    pub admin: Client,
    /// Another one, who approves what the first one brings.
    pub chief: Client,
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

    /// A host as usual with bindings that are served by a component.
    pub async fn serving(component: Vec<u8>, bindings: &[Value]) -> Self {
        Setup::default().serving(component, bindings).await
    }

    /// As [`Setup::with_hostile_guest`], set up as usual.
    pub async fn with_hostile_guest() -> Self {
        Setup::default().with_hostile_guest().await
    }

    /// SIGKILL. What follows must begin with a restart.
    pub fn kill(&mut self) {
        self.server.take().expect("a host that runs").kill();
    }

    /// SIGTERM, and the end of the process in good order.
    pub async fn terminate(&mut self) {
        self.stop("TERM").await;
    }

    /// A signal that stops it, by its name without `SIG`, and the end of the process
    /// in good order.
    pub async fn stop(&mut self, signal: &str) {
        let status = self.server.take().expect("a host that runs").stop(signal).await;
        assert!(status.success(), "SIG{signal}: {status}: {}", self.log());
    }

    /// Sends a signal, by its name without `SIG`.
    pub fn signal(&self, name: &str) {
        self.server().signal(name);
    }

    /// Starts it again on the same folder, under the same keys and, as the port
    /// is a free one, another address.
    pub fn restart(&mut self) {
        assert!(self.server.is_none(), "the host runs");
        let server = serve(self.folder.path());
        let [admin, chief, caller] = [&self.admin, &self.chief, &self.caller]
            .map(|client| Client::new(server.address(), client.key()));
        self.server = Some(server);
        self.admin = admin;
        self.chief = chief;
        self.caller = caller;
    }

    /// SIGTERM and another start, on the same folder.
    pub async fn start_anew(&mut self) {
        self.terminate().await;
        self.restart();
    }

    /// SIGTERM and another start, set up otherwise.
    pub async fn start_as(&mut self, setup: &Setup) {
        self.terminate().await;
        self.configure(setup);
        self.restart();
    }

    /// SIGKILL and another start, as when the power was lost.
    pub fn lose_power(&mut self) {
        self.kill();
        self.restart();
    }

    /// Writes its configuration anew; it counts from the next start on, or from
    /// SIGHUP where it can.
    pub fn configure(&self, setup: &Setup) {
        setup.write(self.folder.path());
    }

    /// Where its configuration lies.
    #[must_use]
    pub fn configuration(&self) -> PathBuf {
        self.folder.path().join("creditgate.toml")
    }

    /// How many files and connections it has open.
    #[must_use]
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.server().id())).expect("its open files").count()
    }

    /// Its resident memory, in MiB.
    #[must_use]
    pub fn resident_mib(&self) -> u64 {
        let file = format!("/proc/{}/status", self.server().id());
        let status = std::fs::read_to_string(file).expect("its status");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its resident memory");
        line.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok()).expect("a number") / 1024
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

    /// Runs the program with these words on the host's own folder, as another
    /// process.
    #[must_use]
    pub fn command_line(&self, words: &str) -> Ran {
        run(creditgate(words).arg("--config").arg(self.configuration()))
    }

    /// Runs the program with these words against the server, as its administrator, to
    /// its end.
    #[must_use]
    pub fn server_command(&self, words: &str) -> Ran {
        run(&mut self.against_server(words))
    }

    /// Starts the program in the same way, to be read line by line or interrupted.
    #[must_use]
    pub fn start_command(&self, words: &str) -> Running {
        Running::start(&mut self.against_server(words), Stdio::piped())
    }

    fn against_server(&self, words: &str) -> Command {
        let mut command = creditgate(words);
        command.args(["--server", self.server().address()]);
        command.env("CREDITGATE_KEY", self.admin.key().expect("a key"));
        command
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("a host that runs")
    }

    /// Changes rows of its store as another program would; so many must be changed.
    pub fn change_store(&self, rows: usize, statement: &str, parameters: impl Params) {
        let store = Connection::open(self.store_file()).expect("the store");
        store.pragma_update(None, "foreign_keys", false).expect("a pragma");
        assert_eq!(store.execute(statement, parameters).expect(statement), rows, "{statement}");
    }

    /// SIGKILL, changes of its store as time would have made them, and another start.
    pub fn pass_time(&mut self, statements: &str) {
        self.kill();
        let store = Connection::open(self.store_file()).expect("the store");
        store.execute_batch(statements).expect(statements);
        drop(store);
        self.restart();
    }

    /// Has the command line write a workbook on the host's own folder; `words` end
    /// before the file's name.
    pub fn writes_workbook(&self, words: &str) {
        let file = self.folder.path().join("report.xlsx");
        let _ = self.command_line(&format!("{words} {}", file.display())).ok();
        assert!(std::fs::read(&file).expect("the workbook").starts_with(b"PK"), "{words}");
    }

    /// Registers the vendor of a department that is not among the usual ones.
    pub async fn know_vendor_of(&self, department: &str) {
        let vendor = Vendor::of(department).registration(department);
        let _ = self.admin.post("/v1/admin/signers", &vendor).await.ok();
    }

    /// Makes a key and gives back somebody who has it.
    pub async fn new_key(&self, order: Value) -> Client {
        let issued = self.admin.post("/v1/admin/keys", &order).await.ok();
        self.admin.with_key(Some(text(&issued, "key")))
    }

    /// Somebody with a role, for every department.
    pub async fn somebody(&self, role: &str) -> Client {
        self.new_key(json!({"name": role, "role": role})).await
    }

    /// Somebody with a role for one department.
    pub async fn somebody_of(&self, department: &str, role: &str) -> Client {
        self.new_key(json!({"name": "other", "role": role, "departments": [department]})).await
    }

    /// Imports rows as JSON lines, which must be good: `lists`, `catalogue`,
    /// `policy` or `bindings`.
    pub async fn import(&self, what: &str, rows: &[Value]) {
        let report = self.with_second_person(async || self.try_import(what, rows).await).await.ok();
        assert_eq!(report["applied"], rows.len(), "{report}");
    }

    /// Imports rows as JSON lines, as a file that is named for what they are; they may
    /// be refused.
    pub async fn try_import(&self, what: &str, rows: &[Value]) -> Reply {
        let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
        let path = format!("/v1/admin/{what}?format=jsonl&file={what}.jsonl");
        self.admin.post_text(&path, "text/plain", lines).await
    }

    /// Does something; where a second person has to agree first, the chief does, and
    /// it is done again.
    pub async fn with_second_person(&self, act: impl AsyncFn() -> Reply) -> Reply {
        let reply = act().await;
        if reply.status != 409 || reply.json()["code"] != "approval.needed" {
            return reply;
        }
        let path = format!("/v1/admin/approvals/{}", reply.json()["approval"]);
        let _ = self.chief.post(&path, &json!({"reason": "test"})).await.ok();
        act().await
    }

    /// Has an edition of the catalogue reviewed by a second person, and publishes
    /// it.
    pub async fn publish_catalogue(&self, edition: &str) {
        for kind in ["normative", "legal"] {
            let _ = self.review_catalogue(&self.chief, edition, kind, "passed").await.ok();
        }
        let path = format!("/v1/admin/catalogue/{edition}/publication");
        let _ = self.admin.post(&path, &json!({})).await.ok();
    }

    /// A review of an edition of the catalogue by somebody.
    pub async fn review_catalogue(&self, by: &Client, edition: &str, kind: &str, result: &str) -> Reply {
        let review = json!({"kind": kind, "result": result, "comment": "test"});
        by.post(&format!("/v1/admin/catalogue/{edition}/reviews"), &review).await
    }

    /// Pushes a component, signed by the vendor of its department; bytes that are
    /// no component are signed too.
    pub async fn push(&self, component: Vec<u8>) -> Reply {
        let department = component::department(&component);
        let vendor = Vendor::of(department.as_deref().unwrap_or("test"));
        let document = vendor.sign(&component).to_string();
        self.push_signed(component, &document).await
    }

    /// Pushes a component with this signature document.
    pub async fn push_signed(&self, component: Vec<u8>, document: &str) -> Reply {
        let signature = vendor::header(document);
        let headers = [("content-type", "application/wasm"), ("creditgate-signature", signature.as_str())];
        self.admin.send(Method::POST, "/v1/admin/plugins", &headers, component).await
    }

    /// Pushes a component without a signature.
    pub async fn push_unsigned(&self, component: Vec<u8>) -> Reply {
        self.admin.post_text("/v1/admin/plugins", "application/wasm", component).await
    }

    /// Switches every binding of the component's plug-in to it.
    ///
    /// Its newest release is approved first, if it is not yet.
    pub async fn activate(&self, digest: &str) -> Reply {
        self.approve(digest).await;
        self.order_activation(&json!({"digest": digest})).await
    }

    /// Has a release activated, as the order says; the reason is `test`.
    pub async fn order_activation(&self, order: &Value) -> Reply {
        let order = with(order.clone(), &json!({"reason": "test"}));
        self.admin.post("/v1/admin/releases:activate", &order).await
    }

    /// Goes back to the release before, at every binding of a plug-in.
    pub async fn roll_back(&self, plugin: &str) -> Reply {
        let order = json!({"plugin": plugin, "reason": "test"});
        self.admin.post("/v1/admin/releases:rollback", &order).await
    }

    /// Approves the newest release of a component, if there is one that waits for
    /// it.
    pub async fn approve(&self, digest: &str) {
        if let Some(release) = self.release_of(digest).await {
            let path = format!("/v1/admin/releases/{release}/approval");
            let _ = self.chief.post(&path, &json!({"reason": "test"})).await;
        }
    }

    /// Number of the newest release of a component.
    pub async fn release_of(&self, digest: &str) -> Option<i64> {
        let releases = self.admin.get("/v1/admin/releases").await.ok();
        let all = releases["all"].as_array().expect("releases").clone();
        all.iter().find(|release| release["digest"] == digest).and_then(|release| release["release"].as_i64())
    }

    /// Pushes a component, imports bindings for it and activates it; gives back
    /// its digest.
    pub async fn serve(&self, component: Vec<u8>, bindings: &[Value]) -> String {
        let digest = self.push_good(component).await;
        if !bindings.is_empty() {
            self.import("bindings", bindings).await;
        }
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

    /// The answer to a check of [`city::request`], which must be made.
    pub async fn checked(&self, item: &str, checkpoint: &str, case_no: &str, uscc: &str) -> Value {
        self.check(&city::request(item, checkpoint, case_no, uscc)).await.ok()
    }

    /// Reports what was done about the measures of a check.
    pub async fn report(&self, answer: &Value, dispositions: &[Value]) -> Reply {
        let path = format!("/v1/checks/{}/dispositions", text(answer, "check_id"));
        self.caller.post(&path, &json!({"dispositions": dispositions})).await
    }

    /// A check, run again.
    pub async fn replay(&self, answer: &Value) -> Value {
        self.admin.get(&format!("/v1/checks/{}/replay", text(answer, "check_id"))).await.ok()
    }

    /// Runs a check again, which must say the same.
    pub async fn replays(&self, answer: &Value) {
        let replay = self.replay(answer).await;
        assert_eq!(replay["result"], "identical", "{replay}");
    }

    /// What the host holds that a request could change. Equal before and after
    /// means that nothing was lost and nothing half done.
    pub async fn holdings(&self) -> Value {
        // The audit trail, and so the end of the chain, grows with what is asked for.
        let ledger = self.ledger().await;
        let mut holdings = json!({"records": ledger["records"], "intact": ledger["intact"]});
        for noun in ["plugins", "releases", "bindings", "feedback"] {
            holdings[noun] = self.admin.get(&format!("/v1/admin/{noun}")).await.ok();
        }
        // That a component was refused is remembered.
        let releases = holdings["releases"].as_object_mut().expect("releases");
        releases.remove("revision");
        let all = releases.get_mut("all").and_then(Value::as_array_mut).expect("every release");
        all.retain(|release| release["state"] != "rejected");
        holdings
    }

    /// What a walk over the ledger's chain finds.
    pub async fn ledger(&self) -> Value {
        self.admin.get("/v1/admin/ledger:verify").await.ok()
    }

    /// Its newest events, newest first, as `query` selects them.
    pub async fn events(&self, query: &str) -> Vec<Value> {
        self.admin.list("events", &format!("/v1/admin/events?{query}")).await
    }

    /// Messages to the platform in this state: `pending`, `delivered` or `dead`.
    pub async fn feedback(&self, state: &str) -> Vec<Value> {
        self.admin.list("feedback", &format!("/v1/admin/feedback?state={state}")).await
    }
}

/// Runs the `creditgate` program with these words, without any host.
#[must_use]
pub fn command_line(words: &str) -> Ran {
    run(&mut creditgate(words))
}

/// The program with these words, which no space is inside of.
fn creditgate(words: &str) -> Command {
    let mut command = program("creditgate");
    command.args(words.split_whitespace());
    command
}
