//! `creditgate receipt verify`: whether a receipt proves that a check took place. Needs no server where the
//! public keys are at hand.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Args, Subcommand};
use creditgate_api::{JsonWebKeySet, ReceiptToVerify, ReceiptVerification};
use creditgate_gate::{PublicReceiptKey, VerifyingKeys};
use jiff::Timestamp;
use reqwest::Url;

use super::client::{Call, Remote, load, of_host, web_address};
use super::error::CliError;
use super::output::{Terminal, Tone, details, local_time, toned};
use super::{Exit, OutputForm};
use crate::host::receipt_public_keys;

const EXAMPLES: &str = "\
Examples:
  creditgate receipt verify eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVk --jwks jwks.json
  creditgate receipt verify --file receipt.txt --server http://127.0.0.1:8480 --key-file caller.key
  creditgate receipt verify --file - --config creditgate.toml --json < receipt.txt

Exit status: 0 if the receipt is genuine, 1 if not.";

/// Verify receipts
#[derive(Debug, Args)]
pub(super) struct ReceiptCommand {
    #[command(subcommand)]
    command: ReceiptSubcommand,
}

#[derive(Debug, Subcommand)]
enum ReceiptSubcommand {
    Verify(VerifyCommand),
}

/// Verify that a receipt was signed by a host, and show what it states
///
/// With --jwks or --config nothing is asked of a server; the key set is what a host publishes at
/// /.well-known/jwks.json. A key that was retired is trusted for checks before that.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct VerifyCommand {
    #[command(flatten)]
    receipt: Receipt,
    #[command(flatten)]
    judge: Judge,
    /// File with the API key for --server; without it the key is taken from the environment variable
    /// CREDITGATE_KEY
    #[arg(long, value_name = "FILE", requires = "server")]
    key_file: Option<PathBuf>,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Receipt {
    /// The receipt: a compact JWS
    #[arg(value_name = "RECEIPT")]
    text: Option<String>,
    /// File with the receipt; `-` is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Judge {
    /// File with the public keys, a JWK set
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Address of a running server, which is asked
    #[arg(long, value_name = "URL", value_parser = web_address)]
    server: Option<Url>,
    /// Configuration of a host, whose public keys are read
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ReceiptCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            ReceiptSubcommand::Verify(command) => command.run(terminal).await,
        }
    }
}

impl VerifyCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let receipt = match (&self.receipt.text, &self.receipt.file) {
            (Some(text), _) => text.clone(),
            (None, file) => terminal.read_text(file.as_deref().unwrap_or("-".as_ref()))?,
        };
        let finding = self.find_out(terminal, receipt.trim()).await?;
        if self.form.json {
            terminal.json(&finding)?;
        } else {
            write_finding(terminal, &finding)?;
        }
        Ok(Exit::of(finding.valid))
    }

    async fn find_out(
        &self,
        terminal: &mut Terminal<'_>,
        receipt: &str,
    ) -> Result<ReceiptVerification, CliError> {
        if let Some(server) = &self.judge.server {
            let remote = Remote::new(server.clone(), self.key_file.as_deref())?;
            let call = Call::post(&["v1", "receipts:verify"])
                .json(&ReceiptToVerify { receipt: receipt.to_owned() })?;
            return remote.ask(call).await?.read();
        }
        let keys = match (&self.judge.jwks, &self.judge.config) {
            (Some(file), _) => read_key_set(&terminal.read_text(file)?, file)?,
            (None, Some(file)) => {
                let keys = receipt_public_keys(&load(file)?).map_err(|error| of_host(&error))?;
                VerifyingKeys::new(keys)
            }
            (None, None) => VerifyingKeys::default(),
        };
        Ok(creditgate_wire::receipt::verification(keys.verify(receipt)))
    }
}

/// The Ed25519 keys of a JWK set (RFC 7517, RFC 8037).
fn read_key_set(text: &str, file: &Path) -> Result<VerifyingKeys, CliError> {
    let fault = |problem: String| CliError::Content { path: file.to_owned(), problem };
    let set: JsonWebKeySet =
        serde_json::from_str(text).map_err(|error| fault(format!("this is not a JWK set: {error}")))?;
    let instant = |seconds: Option<i64>| seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
    let keys: Vec<PublicReceiptKey> = set
        .keys
        .iter()
        .filter(|key| key.kty == "OKP" && key.crv == "Ed25519")
        .filter_map(|key| {
            let bytes = URL_SAFE_NO_PAD.decode(&key.x).ok()?.try_into().ok()?;
            Some(PublicReceiptKey { bytes, since: instant(key.iat), until: instant(key.exp) })
        })
        .collect();
    if keys.is_empty() {
        return Err(fault("the JWK set holds no Ed25519 key, with which receipts are signed".to_owned()));
    }
    Ok(VerifyingKeys::new(keys))
}

fn write_finding(terminal: &mut Terminal<'_>, finding: &ReceiptVerification) -> Result<(), CliError> {
    let Some(claims) = finding.claims.as_ref().filter(|_| finding.valid) else {
        let message = finding.message.as_deref().unwrap_or("the receipt proves nothing");
        let code = finding.code.as_deref().unwrap_or("receipt.invalid");
        return terminal.line(&format!("{}: {message} ({code})", toned(Tone::Bad, "not genuine")));
    };
    terminal.line(&toned(Tone::Good, "genuine"))?;
    terminal.table(&details([
        ("check", claims.check_id.clone()),
        ("case", claims.case_no.clone()),
        ("department", claims.department.clone()),
        ("item", claims.item.clone()),
        ("checkpoint", claims.checkpoint.clone()),
        ("status", claims.status.clone()),
        ("outcome", claims.outcome.clone()),
        ("checked at", local_time(claims.checked_at)),
        ("record", claims.record_hash.clone()),
    ]))
}
