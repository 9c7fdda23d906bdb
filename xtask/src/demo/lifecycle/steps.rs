//! The steps, each as the person does it whose step it is, and what has to be
//! seen after it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use approval_system::Client;
use creditgate_api::Answer;
use creditgate_credit::check::Status;
use creditgate_plugin_builder::BuiltPlugin;
use serde_json::Value;

use super::{FAULTY, IN_FORCE, MENDED, PLUGIN, request};
use crate::api::{Api, until};
use crate::city::{digest_of, release_of};
use crate::demo::Stage;
use crate::demo::load::{Load, version};
use crate::demo::report::{Backtest, Lifecycle, Shadow};
use crate::next;
use crate::person::Person;

/// The binding that the releases serve.
const BINDING: &str = "test/rolling-release/review";
/// With these the faulty version traps.
const SETTINGS: &str = r#"{"behaviour": "panic-for-one-in-twenty"}"#;

/// Half of the cases; a slow machine alone stops no canary of the demo.
const CANARY: [&str; 6] = ["--share", "500", "--least-checks", "100", "--p99-ms", "10000"];
/// Checks on record before the backtest: enough for some that trap.
const PAST: usize = 300;
/// Checks a shadow judges at least.
const SHADOWED: u64 = 300;
/// Checks that the mended canary has to stand: more than its terms begin with.
const TRIED: u64 = 150;
/// Checks after a step that nothing but the load would show.
const AFTER: usize = 50;

/// Who and what takes part.
pub(super) struct Cast {
    vendor: Person,
    chief: Person,
    api: Api,
    client: Client,
    /// Component files of the versions, and the file with [`SETTINGS`].
    faulty: PathBuf,
    mended: PathBuf,
    settings: PathBuf,
}

/// A release that was brought to the host.
struct Brought {
    digest: String,
    number: String,
    hooks: usize,
}

impl Cast {
    pub(super) fn gather(stage: &Stage, client: &Client, plugin: &BuiltPlugin) -> Result<Self> {
        let settings = stage.folder.join("faulty.json");
        std::fs::write(&settings, SETTINGS)
            .with_context(|| format!("cannot write {}", settings.display()))?;
        let component = |version| next::version(&stage.city, plugin, version, &[]);
        Ok(Self {
            vendor: stage.vendor(),
            chief: stage.chief(),
            api: Api::new(stage.host.url(), stage.admin.clone())?,
            client: client.clone(),
            faulty: component(FAULTY)?,
            mended: component(MENDED)?,
            settings,
        })
    }

    /// Every step, up to the first that is not as expected. `own` gets the answers
    /// to the checks that are made to look who judges.
    pub(super) async fn walk(
        &self,
        load: &Load,
        report: &mut Lifecycle,
        own: &mut Vec<Answer<'static>>,
    ) -> Option<()> {
        let begun = load.more(PAST).await.map(|()| ((), format!("{PAST} checks by version {IN_FORCE}")));
        report.note("load", begun)?;
        let faulty = report.note("push", self.push(&self.faulty, Some(&self.settings)).await)?;
        report.note("validate", self.validated(&faulty).await)?;
        report.backtest = report.note("backtest", self.backtest(&faulty).await)?;
        report.note("approve", self.approve(&faulty).await)?;
        report.shadow = report.note("shadow", self.shadow(&faulty).await)?;
        let stopped = report.note("canary", self.canary_stopped(&faulty).await)?;
        report.canary.stopped_because = Some(stopped);
        report.note("after the canary", self.serves(load, own, IN_FORCE).await)?;
        let mended = report.note("push the mended version", self.push(&self.mended, None).await)?;
        report.note("approve the mended version", self.approve(&mended).await)?;
        report.note("canary of the mended version", self.canary_stands(&mended).await)?;
        let order = ["activate", &mended.number, "--binding", BINDING, "--reason", "the canary stood"];
        report.note("activate", self.switch(&order, load, own, MENDED).await)?;
        let order = ["rollback", "--binding", BINDING, "--reason", "to show the way back"];
        report.note("rollback", self.switch(&order, load, own, IN_FORCE).await)
    }

    /// Pushes a component as the vendor; with settings, makes the release of it
    /// that goes the way.
    async fn push(&self, file: &Path, settings: Option<&Path>) -> Result<(Brought, String)> {
        let pushed = self.vendor.does(&["plugin", "push", &file.display().to_string()]).await?;
        let (digest, mut number) = (digest_of(&pushed)?, release_of(&pushed)?);
        let hooks = pushed[0]["hooks"].as_array().map_or(0, Vec::len);
        if let Some(settings) = settings {
            let settings = settings.display().to_string();
            let order = ["releases", "make", &digest, "--settings", &settings, "--notes", "demo"];
            let made = self.vendor.does(&order).await?;
            number = made["release"].as_i64().context("`releases make` printed no release")?;
        }
        let version = pushed[0]["version"].as_str().unwrap_or_default();
        let detail = format!("release {number} of {PLUGIN} {version}, signed by its vendor");
        Ok((Brought { digest, number: number.to_string(), hooks }, detail))
    }

    /// The host has loaded and tried the candidate, and says so.
    async fn validated(&self, release: &Brought) -> Result<((), String)> {
        let history = self.history(release).await?;
        let steps: Vec<_> =
            items(&history["transitions"]).iter().filter_map(|step| step["to"].as_str()).collect();
        ensure!(steps == ["uploaded", "validated", "staged"], "it went {}", steps.join(" → "));
        ensure!(release.hooks > 0, "no hook was tried");
        Ok(((), format!("{}; {} hooks tried", steps.join(" → "), release.hooks)))
    }

