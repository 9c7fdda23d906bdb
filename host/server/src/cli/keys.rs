//! `creditgate keys`: API keys. The secret of a key is shown once, or written to a file for its owner alone.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use creditgate_api::RotatedReceiptKey;
use creditgate_wire::admin::{IssuedKeyBody, KeyBody, KeysBody, NewKeyBody};
use serde::Serialize;

use super::client::{Call, HostOptions, load, of_host, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, table};
use super::secret_file::SecretFile;
use super::{Exit, OutputForm};
use crate::Role;
use crate::host::rotate_receipt_key;

const CREATE_EXAMPLES: &str = "\
Examples:
  creditgate keys create --name 'approval system' --role caller \\
      --department market-regulation --out caller.key --config creditgate.toml
  creditgate keys create --name 'vendor of rules' --role vendor \\
      --department market-regulation --out vendor.key --config creditgate.toml
  creditgate keys create --name 'laptop' --person '王芳' --role publisher --out wang.key --config creditgate.toml
  creditgate keys create --name audit --role auditor --json \\
      --server http://127.0.0.1:8480 --key-file admin.key";

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate keys list --server http://127.0.0.1:8480 --key-file admin.key
  creditgate keys list --config creditgate.toml --json";

const REVOKE_EXAMPLES: &str = "\
Examples:
  creditgate keys revoke 3f1c9a0b12cd --server http://127.0.0.1:8480 --key-file admin.key";

const ROTATE_EXAMPLES: &str = "\
Examples:
  creditgate keys rotate-receipt --config creditgate.toml --operator wang
  creditgate keys rotate-receipt --server http://127.0.0.1:8480 --key-file admin.key --json

With --config also where the file of the old key is lost.";

/// Make, list and revoke API keys; replace the key of receipts
#[derive(Debug, Args)]
pub(super) struct KeysCommand {
    #[command(subcommand)]
    command: KeysSubcommand,
}

#[derive(Debug, Subcommand)]
enum KeysSubcommand {
    Create(CreateCommand),
    List(ListCommand),
    Revoke(RevokeCommand),
    RotateReceipt(RotateReceiptCommand),
}

/// Make a key and show it this once
#[derive(Debug, Args)]
#[command(after_help = CREATE_EXAMPLES)]
struct CreateCommand {
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
    #[arg(long, value_parser = roles())]
    role: Role,
    /// Departments it is for; a caller without it may ask for every department, a vendor needs one
    #[arg(long = "department", value_name = "CODE", num_args = 1..)]
    departments: Vec<String>,
    /// Write the key to a new file that only its owner can read, instead of showing it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// List the keys, without their secrets
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListCommand {
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Revoke a key; the next request with it is refused
#[derive(Debug, Args)]
#[command(after_help = REVOKE_EXAMPLES)]
struct RevokeCommand {
    /// Id of the key: the part between `cg_` and the next `_`
    id: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Sign receipts with a new key; those of the old one stay genuine
///
/// The old secret is destroyed. Its public key stays in the key set with its time.
#[derive(Debug, Args)]
#[command(after_help = ROTATE_EXAMPLES)]
struct RotateReceiptCommand {
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.iter().map(|role| role.code()))
        .try_map(|code| Role::from_code(&code).ok_or("unknown role"))
}

impl KeysCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            KeysSubcommand::Create(command) => command.run(terminal).await,
            KeysSubcommand::List(command) => command.run(terminal).await,
            KeysSubcommand::Revoke(command) => command.run(terminal).await,
            KeysSubcommand::RotateReceipt(command) => command.run(terminal).await,
        }
    }
}

impl CreateCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = NewKeyBody {
            name: self.name.clone(),
            person: self.person.clone(),
            system: self.system.clone(),
            role: self.role.code().to_owned(),
            departments: (!self.departments.is_empty()).then(|| self.departments.clone()),
        };
        let call = Call::post(&["v1", "admin", "keys"]).json(&body)?;
        with_host(&self.host, async |client| {
            // Before the key exists, so that none is made that has nowhere to go.
            let file = self.out.as_deref().map(SecretFile::create).transpose()?;
            let issued: IssuedKeyBody = client.ask(call).await?.read()?;
            match file {
                Some(file) => self.write_file(terminal, file, &issued)?,
                None if self.form.json => terminal.json(&issued)?,
                None => {
                    terminal.line(&issued.key)?;
                    terminal.line(&format!("id {}; the key is not shown again", issued.id))?;
                }
            }
            Ok(Exit::Success)
        })
        .await
    }

    fn write_file(
        &self,
        terminal: &mut Terminal<'_>,
        file: SecretFile<'_>,
        issued: &IssuedKeyBody,
    ) -> Result<(), CliError> {
        #[derive(Serialize)]
        struct Written<'w> {
            id: &'w str,
            file: &'w Path,
        }
        let path = file.keep(&format!("{}\n", issued.key))?;
        if self.form.json {
            terminal.json(&Written { id: &issued.id, file: path })
        } else {
            terminal.line(&format!("id {}; the key is in {}", issued.id, path.display()))
        }
    }
}

impl ListCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::get(&["v1", "admin", "keys"]);
            let listed: KeysBody = client.ask_all(call, "keys", None).await?.read()?;
            if self.form.json {
                terminal.json(&listed)?;
                return Ok(Exit::Success);
            }
            let mut rows = table(["ID", "NAME", "HELD BY", "ROLE", "DEPARTMENTS", "MADE", "REVOKED"]);
            for key in &listed.keys {
                rows.add_row([
                    key.id.as_str(),
                    &key.name,
                    &holder(key),
                    &key.role,
                    &departments(key.departments.as_deref()),
                    &local_time(key.created_at),
                    &key.revoked_at.map_or_else(|| "-".to_owned(), local_time),
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}

/// Who holds a key, in a table.
fn holder(key: &KeyBody) -> String {
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

impl RevokeCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        #[derive(Serialize)]
        struct Revoked<'r> {
            revoked: &'r str,
        }
        with_host(&self.host, async |client| {
            client.ask(Call::delete(&["v1", "admin", "keys", &self.id])).await?;
            if self.form.json {
                terminal.json(&Revoked { revoked: &self.id })?;
            } else {
                terminal.line(&format!("key {} is revoked", self.id))?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

impl RotateReceiptCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        // A host whose key is lost does not open.
        if let Some((config, operator)) = self.host.local() {
            let rotated = rotate_receipt_key(&load(config)?, operator.actor()).await;
            let (kid, retired) = rotated.map_err(|error| of_host(&error))?;
            return self.write(terminal, &RotatedReceiptKey { kid, retired });
        }
        with_host(&self.host, async |client| {
            let call = Call::post(&["v1", "admin", "receipt-keys:rotate"]);
            self.write(terminal, &client.ask(call).await?.read()?)
        })
        .await
    }

    fn write(&self, terminal: &mut Terminal<'_>, rotated: &RotatedReceiptKey) -> Result<Exit, CliError> {
        if self.form.json {
            terminal.json(rotated)?;
            return Ok(Exit::Success);
        }
        terminal.line(&format!("receipts are signed with {}", rotated.kid))?;
        if let Some(retired) = &rotated.retired {
            terminal.line(&format!("{retired} is retired; its receipts stay genuine"))?;
        }
        Ok(Exit::Success)
    }
}
