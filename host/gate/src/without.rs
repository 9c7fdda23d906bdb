//! A recorded check without one list entry: what would have been decided had the
//! entry not been there (R100).

use std::sync::Arc;

use creditgate_credit::dossier::{Dossier, Evidence, PartyDossier};
use creditgate_credit::list_type::ListRules;

use crate::decision::Comparison;
use crate::deploy::Deployer;
use crate::recorded::RecordedCheck;
use crate::replay::{Gap, Inputs};

impl Deployer {
    /// Runs a recorded check again without an entry, in the component and under
    /// the rules that judged it, and holds the decision against the recorded
    /// one.
    ///
    /// # Errors
    /// The [`Gap`] that keeps the check from being run again.
    pub async fn without_entry(&self, recorded: &RecordedCheck, entry: &str) -> Result<Comparison, Gap> {
        let world = self.world().load_full();
        let (Some(plugin), Some(call)) = (&recorded.inputs.plugin, &recorded.judged) else {
            let why = recorded.settled.reasons.first().map(|reason| reason.text.clone());
            return Err(Gap::NotCalled(why.unwrap_or_default()));
        };
        if call.ended_by_time() {
            return Err(Gap::WallClock);
        }
        let settings = recorded.inputs.settings.as_ref().ok_or(Gap::RecordIncomplete("settings"))?;
        let inputs = Inputs::of(recorded, &world)?;
        let plugin = self.recorded_plugin(&plugin.digest).await?;
        let dossier = Arc::new(without(&inputs, entry));
        let rerun = inputs.with_dossier(&dossier).run(&plugin, settings, &recorded.inputs.limits).await?;
        Ok(Comparison::of(&recorded.settled, &rerun.settled))
    }
}

/// The dossier assembled again from its own history. Leaving out the entry's
/// measures alone would not do: a black entry also holds incentives back, which
/// the party has without it, and a watch entry may be the third that makes an
/// alert.
fn without(inputs: &Inputs<'_>, entry: &str) -> Dossier {
    let evidence = inputs.dossier().parties.iter().map(|party| evidence_without(party, entry)).collect();
    let lists = ListRules::told_by(inputs.dossier());
    let (rules, catalogue, policy) = (inputs.host_rules(), inputs.catalogue(), inputs.policy());
    Dossier::assemble_under(rules, inputs.application(), evidence, catalogue, policy, &lists)
}

fn evidence_without(party: &PartyDossier, entry: &str) -> Evidence {
    let mut evidence = Evidence {
        by_identifier: party.history.clone(),
        by_name: party.hints.clone(),
        commitments: party.commitments.clone(),
    };
    evidence.by_identifier.retain(|held| held.id != entry);
    evidence.by_name.retain(|held| held.id != entry);
    evidence
}
