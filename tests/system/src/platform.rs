//! The example credit platform, as a process.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Client;
use crate::program::{Server, program};

/// A credit platform on a free loopback port, which keeps what it receives in a
/// file and so over a restart.
pub struct TestPlatform {
    server: Option<Server>,
    client: Client,
    address: String,
    folder: TempDir,
}

impl TestPlatform {
    /// Starts one.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let server = serve(folder.path(), "127.0.0.1:0");
        let address = server.address().to_owned();
        Self { client: Client::new(&address, None), server: Some(server), address, folder }
    }

    /// Where feedback is posted.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/feedback", self.address)
    }

    /// Where its queries are.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Adds records to answer queries from.
    pub async fn add_records(&self, records: &[Value]) {
        let added = self.client.post("/records", &json!(records)).await;
        assert_eq!(added.status, 204, "{added:?}");
    }

    /// Lets it misbehave at queries: as in [`Self::misbehave`], or
    /// `other_subject`, `wrong_signature`.
    pub async fn misbehave_at_queries(&self, mode: &str) {
        let _ = self.client.post("/query-faults", &json!({"mode": mode})).await.ok();
    }

    /// How many queries have come.
    pub async fn queries(&self) -> u64 {
        self.client.get("/stats").await.ok()["queries"].as_u64().expect("a number")
    }

    /// Ends the process, as if the platform's machine had lost its power.
    pub fn go_down(&mut self) {
        self.server.take().expect("a platform that is up").kill();
    }

    /// Starts it again, on the same address.
    pub fn come_up(&mut self) {
        let address = self.address.trim_start_matches("http://");
        self.server = Some(serve(self.folder.path(), address));
    }

    /// Lets it misbehave: `down`, `slow`, `error` or `garbage`; `none` ends it.
    pub async fn misbehave(&self, mode: &str) {
        let _ = self.client.post("/faults", &json!({"mode": mode})).await.ok();
    }

    /// What it received, each message once: `{"id", "feedback"}`.
    pub async fn received(&self) -> Vec<Value> {
        self.client.get("/feedback").await.ok().as_array().expect("a list").clone()
    }

    /// How many messages it received, each counted once.
    pub async fn count(&self) -> u64 {
        self.client.get("/stats").await.ok()["received"].as_u64().expect("a number")
    }
}

fn serve(folder: &Path, address: &str) -> Server {
    let mut command = program("credit-platform");
    command.args(["--listen", address, "--file"]).arg(folder.join("feedback.jsonl"));
    Server::start(command, &folder.join("log"))
}
