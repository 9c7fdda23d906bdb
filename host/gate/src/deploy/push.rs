//! A component comes in: it is tried, kept, and made a release.

use std::sync::Arc;

use creditgate_credit::instant;
use creditgate_credit::json::JsonObject;
use creditgate_credit::time::Instant;
use creditgate_sandbox::{GivenLimits, Plugin, Settings};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::fit::staging;
use super::{DeployError, Deployer, StagingProblem, run_blocking};
use crate::error::{LedgerError, chain};
use crate::examples::{self, ExampleError, ExampleRun};
use crate::ports::{Component, NewRelease};
use crate::probe;
use crate::release::{Release, ReleaseId, ReleaseState, Transition};
use crate::request::Caller;
use crate::signature::SignatureError;

/// A component that was found good.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PushReport {
    /// `sha256:<hex>` of the component.
    pub digest: String,
    /// Name of the manifest.
    pub name: String,
    /// Version of the manifest.
    pub version: String,
    /// Checkpoints it serves.
    pub hooks: Vec<String>,
    /// What the trial call of each hook used.
    pub probes: Vec<Probe>,
    /// Examples it carries; all came out as they should.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<ExampleRun>,
    /// Id of the vendor's key it was signed with; absent where it was not.
    pub signed_by: Option<String>,
    /// Number of the release that was made of it.
    #[schema(value_type = i64)]
    pub release: ReleaseId,
    /// When it was pushed.
    #[serde(with = "instant")]
    #[schema(value_type = Instant)]
    pub pushed_at: Timestamp,
}

/// The trial call of a hook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Probe {
    /// Checkpoint of the hook.
    pub checkpoint: String,
    /// Fuel it used.
    pub fuel: u64,
}

impl Deployer {
    /// Tries a component that `by` brings and keeps it with its signature, a
    /// signature document as the vendor gave it. Nothing is switched.
    ///
    /// # Errors
    /// [`DeployError`] with what is wrong with it. A signature that is not
    /// accepted, or is of a department `by` is not for, is found before anything
    /// of the component is parsed.
    pub async fn push(
        &self,
        bytes: Vec<u8>,
        signature: Option<String>,
        by: &Caller,
        at: Timestamp,
    ) -> Result<PushReport, DeployError> {
        let (bytes, signed) = self.signed_by(bytes, signature, at).await?;
        if let Some(signed) = &signed {
            for_department(by, &signed.signer.department)?;
        }
        let sandbox = Arc::clone(&self.sandbox);
        let (loaded, bytes) = run_blocking(move || (sandbox.load(&bytes), bytes)).await?;
        let plugin = loaded?;
        if let Some(signed) = &signed {
            signed.signer.signs_for(&plugin.manifest().department).map_err(SignatureError::from)?;
        }
        let manifest = plugin.manifest();
        for_department(by, &manifest.department)?;
        self.name_is_free(&manifest.name, &manifest.department).await?;
        let component = Component {
            digest: plugin.digest().to_string(),
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            department: Some(manifest.department.clone()),
            pushed_at: at,
            pushed_by: by.key.clone(),
            signatures: signed.map(|signed| signed.signature).into_iter().collect(),
        };
        let trials = match self.try_out(&plugin, &bytes).await {
            Ok(trials) => trials,
            Err(error) if error.is_for_want_of_room() => return Err(error),
            Err(error) => {
                self.reject_pushed(&component, &plugin, &error).await?;
                return Err(error);
            }
        };
        let (known, made) = {
            // Of two departments that bring the same name at once, one has it.
            let _guard = self.changing.lock().await;
            self.name_is_free(&manifest.name, &manifest.department).await?;
            let known = self.release_of(&component)?;
            let new = known.is_none().then(|| first_release(&component, &plugin, &trials));
            let made = self.registry.save_component(component.clone(), bytes, new).await?;
            (known, made)
        };
        if known.is_some() {
            // What the store held of it may have been altered, and serve nobody.
            self.publish_kept(at).await;
        }
        let release = known.or(made).unwrap_or_default();
        let Trials { hooks, probes, examples } = trials;
        Ok(PushReport {
            signed_by: component.signatures.into_iter().next().map(|signature| signature.signer),
            digest: component.digest,
            name: component.name,
            version: component.version,
            hooks,
            probes,
            examples,
            release,
            pushed_at: component.pushed_at,
        })
    }

    /// Default settings, every hook, and the vendor's own examples.
    async fn try_out(&self, plugin: &Plugin, bytes: &[u8]) -> Result<Trials, DeployError> {
        let manifest = plugin.manifest();
        let place = "default settings";
        let defaults = manifest
            .settings
            .check(&serde_json::Map::new())
            .map_err(|problems| staging(plugin, place, StagingProblem::Settings(problems)))?;
        let (defaults, limits) = (Settings::new(defaults), plugin.usual_limits());
        plugin
            .validate_settings(&defaults, &limits)
            .await
            .map_err(|error| staging(plugin, place, error.into()))?;
        let mut probes = Vec::new();
        let hooks: Vec<String> = plugin.hooks().iter().map(|hook| hook.checkpoint().to_owned()).collect();
        for checkpoint in &hooks {
            let fuel = probe::call(
                plugin,
                &manifest.department,
                checkpoint,
                &defaults,
                &limits,
                &self.calendar.load_full(),
            )
            .await
            .map_err(|error| staging(plugin, checkpoint, StagingProblem::Probe(error)))?;
            probes.push(Probe { checkpoint: checkpoint.clone(), fuel });
        }
        let examples = examples::of(plugin, bytes, self.examples.as_deref(), &self.calendar.load_full())
            .await
            .map_err(|problem| example(plugin, problem))?;
        Ok(Trials { hooks, probes, examples })
    }

