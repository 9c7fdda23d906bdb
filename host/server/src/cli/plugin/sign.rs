//! `creditgate plugin sign`: a vendor's signature of a component, in a file beside it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use creditgate_gate::VendorKey;
use creditgate_sandbox::Digest;
use serde::Serialize;

use crate::cli::command::{CliError, Page, Show, Terminal, Work, details};
use crate::host::read_secret;

/// Sign a component with a vendor's key
///
/// The signature is over the component's digest. Signing the same component again gives the same signature.
/// Needs no host.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate plugin sign market-registration-1.0.1.wasm --key vendor.pem
  creditgate plugin sign market-registration-1.0.1.wasm --key vendor.pem --out release.sig --json

`creditgate plugin push` finds the signature beside the component.")]
pub(in crate::cli) struct SignCommand {
    /// The component
    #[arg(value_name = "COMPONENT")]
    component: PathBuf,
    /// File with the private key, readable by its owner alone
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// File for the signature [default: the component's name with `.sig` after it]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// A component that was signed; the signature is in the file.
#[derive(Serialize)]
pub(in crate::cli) struct Signed {
    digest: String,
    key: String,
    file: PathBuf,
}

impl Work for SignCommand {
    async fn work(self, terminal: &mut Terminal<'_>) -> Result<Signed, CliError> {
        let key = read_key(&self.key)?;
        let digest = Digest::of(&terminal.read(&self.component)?).to_string();
        let document = key.sign(&digest).to_json();
        let file = self.out.unwrap_or_else(|| beside(&self.component));
        std::fs::write(&file, format!("{document}\n")).map_err(CliError::file("write", &file))?;
        Ok(Signed { digest, key: key.public().id().to_owned(), file })
    }
}

impl Show for Signed {
    fn show(&self, page: &mut Page) {
        let rows = details().row("digest", &self.digest).row("key", &self.key);
        page.details(rows.row("signature", self.file.display()));
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
    text.and_then(|text| VendorKey::from_pem(&text).ok()).ok_or_else(|| {
        let form = "this is no Ed25519 private key in PKCS#8 PEM form";
        CliError::content(file, format!("{form}; make one with `creditgate plugin keygen`"))
    })
}
