//! `creditgate init`: a folder with all a host needs to begin.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use clap::Args;
use creditgate_wire::admin::{IssuedKey, NewKeyBody};
use serde::Serialize;

use super::client::Local;
use super::command::{Call, CliError, Client, Page, Show, Terminal, Work, row};
use super::secret_file::SecretFile;
use crate::Role;

const CONFIGURATION: &str = "creditgate.toml";
const DATA: &str = "data";
const KEYS: &str = "keys";

/// Make a folder with a configuration, the data folder and a key for each role
///
/// Nothing that is there already is written over, and what fails leaves nothing. What comes next is said at the end.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate init city --department market-regulation
  creditgate init /srv/creditgate --department housing-construction --listen 127.0.0.1:9000 --json

Keys are for trying, each of a person or a system of its own: `chief` is the second person that the two-person \
rule asks for. In use, give out keys by `creditgate keys create`, and revoke these.")]
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
}

/// What was made.
#[derive(Serialize)]
pub(super) struct Made {
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

impl Work for InitCommand {
    async fn work(self, _: &mut Terminal<'_>) -> Result<Made, CliError> {
        let mut begun = Begun::default();
        let configuration = self.write_configuration(&mut begun)?;
        let keys = self.make_keys(&configuration).await?;
        begun.keep();
        Ok(Made { next: self.next(&configuration), keys, configuration })
    }
}

impl InitCommand {
    /// Makes the folders and the configuration. Who begins in the same folder at the same time finds the
    /// configuration there, and takes nothing away.
    fn write_configuration(&self, begun: &mut Begun) -> Result<PathBuf, CliError> {
        if let Some(above) = self.folder.parent() {
            std::fs::create_dir_all(above).map_err(CliError::file("make", above))?;
        }
        begun.folder(&self.folder, true)?;
        let path = self.folder.join(CONFIGURATION);
        let text = format!(
            "# A host of creditgate. Keys that are not here have their defaults; paths are\n\
             # relative to this file.\n\nlisten = \"{}\"\ndata = \"{DATA}\"    # the database and the key that signs receipts\n",
            self.listen
        );
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)
            .map_err(CliError::file("create", &path))?;
        begun.0.push(path.clone());
        file.write_all(text.as_bytes()).map_err(CliError::file("write", &path))?;
        begun.folder(&self.folder.join(DATA), false)?;
        begun.folder(&self.folder.join(KEYS), false)?;
        Ok(path)
    }

    async fn make_keys(&self, configuration: &Path) -> Result<Vec<MadeKey>, CliError> {
        let host = Client::Local(Box::new(Local::open(configuration, None).await?));
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
            let issued: IssuedKey = host.ask(Call::post(&["v1", "admin", "keys"]).json(&body)).await?;
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

/// What was made so far, in its order; gone again unless all of it is kept.
#[derive(Default)]
struct Begun(Vec<PathBuf>);

impl Begun {
    /// Makes a folder for its owner alone, unless it is there and may be.
    fn folder(&mut self, path: &Path, may_be_there: bool) -> Result<(), CliError> {
        let mut builder = DirBuilder::new();
        builder.mode(0o700);
        match builder.create(path) {
            Ok(()) => self.0.push(path.to_owned()),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && may_be_there => {}
            Err(error) => return Err(CliError::file("make", path)(error)),
        }
        Ok(())
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        for path in self.0.iter().rev() {
            // What cannot be taken away is in nobody's way but that of the next attempt, which names it.
            let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        }
    }
}

impl Show for Made {
    fn show(&self, page: &mut Page) {
        page.line(format!("configuration: {}", self.configuration.display()));
        page.table(
            ["KEY", "ROLE", "ID", "FILE"],
            self.keys.iter().map(|key| row![key.name, key.role, key.id, key.file.display()]),
        );
        page.line("\nnext:");
        self.next.iter().for_each(|command| page.line(format!("  {command}")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_is_gone_with_all_that_was_put_into_it() {
        let place = tempfile::tempdir().expect("a folder");
        let city = place.path().join("city");
        for kept in [false, true] {
            let mut begun = Begun::default();
            begun.folder(&city, true).expect("a new folder");
            begun.folder(&city.join(KEYS), false).expect("a new folder");
            std::fs::write(city.join(KEYS).join("admin.key"), "a secret").expect("a file");
            if kept {
                begun.keep();
            } else {
                drop(begun);
            }
            assert_eq!(city.join(KEYS).join("admin.key").exists(), kept);
            assert_eq!(city.exists(), kept);
        }
    }
}
