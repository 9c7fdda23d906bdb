//! `creditgate plugin inspect`: what a component is, and whether a host would take it. The sandbox is the
//! server's own, so the answer is too.

use std::path::PathBuf;

use clap::Args;
use creditgate_gate::chain;
use creditgate_sandbox::{Digest, LoadError, Manifest, Sandbox, SandboxOptions, SlotOptions};
use serde::Serialize;
use wasmparser::{Parser, Payload};

use crate::cli::command::{CliError, Exit, Page, Show, Terminal, Tone, Work, details, row, toned};
use crate::own_program;

/// Explain a component: manifest, hooks, imports, exports, digest, and why a host would refuse it
///
/// Needs no host. Runs nothing of the component but its start.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate plugin inspect market-registration-1.0.0.wasm
  creditgate plugin inspect unknown.wasm --json

Exit status: 0 if a host would take it, 1 if not.")]
pub(in crate::cli) struct InspectCommand {
    /// The component
    file: PathBuf,
}

#[derive(Serialize)]
pub(in crate::cli) struct Inspection {
    file: PathBuf,
    digest: String,
    bytes: usize,
    accepted: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest: Option<Manifest>,
    /// `small`, or `large` for one that brings a language runtime along.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'static str>,
    imports: Vec<String>,
    exports: Vec<String>,
}

#[derive(Serialize)]
struct Refusal {
    code: &'static str,
    message: String,
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Self {
        Self { code: error.code(), message: chain(&error) }
    }
}

impl Work for InspectCommand {
    async fn work(self, terminal: &mut Terminal<'_>) -> Result<Inspection, CliError> {
        let bytes = terminal.read(&self.file)?;
        // One slot: the pool of a server would reserve address space for all of its calls.
        let one = |slots| SlotOptions { concurrent_calls: 1, ..slots };
        let options = SandboxOptions {
            small: one(SlotOptions::small()),
            large: one(SlotOptions::large()),
            compiler: own_program::path(),
            ..SandboxOptions::default()
        };
        let sandbox = Sandbox::new(options).map_err(|error| CliError::host(&error, "cli.sandbox"))?;
        let (plugin, refusal) = match sandbox.load(&bytes) {
            Ok(plugin) => (Some(plugin), None),
            Err(error) => (None, Some(Refusal::from(error))),
        };
        let (imports, exports) = names(&bytes);
        Ok(Inspection {
            file: self.file,
            digest: Digest::of(&bytes).to_string(),
            bytes: bytes.len(),
            accepted: refusal.is_none(),
            refusal,
            manifest: plugin.as_ref().map(|plugin| plugin.manifest().clone()),
            class: plugin.as_ref().map(|plugin| plugin.class().code()),
            imports,
            exports,
        })
    }
}

/// Imports and exports of a component, as far as they can be read: a refused component is explained too.
fn names(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0_u32;
    for payload in Parser::new(0).parse_all(bytes).map_while(Result::ok) {
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(section) if depth == 0 => {
                imports.extend(section.into_iter().map_while(Result::ok).map(|i| i.name.name.to_owned()));
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                exports.extend(section.into_iter().map_while(Result::ok).map(|e| e.name.name.to_owned()));
            }
            _ => {}
        }
    }
    (imports, exports)
}

impl Show for Inspection {
    fn show(&self, page: &mut Page) {
        match &self.refusal {
            None => page.line(toned(Tone::Good, "accepted: a host would take it")),
            Some(Refusal { code, message }) => {
                page.line(format!("{} {message} ({code})", toned(Tone::Bad, "refused:")));
            }
        }
        let mut rows = details();
        if let Some(manifest) = &self.manifest {
            let hooks: Vec<String> = manifest.hooks.iter().map(ToString::to_string).collect();
            rows = rows
                .row("plug-in", format!("{} {}", manifest.name, manifest.version))
                .row("department", &manifest.department)
                .row("about", &manifest.description)
                .row("WIT", &manifest.wit)
                .row("hooks", hooks);
        }
        page.details(
            rows.each("class", self.class)
                .row("digest", &self.digest)
                .row("size", format!("{} bytes", self.bytes))
                .row("imports", one_a_line(&self.imports))
                .row("exports", one_a_line(&self.exports)),
        );
        page.section(
            ["SETTING", "TYPE AND BOUNDS", "ABOUT"],
            self.manifest.iter().flat_map(|manifest| manifest.settings.iter()).map(|(name, setting)| {
                let kind = serde_json::to_value(&setting.kind).map(|kind| bounds(&kind)).unwrap_or_default();
                row![name, kind, setting.description]
            }),
        );
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.accepted))
    }
}

/// `integer, default 20, minimum 1` of the manifest's own form of a setting.
fn bounds(kind: &serde_json::Value) -> String {
    let mut words = vec![kind["type"].as_str().unwrap_or_default().to_owned()];
    for bound in ["default", "minimum", "maximum"] {
        words.extend(kind.get(bound).map(|value| format!("{bound} {value}")));
    }
    words.join(", ")
}

fn one_a_line(names: &[String]) -> String {
    if names.is_empty() { "-".to_owned() } else { names.join("\n") }
}
