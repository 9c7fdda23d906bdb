//! The routing snapshot: which release serves which checkpoint, and the policy
//! and catalogue of the day. Immutable; a change publishes a new one.

use std::collections::HashMap;
use std::sync::Arc;

use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::catalogue::{Catalogue, IndexedCatalogue};
use creditgate_credit::check::{Mode, PluginRef};
use creditgate_credit::json::JsonObject;
use creditgate_credit::list_type::ListRules;
use creditgate_credit::policy::{Policy, PolicyTree};
use creditgate_credit::vocabulary;
use creditgate_sandbox::{GivenLimits, Limits, Settings};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;
use utoipa::ToSchema;

use crate::check_error::CheckError;
use crate::counts::{CanaryWatch, ShadowWatch};
use crate::judge::Judge;
use crate::passed::Passed;
use crate::policies::Policies;
use crate::release::ReleaseId;

vocabulary! {
    /// Which release a case gets when there have been several (R20, part of which is
    /// the transition from one rule to the next).
    #[derive(Default)]
    pub enum Pin {
        /// The one in force at the instant of the check.
        #[default]
        None = "none",
        /// The one the case began with, at every later checkpoint of the item, unless
        /// that one was withdrawn.
        Case = "case",
        /// The one in force at the end of the day of filing.
        FilingDate = "filing_date",
    }
}

/// Binds a plug-in to a checkpoint of an item (R9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// Unique id; `department/item/checkpoint` when absent.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(value_type = Option<String>)]
    pub id: String,
    /// Department code.
    pub department: String,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: String,
    /// Jurisdiction of the department, six digits (GB/T 2260).
    pub division: String,
    /// Name of the plug-in that serves it.
    pub plugin: String,
    /// How much its checks weigh; `enforce` when absent (R16).
    #[serde(default = "enforce")]
    pub mode: Mode,
    /// The plug-in's settings.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(value_type = Option<JsonObject>)]
    pub settings: JsonObject,
    /// Limits of one call, where they differ from the usual ones of the plug-in's
    /// class.
    #[serde(default)]
    pub limits: GivenLimits,
    /// Checkpoints of the same case and item that must have been passed (R2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub require_receipts: Vec<String>,
    /// Which checks count as passed there; any that was made and was no refusal
    /// when absent.
    #[serde(default, skip_serializing_if = "Passed::is_usual")]
    pub passed: Passed,
    /// Which release an open case gets when another comes into force; `none` when
    /// absent: the one in force at the instant of the check.
    #[serde(default)]
    pub pin: Pin,
    /// Sources its checks need beside the lists on this host, by the names of
    /// the host's connectors: without an answer of each there is no check (R13).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
}

const fn enforce() -> Mode {
    Mode::Enforce
}

/// What is `null` is as good as absent.
fn or_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Deserialize<'de> + Default,
    D: Deserializer<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl Binding {
    /// The binding with the id that follows from its place, where none was given.
    #[must_use]
    pub fn named(mut self) -> Self {
        if self.id.is_empty() {
            self.id = format!("{}/{}/{}", self.department, self.item, self.checkpoint);
        }
        self
    }
}

/// What stands behind a release of a binding.
#[derive(Clone)]
pub enum RouteState {
    /// A release serves it.
    Serving {
        /// Runs the hook.
        judge: Arc<dyn Judge>,
        /// Which release this is.
        plugin: PluginRef,
        /// The binding's settings with the manifest's defaults filled in.
        settings: Settings,
        /// Limits of one call: the release's own, or the binding's.
        limits: Limits,
    },
    /// Nothing can serve it; checks become `could_not_check`.
    Unavailable {
        /// Why, for the officer and the administrator.
        reason: String,
    },
}

/// A release as it serves one binding.
#[derive(Clone)]
pub struct RouteRelease {
    /// Number of the release.
    pub release: ReleaseId,
    /// Instant from which it is in force.
    pub from: Timestamp,
    /// What stands behind it.
    pub state: RouteState,
}

/// A release that gets a share of a binding's cases.
#[derive(Clone)]
pub struct RouteCanary {
    /// The release.
    pub release: Arc<RouteRelease>,
    /// What is counted of it.
    pub watch: Arc<CanaryWatch>,
}

/// A release that judges a binding's cases unheard.
#[derive(Clone)]
pub struct RouteShadow {
    /// The release.
    pub release: Arc<RouteRelease>,
    /// Number of the trial and what is counted of it.
    pub watch: Arc<ShadowWatch>,
}

