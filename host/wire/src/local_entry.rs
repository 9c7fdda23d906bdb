//! Entries of lists that are kept here, as administrators see them.

use creditgate_affairs::local_lists::{EntryStep, Kept};
use creditgate_api::FieldProblemBody;
use creditgate_credit::entry::{EntryState, EntryText};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An entry with where it stands and what was done with it. Numbers are masked,
/// and so are the names of natural persons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = LocalEntry)]
pub struct LocalEntryBody {
    /// The entry.
    pub entry: EntryText,
    /// What it is today.
    pub state: EntryState,
    /// Whether it is public today (R38, R92).
    pub public: bool,
    /// How it is kept here; absent where it is kept elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Kept>,
    /// What its recogniser still has to say, such as `particulars.watch_until`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<String>,
    /// Remarks on a proposal that did not prevent it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<FieldProblemBody>,
    /// Everything that was done with it, oldest first; of one entry alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<EntryStep>,
}

#[cfg(test)]
mod tests {
    use crate::samples::{self, CITIZEN_ID, USCC};

    #[test]
    fn r039_an_entry_is_shown_with_numbers_and_names_of_persons_masked() {
        let mut entry = samples::entries().remove(0);
        entry.subject_name = "欧阳示例".to_owned();
        let shown = serde_json::to_string(&entry.shown()).unwrap();
        assert!(!shown.contains(CITIZEN_ID), "{shown}");
        assert!(shown.contains(USCC), "the number of an organisation is public: {shown}");
        assert!(shown.contains("欧***") && !shown.contains("欧阳"), "{shown}");
        for number in &entry.particulars.representative_identifiers {
            assert!(number.masked() == number.value() || !shown.contains(number.value()), "{shown}");
        }
    }
}
