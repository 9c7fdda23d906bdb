//! Deployments: components come in, bindings are switched to them, and each
//! change is one new snapshot. Nothing changes until everything was found good,
//! and a release that cannot be loaded leaves the others serving.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_manifest::SettingProblem;
use creditgate_sandbox::{CallError, Limits, LoadError, Plugin, Sandbox, Settings, ValidateError};
use jiff::Timestamp;

use crate::judge::Judge;
use crate::ports::{Activation, Deployment, LedgerError, Registry, StoredComponent};
use crate::probe;
use crate::record::PluginRef;
use crate::world::{Binding, Route, RouteState, World};

/// Why a component or an activation was refused. Nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum DeployError {
    /// The component cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The component does not stand the trial.
    #[error("{plugin} {version} does not pass at {place}: {problem}")]
    Staging {
        /// Plug-in name.
        plugin: String,
        /// Version.
        version: String,
        /// The hook or binding on trial.
        place: String,
        /// What went wrong.
        problem: Box<StagingProblem>,
    },
    /// No component has this digest.
    #[error("no component has the digest `{0}`; push it first")]
    UnknownDigest(String),
    /// Several components begin with this digest.
    #[error("`{0}` is the beginning of several digests; give more of it")]
    AmbiguousDigest(String),
    /// No binding has this id.
    #[error("there is no binding `{0}`")]
    UnknownBinding(String),
    /// No binding names this plug-in.
    #[error("no binding names the plug-in `{0}`; import one first")]
    NoBinding(String),
    /// The binding names another plug-in.
    #[error("binding `{binding}` is for plug-in `{expected}`, not for `{found}`")]
    OtherPlugin {
        /// The binding.
        binding: String,
        /// The plug-in it names.
        expected: String,
        /// The plug-in of the component.
        found: String,
    },
    /// There is no earlier release.
    #[error("binding `{0}` has no earlier release to go back to")]
    NothingToRollBack(String),
    /// The registry failed.
    #[error("the deployment could not be recorded")]
    Registry(#[from] LedgerError),
}

/// What went wrong in a trial.
#[derive(Debug, thiserror::Error)]
pub enum StagingProblem {
    /// The binding's settings are no JSON object.
    #[error("the settings are not a JSON object")]
    SettingsNotAnObject,
    /// The settings do not fit the manifest's schema.
    #[error("the settings do not fit the manifest: {}", list(.0))]
    Settings(Vec<SettingProblem>),
    /// The plug-in refuses the settings.
    #[error(transparent)]
    Validate(#[from] ValidateError),
    /// The component does not serve the checkpoint.
    #[error("the component does not serve checkpoint `{checkpoint}`; it serves: {}", served.join(", "))]
    HookMissing {
        /// The checkpoint.
        checkpoint: String,
        /// What it serves.
        served: Vec<String>,
    },
    /// The probe call failed.
    #[error("the probe call failed: {0}")]
    Probe(CallError),
}

fn list(problems: &[SettingProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl DeployError {
    /// Stable code on the wire.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Load(error) => error.code(),
            Self::Staging { problem, .. } => match **problem {
                StagingProblem::SettingsNotAnObject
                | StagingProblem::Settings(_)
                | StagingProblem::Validate(_) => "plugin.settings_refused",
                StagingProblem::HookMissing { .. } => "plugin.hook_missing",
                StagingProblem::Probe(_) => "plugin.probe_failed",
            },
            Self::UnknownDigest(_) => "plugin.unknown_digest",
            Self::AmbiguousDigest(_) => "plugin.ambiguous_digest",
            Self::UnknownBinding(_) => "binding.unknown",
            Self::NoBinding(_) => "plugin.not_bound",
            Self::OtherPlugin { .. } => "binding.other_plugin",
            Self::NothingToRollBack(_) => "release.nothing_to_roll_back",
            Self::Registry(_) => "ledger.unavailable",
        }
    }
}

/// Which bindings a switch concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActivationScope {
    /// Every binding that names the plug-in.
    Plugin(String),
    /// One binding.
    Binding(String),
}

/// A component that was found good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushReport {
    /// The component as it is kept.
    pub component: StoredComponent,
    /// Checkpoints it serves.
    pub hooks: Vec<String>,
    /// Fuel each probe call used, by checkpoint.
    pub probes: Vec<(String, u64)>,
}