/// A binding with what serves it.
#[derive(Clone)]
pub struct Route {
    /// The binding.
    pub binding: Arc<Binding>,
    /// Its releases by the instant from which each is in force, oldest first:
    /// the one in force, those to come, and as many of those before as open cases
    /// may be pinned to.
    pub releases: Vec<Arc<RouteRelease>>,
    /// A release that gets a share of the cases.
    pub canary: Option<RouteCanary>,
    /// A release that is tried beside it.
    pub shadow: Option<RouteShadow>,
}

impl Route {
    /// The release in force at an instant, by the date it was given.
    #[must_use]
    pub fn in_force(&self, at: Timestamp) -> Option<&Arc<RouteRelease>> {
        self.releases.iter().rev().find(|release| release.from <= at)
    }

    /// A release by its number, be it on trial.
    #[must_use]
    pub(crate) fn release(&self, id: ReleaseId) -> Option<&Arc<RouteRelease>> {
        let canary = self.canary.iter().map(|canary| &canary.release);
        self.releases.iter().rev().chain(canary).find(|release| release.release == id)
    }

    /// Why no check can be made at an instant; none where one can.
    #[must_use]
    pub fn unavailable(&self, at: Timestamp) -> Option<&str> {
        match self.in_force(at).map(|release| &release.state) {
            None => Some(NOTHING_ACTIVATED),
            Some(RouteState::Unavailable { reason }) => Some(reason),
            Some(RouteState::Serving { .. }) => None,
        }
    }
}

/// Why a binding without any release serves nobody.
pub(crate) const NOTHING_ACTIVATED: &str = "no release was activated";

/// The snapshot.
pub struct World {
    routes: HashMap<String, HashMap<String, HashMap<String, Arc<Route>>>>,
    policies: Policies,
    catalogues: Vec<Arc<IndexedCatalogue>>,
    list_rules: ListRules,
    calendar: Arc<WorkingCalendar>,
    calendar_edition: String,
    /// Calendars that were in force before, by edition.
    calendars: Arc<HashMap<String, Arc<WorkingCalendar>>>,
    /// Let go with the snapshot: whoever waits for the last check on it learns of
    /// it by this.
    _in_use: Option<oneshot::Sender<()>>,
}

impl World {
    /// Builds a snapshot. `catalogues` are the published editions, superseded ones
    /// too: records name them.
    #[must_use]
    pub fn new(
        routes: Vec<Route>,
        policies: PolicyTree,
        catalogues: Vec<Catalogue>,
        calendar: Arc<WorkingCalendar>,
    ) -> Self {
        let mut table: HashMap<String, HashMap<String, HashMap<String, Arc<Route>>>> = HashMap::new();
        for route in routes {
            let binding = Arc::clone(&route.binding);
            table
                .entry(binding.department.clone())
                .or_default()
                .entry(binding.item.clone())
                .or_default()
                .insert(binding.checkpoint.clone(), Arc::new(route));
        }
        let policies = Policies::new(policies);
        let catalogues = catalogues.into_iter().map(|edition| Arc::new(edition.into())).collect();
        let calendar_edition = calendar_edition(&calendar);
        Self {
            routes: table,
            policies,
            catalogues,
            list_rules: ListRules::default(),
            calendar,
            calendar_edition,
            calendars: Arc::default(),
            _in_use: None,
        }
    }

    /// Says what the kinds of lists say: which belong to key fields, and what terms
    /// their entries have.
    #[must_use]
    pub fn with_list_rules(mut self, list_rules: ListRules) -> Self {
        self.list_rules = list_rules;
        self
    }

    /// Adds the calendars that were in force before, so that records which name
    /// them can be run again.
    #[must_use]
    pub(crate) fn with_calendars(mut self, calendars: Arc<HashMap<String, Arc<WorkingCalendar>>>) -> Self {
        self.calendars = calendars;
        self
    }

    /// A future that resolves when nobody uses this snapshot any more.
    pub(crate) fn let_go(&mut self) -> oneshot::Receiver<()> {
        let (in_use, let_go) = oneshot::channel();
        self._in_use = Some(in_use);
        let_go
    }

