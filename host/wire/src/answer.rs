//! The answer to a check, as it follows from the record.

use std::borrow::Cow;

use creditgate_api::{Answer, Match, MeasureBody, Relation};
use creditgate_credit::application::Application;
use creditgate_credit::dossier::{Dossier, PartyDossier};
use creditgate_credit::entry::ListEntry;
use creditgate_gate::{CheckRecord, Mode, SettledMeasure};

/// The answer to a recorded check, without hash and receipt: those follow
/// from the ledger, see [`Answer::with_receipt`].
#[must_use]
pub fn answer(record: &CheckRecord) -> Answer<'_> {
    let application = &*record.inputs.application;
    let settled = &record.settled;
    let shown = record.is_shown();
    let dossier = record.inputs.dossier.as_deref().filter(|_| shown);
    let measures = if shown { settled.measures.as_slice() } else { &[] };
    Answer {
        check_id: Cow::Borrowed(&record.check_id),
        case_no: Cow::Borrowed(&application.case_no),
        department: Cow::Borrowed(&application.department),
        item: Cow::Borrowed(&application.item),
        checkpoint: Cow::Borrowed(&application.checkpoint),
        status: settled.status,
        outcome: record.answered_outcome(),
        mode: record.inputs.mode,
        enforced: record.inputs.mode == Mode::Enforce,
        // That the binding is off is no finding about anyone.
        reasons: told(&settled.reasons, shown || record.inputs.mode == Mode::Off),
        warnings: Cow::Borrowed(&record.warnings),
        matches: matches_of(dossier, application, |party| &party.entries),
        hints: matches_of(dossier, application, |party| &party.hints),
        measures: measures.iter().map(|measure| measure_in_case(measure, application)).collect(),
        grounds: told(&settled.grounds, shown),
        advice: told(&settled.advice, shown),
        commitment: settled.commitment.as_ref().filter(|_| shown).map(Cow::Borrowed),
        explanation: Cow::Borrowed(if shown { &settled.explanation } else { "" }),
        plugin: record.inputs.plugin.as_ref().map(Cow::Borrowed),
        policy: Cow::Borrowed(&record.inputs.policy),
        catalogue: Cow::Borrowed(&record.inputs.catalogue),
        checked_at: record.inputs.at.into(),
        supersedes: None,
        superseded_by: None,
        record_hash: None,
        receipt: None,
    }
}

fn told<T: Clone>(values: &[T], shown: bool) -> Cow<'_, [T]> {
    Cow::Borrowed(if shown { values } else { &[] })
}

fn matches_of<'a>(
    dossier: Option<&'a Dossier>,
    application: &'a Application,
    entries: fn(&'a PartyDossier) -> &'a Vec<ListEntry>,
) -> Vec<Match<'a>> {
    let parties = dossier.map(|dossier| dossier.parties.as_slice()).unwrap_or_default();
    parties
        .iter()
        .flat_map(|party| entries(party).iter().map(|entry| Match::of(&party.party, application, entry)))
        .collect()
}

/// A measure with what becomes of it, in the case it was found in.
fn measure_in_case<'a>(settled: &'a SettledMeasure, application: &'a Application) -> MeasureBody<'a> {
    MeasureBody {
        relation: Relation::of(&settled.measure.party, application),
        disposition: settled.disposition.as_ref().map(Cow::Borrowed),
        ..MeasureBody::from(&settled.measure)
    }
}

#[cfg(test)]
mod tests;