    async fn backtest(&self, release: &Brought) -> Result<(Backtest, String)> {
        let settings = self.settings.display().to_string();
        let order =
            ["backtest", "--binding", BINDING, "--candidate", &release.digest, "--settings", &settings];
        let found = self.chief.does(&order).await?;
        let summary = &found["summary"];
        let count = |value: &Value| value.as_u64().context("the backtest's report has no counts");
        let failed = count(&summary["compared"]["failed"])?;
        let found = Backtest {
            checks: count(&summary["checks"])?,
            changed: count(&summary["compared"]["changed"])? + failed,
            failed,
            not_reconstructible: count(&summary["not_reconstructible"])?,
        };
        let detail = format!(
            "{} recorded checks, {} would come out otherwise, {} not reconstructible",
            found.checks, found.changed, found.not_reconstructible
        );
        let sees = found.failed > 0 && found.not_reconstructible == 0;
        ensure!(sees, "the backtest does not see the fault: {detail}");
        Ok((found, detail))
    }

    async fn approve(&self, release: &Brought) -> Result<((), String)> {
        let order = ["releases", "approve", &release.number, "--reason", "backtest read"];
        let approved = self.chief.does(&order).await?;
        ensure!(approved["state"] == "approved", "it is {}", approved["state"]);
        Ok(((), format!("release {} approved by a second person", release.number)))
    }

    /// Lets the candidate judge unheard, until it has judged enough.
    async fn shadow(&self, release: &Brought) -> Result<(Shadow, String)> {
        self.try_out("shadow", release, &[]).await?;
        let (checks, different) = until("the shadow has judged some checks", async || {
            let counts = self.trial(release).await?["shadow"].take();
            let (checks, different) = (counts["checks"].as_u64(), counts["different"].as_u64());
            Ok(checks.zip(different).filter(|(checks, different)| *checks >= SHADOWED && *different > 0))
        })
        .await?;
        let end = ["releases", "end-trial", &release.number, "--reason", "seen enough"];
        self.chief.does(&end).await?;
        Ok((
            Shadow { checks, different },
            format!("judged {checks} checks unheard, {different} of them otherwise"),
        ))
    }

    /// Gives the candidate half of the cases, until the host takes them away.
    async fn canary_stopped(&self, release: &Brought) -> Result<(String, String)> {
        self.try_out("canary", release, &CANARY).await?;
        until("the host stops the canary", async || {
            Ok((self.state(release).await? == "rejected").then_some(()))
        })
        .await?;
        let trial = self.trial(release).await?;
        ensure!(trial["ended_by"] == "host", "it was ended by {}", trial["ended_by"]);
        let because = trial["end_reason"].as_str().context("the host gives no reason")?.to_owned();
        Ok((because.clone(), because))
    }

    /// Gives the mended version half of the cases, until it has judged enough.
    async fn canary_stands(&self, release: &Brought) -> Result<((), String)> {
        self.try_out("canary", release, &CANARY).await?;
        let checks = until("the canary has judged some checks", async || {
            let checks = self.trial(release).await?["canary"]["canary"]["checks"].as_u64();
            Ok(checks.filter(|checks| *checks >= TRIED))
        })
        .await?;
        let state = self.state(release).await?;
        ensure!(state == "canary", "it is {state}");
        Ok(((), format!("{checks} checks, and every term kept")))
    }

    /// Gives a switching order and looks who judges then.
    async fn switch(
        &self,
        order: &[&str],
        load: &Load,
        own: &mut Vec<Answer<'static>>,
        expected: &str,
    ) -> Result<((), String)> {
        self.chief.does(order).await?;
        self.serves(load, own, expected).await
    }

    /// A new case is judged by this version, and callers are served on.
    async fn serves(
        &self,
        load: &Load,
        own: &mut Vec<Answer<'static>>,
        expected: &str,
    ) -> Result<((), String)> {
        let case_no = format!("LOOK-{:06}", own.len());
        let answer = self.client.check(&request(&case_no), &case_no).await?;
        let (status, by) = (answer.status, version(&answer).to_owned());
        own.push(answer);
        ensure!(status == Status::Clear && by == expected, "version {by} says {}", status.code());
        load.more(AFTER).await?;
        Ok(((), format!("version {by} judges")))
    }

    async fn try_out(&self, kind: &str, release: &Brought, terms: &[&str]) -> Result<Value> {
        let order = ["releases", kind, &release.number, "--binding", BINDING, "--reason", "demo"];
        self.chief.does(&[&order, terms].concat()).await
    }

    async fn history(&self, release: &Brought) -> Result<Value> {
        self.api.get(&format!("/v1/admin/releases/{}", release.number)).await
    }

    async fn state(&self, release: &Brought) -> Result<String> {
        let history = self.history(release).await?;
        history["release"]["state"].as_str().map(str::to_owned).context("the release has no state")
    }

    /// The last trial of a release.
    async fn trial(&self, release: &Brought) -> Result<Value> {
        let history = self.history(release).await?;
        items(&history["trials"]).last().cloned().context("the release is not on trial")
    }
}

fn items(array: &Value) -> &[Value] {
    array.as_array().map_or(&[], Vec::as_slice)
}
