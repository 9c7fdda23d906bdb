//! `cargo xtask city`: writes a made-up city of any size into a folder.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use generated_city::{City, Encoding, Fault, Format, ISSUED_HEADER, MOST_ENTRIES, write_json_lines};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use crate::say;

const EXAMPLES: &str = "\
Examples:
  cargo xtask city --seed 1 --entries 1000000 --out /tmp/city
  cargo xtask city --seed 1 --entries 1000 --format csv --gbk --out /tmp/old-city
  cargo xtask city --seed 1 --entries 1000 --fault measure-basis-over --out /tmp/faulty-city";

/// Files that are not lists.
const OTHER_FILES: &str =
    "catalogue.jsonl, list-types.jsonl, bindings.jsonl, policy.jsonl, cases.jsonl, issued.csv";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// What everything follows from: the same seed gives the same bytes
    #[arg(long)]
    seed: u64,
    /// List entries
    #[arg(long, value_parser = clap::value_parser!(u64).range(0..=MOST_ENTRIES))]
    entries: u64,
    /// Folder to write into; made when it is not there
    #[arg(long)]
    out: PathBuf,
    /// Cases of the history, with three checks each
    #[arg(long, default_value_t = 1000)]
    cases: u64,
    /// Form of the list entries
    #[arg(long, value_enum, default_value_t = ListFormat::Jsonl)]
    format: ListFormat,
    /// Write the list entries in GBK instead of UTF-8
    #[arg(long)]
    gbk: bool,
    /// Put in one fault of this kind
    #[arg(long, value_parser = fault, value_name = "KIND", help = fault_help())]
    fault: Option<Fault>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ListFormat {
    Jsonl,
    Csv,
}

fn fault(name: &str) -> Result<Fault, String> {
    Fault::from_name(name).ok_or_else(fault_help)
}

fn fault_help() -> String {
    let names: Vec<&str> = Fault::ALL.iter().map(|(_, name)| *name).collect();
    format!("Put in one fault of this kind: {}", names.join(", "))
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let folder = &options.out;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut city = City::new(options.seed, options.entries);
    if let Some(fault) = options.fault {
        city = city.with_fault(fault);
    }
    file(folder, "catalogue.jsonl", |out| write_json_lines(city.catalogue(), out))?;
    file(folder, "list-types.jsonl", |out| write_json_lines(city.list_types(), out))?;
    file(folder, "bindings.jsonl", |out| write_json_lines(city.bindings(), out))?;
    file(folder, "policy.jsonl", |out| write_json_lines(city.policies(), out))?;
    file(folder, "cases.jsonl", |out| {
        (0..options.cases).try_for_each(|number| write_json_lines(city.case(number).requests(), &mut *out))
    })?;
    file(folder, "issued.csv", |out| {
        out.write_all(ISSUED_HEADER.as_bytes())?;
        let lines = (0..options.cases).filter_map(|number| city.case(number).issued_line());
        lines.into_iter().try_for_each(|line| out.write_all(line.as_bytes()))
    })?;
    let name = options.write_lists(&city)?;
    say::line(format_args!("{}: {name} with {} entries, {OTHER_FILES}", folder.display(), city.entries()));
    Ok(ExitCode::SUCCESS)
}

impl Options {
    fn write_lists(&self, city: &City) -> Result<&'static str> {
        let (name, format) = match self.format {
            ListFormat::Jsonl => ("lists.jsonl", Format::Jsonl),
            ListFormat::Csv => ("lists.csv", Format::Csv),
        };
        let encoding = if self.gbk { Encoding::Gbk } else { Encoding::Utf8 };
        let bar = progress(city.entries());
        file(&self.out, name, |out| {
            city.write_entries(format, encoding, out, |done| bar.set_position(done))
        })?;
        Ok(name)
    }
}

fn file(
    folder: &Path,
    name: &str,
    write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<()> {
    let path = folder.join(name);
    let written = File::create(&path).map(BufWriter::new).and_then(|mut out| {
        write(&mut out)?;
        out.flush()
    });
    written.with_context(|| format!("cannot write {}", path.display()))
}

/// A bar over the entries; invisible unless standard error is a terminal.
fn progress(entries: u64) -> ProgressBar {
    let bar = ProgressBar::new(entries).with_finish(ProgressFinish::AndClear);
    if let Ok(style) =
        ProgressStyle::with_template("{bar:30} {human_pos}/{human_len} entries, {per_sec}, {eta}")
    {
        bar.set_style(style);
    }
    bar
}
