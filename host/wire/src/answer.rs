//! The answer to a check, as it follows from the record.

use std::borrow::Cow;

use creditgate_api::{
    Answer, CommitmentBody, Match, MeasureBody, MeasureDispositionBody, PluginBody, Relation,
};
use creditgate_credit::application::Application;
use creditgate_credit::dossier::{Dossier, PartyDossier};
use creditgate_credit::entry::ListEntry;
use creditgate_gate::{CheckRecord, Mode, SettledMeasure};

/// The answer to a recorded check, without hash and receipt: those follow
/// from the ledger, see [`Answer::with_receipt`].
#[must_use]
pub fn answer(record: &CheckRecord) -> Answer<'_> {
    let application = &*record.application;
    let settled = &record.settled;
    let shown = record.is_shown();
    let dossier = record.dossier.as_deref().filter(|_| shown);
    let measures = if shown { settled.measures.as_slice() } else { &[] };
    Answer {
        check_id: Cow::Borrowed(&record.check_id),
        case_no: Cow::Borrowed(&application.case_no),
        department: Cow::Borrowed(&application.department),
        item: Cow::Borrowed(&application.item),
        checkpoint: Cow::Borrowed(&application.checkpoint),
        status: settled.status,
        outcome: record.answered_outcome(),
        mode: record.mode,
        enforced: record.mode == Mode::Enforce,
        // That the binding is off is no finding about anyone.
        reasons: bodies(&settled.reasons, shown || record.mode == Mode::Off),
        warnings: bodies(&record.warnings, true),
        matches: matches_of(dossier, application, |party| &party.entries),
        hints: matches_of(dossier, application, |party| &party.hints),
        measures: measures.iter().map(|measure| measure_in_case(measure, application)).collect(),
        grounds: bodies(&settled.grounds, shown),
        advice: bodies(&settled.advice, shown),
        commitment: settled.commitment.as_ref().filter(|_| shown).map(CommitmentBody::from),
        explanation: Cow::Borrowed(if shown { &settled.explanation } else { "" }),
        plugin: record.plugin.as_ref().map(PluginBody::from),
        policy: Cow::Borrowed(&record.policy),
        catalogue: Cow::Borrowed(&record.catalogue),
        checked_at: record.at.into(),
        supersedes: None,
        superseded_by: None,
        record_hash: None,
        receipt: None,
    }
}

fn bodies<'a, T, B: From<&'a T>>(values: &'a [T], shown: bool) -> Vec<B> {
    if shown { values.iter().map(B::from).collect() } else { Vec::new() }
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
        disposition: settled.disposition.as_ref().map(MeasureDispositionBody::from),
        ..MeasureBody::from(&settled.measure)
    }
}

#[cfg(test)]
mod tests;
