//! Deployments: components come in, bindings are switched to them, and each
//! change is one new snapshot. Nothing changes until everything was found good,
//! and a release that cannot be loaded leaves the others serving.

mod activate;
mod error;
mod fit;
mod publish;
mod push;
mod signed;
mod trial;
mod weaken;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
pub use creditgate_affairs::Change;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::check::Mode;
use creditgate_credit::policy::PolicyTree;
use creditgate_credit::vocabulary;
use creditgate_sandbox::{Plugin, Sandbox};
use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};

use crate::counts::{CanaryWatch, ShadowWatch};
use crate::error::LedgerError;
use crate::error::chain;
use crate::judge::Judge;
use crate::ports::{Component, Deployment, ExampleReader, Registry};
use crate::signature::SignaturePolicy;
use crate::world::{Binding, World, calendar_edition};

/// How the name of a component begins, before the digits of its hash.
const DIGEST_PREFIX: &str = "sha256:";

/// So many of its digits name a component at least: fewer could be meant for another
/// one, however many there are.
const FEWEST_DIGITS: usize = 6;

pub use activate::{Order, Wanted};
pub use error::{Alteration, DeployError, StagingProblem};
pub(crate) use fit::{fitting_settings, limits};
pub(crate) use publish::HOST;
pub use push::{Probe, PushReport};
pub use signed::Running;
pub use trial::{TrialCounts, TrialOrder};
pub use weaken::{Weakened, weakened};

/// Which bindings a switch concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActivationScope {
    /// Every binding that names the plug-in.
    Plugin(String),
    /// One binding.
    Binding(String),
}

vocabulary! {
    /// For which modes of a binding a release has to be approved by somebody other
    /// than its maker.
    #[derive(Default)]
    pub enum ApprovalRule {
        /// For none.
        Never = "never",
        /// For `enforce`, where the outcome binds.
        #[default]
        Enforce = "enforce",
        /// For every mode.
        Always = "always",
    }
}

impl ApprovalRule {
    fn asks(self, mode: Mode) -> bool {
        match self {
            Self::Never => false,
            Self::Enforce => mode == Mode::Enforce,
            Self::Always => true,
        }
    }
}

/// Calendars by edition.
pub(crate) type Calendars = HashMap<String, Arc<WorkingCalendar>>;

/// Turns what the registry holds into the snapshot the gate reads.
pub struct Deployer {
    sandbox: Arc<Sandbox>,
    registry: Arc<dyn Registry>,
    world: Arc<ArcSwap<World>>,
    calendar: ArcSwap<WorkingCalendar>,
    /// Calendars that were in force, by edition.
    calendars: Mutex<Arc<Calendars>>,
    loaded: Mutex<HashMap<String, Plugin>>,
    /// Held while a change is made, by a person or the host itself.
    changing: tokio::sync::Mutex<()>,
    /// Held while a person's decision is carried out.
    deciding: tokio::sync::Mutex<()>,
    signatures: SignaturePolicy,
    substitute: Option<Arc<dyn Judge>>,
    examples: Option<Arc<dyn ExampleReader>>,
    approval: ApprovalRule,
    /// Days for which a backtest of a release counts; none is asked for without.
    backtest_days: Option<u32>,
    /// The counting of running trials, which outlives a snapshot.
    canaries: Mutex<HashMap<i64, Arc<CanaryWatch>>>,
    shadows: Mutex<HashMap<i64, Arc<ShadowWatch>>>,
    /// Each resolves when a snapshot that was published is let go.
    drained: Mutex<Vec<oneshot::Receiver<()>>>,
    /// Told of every snapshot that is published.
    changed: Notify,
    /// Components that were found altered, with what is not told of yet.
    altered: Mutex<BTreeMap<String, Option<Alteration>>>,
    /// Something is kept that the snapshot in force does not have.
    unpublished: AtomicBool,
    /// Until when releases that came into force on their date were announced.
    announced: Mutex<Timestamp>,
}