/// Who changes something, when and why.
#[derive(Debug, Clone)]
pub struct Change {
    /// Key id of who does it.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// Turns what the registry holds into the snapshot the gate reads.
pub struct Deployer {
    sandbox: Arc<Sandbox>,
    registry: Arc<dyn Registry>,
    world: Arc<ArcSwap<World>>,
    calendar: Arc<WorkingCalendar>,
    loaded: Mutex<HashMap<String, Plugin>>,
    changing: tokio::sync::Mutex<()>,
    substitute: Option<Arc<dyn Judge>>,
}

impl Deployer {
    /// A deployer with an empty snapshot; [`Deployer::reload`] fills it.
    #[must_use]
    pub fn new(sandbox: Arc<Sandbox>, registry: Arc<dyn Registry>, calendar: Arc<WorkingCalendar>) -> Self {
        let empty = World::new(Vec::new(), Vec::new(), Vec::new(), Arc::clone(&calendar));
        Self {
            sandbox,
            registry,
            world: Arc::new(ArcSwap::from_pointee(empty)),
            calendar,
            loaded: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            substitute: None,
        }
    }

    /// Lets `judge` run in place of every release, for the benchmark that
    /// measures what the sandbox costs. Nothing configures this.
    #[must_use]
    pub fn with_substitute_judge(mut self, judge: Arc<dyn Judge>) -> Self {
        self.substitute = Some(judge);
        self
    }

    /// Where the snapshot in force is published.
    #[must_use]
    pub fn world(&self) -> Arc<ArcSwap<World>> {
        Arc::clone(&self.world)
    }

    /// Names the engine that runs plug-ins, for the record.
    #[must_use]
    pub fn engine_fingerprint(&self) -> &str {
        self.sandbox.engine_fingerprint()
    }

    /// Publishes a snapshot of what the registry holds now.
    ///
    /// # Errors
    /// When the registry cannot be read; the old snapshot stays.
    pub async fn reload(&self) -> Result<(), LedgerError> {
        let _guard = self.changing.lock().await;
        self.publish().await
    }

    /// Tries a component and keeps it. Nothing is switched.
    ///
    /// # Errors
    /// [`DeployError`] with what is wrong with it.
    pub async fn push(&self, bytes: Vec<u8>, change: Change) -> Result<PushReport, DeployError> {
        let sandbox = Arc::clone(&self.sandbox);
        let (loaded, bytes) = run_blocking(move || (sandbox.load(&bytes), bytes)).await?;
        let plugin = loaded?;
        let manifest = plugin.manifest();
        let defaults = match manifest.settings.check(&serde_json::Map::new()) {
            Ok(settings) => Settings::new(settings),
            Err(problems) => {
                return Err(staging(&plugin, "default settings", StagingProblem::Settings(problems)));
            }
        };
        let limits = Limits::default();
        plugin
            .validate_settings(&defaults, &limits)
            .await
            .map_err(|error| staging(&plugin, "default settings", error.into()))?;
        let mut probes = Vec::new();
        let hooks: Vec<String> = plugin.hooks().iter().map(|hook| hook.checkpoint().to_owned()).collect();
        for checkpoint in &hooks {
            let fuel =
                probe::call(&plugin, &manifest.department, checkpoint, &defaults, &limits, &self.calendar)
                    .await
                    .map_err(|error| staging(&plugin, checkpoint, StagingProblem::Probe(error)))?;
            probes.push((checkpoint.clone(), fuel));
        }
        let component = StoredComponent {
            digest: plugin.digest().to_string(),
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            pushed_at: change.at,
            pushed_by: change.actor,
        };
        self.registry.save_component(component.clone(), bytes).await?;
        Ok(PushReport { component, hooks, probes })
    }

    /// Switches bindings to a component, given by its digest or the beginning of
    /// it: all the bindings of its plug-in, or one.
    ///
    /// # Errors
    /// [`DeployError`]; no binding is switched then.
    pub async fn activate(
        &self,
        digest: &str,
        binding: Option<&str>,
        change: Change,
    ) -> Result<Vec<Activation>, DeployError> {
        let _guard = self.changing.lock().await;
        let component = self.find_component(digest)?;
        let deployment = self.registry.deployment()?;
        let scope = match binding {
            Some(id) => ActivationScope::Binding(id.to_owned()),
            None => ActivationScope::Plugin(component.name.clone()),
        };
        let bindings = select(&deployment, &scope)?;
        let plugin = self.load(&component.digest).await?;
        for binding in &bindings {
            self.try_binding(&plugin, binding).await?;
        }
        self.switch(bindings.iter().map(|b| (b.id.clone(), component.digest.clone())), &change).await
    }