    /// Remembers a component that did not stand its trial, without its bytes.
    async fn reject_pushed(
        &self,
        component: &Component,
        plugin: &Plugin,
        error: &DeployError,
    ) -> Result<(), LedgerError> {
        let release = new_release(component, plugin);
        let rejected = Some(ReleaseState::Validated);
        let mut steps = way_in(&release, "it loads and has the hooks it says it has");
        steps.push(step(&release, rejected, ReleaseState::Rejected, chain(error)));
        self.registry.save_release(release, steps).await.map(drop)
    }

    /// Makes a release of a component that is kept, with settings over those of
    /// the bindings, and limits in place of theirs.
    ///
    /// # Errors
    /// [`DeployError`]; no release was made then.
    pub async fn make_release(
        &self,
        digest: &str,
        settings: JsonObject,
        limits: Option<GivenLimits>,
        notes: String,
        by: &Caller,
        at: Timestamp,
    ) -> Result<Release, DeployError> {
        let component = self.find_component(digest)?;
        let plugin = self.load(&component.digest).await?;
        for_department(by, &plugin.manifest().department)?;
        let release = NewRelease {
            settings,
            limits,
            notes,
            created_at: at,
            created_by: by.key.clone(),
            ..new_release(&component, &plugin)
        };
        let mut steps = way_in(&release, "its component was found good before");
        let validated = Some(ReleaseState::Validated);
        let tried = "its settings are tried with each binding".to_owned();
        steps.push(step(&release, validated, ReleaseState::Staged, tried));
        let id = self.registry.save_release(release, steps).await?;
        self.release(id)
    }

    /// The release a component has already: pushing the same bytes again makes
    /// none, unless the one before was rejected.
    fn release_of(&self, component: &Component) -> Result<Option<ReleaseId>, LedgerError> {
        let releases = self.registry.deployment()?.releases;
        let known = releases
            .into_iter()
            .rev()
            .find(|release| release.digest == component.digest && release.state != ReleaseState::Rejected);
        Ok(known.map(|release| release.id))
    }
}

/// The release a component makes when it is first pushed.
fn first_release(component: &Component, plugin: &Plugin, trials: &Trials) -> (NewRelease, Vec<Transition>) {
    let release = new_release(component, plugin);
    let mut steps = way_in(&release, &format!("it loads and serves {}", trials.hooks.join(", ")));
    let validated = Some(ReleaseState::Validated);
    steps.push(step(&release, validated, ReleaseState::Staged, trials.report()));
    (release, steps)
}

/// Whether a key is for a department.
fn for_department(by: &Caller, department: &str) -> Result<(), DeployError> {
    if by.may_ask_for(department) {
        return Ok(());
    }
    Err(DeployError::NotForDepartment(department.to_owned()))
}

fn new_release(component: &Component, plugin: &Plugin) -> NewRelease {
    NewRelease {
        digest: component.digest.clone(),
        plugin: component.name.clone(),
        version: component.version.clone(),
        department: plugin.manifest().department.clone(),
        settings: JsonObject::default(),
        limits: None,
        capabilities: plugin.capabilities().to_vec(),
        notes: String::new(),
        created_at: component.pushed_at,
        created_by: component.pushed_by.clone(),
    }
}

/// The first steps of every release.
fn way_in(release: &NewRelease, validated: &str) -> Vec<Transition> {
    let uploaded = Some(ReleaseState::Uploaded);
    vec![
        step(release, None, ReleaseState::Uploaded, "pushed".to_owned()),
        step(release, uploaded, ReleaseState::Validated, validated.to_owned()),
    ]
}

fn step(release: &NewRelease, from: Option<ReleaseState>, to: ReleaseState, reason: String) -> Transition {
    // The registry gives the number.
    Transition { release: 0, from, to, at: release.created_at, actor: release.created_by.clone(), reason }
}

/// What a component went through.
struct Trials {
    hooks: Vec<String>,
    probes: Vec<Probe>,
    examples: Vec<ExampleRun>,
}

impl Trials {
    /// Kept with the step, and shown in the release's timeline.
    fn report(&self) -> String {
        let probe = |Probe { checkpoint, fuel }: &Probe| format!("{checkpoint} ({fuel} fuel)");
        let probes = self.probes.iter().map(probe).collect::<Vec<_>>().join(", ");
        format!("trial calls passed at {probes}; {} examples came out as they should", self.examples.len())
    }
}

fn example(plugin: &Plugin, problem: ExampleError) -> DeployError {
    let manifest = plugin.manifest();
    DeployError::Example { plugin: manifest.name.clone(), version: manifest.version.clone(), problem }
}
