//! `creditgate keys`: API keys. The secret of a key is shown once, or written to a file for its owner alone.

use std::path::PathBuf;

use clap::Args;
use creditgate_api::RotatedReceiptKey;
use creditgate_wire::admin::{IssuedKey, Key, NewKeyBody};
use creditgate_wire::pages::Keys;
use serde::Serialize;

use super::client::{load, of_host};
use super::command::{
    Ask, AtHost, Call, CliError, Client, Here, HostOptions, Page, Show, Terminal, Work, asks, commands,
    one_of, row,
};
use super::page::Either;
use super::secret_file::SecretFile;
use crate::Role;
use crate::host::rotate_receipt_key;

commands! {
    /// Make, list and revoke API keys; replace the key of receipts
    pub(super) enum KeysCommand {
        Create(AtHost<CreateCommand>),
        List(AtHost<ListCommand>),
        Revoke(AtHost<RevokeCommand>),
        RotateReceipt(Here<RotateReceiptCommand>),
    }
}

/// Make a key and show it this once
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate keys create --name 'approval system' --role caller \\
      --department market-regulation --out caller.key --config creditgate.toml
  creditgate keys create --name 'vendor of rules' --role vendor \\
      --department market-regulation --out vendor.key --config creditgate.toml
  creditgate keys create --name 'laptop' --person '王芳' --role publisher --out wang.key --config creditgate.toml
  creditgate keys create --name audit --role auditor --json \\
      --server http://127.0.0.1:8480 --key-file admin.key")]
pub(super) struct CreateCommand {
    /// Name of the key, for people; says who holds it unless --person or --system does
    #[arg(long)]
    name: String,
    /// The person who holds it, where the name does not say so: keys of one person are one where a second has to agree
    #[arg(long, value_name = "NAME", conflicts_with = "system")]
    person: Option<String>,
    /// The system that holds it, where the name does not say so; it can agree to nothing
    #[arg(long, value_name = "NAME")]
    system: Option<String>,
    /// What it may do
    #[arg(long, value_parser = one_of::<Role>())]
    role: Role,
    /// Departments it is for; a caller without it may ask for every department, a vendor needs one
    #[arg(long = "department", value_name = "CODE", num_args = 1..)]
    departments: Vec<String>,
    /// Write the key to a new file that only its owner can read, instead of showing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// List the keys, without their secrets
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate keys list --server http://127.0.0.1:8480 --key-file admin.key
  creditgate keys list --config creditgate.toml --json")]
pub(super) struct ListCommand {}

/// Revoke a key; the next request with it is refused
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate keys revoke 3f1c9a0b12cd --server http://127.0.0.1:8480 --key-file admin.key")]
pub(super) struct RevokeCommand {
    /// Id of the key: the part between `cg_` and the next `_`
    id: String,
}

/// Sign receipts with a new key; those of the old one stay genuine
///
/// The old secret is destroyed. Its public key stays in the key set with its time.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate keys rotate-receipt --config creditgate.toml --operator wang
  creditgate keys rotate-receipt --server http://127.0.0.1:8480 --key-file admin.key --json

With --config also where the file of the old key is lost.")]
pub(super) struct RotateReceiptCommand {
    #[command(flatten)]
    host: HostOptions,
}

impl Ask for CreateCommand {
    async fn ask(
        self,
        host: &Client,
        _: &mut Terminal<'_>,
    ) -> Result<Either<IssuedKey, KeyInFile>, CliError> {
        let body = NewKeyBody {
            name: self.name,
            person: self.person,
            system: self.system,
            role: self.role.code().to_owned(),
            departments: (!self.departments.is_empty()).then_some(self.departments),
        };
        // Before the key exists, so that none is made that has nowhere to go.
        let file = self.out.as_deref().map(SecretFile::create).transpose()?;
        let issued: IssuedKey = host.ask(Call::post(&["v1", "admin", "keys"]).json(&body)).await?;
        let Some(file) = file else { return Ok(Either::One(issued)) };
        let file = file.keep(&format!("{}\n", issued.key))?.to_owned();
        Ok(Either::Other(KeyInFile { id: issued.id, file }))
    }
}

impl Show for IssuedKey {
    fn show(&self, page: &mut Page) {
        page.line(&self.key);
        page.line(format!("id {}; the key is not shown again", self.id));
    }
}

/// A key that was written to a file instead of being shown.
#[derive(Serialize)]
pub(super) struct KeyInFile {
    id: String,
    file: PathBuf,
}

impl Show for KeyInFile {
    fn show(&self, page: &mut Page) {
        page.line(format!("id {}; the key is in {}", self.id, self.file.display()));
    }
}

asks!(ListCommand, Keys, |_| Call::list(&["v1", "admin", "keys"], "keys"));

impl Show for Keys {
    fn show(&self, page: &mut Page) {
        page.table(
            ["ID", "NAME", "HELD BY", "ROLE", "DEPARTMENTS", "MADE", "REVOKED"],
            self.keys.iter().map(|key| {
                let departments = departments(key.departments.as_deref());
                row![key.id, key.name, holder(key), key.role, departments, key.created_at, key.revoked_at]
            }),
        );
    }
}

/// Who holds a key, in a table.
fn holder(key: &Key) -> String {
    match (&key.person, &key.system) {
        (Some(person), _) => person.clone(),
        (None, Some(system)) => format!("{system} (system)"),
        (None, None) => "-".to_owned(),
    }
}

/// The departments of a key in a table.
fn departments(codes: Option<&[String]>) -> String {
    match codes {
        None => "all".to_owned(),
        Some([]) => "none".to_owned(),
        Some(codes) => codes.join(", "),
    }
}

impl Ask for RevokeCommand {
    async fn ask(self, host: &Client, _: &mut Terminal<'_>) -> Result<Revoked, CliError> {
        host.send(Call::delete(&["v1", "admin", "keys", &self.id])).await?;
        Ok(Revoked { revoked: self.id })
    }
}

/// A key that is revoked.
#[derive(Serialize)]
pub(super) struct Revoked {
    revoked: String,
}

impl Show for Revoked {
    fn show(&self, page: &mut Page) {
        page.line(format!("key {} is revoked", self.revoked));
    }
}

impl Work for RotateReceiptCommand {
    async fn work(self, _: &mut Terminal<'_>) -> Result<RotatedReceiptKey, CliError> {
        // A host whose key is lost does not open.
        if let Some((config, operator)) = self.host.local() {
            let rotated = rotate_receipt_key(&load(config)?, operator.actor()).await;
            let (kid, retired) = rotated.map_err(|error| of_host(&error))?;
            return Ok(RotatedReceiptKey { kid, retired });
        }
        self.host.open().await?.ask(Call::post(&["v1", "admin", "receipt-keys:rotate"])).await
    }
}

impl Show for RotatedReceiptKey {
    fn show(&self, page: &mut Page) {
        page.line(format!("receipts are signed with {}", self.kid));
        if let Some(retired) = &self.retired {
            page.line(format!("{retired} is retired; its receipts stay genuine"));
        }
    }
}
