//! Reporting a step of a commitment: one command each, in the words of the HTTP
//! interface.

use clap::Args;
use creditgate_affairs::commitments::{Breach, Commitment, CreditRepair, Extension, Fulfilment, Signature};
use creditgate_wire::time::Day;
use serde::Serialize;

use super::write;
use crate::cli::client::{Call, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cli::{Exit, OutputForm};

const SIGN_EXAMPLES: &str = "\
Examples:
  creditgate commitments sign 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --on 2026-11-23 --document 承诺书-2026-17 \\
      --config creditgate.toml";

const FULFIL_EXAMPLES: &str = "\
Examples:
  creditgate commitments fulfil 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --on 2026-12-01 \\
      --material funding-proof --by 窗口-07 --server http://127.0.0.1:8480 --key-file caller.key

After the last day it is taken too, and counts as late.";

const EXTEND_EXAMPLES: &str = "\
Examples:
  creditgate commitments extend 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --until 2027-01-15 --reason 不可抗力 \\
      --config creditgate.toml";

const BREACH_EXAMPLES: &str = "\
Examples:
  creditgate commitments breach 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --reason 承诺不实 --facts 资金证明系伪造 \\
      --config creditgate.toml

It goes to the credit platform, and later checks of the party see it until it is repaired.";

const REPAIR_EXAMPLES: &str = "\
Examples:
  creditgate commitments repair 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --on 2027-02-01 --document 信用修复决定-9 \\
      --config creditgate.toml";

/// Which commitment, at which host.
#[derive(Debug, Args)]
struct Target {
    /// Id of the commitment, which is that of its check
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Report that a commitment was signed
#[derive(Debug, Args)]
#[command(after_help = SIGN_EXAMPLES)]
pub(super) struct SignCommand {
    /// Day of the signature, as YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Day,
    /// Where the signed document is kept
    #[arg(long, value_name = "REFERENCE")]
    document: String,
    /// SHA-256 of what was signed, to be held against the text that was asked for
    #[arg(long, value_name = "HEX")]
    text_hash: Option<String>,
    #[command(flatten)]
    target: Target,
}

/// Report that a commitment was fulfilled
#[derive(Debug, Args)]
#[command(after_help = FULFIL_EXAMPLES)]
pub(super) struct FulfilCommand {
    /// Day on which everything was there, as YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Day,
    /// Code of a material that was supplied; once for each
    #[arg(long = "material", value_name = "CODE")]
    materials: Vec<String>,
    /// The officer who took them
    #[arg(long, value_name = "OFFICER")]
    by: String,
    /// Where the proof is kept
    #[arg(long, value_name = "REFERENCE")]
    document: Option<String>,
    #[command(flatten)]
    target: Target,
}

/// Grant more time for a commitment
#[derive(Debug, Args)]
#[command(after_help = EXTEND_EXAMPLES)]
pub(super) struct ExtendCommand {
    /// The new last day, as YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Day,
    /// Why
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    target: Target,
}

/// Report that a commitment was false or not kept
#[derive(Debug, Args)]
#[command(after_help = BREACH_EXAMPLES)]
pub(super) struct BreachCommand {
    /// What was found
    #[arg(long)]
    reason: String,
    /// The facts it rests on
    #[arg(long)]
    facts: String,
    #[command(flatten)]
    target: Target,
}

/// Report that the credit of a party was repaired after a breach
#[derive(Debug, Args)]
#[command(after_help = REPAIR_EXAMPLES)]
pub(super) struct RepairCommand {
    /// Day of the decision on the repair, as YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Day,
    /// Number of the decision
    #[arg(long, value_name = "REFERENCE")]
    document: String,
    #[command(flatten)]
    target: Target,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day is written like 2026-11-23".to_owned())
}

impl SignCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let (document, text_hash) = (self.document.clone(), self.text_hash.clone());
        let body = Signature { signed_on: self.on, document, text_hash };
        self.target.report(terminal, "signature", &body).await
    }
}

impl FulfilCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = Fulfilment {
            fulfilled_on: self.on,
            materials: self.materials.clone(),
            by: self.by.clone(),
            document: self.document.clone(),
        };
        self.target.report(terminal, "fulfilment", &body).await
    }
}

impl ExtendCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = Extension { until: self.until, reason: self.reason.clone() };
        self.target.report(terminal, "extension", &body).await
    }
}

impl BreachCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = Breach { reason: self.reason.clone(), facts: self.facts.clone() };
        self.target.report(terminal, "breach", &body).await
    }
}

impl RepairCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = CreditRepair { repaired_on: self.on, document: self.document.clone() };
        self.target.report(terminal, "repair", &body).await
    }
}

impl Target {
    /// Reports a step and shows the commitment as it is then.
    async fn report(
        &self,
        terminal: &mut Terminal<'_>,
        step: &str,
        body: &impl Serialize,
    ) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::post(&["v1", "commitments", &self.id, step]).json(body)?;
            let commitment: Commitment = client.ask(call).await?.read()?;
            write(terminal, &commitment, self.form)?;
            Ok(Exit::Success)
        })
        .await
    }
}
