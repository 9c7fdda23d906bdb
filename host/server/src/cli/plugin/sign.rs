//! `creditgate plugin sign`: a vendor's signature of a component, in a file beside it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use creditgate_gate::VendorKey;
use creditgate_sandbox::Digest;
use serde::Serialize;

use super::{Exit, OutputForm};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, details};
use crate::host::read_secret;

const EXAMPLES: &str = "\
Examples:
  creditgate plugin sign market-registration-1.0.1.wasm --key vendor.pem
  creditgate plugin sign market-registration-1.0.1.wasm --key vendor.pem --out release.sig --json

`creditgate plugin push` finds the signature beside the component.";

/// Sign a component with a vendor's key
///
/// The signature is over the component's digest. Signing the same component again gives the same signature.
/// Needs no host.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct SignCommand {
    /// The component
    #[arg(value_name = "COMPONENT")]
    component: PathBuf,
    /// File with the private key, readable by its owner alone
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// File for the signature [default: the component's name with `.sig` after it]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Serialize)]
struct Signed<'s> {
    digest: String,
    key: &'s str,
    file: &'s Path,
}

impl SignCommand {
    pub(super) fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let key = read_key(&self.key)?;
        let digest = Digest::of(&terminal.read(&self.component)?).to_string();
        let document = key.sign(&digest).to_json();
        let beside = beside(&self.component);
        let file = self.out.as_deref().unwrap_or(&beside);
        std::fs::write(file, format!("{document}\n")).map_err(CliError::file("write", file))?;
        let signed = Signed { digest, key: key.public().id(), file };
        if self.form.json {
            terminal.json(&signed)?;
        } else {
            terminal.table(&details([
                ("digest", signed.digest),
                ("key", signed.key.to_owned()),
                ("signature", signed.file.display().to_string()),
            ]))?;
        }
        Ok(Exit::Success)
    }
}

/// Where the signature of a component lies if nobody says otherwise.
pub(super) fn beside(component: &Path) -> PathBuf {
    let mut name = OsString::from(component);
    name.push(".sig");
    name.into()
}

fn read_key(file: &Path) -> Result<VendorKey, CliError> {
    let bytes = read_secret(file).map_err(|error| CliError::host(&error, "cli.vendor_key"))?;
    let text = String::from_utf8(bytes).ok();
    text.and_then(|text| VendorKey::from_pem(&text).ok()).ok_or_else(|| CliError::Content {
        path: file.to_owned(),
        problem:
            "this is no Ed25519 private key in PKCS#8 PEM form; make one with `creditgate plugin keygen`"
                .to_owned(),
    })
}
