//! `creditgate catalogue list` and `show`.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use creditgate_wire::catalogue::{EditionBody, EditionContentsBody, EditionsBody};
use creditgate_wire::time::Day;

use crate::cli::client::{Call, Client, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, Tone, details, local_time, table, toned};
use crate::cli::{Exit, OutputForm};

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate catalogue list --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate catalogue list --config creditgate.toml --json";

const SHOW_EXAMPLES: &str = "\
Examples:
  creditgate catalogue show 示例市2024版 --server http://127.0.0.1:8480
  creditgate catalogue show 示例市2024版 --out catalogue.xlsx --config creditgate.toml
  creditgate catalogue show 示例市2024版 --part key-items --out 重点事项.csv --config creditgate.toml";

/// List the editions with their states
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub(super) struct ListCommand {
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Show an edition with its history, or write tables of it
///
/// With --out, a workbook with a sheet for each part (.xlsx), or one part as a table (.csv), both headed in Chinese.
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
pub(super) struct ShowCommand {
    /// Name of the edition
    edition: String,
    /// Write tables to this file, in the form its ending says
    #[arg(long, value_name = "FILE.xlsx|FILE.csv")]
    out: Option<PathBuf>,
    /// Which part goes into a .csv file [default: measures]
    #[arg(long, requires = "out")]
    part: Option<Part>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Part {
    /// Measures with their seven particulars
    Measures,
    /// Items
    Items,
    /// Key items that may be made public
    KeyItems,
    /// Power items
    PowerItems,
    /// Memoranda of cooperation
    Memoranda,
    /// Categories of measures
    Categories,
    /// Legal bases
    Bases,
}

impl Part {
    const fn code(self) -> &'static str {
        match self {
            Self::Measures => "measures",
            Self::Items => "items",
            Self::KeyItems => "key_items",
            Self::PowerItems => "power_items",
            Self::Memoranda => "memoranda",
            Self::Categories => "categories",
            Self::Bases => "bases",
        }
    }
}

impl ListCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::get(&["v1", "admin", "catalogue"]);
            let listed: EditionsBody = client.ask_all(call, "editions", None).await?.read()?;
            if self.form.json {
                terminal.json(&listed)?;
                return Ok(Exit::Success);
            }
            let mut rows = table(["EDITION", "STATE", "FROM", "UNTIL", "MEASURES", "ITEMS", "POWER ITEMS"]);
            for edition in &listed.editions {
                rows.add_row([
                    edition.edition.as_str(),
                    edition.state.code(),
                    &edition.effective_from.0.to_string(),
                    &until(edition.effective_until),
                    &edition.size.measures.to_string(),
                    &edition.size.items.to_string(),
                    &edition.size.power_items.to_string(),
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}

impl ShowCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            match &self.out {
                Some(file) => self.export(terminal, client, file).await?,
                None => self.show(terminal, client).await?,
            }
            Ok(Exit::Success)
        })
        .await
    }

    fn call(&self) -> Call {
        Call::get(&["v1", "admin", "catalogue", &self.edition])
    }

    async fn show(&self, terminal: &mut Terminal<'_>, client: &Client) -> Result<(), CliError> {
        let shown: EditionContentsBody = client.ask(self.call()).await?.read()?;
        if self.form.json {
            return terminal.json(&shown);
        }
        write_edition(terminal, &shown.edition)
    }

    async fn export(
        &self,
        terminal: &mut Terminal<'_>,
        client: &Client,
        file: &Path,
    ) -> Result<(), CliError> {
        let mut call = self.call().query("format", form_of(file)?);
        if let Some(part) = self.part {
            call = call.query("part", part.code());
        }
        let bytes = client.ask(call).await?.bytes();
        std::fs::write(file, bytes).map_err(CliError::file("write", file))?;
        if self.form.json {
            return terminal.json(&serde_json::json!({ "file": file }));
        }
        terminal.line(&format!("written to {}", file.display()))
    }
}

/// The form that the ending of a file's name asks for.
fn form_of(file: &Path) -> Result<&'static str, CliError> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "csv" => Ok("csv"),
        "xlsx" => Ok("xlsx"),
        _ => Err(CliError::Usage {
            message: format!("{}: the name does not tell in which form to write it", file.display()),
            help: "name the file .xlsx or .csv; for JSON use --json without --out",
        }),
    }
}

/// An edition without its contents, for people.
pub(super) fn write_edition(terminal: &mut Terminal<'_>, edition: &EditionBody) -> Result<(), CliError> {
    let size = &edition.size;
    terminal.table(&details([
        ("edition", edition.edition.clone()),
        ("state", state(edition)),
        ("in force from", edition.effective_from.0.to_string()),
        ("until", until(edition.effective_until)),
        ("measures", size.measures.to_string()),
        ("items", size.items.to_string()),
        ("power items", size.power_items.to_string()),
        ("memoranda", size.memoranda.to_string()),
        ("categories", size.categories.to_string()),
        ("legal bases", size.bases.to_string()),
    ]))?;
    if edition.history.is_empty() {
        return Ok(());
    }
    terminal.line("")?;
    let mut rows = table(["AT", "STEP", "RESULT", "STATE", "BY", "COMMENT"]);
    for step in &edition.history {
        rows.add_row([
            local_time(step.at.into()).as_str(),
            &step.step,
            step.result.map_or("-", |result| result.code()),
            step.state.code(),
            &step.actor,
            &step.comment,
        ]);
    }
    terminal.table(&rows)
}

fn state(edition: &EditionBody) -> String {
    let code = edition.state.code();
    let tone = if code == "published" { Tone::Good } else { Tone::Doubtful };
    toned(tone, code)
}

fn until(day: Option<Day>) -> String {
    day.map_or_else(|| "-".to_owned(), |day| day.0.to_string())
}