    /// Switches bindings back to the release before the one they have.
    ///
    /// # Errors
    /// [`DeployError`]; no binding is switched then.
    pub async fn roll_back(
        &self,
        scope: &ActivationScope,
        change: Change,
    ) -> Result<Vec<Activation>, DeployError> {
        let _guard = self.changing.lock().await;
        let deployment = self.registry.deployment()?;
        let mut switches = Vec::new();
        for binding in select(&deployment, scope)? {
            let history = self.registry.activations(&binding.id)?;
            let current = history.first().map(|activation| activation.digest.as_str());
            let before = history
                .iter()
                .find(|activation| Some(activation.digest.as_str()) != current)
                .ok_or_else(|| DeployError::NothingToRollBack(binding.id.clone()))?;
            let plugin = self.load(&before.digest).await?;
            self.try_binding(&plugin, binding).await?;
            switches.push((binding.id.clone(), before.digest.clone()));
        }
        self.switch(switches.into_iter(), &change).await
    }

    async fn switch(
        &self,
        switches: impl Iterator<Item = (String, String)>,
        change: &Change,
    ) -> Result<Vec<Activation>, DeployError> {
        let activations: Vec<Activation> = switches
            .map(|(binding, digest)| Activation {
                binding,
                digest,
                at: change.at,
                actor: change.actor.clone(),
                reason: change.reason.clone(),
            })
            .collect();
        self.registry.save_activations(activations.clone()).await?;
        self.publish().await?;
        Ok(activations)
    }

    fn find_component(&self, digest: &str) -> Result<StoredComponent, DeployError> {
        let wanted =
            if digest.starts_with("sha256:") { digest.to_owned() } else { format!("sha256:{digest}") };
        let mut found = self.registry.components()?.into_iter().filter(|c| c.digest.starts_with(&wanted));
        match (found.next(), found.next()) {
            (Some(component), None) => Ok(component),
            (Some(_), Some(_)) => Err(DeployError::AmbiguousDigest(digest.to_owned())),
            (None, _) => Err(DeployError::UnknownDigest(digest.to_owned())),
        }
    }

    /// Holds bindings that are about to be saved against the releases that serve
    /// them: a binding must not lose its release by new settings. One that now
    /// names another plug-in is not tried; it waits for a release of that one.
    ///
    /// # Errors
    /// [`DeployError`] for the first binding whose release does not serve the
    /// checkpoint or refuses the settings.
    pub async fn check_bindings(&self, bindings: &[Binding]) -> Result<(), DeployError> {
        let active = self.registry.deployment()?.active;
        for binding in bindings {
            if let Some(activation) = active.iter().find(|activation| activation.binding == binding.id) {
                let plugin = self.load(&activation.digest).await?;
                if is_of(&plugin, binding).is_ok() {
                    fitting_settings(&plugin, binding).await?;
                }
            }
        }
        Ok(())
    }

    /// Settings, hook and limits of one binding against a component.
    async fn try_binding(&self, plugin: &Plugin, binding: &Binding) -> Result<(), DeployError> {
        let settings = fitting_settings(plugin, binding).await?;
        probe::call(
            plugin,
            &binding.department,
            &binding.checkpoint,
            &settings,
            &binding.limits,
            &self.calendar,
        )
        .await
        .map_err(|error| staging(plugin, &binding.id, StagingProblem::Probe(error)))?;
        Ok(())
    }

    /// The component, compiled; from memory, from the compile cache, or anew.
    pub(crate) async fn load(&self, digest: &str) -> Result<Plugin, DeployError> {
        if let Some(plugin) = self.loaded().get(digest) {
            return Ok(plugin.clone());
        }
        let bytes = self
            .registry
            .component_bytes(digest)?
            .ok_or_else(|| DeployError::UnknownDigest(digest.to_owned()))?;
        let sandbox = Arc::clone(&self.sandbox);
        let plugin = run_blocking(move || sandbox.load(&bytes)).await??;
        self.loaded().insert(digest.to_owned(), plugin.clone());
        Ok(plugin)
    }

