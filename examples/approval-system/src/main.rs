//! `approval-system`: takes cases through their checkpoints and prints what
//! came of them.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use approval_system::{Case, CaseLog, Client, Ending, take_through};
use clap::Parser;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::json;

/// Takes applications through intake, review and issuance, asking creditgate at each
#[derive(Debug, Parser)]
#[command(version, after_long_help = EXAMPLES)]
struct Arguments {
    /// Address of creditgate
    #[arg(long, value_name = "URL")]
    server: String,
    /// File with the API key
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// Print one JSON document instead of a table
    #[arg(long)]
    json: bool,
    /// Case files, one JSON object each
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Columns of a table.
const WIDTH: u16 = 140;

const EXAMPLES: &str = "Examples:
  Take all cases of the example city through their checkpoints:
      approval-system --server http://127.0.0.1:8800 --key-file caller.key examples/city/applications/*.json
  The same for a program to read:
      approval-system --server http://127.0.0.1:8800 --key-file caller.key --json case.json

Exits with 0 when creditgate answered at every checkpoint and every case that says what should come of it
came out like that, with 1 otherwise. A refused application is an answer like any other.";

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    let key = std::fs::read_to_string(&arguments.key_file)
        .with_context(|| format!("cannot read the key in {}", arguments.key_file.display()))?;
    let client = Client::new(&arguments.server, &key)?;
    let mut results = Vec::with_capacity(arguments.files.len());
    for file in &arguments.files {
        let case = Case::read(file).with_context(|| file.display().to_string())?;
        let log = take_through(&client, &case).await;
        let differences = log.differences(&case);
        results.push((log, differences));
    }
    let text = if arguments.json { document(&results) } else { table(&results) };
    writeln!(std::io::stdout(), "{text}")?;
    let good = results
        .iter()
        .all(|(log, differences)| differences.is_empty() && !matches!(log.ending, Ending::Failed { .. }));
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn document(results: &[(CaseLog, Vec<String>)]) -> String {
    let cases: Vec<_> =
        results.iter().map(|(log, differences)| json!({ "case": log, "differences": differences })).collect();
    format!("{:#}", json!({ "cases": cases }))
}

fn table(results: &[(CaseLog, Vec<String>)]) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(["case", "checkpoint", "status", "outcome", "what the officer reads"]);
    for (log, differences) in results {
        let mut name = format!("{}\n{}", log.case_no, log.title);
        for step in &log.steps {
            let answer = &step.answer;
            table.add_row([
                std::mem::take(&mut name).as_str(),
                &*answer.checkpoint,
                answer.status.code(),
                answer.outcome.code(),
                &answer.explanation,
            ]);
        }
        if let Ending::Failed { checkpoint, error } = &log.ending {
            table.add_row([name.as_str(), checkpoint, "", "failed", error]);
        }
        for difference in differences {
            table.add_row(["", "", "", "unexpected", difference]);
        }
    }
    table.to_string()
}
