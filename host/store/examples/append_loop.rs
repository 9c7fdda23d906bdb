//! Measures durable appends: how many checks a second the ledger takes from a
//! number of callers that each wait for their answer, and how long one waits;
//! beside it what one sync of the same disk takes.
//!
//! ```text
//! cargo run --release -p creditgate-store --example append_loop -- DIRECTORY [CALLERS] [SECONDS]
//! ```

#![expect(clippy::print_stdout, reason = "a program for a terminal")]

#[path = "../src/samples.rs"]
#[expect(dead_code, clippy::expect_used, reason = "shared with the unit tests, which use all of it")]
mod samples;

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use creditgate_gate::ports::{Appended, CreditSource, Ledger};
use creditgate_store::{Store, StoreOptions};
use tokio::task::JoinSet;

type AnyError = Box<dyn Error + Send + Sync>;

/// Lookups to take the mean of.
const LOOKUPS: u32 = 10_000;

#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let mut arguments = std::env::args().skip(1);
    let directory = PathBuf::from(arguments.next().ok_or("which directory?")?);
    let callers: usize = arguments.next().map_or(Ok(32), |text| text.parse())?;
    let seconds: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    std::fs::create_dir_all(&directory)?;
    println!("one sync of the disk: {:?}", sync_time(&directory)?);

    let store = Store::open(&directory.join("append_loop.db"), &StoreOptions::default())?;
    store
        .save_entries("example", vec![samples::entry("e1", "示例食品有限公司", &[samples::COMPANY])])
        .await?;
    let until = Instant::now() + Duration::from_secs(seconds);
    let mut tasks = JoinSet::new();
    for caller in 0..callers {
        tasks.spawn(append_until(store.clone(), caller, until));
    }
    let mut waits = Vec::new();
    for result in tasks.join_all().await {
        waits.extend(result?);
    }
    waits.sort_unstable();
    let total = u64::try_from(waits.len())?;
    println!("{callers} callers: {} durable appends a second", total / seconds);
    for percent in [50, 99] {
        let wait = waits.get(waits.len() * percent / 100).ok_or("nothing was appended")?;
        println!("  p{percent}: {wait:?}");
    }

    let parties = [samples::party("p1", "示例食品有限公司", &[samples::COMPANY])];
    let started = Instant::now();
    for _ in 0..LOOKUPS {
        store.evidence(&parties).await?;
    }
    println!("evidence of one party: {:?}", started.elapsed() / LOOKUPS);

    let started = Instant::now();
    let found = store.verify_ledger(None)?;
    if let Some(fault) = found.faults.first() {
        return Err(format!("{}: {}", fault.place, fault.text).into());
    }
    println!("{} records verified in {:?}; head {}", found.records, started.elapsed(), found.head);
    Ok(())
}

async fn append_until(store: Store, caller: usize, until: Instant) -> Result<Vec<Duration>, AnyError> {
    let process = std::process::id();
    let mut waits = Vec::new();
    for n in 0.. {
        let record = Arc::new(samples::record(&format!("{process}-{caller}-{n}")));
        let started = Instant::now();
        let Appended::New { .. } = store.append(record).await? else { return Err("not new".into()) };
        waits.push(started.elapsed());
        if Instant::now() > until {
            break;
        }
    }
    Ok(waits)
}

/// The median of a few appends of 64 KB to a file, each followed by a sync.
fn sync_time(directory: &Path) -> std::io::Result<Duration> {
    let path = directory.join("append_loop.sync");
    let mut file = std::fs::File::create(&path)?;
    let mut times = Vec::new();
    for _ in 0..51 {
        file.write_all(&[0; 64 << 10])?;
        let started = Instant::now();
        file.sync_data()?;
        times.push(started.elapsed());
    }
    std::fs::remove_file(path)?;
    times.sort_unstable();
    Ok(times[times.len() / 2])
}
