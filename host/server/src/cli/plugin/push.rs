//! `creditgate plugin push`: brings components to a host, which tries them and keeps them.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use creditgate_wire::admin::PushReportBody;

use super::client::{Call, Client, HostOptions, with_host};
use super::sign::beside;
use super::{Exit, OutputForm};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, table};

const EXAMPLES: &str = "\
Examples:
  creditgate plugin push market-registration-1.0.1.wasm \\
      --server https://gate.example.gov.cn --key-file vendor.key
  creditgate plugin push registration.wasm --signature release.sig --config creditgate.toml
  creditgate plugin push *.wasm --config creditgate.toml --json

Pushing switches nothing: `creditgate activate` does.";

/// Bring components to a host, which tries them and keeps them
///
/// A host takes components that are signed (`creditgate plugin sign`), unless it is configured otherwise.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PushCommand {
    /// Components
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Signature of the one component [default: the file beside each component with `.sig` after its name, if
    /// there is one]
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl PushCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        if self.signature.is_some() && self.files.len() > 1 {
            return Err(CliError::Usage {
                message: format!("one signature was given for {} components", self.files.len()),
                help: "give one component with --signature, or leave each signature beside its component",
            });
        }
        with_host(&self.host, async |client| {
            let mut kept = Vec::new();
            let outcome = self.push(terminal, client, &mut kept).await;
            // What was kept before a file was refused stays kept, and is told.
            if self.form.json {
                terminal.json(&kept)?;
            } else if !kept.is_empty() {
                write_table(terminal, &kept)?;
            }
            outcome.and(Ok(Exit::Success))
        })
        .await
    }

    async fn push(
        &self,
        terminal: &mut Terminal<'_>,
        client: &Client,
        kept: &mut Vec<PushReportBody>,
    ) -> Result<(), CliError> {
        for path in &self.files {
            let component = terminal.read(path)?;
            let mut call = Call::post(&["v1", "admin", "plugins"]).body("application/wasm", component);
            if let Some(signature) = self.signature_of(path) {
                let document = terminal.read(&signature)?;
                call = call.header("creditgate-signature", &URL_SAFE_NO_PAD.encode(document));
            }
            let answer = client.ask(call).await.map_err(|error| error.about(path))?;
            kept.push(answer.read()?);
        }
        Ok(())
    }

    /// The file with a component's signature, if there is one.
    fn signature_of(&self, component: &Path) -> Option<PathBuf> {
        self.signature.clone().or_else(|| Some(beside(component)).filter(|file| file.exists()))
    }
}

fn write_table(terminal: &mut Terminal<'_>, kept: &[PushReportBody]) -> Result<(), CliError> {
    let mut rows =
        table(["PLUG-IN", "VERSION", "DIGEST", "SIGNED BY", "FUEL OF THE PROBE CALLS", "EXAMPLES"]);
    for pushed in kept {
        let probes = pushed.probes.iter().map(|probe| format!("{} {}", probe.checkpoint, probe.fuel));
        let probes = probes.collect::<Vec<_>>().join(", ");
        let signed_by = pushed.signed_by.as_deref().unwrap_or("-");
        let examples = pushed.examples.iter().map(|run| run.name.as_str()).collect::<Vec<_>>().join(", ");
        rows.add_row([pushed.name.as_str(), &pushed.version, &pushed.digest, signed_by, &probes, &examples]);
    }
    terminal.table(&rows)
}