    fn loaded(&self) -> std::sync::MutexGuard<'_, HashMap<String, Plugin>> {
        // Every update of the map is one insertion or removal: a panic elsewhere
        // cannot have left it half done.
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn publish(&self) -> Result<(), LedgerError> {
        let deployment = self.registry.deployment()?;
        let active: HashMap<&str, &str> =
            deployment.active.iter().map(|a| (a.binding.as_str(), a.digest.as_str())).collect();
        let mut routes = Vec::with_capacity(deployment.bindings.len());
        for binding in &deployment.bindings {
            let state = match active.get(binding.id.as_str()) {
                None => RouteState::Unavailable { reason: "no release was activated".to_owned() },
                Some(digest) => self.route_state(binding, digest).await,
            };
            if let RouteState::Unavailable { reason } = &state {
                tracing::warn!(binding = %binding.id, %reason, "binding is not served");
            }
            routes.push(Route { binding: Arc::new(binding.clone()), state });
        }
        self.loaded().retain(|digest, _| active.values().any(|used| used == digest));
        let calendar = Arc::clone(&self.calendar);
        self.world.store(Arc::new(World::new(routes, deployment.policies, deployment.catalogues, calendar)));
        Ok(())
    }

    async fn route_state(&self, binding: &Binding, digest: &str) -> RouteState {
        let unavailable = |reason: String| RouteState::Unavailable { reason };
        let plugin = match self.load(digest).await {
            Ok(plugin) => plugin,
            Err(error) => return unavailable(error.to_string()),
        };
        if let Err(other) = is_of(&plugin, binding) {
            return unavailable(other.to_string());
        }
        let fits = serves(&plugin, binding).and_then(|()| complete_settings(&plugin, binding));
        match fits {
            Ok(settings) => RouteState::Serving {
                plugin: PluginRef {
                    name: plugin.manifest().name.clone(),
                    version: plugin.manifest().version.clone(),
                    digest: digest.to_owned(),
                },
                settings,
                judge: self.substitute.clone().unwrap_or_else(|| Arc::new(plugin)),
            },
            Err(problem) => unavailable(problem.to_string()),
        }
    }
}

fn select<'a>(deployment: &'a Deployment, scope: &ActivationScope) -> Result<Vec<&'a Binding>, DeployError> {
    let wanted = |binding: &&Binding| match scope {
        ActivationScope::Plugin(name) => binding.plugin == *name,
        ActivationScope::Binding(id) => binding.id == *id,
    };
    let bindings: Vec<&Binding> = deployment.bindings.iter().filter(wanted).collect();
    match scope {
        _ if !bindings.is_empty() => Ok(bindings),
        ActivationScope::Plugin(name) => Err(DeployError::NoBinding(name.clone())),
        ActivationScope::Binding(id) => Err(DeployError::UnknownBinding(id.clone())),
    }
}

/// Whether a release is one of the plug-in the binding names: a binding that was
/// given another plug-in must not go on with the releases of the old one.
fn is_of(plugin: &Plugin, binding: &Binding) -> Result<(), DeployError> {
    let found = &plugin.manifest().name;
    if *found == binding.plugin {
        return Ok(());
    }
    Err(DeployError::OtherPlugin {
        binding: binding.id.clone(),
        expected: binding.plugin.clone(),
        found: found.clone(),
    })
}

fn serves(plugin: &Plugin, binding: &Binding) -> Result<(), StagingProblem> {
    if plugin.hook_at(&binding.checkpoint).is_some() {
        return Ok(());
    }
    let served = plugin.hooks().iter().map(|hook| hook.checkpoint().to_owned()).collect();
    Err(StagingProblem::HookMissing { checkpoint: binding.checkpoint.clone(), served })
}

/// The binding's settings, complete and accepted by the plug-in.
async fn fitting_settings(plugin: &Plugin, binding: &Binding) -> Result<Settings, DeployError> {
    is_of(plugin, binding)?;
    let failed = |problem| staging(plugin, &binding.id, problem);
    serves(plugin, binding).map_err(failed)?;
    let settings = complete_settings(plugin, binding).map_err(failed)?;
    let validated = plugin.validate_settings(&settings, &binding.limits).await;
    validated.map_err(|error| failed(StagingProblem::Validate(error)))?;
    Ok(settings)
}

fn complete_settings(plugin: &Plugin, binding: &Binding) -> Result<Settings, StagingProblem> {
    let given: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&binding.settings).map_err(|_| StagingProblem::SettingsNotAnObject)?;
    let complete = plugin.manifest().settings.check(&given).map_err(StagingProblem::Settings)?;
    Ok(Settings::new(complete))
}

fn staging(plugin: &Plugin, place: &str, problem: StagingProblem) -> DeployError {
    DeployError::Staging {
        plugin: plugin.manifest().name.clone(),
        version: plugin.manifest().version.clone(),
        place: place.to_owned(),
        problem: Box::new(problem),
    }
}

/// Compiling takes long: it must not hold a thread that serves requests.
async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LedgerError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| LedgerError { doing: "compiling a component", source: Box::new(error) })
}
