//! `creditgate init`: a folder with all a host needs to begin.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use creditgate_wire::admin::{IssuedKeyBody, NewKeyBody};
use serde::Serialize;

use super::client::{Call, Client, Local};
use super::error::CliError;
use super::output::{Terminal, table};
use super::secret_file::SecretFile;
use super::{Exit, OutputForm};
use crate::Role;

const EXAMPLES: &str = "\
Examples:
  creditgate init city --department market-regulation
  creditgate init /srv/creditgate --department housing-construction --listen 127.0.0.1:9000 --json

Keys are for trying, each of a person or a system of its own: `chief` is the second person that the two-person \
rule asks for. In use, give out keys by `creditgate keys create`, and revoke these.";

const CONFIGURATION: &str = "creditgate.toml";
const KEYS: &str = "keys";

/// Make a folder with a configuration, the data folder and a key for each role
///
/// Nothing that is there already is written over. What comes next is said at the end.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct InitCommand {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Department the keys of the approval system and of the vendor are for
    #[arg(long, value_name = "CODE")]
    department: String,
    /// Address the host listens on
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8480")]
    listen: SocketAddr,
    #[command(flatten)]
    form: OutputForm,
}

/// What was made.
#[derive(Serialize)]
struct Made {
    configuration: PathBuf,
    keys: Vec<MadeKey>,
    next: Vec<String>,
}

#[derive(Serialize)]
struct MadeKey {
    role: &'static str,
    name: &'static str,
    id: String,
    file: PathBuf,
}

/// Names of the keys with their roles: one for each role, and a second publisher, who
/// agrees to what the first brings.
const NAMES: [(&str, Role); 6] = [
    ("admin", Role::Admin),
    ("publisher", Role::Publisher),
    ("chief", Role::Publisher),
    ("auditor", Role::Auditor),
    ("vendor", Role::Vendor),
    ("caller", Role::Caller),
];

impl InitCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let configuration = self.write_configuration()?;
        let local = Client::Local(Box::new(Local::open(&configuration, None).await?));
        let keys = self.make_keys(&local).await;
        if let Client::Local(local) = local {
            local.close();
        }
        let made = Made { keys: keys?, next: self.next(&configuration), configuration };
        if self.form.json {
            terminal.json(&made)?;
        } else {
            made.write(terminal)?;
        }
        Ok(Exit::Success)
    }

    fn write_configuration(&self) -> Result<PathBuf, CliError> {
        for folder in [self.folder.clone(), self.folder.join(KEYS)] {
            let made = DirBuilder::new().recursive(true).mode(0o700).create(&folder);
            made.map_err(CliError::file("make", &folder))?;
        }
        let path = self.folder.join(CONFIGURATION);
        let text = format!(
            "# A host of creditgate. Keys that are not here have their defaults; paths are\n\
             # relative to this file.\n\nlisten = \"{}\"\ndata = \"data\"    # the database and the key that signs receipts\n",
            self.listen
        );
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(CliError::file("create", &path))?;
        file.write_all(text.as_bytes()).map_err(CliError::file("write", &path))?;
        Ok(path)
    }

    async fn make_keys(&self, host: &Client) -> Result<Vec<MadeKey>, CliError> {
        let mut keys = Vec::with_capacity(NAMES.len());
        for (name, role) in NAMES {
            let path = self.folder.join(KEYS).join(format!("{name}.key"));
            // Before the key exists, so that none is made that has nowhere to go.
            let file = SecretFile::create(&path)?;
            let of_department = matches!(role, Role::Vendor | Role::Caller);
            let body = NewKeyBody {
                name: name.to_owned(),
                person: None,
                system: None,
                role: role.code().to_owned(),
                departments: of_department.then(|| vec![self.department.clone()]),
            };
            let issued: IssuedKeyBody =
                host.ask(Call::post(&["v1", "admin", "keys"]).json(&body)?).await?.read()?;
            file.keep(&format!("{}\n", issued.key))?;
            keys.push(MadeKey { role: role.code(), name, id: issued.id, file: path });
        }
        Ok(keys)
    }

    /// The commands that lead on from here to a check.
    fn next(&self, configuration: &Path) -> Vec<String> {
        let config = configuration.display();
        let key = |name: &str| self.folder.join(KEYS).join(format!("{name}.key")).display().to_string();
        let url = format!("http://{}", self.listen);
        vec![
            format!(
                "creditgate import policy FILE --config {config}    # also catalogue, list-types, lists, bindings"
            ),
            format!("creditgate serve --config {config}"),
            format!("creditgate plugin push COMPONENT --server {url} --key-file {}", key("vendor")),
            format!("creditgate releases approve 1 --reason TEXT --server {url} --key-file {}", key("chief")),
            format!("creditgate activate 1 --reason TEXT --server {url} --key-file {}", key("publisher")),
            format!("creditgate check REQUEST --server {url} --key-file {}", key("caller")),
        ]
    }
}

impl Made {
    fn write(&self, terminal: &mut Terminal<'_>) -> Result<(), CliError> {
        terminal.line(&format!("configuration: {}", self.configuration.display()))?;
        let mut rows = table(["KEY", "ROLE", "ID", "FILE"]);
        for key in &self.keys {
            rows.add_row([key.name, key.role, &key.id, &key.file.display().to_string()]);
        }
        terminal.table(&rows)?;
        terminal.line("\nnext:")?;
        self.next.iter().try_for_each(|command| terminal.line(&format!("  {command}")))
    }
}
