//! `creditgate signers`: whose signatures a host accepts. The keys themselves are the vendors' own; a host knows
//! their public halves.

use clap::{Args, Subcommand};
use creditgate_wire::signers::{NewSignerBody, RevokeSignerBody, RevokedSignerBody, SignerBody, SignersBody};
use creditgate_wire::time::Day;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, details, local_time, short_digest, table};
use super::{Exit, OutputForm};

const ADD_EXAMPLES: &str = "\
Examples:
  creditgate signers add --department market-regulation --name '示例软件有限公司' \\
      --public-key d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a \\
      --valid-until 2028-12-31 --server http://127.0.0.1:8480 --key-file admin.key

A vendor's `creditgate plugin keygen` shows the public key.";

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate signers list --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate signers list --config creditgate.toml --json";

const REVOKE_EXAMPLES: &str = "\
Examples:
  creditgate signers revoke 21fe31dfa154a261 --reason 'the laptop with it was stolen' \\
      --server http://127.0.0.1:8480 --key-file admin.key

What serves goes on serving: `creditgate rollback` takes a binding back.";

/// Register, list and revoke the keys vendors sign components with
#[derive(Debug, Args)]
pub(super) struct SignersCommand {
    #[command(subcommand)]
    command: SignersSubcommand,
}

#[derive(Debug, Subcommand)]
enum SignersSubcommand {
    Add(AddCommand),
    List(ListCommand),
    Revoke(RevokeCommand),
}

/// Register a vendor's key for one department
#[derive(Debug, Args)]
#[command(after_help = ADD_EXAMPLES)]
struct AddCommand {
    /// The department whose components it may sign
    #[arg(long, value_name = "CODE")]
    department: String,
    /// Whose key it is, for people
    #[arg(long)]
    name: String,
    /// The public key: 64 hexadecimal digits
    #[arg(long, value_name = "KEY")]
    public_key: String,
    /// First day on which it counts [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    valid_from: Option<Day>,
    /// Last day on which it counts; without one it counts until it is revoked
    #[arg(long, value_name = "DATE", value_parser = day)]
    valid_until: Option<Day>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// List the keys of vendors, revoked ones too
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListCommand {
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Revoke a vendor's key, and list what runs that was signed with it
///
/// From then on nothing signed with it is pushed or activated.
#[derive(Debug, Args)]
#[command(after_help = REVOKE_EXAMPLES)]
struct RevokeCommand {
    /// Id of the key
    id: String,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

fn day(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("a day of the calendar is written YYYY-MM-DD")
}

impl SignersCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            SignersSubcommand::Add(command) => command.run(terminal).await,
            SignersSubcommand::List(command) => command.run(terminal).await,
            SignersSubcommand::Revoke(command) => command.run(terminal).await,
        }
    }
}

impl AddCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = NewSignerBody {
            name: self.name.clone(),
            department: self.department.clone(),
            public_key: self.public_key.clone(),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        };
        let call = Call::post(&["v1", "admin", "signers"]).json(&body)?;
        with_host(&self.host, async |client| {
            let added: SignerBody = client.ask(call).await?.read()?;
            if self.form.json {
                terminal.json(&added)?;
            } else {
                terminal.table(&details([
                    ("key", added.id.clone()),
                    ("vendor", added.name.clone()),
                    ("department", added.department.clone()),
                    ("valid", validity(&added)),
                ]))?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

impl ListCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::get(&["v1", "admin", "signers"]);
            let listed: SignersBody = client.ask_all(call, "signers", None).await?.read()?;
            if self.form.json {
                terminal.json(&listed)?;
                return Ok(Exit::Success);
            }
            let mut rows = table(["KEY", "VENDOR", "DEPARTMENT", "VALID", "REVOKED"]);
            for signer in &listed.signers {
                let revoked = signer.revoked.as_ref();
                rows.add_row([
                    signer.id.as_str(),
                    &signer.name,
                    &signer.department,
                    &validity(signer),
                    &revoked.map_or_else(
                        || "-".to_owned(),
                        |end| format!("{} {}", local_time(end.at.into()), end.reason),
                    ),
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}

impl RevokeCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = RevokeSignerBody { reason: self.reason.clone() };
        let call = Call::delete(&["v1", "admin", "signers", &self.id]).json(&body)?;
        with_host(&self.host, async |client| {
            let revoked: RevokedSignerBody = client.ask(call).await?.read()?;
            if self.form.json {
                terminal.json(&revoked)?;
            } else {
                revoked_text(terminal, &revoked)?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

fn revoked_text(terminal: &mut Terminal<'_>, revoked: &RevokedSignerBody) -> Result<(), CliError> {
    terminal.line(&format!("key {} is revoked", revoked.signer.id))?;
    if revoked.running.is_empty() {
        return terminal.line("nothing that was signed with it is in use");
    }
    terminal.line("signed with it and still in use:")?;
    let mut rows = table(["BINDING", "PLUG-IN", "VERSION", "DIGEST"]);
    for running in &revoked.running {
        rows.add_row([
            running.binding.as_str(),
            &running.plugin,
            &running.version,
            short_digest(&running.digest),
        ]);
    }
    terminal.table(&rows)
}

fn validity(signer: &SignerBody) -> String {
    let until = signer.valid_until.map_or_else(String::new, |day| day.0.to_string());
    format!("{}..{until}", signer.valid_from.0)
}
