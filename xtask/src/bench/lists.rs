//! Lists at size: a whole city's entries imported into a host over HTTP, what that
//! does to checks meanwhile, and what a dossier costs afterwards.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result};
use generated_city::{City as GeneratedCity, Encoding, Format, write_json_lines};
use serde::Serialize;

use super::parts::Bench;
use crate::city::City;
use crate::program::{Program, output};

/// What the generated city follows from.
const SEED: u64 = 1;

/// The figures, by the names under which they are quoted.
#[derive(Serialize)]
pub(super) struct Lists {
    list_entries: u64,
    /// By `creditgate import lists --full` over HTTP, on a host without other load:
    /// from the start of the program to its end.
    import_entries_per_s: f64,
    dossier_us_p50: f64,
    /// Of a party that is on a list, with a warm cache.
    dossier_us_p99: f64,
    /// Requests that got no clear check while the same set was imported again.
    import_failed_requests: u64,
    check_p99_importing_ms: f64,
    /// Against the load before and after.
    import_p99_ratio: f64,
}

/// Imports so many entries into the real host on the city, whose data it changes.
/// `caller` is the key of an approval system.
///
/// # Errors
/// When the set cannot be imported. Checks that fail are a figure.
pub(super) fn measure(
    bench: &Bench,
    city: &City,
    folder: &Path,
    caller: &str,
    (entries, seconds): (u64, u32),
) -> Result<Lists> {
    eprintln!("a city with {entries} list entries");
    let generated = GeneratedCity::new(SEED, entries);
    let (lists, types) = (folder.join("entries.csv"), folder.join("list-types.jsonl"));
    let file = |path: &Path| File::create(path).with_context(|| format!("cannot write {}", path.display()));
    generated.write_entries(Format::Csv, Encoding::Utf8, BufWriter::new(file(&lists)?), |_| {})?;
    write_json_lines(generated.list_types(), file(&types)?)?;
    let publisher = city.key("bench lists", "publisher")?;
    let host = Program::start(&mut city.serve(), &city.config.with_file_name("log"))?;
    let import = |what: &[&str], path: &Path| {
        let mut command = city.client();
        command.arg("import").args(what).arg(path).args(["--server", &host.url(), "--json"]);
        output(command.env("CREDITGATE_KEY", &publisher)).map(drop)
    };
    let full = ["lists", "--full", "--source", "bench"];
    import(&["list-types"], &types)?;
    eprintln!("importing them");
    let started = Instant::now();
    import(&full, &lists)?;
    let took = started.elapsed().as_secs_f64();

    eprintln!("{seconds} s of load, an import under load, {seconds} s of load");
    let before = bench.load(&host, caller, seconds)?;
    let load = bench.begin_load(&host, caller)?;
    import(&full, &lists)?;
    let importing = load.stop()?;
    let after = bench.load(&host, caller, seconds)?;
    drop(host);
    let dossier = bench.dossier(&city.store_file(), SEED, entries)?;
    Ok(Lists {
        list_entries: entries,
        import_entries_per_s: f64::from(u32::try_from(entries)?) / took,
        dossier_us_p50: dossier.p50_us,
        dossier_us_p99: dossier.p99_us,
        import_failed_requests: importing.failed,
        check_p99_importing_ms: importing.p99_ms,
        import_p99_ratio: importing.p99_ms / before.steady_with(&after),
    })
}

impl Bench {
    fn dossier(&self, store: &Path, seed: u64, entries: u64) -> Result<super::parts::Hook> {
        eprintln!("dossiers of parties that are on a list");
        let mut command = Command::new(&self.program);
        command.arg("dossier").arg("--store").arg(store);
        command.args(["--seed", &seed.to_string(), "--entries", &entries.to_string()]);
        super::parts::parse(&output(&mut command)?)
    }
}
