//! `creditgate plugin push`: brings components to a host, which tries them and keeps them.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use creditgate_gate::PushReport;
use serde::Serialize;

use super::sign::beside;
use crate::cli::command::{Ask, Call, CliError, Client, Page, Show, Terminal, row};
use crate::cli::page::SoFar;

/// Bring components to a host, which tries them and keeps them
///
/// A host takes components that are signed (`creditgate plugin sign`), unless it is configured otherwise.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate plugin push market-registration-1.0.1.wasm \\
      --server https://gate.example.gov.cn --key-file vendor.key
  creditgate plugin push registration.wasm --signature release.sig --config creditgate.toml
  creditgate plugin push *.wasm --config creditgate.toml --json

Pushing switches nothing: `creditgate activate` does.")]
pub(in crate::cli) struct PushCommand {
    /// Components
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Signature of the one component [default: the file beside each component with `.sig` after its name, if
    /// there is one]
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

/// The components a host keeps.
#[derive(Serialize)]
pub(in crate::cli) struct Pushed(Vec<PushReport>);

impl Ask for PushCommand {
    fn check(&self) -> Result<(), CliError> {
        if self.signature.is_some() && self.files.len() > 1 {
            return Err(CliError::usage(
                format!("one signature was given for {} components", self.files.len()),
                "give one component with --signature, or leave each signature beside its component",
            ));
        }
        Ok(())
    }

    async fn ask(self, host: &Client, terminal: &mut Terminal<'_>) -> Result<SoFar<Pushed>, CliError> {
        // What was kept before a file was refused stays kept, and is told.
        let kept = SoFar::each(&self.files, async |path: &PathBuf| {
            let component = terminal.read(path)?;
            let mut call = Call::post(&["v1", "admin", "plugins"]).body("application/wasm", component);
            if let Some(signature) = self.signature_of(path) {
                let document = terminal.read(&signature)?;
                call = call.header("creditgate-signature", &URL_SAFE_NO_PAD.encode(document));
            }
            host.ask(call).await.map_err(|error| error.about(path))
        });
        Ok(kept.await.map(Pushed))
    }
}

impl PushCommand {
    /// The file with a component's signature, if there is one.
    fn signature_of(&self, component: &Path) -> Option<PathBuf> {
        self.signature.clone().or_else(|| Some(beside(component)).filter(|file| file.exists()))
    }
}

impl Show for Pushed {
    fn show(&self, page: &mut Page) {
        if self.0.is_empty() {
            return;
        }
        page.table(
            ["PLUG-IN", "VERSION", "DIGEST", "SIGNED BY", "FUEL OF THE PROBE CALLS", "EXAMPLES"],
            self.0.iter().map(|pushed| {
                let probes = pushed.probes.iter().map(|probe| format!("{} {}", probe.checkpoint, probe.fuel));
                let probes: Vec<String> = probes.collect();
                let examples: Vec<&str> = pushed.examples.iter().map(|run| run.name.as_str()).collect();
                row![pushed.name, pushed.version, pushed.digest, pushed.signed_by, probes, examples]
            }),
        );
    }
}