impl Deployer {
    /// A deployer with an empty snapshot; [`Deployer::reload`] fills it.
    #[must_use]
    pub fn new(sandbox: Arc<Sandbox>, registry: Arc<dyn Registry>, calendar: Arc<WorkingCalendar>) -> Self {
        let empty = World::new(Vec::new(), PolicyTree::new([], []), Vec::new(), Arc::clone(&calendar));
        Self {
            sandbox,
            registry,
            world: Arc::new(ArcSwap::from_pointee(empty)),
            calendar: ArcSwap::new(calendar),
            calendars: Mutex::default(),
            loaded: Mutex::default(),
            changing: tokio::sync::Mutex::default(),
            deciding: tokio::sync::Mutex::default(),
            signatures: SignaturePolicy::Required,
            substitute: None,
            examples: None,
            approval: ApprovalRule::default(),
            backtest_days: None,
            canaries: Mutex::default(),
            shadows: Mutex::default(),
            drained: Mutex::default(),
            changed: Notify::new(),
            altered: Mutex::default(),
            unpublished: AtomicBool::new(false),
            announced: Mutex::new(Timestamp::MAX),
        }
    }

    /// Sets for which bindings a release has to be approved.
    #[must_use]
    pub const fn with_approval(mut self, approval: ApprovalRule) -> Self {
        self.approval = approval;
        self
    }

    /// Asks for a backtest before a release takes another's place, no older than
    /// so many days.
    #[must_use]
    pub const fn with_required_backtest(mut self, days: Option<u32>) -> Self {
        self.backtest_days = days;
        self
    }

    /// Asks for signatures as this policy says; without it, for one of every
    /// component.
    #[must_use]
    pub const fn with_signatures(mut self, policy: SignaturePolicy) -> Self {
        self.signatures = policy;
        self
    }

    /// Reads the examples of components with this reader; without one, a
    /// component that has examples is refused.
    #[must_use]
    pub fn with_examples(mut self, reader: Arc<dyn ExampleReader>) -> Self {
        self.examples = Some(reader);
        self
    }

    /// Lets `judge` run in place of every release, for the benchmark that
    /// measures what the sandbox costs. Nothing configures this.
    #[must_use]
    pub fn with_substitute_judge(mut self, judge: Arc<dyn Judge>) -> Self {
        self.substitute = Some(judge);
        self
    }

    /// Adds calendars that were in force before under the editions records name
    /// them by: without them, checks that asked for working days then cannot be
    /// run again.
    #[must_use]
    pub fn with_earlier_calendars(self, earlier: Vec<(String, WorkingCalendar)>) -> Self {
        let earlier = earlier.into_iter().map(|(edition, calendar)| (edition, Arc::new(calendar)));
        *self.calendars() = Arc::new(earlier.collect());
        self
    }

    /// Counts working days by another calendar from now on, and publishes a
    /// snapshot with it.
    ///
    /// What is in the registry stays whatever becomes of this: see
    /// [`Deployer::publish_kept`].
    pub async fn set_calendar(&self, calendar: WorkingCalendar, now: Timestamp) {
        let before = self.calendar.swap(Arc::new(calendar));
        {
            let mut calendars = self.calendars();
            let mut kept = Calendars::clone(&calendars);
            kept.insert(calendar_edition(&before), before);
            *calendars = Arc::new(kept);
        }
        self.publish_kept(now).await;
    }

    fn calendars(&self) -> std::sync::MutexGuard<'_, Arc<Calendars>> {
        // Every change of it is one assignment.
        self.calendars.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where the snapshot in force is published.
    #[must_use]
    pub fn world(&self) -> Arc<ArcSwap<World>> {
        Arc::clone(&self.world)
    }

    /// Names the engine of small guests, for records of checks in which no plug-in
    /// was called.
    #[must_use]
    pub fn engine_fingerprint(&self) -> &str {
        self.sandbox.engine_fingerprint()
    }

