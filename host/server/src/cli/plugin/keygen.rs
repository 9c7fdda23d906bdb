//! `creditgate plugin keygen`: a vendor's own key. Its secret half never leaves the machine it is made on.

use std::path::{Path, PathBuf};

use clap::Args;
use creditgate_gate::VendorKey;
use serde::Serialize;

use super::{Exit, OutputForm};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, details};
use crate::cli::secret_file::SecretFile;

const EXAMPLES: &str = "\
Examples:
  creditgate plugin keygen --out vendor.pem
  creditgate plugin keygen --out vendor.pem --json

An administrator registers the public key: `creditgate signers add`. Components are signed with the file:
`creditgate plugin sign`.";

/// Make a key to sign components with
///
/// Writes an Ed25519 private key to a new file that only its owner can read (PKCS#8 PEM), and shows its public
/// half. Needs no host.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct KeygenCommand {
    /// The new file for the private key
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Serialize)]
struct Made<'m> {
    id: &'m str,
    public_key: String,
    file: &'m Path,
}

impl KeygenCommand {
    pub(super) fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let file = SecretFile::create(&self.out)?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| CliError::host(&error, "cli.randomness"))?;
        let key =
            VendorKey::from_secret(&secret).map_err(|error| CliError::host(&error, "cli.randomness"))?;
        let text = key.to_pem().map_err(|error| CliError::host(&error, "cli.vendor_key"))?;
        let made = Made { id: key.public().id(), public_key: key.public().to_hex(), file: file.keep(&text)? };
        if self.form.json {
            terminal.json(&made)?;
        } else {
            terminal.table(&details([
                ("key", made.id.to_owned()),
                ("public key", made.public_key),
                ("private key", made.file.display().to_string()),
            ]))?;
        }
        Ok(Exit::Success)
    }
}