    /// The route of a checkpoint.
    ///
    /// # Errors
    /// [`CheckError::UnknownDepartment`], [`CheckError::UnknownItem`] or
    /// [`CheckError::UnknownCheckpoint`], whichever part is the first unknown.
    pub fn route(&self, department: &str, item: &str, checkpoint: &str) -> Result<&Arc<Route>, CheckError> {
        let items = self
            .routes
            .get(department)
            .ok_or_else(|| CheckError::UnknownDepartment(department.to_owned()))?;
        let checkpoints = items.get(item).ok_or_else(|| CheckError::UnknownItem {
            department: department.to_owned(),
            item: item.to_owned(),
        })?;
        checkpoints.get(checkpoint).ok_or_else(|| {
            let mut known: Vec<String> = checkpoints.keys().cloned().collect();
            known.sort();
            CheckError::UnknownCheckpoint { item: item.to_owned(), checkpoint: checkpoint.to_owned(), known }
        })
    }

    /// Every route.
    pub fn routes(&self) -> impl Iterator<Item = &Arc<Route>> {
        self.routes.values().flat_map(HashMap::values).flat_map(HashMap::values)
    }

    /// The policy of a division on a day; none where no locality says anything for
    /// that day, or what is said leaves a value open.
    #[must_use]
    pub fn policy(&self, division: &str, day: Date) -> Option<&Arc<Policy>> {
        self.policies.on(division, day)?.ok()
    }

    /// Whether a division is `above` itself or lies below it.
    #[must_use]
    pub fn is_within(&self, division: &str, above: &str) -> bool {
        self.policies.tree().is_within(division, above)
    }

    /// The policy of a division on a day.
    ///
    /// # Errors
    /// [`CheckError::NoPolicy`] or [`CheckError::PolicyIncomplete`].
    pub fn policy_for_check(&self, division: &str, day: Date) -> Result<&Arc<Policy>, CheckError> {
        let found = self.policies.on(division, day);
        Ok(found.ok_or_else(|| CheckError::NoPolicy(division.to_owned()))??)
    }

    /// Every policy that is in force on some day.
    pub fn policies(&self) -> impl Iterator<Item = &Arc<Policy>> {
        self.policies.all()
    }

    /// The divisions and the layers of policy.
    #[must_use]
    pub const fn policy_tree(&self) -> &PolicyTree {
        self.policies.tree()
    }

    /// The published catalogue edition of a day; the one that started last wins.
    #[must_use]
    pub fn catalogue(&self, day: Date) -> Option<&Arc<IndexedCatalogue>> {
        self.catalogues
            .iter()
            .filter(|edition| edition.in_force_on(day))
            .max_by_key(|edition| edition.effective_from)
    }

    /// The policy version a record names, in force today or not.
    #[must_use]
    pub fn policy_version(&self, snapshot: &str) -> Option<Arc<Policy>> {
        self.policies.named(snapshot)
    }

    /// The catalogue edition a record names, in force today or not.
    #[must_use]
    pub fn catalogue_edition(&self, edition: &str) -> Option<&Arc<IndexedCatalogue>> {
        self.catalogues.iter().find(|catalogue| catalogue.edition == edition)
    }

    /// The lists of key fields (R44).
    #[must_use]
    pub const fn list_rules(&self) -> &ListRules {
        &self.list_rules
    }

    /// Names the tables of the working calendar, for the record.
    #[must_use]
    pub fn calendar_edition(&self) -> &str {
        &self.calendar_edition
    }

    /// The calendar a record names, in force today or not.
    #[must_use]
    pub(crate) fn calendar_of(&self, edition: &str) -> Option<&Arc<WorkingCalendar>> {
        if edition == self.calendar_edition { Some(&self.calendar) } else { self.calendars.get(edition) }
    }

    /// The working calendar.
    #[must_use]
    pub fn calendar(&self) -> &Arc<WorkingCalendar> {
        &self.calendar
    }
}

/// The years of a calendar's tables and a hash of the days in them: two calendars
/// with the same edition give the same answers.
#[must_use]
pub fn calendar_edition(calendar: &WorkingCalendar) -> String {
    let mut days = Sha256::new();
    let mut years = Vec::new();
    for table in calendar.tables() {
        years.push(table.year().to_string());
        days.update(format!("{} {};", table.year(), table.status().code()));
        for range in table.days_off() {
            days.update(format!("{}..{};", range.start(), range.end()));
        }
        for day in table.working_weekend_days() {
            days.update(format!("{day};"));
        }
    }
    let hash = days.finalize();
    format!("{}/{}", years.join(","), hex::encode(&hash[..8]))
}
