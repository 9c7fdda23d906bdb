//! Reporting a step of a commitment: one command each, in the words of the HTTP
//! interface.

use clap::Args;
use creditgate_affairs::commitments::{Breach, Commitment, CreditRepair, Extension, Fulfilment, Signature};
use creditgate_wire::time::Day;
use serde::Serialize;

use crate::cli::command::{Call, asks, day};

/// Which commitment.
#[derive(Debug, Args)]
struct Target {
    /// Id of the commitment, which is that of its check
    #[arg(value_name = "ID")]
    id: String,
}

/// Report that a commitment was signed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate commitments sign 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --on 2026-11-23 --document 承诺书-2026-17 \\
      --config creditgate.toml")]
pub(in crate::cli) struct SignCommand {
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
#[command(after_help = "\
Examples:
  creditgate commitments fulfil 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --on 2026-12-01 \\
      --material funding-proof --by 窗口-07 --server http://127.0.0.1:8480 --key-file caller.key

After the last day it is taken too, and counts as late.")]
pub(in crate::cli) struct FulfilCommand {
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
#[command(after_help = "\
Examples:
  creditgate commitments extend 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --until 2027-01-15 --reason 不可抗力 \\
      --config creditgate.toml")]
pub(in crate::cli) struct ExtendCommand {
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
#[command(after_help = "\
Examples:
  creditgate commitments breach 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --reason 承诺不实 --facts 资金证明系伪造 \\
      --config creditgate.toml

It goes to the credit platform, and later checks of the party see it until it is repaired.")]
pub(in crate::cli) struct BreachCommand {
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
#[command(after_help = "\
Examples:
  creditgate commitments repair 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --on 2027-02-01 --document 信用修复决定-9 \\
      --config creditgate.toml")]
pub(in crate::cli) struct RepairCommand {
    /// Day of the decision on the repair, as YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Day,
    /// Number of the decision
    #[arg(long, value_name = "REFERENCE")]
    document: String,
    #[command(flatten)]
    target: Target,
}

asks!(SignCommand, Commitment, |SignCommand { on: signed_on, document, text_hash, target }| {
    target.report("signature", &Signature { signed_on, document, text_hash })
});

asks!(FulfilCommand, Commitment, |FulfilCommand { on: fulfilled_on, materials, by, document, target }| {
    target.report("fulfilment", &Fulfilment { fulfilled_on, materials, by, document })
});

asks!(ExtendCommand, Commitment, |ExtendCommand { until, reason, target }| {
    target.report("extension", &Extension { until, reason })
});

asks!(BreachCommand, Commitment, |BreachCommand { reason, facts, target }| {
    target.report("breach", &Breach { reason, facts })
});

asks!(RepairCommand, Commitment, |RepairCommand { on: repaired_on, document, target }| {
    target.report("repair", &CreditRepair { repaired_on, document })
});

impl Target {
    /// Reports a step; the answer is the commitment as it is then.
    fn report(&self, step: &str, body: &impl Serialize) -> Call {
        Call::post(&["v1", "commitments", &self.id, step]).json(body)
    }
}
