//! The demo: a host and a credit platform started for real, the example city
//! brought in, its cases taken through their checkpoints, a plug-in swapped
//! while requests run, a release taken its whole way, every check run again, and
//! the feedback that arrived.

mod lifecycle;
mod load;
mod replay;
mod report;
mod swap;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use approval_system::{Case, Client, take_through};
use clap::Args;
use creditgate_plugin_builder::BuiltPlugin;

use crate::api::Api;
use crate::city::{self, City};
use crate::person::Person;
use crate::program::{Program, output};
use crate::{cargo, next, plugins};
use report::{CaseRow, Feedback, Report};

/// How long feedback may take to arrive.
const DELIVERY: Duration = Duration::from_secs(20);

#[derive(Args)]
pub(crate) struct Options {
    /// Leave both servers running and print how to reach them.
    #[arg(long)]
    keep: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

/// Everything that runs.
struct Stage {
    folder: PathBuf,
    city: City,
    platform: Program,
    host: Program,
    /// Keys, by who holds them.
    caller: String,
    vendor: String,
    chief: String,
    admin: String,
}

impl Stage {
    /// Who brings components.
    fn vendor(&self) -> Person {
        self.person(&self.vendor)
    }

    /// Who approves what another has brought.
    fn chief(&self) -> Person {
        self.person(&self.chief)
    }

    fn admin(&self) -> Person {
        self.person(&self.admin)
    }

