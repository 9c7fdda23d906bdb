//! Somebody at work on a running host: the real command line over HTTP, under a
//! key of their own.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::program::output;

/// A person, or a vendor's machine. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Person {
    creditgate: PathBuf,
    server: String,
    key: String,
}

impl Person {
    /// Who holds `key` and works on the host at `server` with the program
    /// `creditgate`.
    pub(crate) fn new(creditgate: PathBuf, server: String, key: String) -> Self {
        Self { creditgate, server, key }
    }

    /// Runs `creditgate …` to its end and gives back the JSON it prints.
    ///
    /// # Errors
    /// When the host refuses, with what the command said on standard error.
    pub(crate) async fn does(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = Command::new(&self.creditgate);
        command.args(arguments).args(["--json", "--server", &self.server]).env("CREDITGATE_KEY", &self.key);
        let printed = tokio::task::spawn_blocking(move || output(&mut command))
            .await
            .context("the command line ended badly")??;
        serde_json::from_str(&printed).context("the command line printed no JSON")
    }
}
