//! `creditgate plugin keygen`: a vendor's own key. Its secret half never leaves the machine it is made on.

use std::path::PathBuf;

use clap::Args;
use creditgate_gate::VendorKey;
use serde::Serialize;

use crate::cli::command::{CliError, Page, Show, Terminal, Work, details};
use crate::cli::secret_file::SecretFile;

/// Make a key to sign components with
///
/// Writes an Ed25519 private key to a new file that only its owner can read (PKCS#8 PEM), and shows its public
/// half. Needs no host.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate plugin keygen --out vendor.pem
  creditgate plugin keygen --out vendor.pem --json

An administrator registers the public key: `creditgate signers add`. Components are signed with the file:
`creditgate plugin sign`.")]
pub(in crate::cli) struct KeygenCommand {
    /// The new file for the private key
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// A key that was made; its secret half is in the file.
#[derive(Serialize)]
pub(in crate::cli) struct Made {
    id: String,
    public_key: String,
    file: PathBuf,
}

impl Work for KeygenCommand {
    async fn work(self, _: &mut Terminal<'_>) -> Result<Made, CliError> {
        let file = SecretFile::create(&self.out)?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| CliError::host(&error, "cli.randomness"))?;
        let key =
            VendorKey::from_secret(&secret).map_err(|error| CliError::host(&error, "cli.randomness"))?;
        let text = key.to_pem().map_err(|error| CliError::host(&error, "cli.vendor_key"))?;
        let file = file.keep(&text)?.to_owned();
        Ok(Made { id: key.public().id().to_owned(), public_key: key.public().to_hex(), file })
    }
}

impl Show for Made {
    fn show(&self, page: &mut Page) {
        let rows = details().row("key", &self.id).row("public key", &self.public_key);
        page.details(rows.row("private key", self.file.display()));
    }
}
