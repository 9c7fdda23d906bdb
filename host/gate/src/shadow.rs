//! A shadow: the candidate judges what was judged already, after the answer has
//! gone, and only the differences are kept.

use std::sync::Arc;

use creditgate_credit::catalogue::IndexedCatalogue;
use creditgate_credit::check::SettledMeasure;
use creditgate_credit::policy::Policy;
use creditgate_sandbox::{CallError, HookCall};

use crate::counts::ShadowWatch;
use crate::record::CheckRecord;
use crate::release::ShadowDifference;
use crate::settle::{self, Settled};
use crate::world::{Route, RouteRelease, RouteState, World};

/// A check to be judged once more.
pub struct ShadowJob {
    record: Arc<CheckRecord>,
    world: Arc<World>,
    route: Arc<Route>,
    policy: Arc<Policy>,
    catalogue: Arc<IndexedCatalogue>,
    release: Arc<RouteRelease>,
    watch: Arc<ShadowWatch>,
}

impl ShadowJob {
    /// None where the binding has no shadow, or no plug-in was called.
    pub(crate) fn of(
        record: &Arc<CheckRecord>,
        world: &Arc<World>,
        route: &Arc<Route>,
        policy: &Arc<Policy>,
        catalogue: &Arc<IndexedCatalogue>,
    ) -> Option<Self> {
        let shadow = route.shadow.as_ref()?;
        record.judged.as_ref()?;
        Some(Self {
            record: Arc::clone(record),
            world: Arc::clone(world),
            route: Arc::clone(route),
            policy: Arc::clone(policy),
            catalogue: Arc::clone(catalogue),
            release: Arc::clone(&shadow.release),
            watch: Arc::clone(&shadow.watch),
        })
    }

    pub(crate) const fn watch(&self) -> &Arc<ShadowWatch> {
        &self.watch
    }

    /// Judges the check by the shadow. Gives back in what it differs, if it does;
    /// nothing else of it leaves.
    pub async fn run(self) -> Option<ShadowDifference> {
        let (Some(dossier), RouteState::Serving { judge, settings, limits, .. }) =
            (&self.record.inputs.dossier, &self.release.state)
        else {
            self.watch.dropped();
            return None;
        };
        let application = &self.record.inputs.application;
        let report = judge
            .judge(HookCall {
                binding: &self.route.binding.id,
                application,
                dossier,
                policy: &self.policy,
                rules: self.record.inputs.host_rules,
                calendar: self.world.calendar(),
                settings,
                limits,
                now: self.record.inputs.at,
                seed: self.record.inputs.seed,
            })
            .await;
        // Checks that somebody waits for go first; that there was no room says
        // nothing about the release.
        if report.outcome.as_ref().is_err_and(CallError::is_for_want_of_room) {
            self.watch.dropped();
            return None;
        }
        let basis = settle::Basis {
            application,
            dossier,
            catalogue: &self.catalogue,
            policy: &self.policy,
            rules: self.record.inputs.host_rules,
        };
        let settled = settle::settle(&report, &basis);
        let difference = difference(&self.record, &settled, self.watch.trial());
        self.watch.judged(report.outcome.is_ok_and(|verdict| verdict.is_ok()), difference.is_some());
        difference
    }
}

impl std::fmt::Debug for ShadowJob {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("ShadowJob").field(&self.record.check_id).finish()
    }
}

fn difference(record: &CheckRecord, shadow: &Settled, trial: i64) -> Option<ShadowDifference> {
    let active = &record.settled;
    let measures = measures(&active.measures, &shadow.measures);
    let same =
        active.outcome == shadow.outcome && measures.is_empty() && active.explanation == shadow.explanation;
    (!same).then(|| ShadowDifference {
        trial,
        check_id: record.check_id.clone(),
        outcome: active.outcome,
        shadow_outcome: shadow.outcome,
        measures,
        explanation: active.explanation.clone(),
        shadow_explanation: shadow.explanation.clone(),
    })
}

/// Both sides have the measures of the same dossier, in the same order.
fn measures(active: &[SettledMeasure], shadow: &[SettledMeasure]) -> Vec<String> {
    let disposed = |settled: &SettledMeasure| {
        settled.disposition.as_ref().map_or("not disposed of", |action| action.code())
    };
    active
        .iter()
        .zip(shadow)
        .filter(|(active, shadow)| active.disposition != shadow.disposition)
        .map(|(active, shadow)| format!("{}: {} → {}", active.measure.id, disposed(active), disposed(shadow)))
        .collect()
}
