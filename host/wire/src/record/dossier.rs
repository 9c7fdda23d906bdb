//! The dossier in a record, whole.

use creditgate_api::MeasureBody;
use creditgate_credit::dossier::{
    AssessedReport, CommitmentState, Dossier, Measure, PartyDossier, PastCommitment,
};
use creditgate_credit::entry::ListEntry;
use serde::Serialize;

use super::application::ReportView;
use crate::entry::EntryRow;
use crate::json::Each;
use crate::time::Day;

#[derive(Serialize)]
pub(super) struct DossierView<'a> {
    parties: Each<'a, PartyDossier, PartyDossierView<'a>>,
}

impl<'a> From<&'a Dossier> for DossierView<'a> {
    fn from(dossier: &'a Dossier) -> Self {
        Self { parties: Each(&dossier.parties, PartyDossierView::from) }
    }
}

#[derive(Serialize)]
struct PartyDossierView<'a> {
    party: &'a str,
    /// Ids of effective entries, in the order the plug-in saw them.
    entries: Each<'a, ListEntry, &'a str>,
    /// Those of them that are in no list and follow from others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    derived: Vec<EntryRow<'a>>,
    measures: Each<'a, Measure, MeasureBody<'a>>,
    hints: Each<'a, ListEntry, EntryRow<'a>>,
    history: Each<'a, ListEntry, EntryRow<'a>>,
    commitments: Each<'a, PastCommitment, PastCommitmentView<'a>>,
    reports: Each<'a, AssessedReport, AssessedReportView<'a>>,
}

impl<'a> From<&'a PartyDossier> for PartyDossierView<'a> {
    fn from(dossier: &'a PartyDossier) -> Self {
        Self {
            party: &dossier.party,
            entries: Each(&dossier.entries, |entry| &entry.id),
            derived: dossier.derived().map(EntryRow::from).collect(),
            measures: Each(&dossier.measures, MeasureBody::from),
            hints: Each(&dossier.hints, EntryRow::from),
            history: Each(&dossier.history, EntryRow::from),
            commitments: Each(&dossier.commitments, PastCommitmentView::from),
            reports: Each(&dossier.reports, AssessedReportView::from),
        }
    }
}

#[derive(Serialize)]
struct PastCommitmentView<'a> {
    id: &'a str,
    case_no: &'a str,
    made_on: Day,
    due_on: Day,
    state: CommitmentState,
}

impl<'a> From<&'a PastCommitment> for PastCommitmentView<'a> {
    fn from(commitment: &'a PastCommitment) -> Self {
        Self {
            id: &commitment.id,
            case_no: &commitment.case_no,
            made_on: commitment.made_on.into(),
            due_on: commitment.due_on.into(),
            state: commitment.state,
        }
    }
}

#[derive(Serialize)]
struct AssessedReportView<'a> {
    report: ReportView<'a>,
    qualified: bool,
    published: bool,
}

impl<'a> From<&'a AssessedReport> for AssessedReportView<'a> {
    fn from(assessed: &'a AssessedReport) -> Self {
        Self {
            report: (&assessed.report).into(),
            qualified: assessed.qualified,
            published: assessed.published,
        }
    }
}
