//! A whole city in one host: every item at every checkpoint, bound to a plug-in
//! of its own among many.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use creditgate_plugin_builder::BuiltPlugin;
use serde::Serialize;
use serde_json::{Value, json};

use super::footprint::Footprint;
use super::live;
use super::median;
use super::swaps::{Hands, Keys};
use crate::api::Api;
use crate::city::{City, release_of};
use crate::next;
use crate::program::{Program, output};

/// Items of a city at the scale of R64, and what is checked of each.
const ITEMS: usize = 470;
const CHECKPOINTS: [&str; 3] = ["intake", "review", "issuance"];
const COMPONENTS: usize = 200;
const DEPARTMENT: &str = "market-regulation";

/// Starts that are timed, and checks after the last.
const STARTS: usize = 3;
const CALLS: usize = 400;

/// The figures, by the names under which they are quoted.
#[derive(Serialize)]
pub(super) struct Density {
    bindings: usize,
    components: usize,
    /// From the start of the program to its first word, every component in the
    /// cache of compiled ones.
    start_warm_ms: f64,
    /// Resident memory after such a start, before the first check.
    rss_idle_mb: f64,
    /// The first check after such a start, over a connection that is open, and
    /// against the median of those that follow at other bindings.
    first_check_ms: f64,
    first_check_ratio: f64,
}

/// Makes a city of its own in `folder`, fills it and starts the real host on it.
///
/// # Errors
/// When a plug-in or a binding is refused, or a check fails.
pub(super) fn measure(creditgate: &Path, folder: &Path, plugin: &BuiltPlugin) -> Result<Density> {
    eprintln!("{} bindings over {COMPONENTS} components", ITEMS * CHECKPOINTS.len());
    let city = City::prepare(creditgate.to_owned(), folder, "[log]\nlevel = \"error\"\n")?;
    let components = (0..COMPONENTS)
        .map(|number| {
            let named = format!("name = \"{}\"", name_of(number));
            let changes = [("name = \"market-registration\"", named.as_str())];
            next::version(&city, plugin, &format!("3.0.{number}"), &changes)
        })
        .collect::<Result<Vec<PathBuf>>>()?;
    bind(&city, folder)?;
    let keys = Keys::of(&city, DEPARTMENT)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let start = || Program::start(&mut city.serve(), &folder.join("log"));
    let host = start()?;
    runtime.block_on(release(&keys.hands(&host)?, &components))?;
    drop(host);

    let mut starts = Vec::new();
    let mut last = None;
    for _ in 0..STARTS {
        drop(last.take());
        let began = Instant::now();
        let host = start()?;
        starts.push(began.elapsed().as_secs_f64() * 1000.0);
        last = Some(host);
    }
    let host = last.context("no start")?;
    let rss_idle_mb = Footprint::at_rest(host.id())?.resident_mb;
    let (first, others) = runtime.block_on(checks(&keys.hands(&host)?.caller))?;
    Ok(Density {
        bindings: ITEMS * CHECKPOINTS.len(),
        components: COMPONENTS,
        start_warm_ms: median(starts.into_iter()),
        rss_idle_mb,
        first_check_ms: first,
        first_check_ratio: first / median(others.into_iter()),
    })
}

fn name_of(number: usize) -> String {
    format!("dense-{number:03}")
}

fn item_of(number: usize) -> String {
    format!("dense-item-{number:03}")
}

/// Binds every checkpoint of every item to one of the plug-ins.
fn bind(city: &City, folder: &Path) -> Result<()> {
    let path = folder.join("dense-bindings.jsonl");
    let mut file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    for number in 0..ITEMS {
        for checkpoint in CHECKPOINTS {
            let binding = json!({
                "department": DEPARTMENT, "item": item_of(number), "checkpoint": checkpoint,
                "division": "379900", "plugin": name_of(number % COMPONENTS), "mode": "enforce",
            });
            writeln!(file, "{binding}").with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    output(city.run(&["import", "bindings"]).arg(&path)).map(drop)
}

/// Pushes, approves and activates every component.
async fn release(hands: &Hands, components: &[PathBuf]) -> Result<()> {
    for (number, component) in components.iter().enumerate() {
        if number % 20 == 0 {
            eprintln!("{number} of {} components released", components.len());
        }
        let release = release_of(&live::push(hands, component).await?)?;
        hands.approve(release).await?;
        hands.activate(release).await?;
    }
    Ok(())
}

/// Milliseconds of the first check and of those after it, which go round the
/// bindings.
async fn checks(caller: &Api) -> Result<(f64, Vec<f64>)> {
    // So that the connection is open.
    caller.get("/readyz").await?;
    let mut took = Vec::with_capacity(CALLS);
    for number in 0..=CALLS {
        let request = request(number);
        let began = Instant::now();
        let answer = caller.post("/v1/checks", &request).await?;
        took.push(began.elapsed().as_secs_f64() * 1000.0);
        anyhow::ensure!(answer["status"] == "clear", "the check did not come out clear: {answer}");
    }
    let others = took.split_off(1);
    Ok((took.pop().context("no check")?, others))
}

/// A company that is on no list, at the binding of this number.
fn request(number: usize) -> Value {
    let mut request = live::request(number);
    request["item"] = item_of(number % ITEMS).into();
    request["checkpoint"] = CHECKPOINTS[number % CHECKPOINTS.len()].into();
    request
}
