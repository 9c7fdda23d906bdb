//! `creditgate receipt verify`: whether a receipt proves that a check took place. Needs no server where the
//! public keys are at hand.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Args;
use creditgate_api::{JsonWebKeySet, ReceiptToVerify, ReceiptVerification};
use creditgate_gate::{PublicReceiptKey, VerifyingKeys};
use jiff::Timestamp;
use reqwest::Url;

use super::client::{Remote, load, of_host, web_address};
use super::command::{
    Call, CliError, Client, Exit, Here, Page, Show, Terminal, Tone, Work, commands, details, toned,
};
use crate::host::receipt_public_keys;

commands! {
    /// Verify receipts
    pub(super) enum ReceiptCommand {
        Verify(Here<VerifyCommand>),
    }
}

/// Verify that a receipt was signed by a host, and show what it states
///
/// With --jwks or --config nothing is asked of a server; the key set is what a host publishes at
/// /.well-known/jwks.json. A key that was retired is trusted for checks before that.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate receipt verify eyJhbGciOiJFZERTQSJ9.e30.c2lnbmVk --jwks jwks.json
  creditgate receipt verify --file receipt.txt --server http://127.0.0.1:8480 --key-file caller.key
  creditgate receipt verify --file - --config creditgate.toml --json < receipt.txt

Exit status: 0 if the receipt is genuine, 1 if not.")]
pub(super) struct VerifyCommand {
    #[command(flatten)]
    receipt: Receipt,
    #[command(flatten)]
    judge: Judge,
    /// File with the API key for --server; without it the key is taken from the environment variable
    /// CREDITGATE_KEY
    #[arg(long, value_name = "FILE", requires = "server")]
    key_file: Option<PathBuf>,
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

impl Work for VerifyCommand {
    async fn work(self, terminal: &mut Terminal<'_>) -> Result<ReceiptVerification, CliError> {
        let receipt = match (self.receipt.text, &self.receipt.file) {
            (Some(text), _) => text,
            (None, file) => terminal.read_text(file.as_deref().unwrap_or("-".as_ref()))?,
        };
        let receipt = receipt.trim();
        if let Some(server) = self.judge.server {
            let host = Client::Remote(Remote::new(server, self.key_file.as_deref())?);
            let body = ReceiptToVerify { receipt: receipt.to_owned() };
            return host.ask(Call::post(&["v1", "receipts:verify"]).json(&body)).await;
        }
        let keys = match (&self.judge.jwks, &self.judge.config) {
            (Some(file), _) => key_set(&terminal.read_json(file)?, file)?,
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
fn key_set(set: &JsonWebKeySet, file: &Path) -> Result<VerifyingKeys, CliError> {
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
        let problem = "the JWK set holds no Ed25519 key, with which receipts are signed";
        return Err(CliError::content(file, problem));
    }
    Ok(VerifyingKeys::new(keys))
}

impl Show for ReceiptVerification {
    fn show(&self, page: &mut Page) {
        let Some(claims) = self.claims.as_ref().filter(|_| self.valid) else {
            let message = self.message.as_deref().unwrap_or("the receipt proves nothing");
            let code = self.code.as_deref().unwrap_or("receipt.invalid");
            return page.line(format!("{}: {message} ({code})", toned(Tone::Bad, "not genuine")));
        };
        page.line(toned(Tone::Good, "genuine"));
        page.details(
            details()
                .row("check", &claims.check_id)
                .row("case", &claims.case_no)
                .row("department", &claims.department)
                .row("item", &claims.item)
                .row("checkpoint", &claims.checkpoint)
                .row("status", &claims.status)
                .row("outcome", &claims.outcome)
                .row("checked at", claims.checked_at)
                .row("record", &claims.record_hash),
        );
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.valid))
    }
}