    fn person(&self, key: &str) -> Person {
        Person::new(programs().join("creditgate"), self.host.url(), key.to_owned())
    }
}

/// Where the programs are that the demo builds.
fn programs() -> PathBuf {
    cargo::target().join("debug")
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    eprintln!("building the plug-ins, the host and the examples");
    let built = plugins::build_with_programs()?;
    let stage = set(&built)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let report = runtime.block_on(play(&stage, &built))?;
    report.show(options.json)?;
    if options.keep {
        keep(stage);
    }
    Ok(if report.is_as_expected() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Starts the platform, prepares the host's folder and starts the host.
fn set(built: &[BuiltPlugin]) -> Result<Stage> {
    let folder = tempfile::Builder::new().prefix("demo-").tempdir_in(cargo::target())?.keep();
    let mut platform = Command::new(programs().join("credit-platform"));
    let platform =
        Program::start(platform.args(["--listen", "127.0.0.1:0"]), &folder.join("credit-platform.log"))?;
    let extra = format!("[platform]\nurl = \"{}/feedback\"\n", platform.url());
    let city = City::prepare(programs().join("creditgate"), &folder, &extra)?;
    for more in ["trap/bindings.jsonl", "lifecycle/bindings.jsonl"] {
        output(city.run(&["import", "bindings"]).arg(city::file(more)))?;
    }
    for plugin in built {
        city.release(plugin)?;
    }
    let caller = city.key("demo approval system", "caller")?;
    let departments: BTreeSet<&str> = built.iter().map(|it| it.manifest.department.as_str()).collect();
    let departments: Vec<&str> = departments.into_iter().collect();
    let vendor = city.key_for("demo vendor", "vendor", &departments)?;
    let chief = city.key("demo chief", "publisher")?;
    let admin = city.key("demo administrator", "admin")?;
    let host = Program::start(&mut city.serve(), &folder.join("creditgate.log"))?;
    Ok(Stage { folder, city, platform, host, caller, vendor, chief, admin })
}

async fn play(stage: &Stage, built: &[BuiltPlugin]) -> Result<Report> {
    let client = Client::new(&stage.host.url(), &stage.caller)?;
    let Taken { rows, sent, mut checks } = take_cases(&client).await?;
    let plugin = plugins::find(built, swap::PLUGIN)?;
    // The same rules with a shorter default deadline.
    let shorter = [("default = 20", "default = 15")];
    let next = next::version(&stage.city, plugin, swap::NEXT_VERSION, &shorter)?;
    eprintln!("swapping {} under load", swap::PLUGIN);
    let (swap, more) = swap::under_load(stage, &client, &next).await?;
    checks.extend(more);
    let (lifecycle, more) =
        lifecycle::under_load(stage, &client, plugins::find(built, lifecycle::PLUGIN)?).await?;
    checks.extend(more);
    let received = await_feedback(stage, sent).await?;
    eprintln!("running {} checks again", checks.len());
    let replay = replay::all(&Api::new(stage.host.url(), stage.admin.clone())?, checks).await?;
    Ok(Report { cases: rows, swap, feedback: Feedback { sent, received }, lifecycle, replay })
}

/// What came of the city's cases.
struct Taken {
    rows: Vec<CaseRow>,
    /// Messages to the platform that follow from them.
    sent: usize,
    /// Ids of their checks.
    checks: Vec<String>,
}

/// Takes every case through its checkpoints.
async fn take_cases(client: &Client) -> Result<Taken> {
    let mut taken = Taken { rows: Vec::new(), sent: 0, checks: Vec::new() };
    for case in cases()? {
        let log = take_through(client, &case).await;
        taken.sent += log.steps.iter().map(|step| step.feedback.len()).sum::<usize>();
        taken.checks.extend(log.steps.iter().map(|step| step.answer.check_id.to_string()));
        let differences = log.differences(&case);
        for (position, expected) in case.expected.iter().enumerate() {
            let step = log.steps.get(position);
            let receipt_valid = match step.and_then(|step| step.answer.receipt.as_deref()) {
                Some(receipt) => client.verify(receipt).await?,
                None => false,
            };
            taken.rows.push(CaseRow::new(&case, expected, step.map(|step| &step.answer), receipt_valid));
        }
        // What a row cannot show: a checkpoint too many, advice that is missing.
        for difference in differences {
            eprintln!("{}: {difference}", case.case_no);
            taken.rows.iter_mut().filter(|row| row.case_no == case.case_no).for_each(CaseRow::spoil);
        }
    }
    Ok(taken)
}

/// The cases of the city, and the one whose plug-in traps, by case number.
fn cases() -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for folder in ["applications", "trap/applications"] {
        let folder = city::file(folder);
        let files =
            std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for file in files {
            let file = file?.path();
            cases.push(Case::read(&file).with_context(|| format!("in {}", file.display()))?);
        }
    }
    cases.sort_by(|a, b| a.case_no.cmp(&b.case_no));
    ensure!(cases.len() >= 10, "the city has {} cases only", cases.len());
    Ok(cases)
}

/// Waits until the platform has as much feedback as was sent, or no longer.
async fn await_feedback(stage: &Stage, sent: usize) -> Result<usize> {
    let http = reqwest::Client::builder().tls_certs_only([]).no_proxy().build()?;
    let until = Instant::now() + DELIVERY;
    loop {
        let stats: serde_json::Value =
            http.get(format!("{}/stats", stage.platform.url())).send().await?.json().await?;
        let received = stats["received"].as_u64().context("the platform tells no number")?;
        let received = usize::try_from(received)?;
        if received >= sent || Instant::now() >= until {
            return Ok(received);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Leaves the servers running and says how to reach them.
fn keep(stage: Stage) {
    let Stage { folder, platform, host, caller, vendor, chief, admin, .. } = stage;
    let (url, platform_url) = (host.url(), platform.url());
    let request = folder.join("request.json");
    let written = write_request(&request);
    let (host, platform) = (host.leave_running(), platform.leave_running());
    eprintln!("\ncreditgate       {url}  (process {host})");
    eprintln!("credit platform  {platform_url}/feedback  (process {platform})");
    eprintln!("folder           {}", folder.display());
    eprintln!("caller's key     {caller}");
    eprintln!("vendor's key     {vendor}");
    eprintln!("chief's key      {chief}");
    eprintln!("admin's key      {admin}");
    if written.is_ok() {
        eprintln!(
            "\ntry:\n  curl -s {url}/v1/checks -H 'Authorization: Bearer {caller}' --json @{}",
            request.display()
        );
    }
    eprintln!("\nstop both with: kill {host} {platform}");
}

fn write_request(file: &Path) -> Result<()> {
    let case = cases()?.into_iter().next().context("the city has no case")?;
    let first = case.checkpoints.first().context("the case has no checkpoint")?;
    let mut request = case.request(first, &[]);
    request.case_no = "TRY-0001".to_owned();
    Ok(std::fs::write(file, serde_json::to_string_pretty(&request)?)?)
}
