//! The dossier of a party as it is kept: effective entries are named by their ids,
//! in the order the plug-in saw them. They stand in the history, or among those
//! that are derived.

use serde::{Deserialize, Serialize, Serializer};

use super::{AssessedReport, Measure, PartyDossier, PastCommitment};
use crate::entry::ListEntry;

#[derive(Serialize)]
struct Written<'a> {
    party: &'a str,
    entries: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    derived: Vec<&'a ListEntry>,
    measures: &'a [Measure],
    hints: &'a [ListEntry],
    history: &'a [ListEntry],
    commitments: &'a [PastCommitment],
    reports: &'a [AssessedReport],
}

impl Serialize for PartyDossier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = Written {
            party: &self.party,
            entries: self.entries.iter().map(|entry| entry.id.as_str()).collect(),
            derived: self.derived().collect(),
            measures: &self.measures,
            hints: &self.hints,
            history: &self.history,
            commitments: &self.commitments,
            reports: &self.reports,
        };
        written.serialize(serializer)
    }
}

#[derive(Deserialize)]
pub(super) struct Kept {
    party: String,
    entries: Vec<String>,
    #[serde(default)]
    derived: Vec<ListEntry>,
    measures: Vec<Measure>,
    hints: Vec<ListEntry>,
    history: Vec<ListEntry>,
    commitments: Vec<PastCommitment>,
    reports: Vec<AssessedReport>,
}

impl TryFrom<Kept> for PartyDossier {
    type Error = &'static str;

    fn try_from(kept: Kept) -> Result<Self, Self::Error> {
        let entries = kept.entries.iter().map(|id| {
            let entry = kept.derived.iter().chain(&kept.history).find(|entry| entry.id == *id);
            entry.cloned().ok_or("an effective entry is not in the history")
        });
        Ok(Self {
            entries: entries.collect::<Result<_, _>>()?,
            party: kept.party,
            measures: kept.measures,
            hints: kept.hints,
            history: kept.history,
            commitments: kept.commitments,
            reports: kept.reports,
        })
    }
}