    /// Publishes a snapshot of what the registry holds now.
    ///
    /// # Errors
    /// When the registry cannot be read; the old snapshot stays.
    pub async fn reload(&self, now: Timestamp) -> Result<(), LedgerError> {
        let _guard = self.changing.lock().await;
        self.publish(now).await
    }

    /// Publishes a snapshot of what was just kept. That is kept: where the snapshot
    /// cannot be made, the old one goes on serving, and the next look at the clock
    /// makes it.
    pub async fn publish_kept(&self, now: Timestamp) {
        let _guard = self.changing.lock().await;
        self.publish_recorded(now).await;
    }

    /// The same for who has the lock on changes.
    pub(crate) async fn publish_recorded(&self, now: Timestamp) {
        if let Err(error) = self.publish(now).await {
            tracing::error!(error = chain(&error), "what was decided is kept, and not in force yet");
            self.unpublished.store(true, Ordering::Relaxed);
            self.changed.notify_waiters();
        }
    }

    pub(crate) fn find_component(&self, digest: &str) -> Result<Component, DeployError> {
        let digits = digest.strip_prefix(DIGEST_PREFIX).unwrap_or(digest);
        let wanted = format!("{DIGEST_PREFIX}{digits}");
        let mut found = self.registry.components()?.into_iter().filter(|c| c.digest.starts_with(&wanted));
        match (found.next(), found.next()) {
            (Some(component), None) if digits.len() >= FEWEST_DIGITS => Ok(component),
            (Some(_), _) => Err(DeployError::AmbiguousDigest(digest.to_owned())),
            (None, _) => Err(DeployError::UnknownDigest(digest.to_owned())),
        }
    }

    /// The binding with this id.
    pub(crate) fn bound(&self, id: &str) -> Result<Binding, DeployError> {
        let bindings = self.registry.deployment()?.bindings;
        let found = bindings.into_iter().find(|binding| binding.id == id);
        found.ok_or_else(|| DeployError::UnknownBinding(id.to_owned()))
    }

    /// The component, compiled; from memory, from the compile cache, or anew. What
    /// the store holds is held against its digest and its signatures before a byte
    /// of it is parsed.
    pub(crate) async fn load(&self, digest: &str) -> Result<Plugin, DeployError> {
        if let Some(plugin) = self.loaded().get(digest) {
            return Ok(plugin.clone());
        }
        let (component, bytes) =
            self.registry.component(digest)?.ok_or_else(|| DeployError::UnknownDigest(digest.to_owned()))?;
        let bytes = match self.unaltered(&component, bytes).await? {
            Ok(bytes) => bytes,
            Err(problem) => {
                tracing::error!(digest, %problem, "a component was altered in the store; it serves nobody");
                self.altered().entry(digest.to_owned()).or_insert_with(|| Some(problem.clone()));
                self.changed.notify_waiters();
                return Err(DeployError::Altered { digest: digest.to_owned(), problem });
            }
        };
        self.altered().remove(digest);
        let sandbox = Arc::clone(&self.sandbox);
        let plugin = run_blocking(move || sandbox.load(&bytes)).await??;
        self.loaded().insert(digest.to_owned(), plugin.clone());
        Ok(plugin)
    }

    /// Components that were found altered since the last call, each told once.
    #[must_use]
    pub fn take_altered(&self) -> Vec<(String, Alteration)> {
        let mut altered = self.altered();
        altered.iter_mut().filter_map(|(digest, news)| Some((digest.clone(), news.take()?))).collect()
    }

    fn altered(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Option<Alteration>>> {
        // Every change of it is one assignment.
        self.altered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn loaded(&self) -> std::sync::MutexGuard<'_, HashMap<String, Plugin>> {
        // Every update of the map is one insertion or removal: a panic elsewhere
        // cannot have left it half done.
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn select<'a>(
    deployment: &'a Deployment,
    scope: &ActivationScope,
) -> Result<Vec<&'a Binding>, DeployError> {
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

/// Compiling takes long: it must not hold a thread that serves requests.
async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LedgerError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| LedgerError { doing: "compiling a component", source: Box::new(error) })
}
