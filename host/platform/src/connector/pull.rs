//! Asking a platform what has changed since the last time.
//!
//! How far a pull came is marked by the platform's own clock: the newest change
//! it has given. The next one asks from there on, that instant included, so that
//! nothing falls between two pulls; what comes again changes nothing. The mark
//! moves on only past what could be read: a record that could not be, or one that
//! moved while the pages were turned, is asked for again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::Strictness;
use creditgate_wire::import::{Format, parse_lists};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value};

use super::asker::{self, Asker};
use super::error::QueryError;
use super::options::ConnectorOptions;
use super::path::Scope;
use super::profile::{Profile, PullCall};
use super::record;
use crate::options::OptionsError;

/// Time for one request of a pull.
const REQUEST: Duration = Duration::from_secs(30);
/// Time for a pull with all its pages.
const PULL: Duration = Duration::from_secs(600);

/// Asks one platform what has changed.
pub struct Puller {
    asker: Asker,
    call: PullCall,
}

/// What a pull brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulled {
    /// Entries that are new or changed.
    pub entries: Vec<ListEntry>,
    /// Records that could not be read.
    pub refused: Vec<RefusedRecord>,
    /// The newest change among all of them.
    pub newest: Option<Timestamp>,
}

/// A record that could not be read. Holds nothing that the record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRecord {
    /// Position in the answer, from 1.
    pub record: usize,
    /// Field of the entry.
    pub field: String,
    /// What is wrong.
    pub problem: String,
}

impl RefusedRecord {
    /// What an import says of the row in a line.
    pub(super) fn of(line: u64, field: String, problem: String) -> Self {
        Self { record: usize::try_from(line).unwrap_or(usize::MAX), field, problem }
    }
}

impl Puller {
    /// A puller from the platform of these options.
    ///
    /// # Errors
    /// [`OptionsError::NoPull`] for a profile without `[pull]`, and
    /// [`OptionsError`] when no HTTP client can be made.
    pub fn new(options: ConnectorOptions, profile: Arc<Profile>) -> Result<Self, OptionsError> {
        let call = profile.pull.clone().ok_or(OptionsError::NoPull)?;
        Ok(Self { asker: Asker::new(options, profile, REQUEST)?, call })
    }

    /// Everything that has changed since an instant of the platform's clock, or
    /// at all.
    ///
    /// # Errors
    /// [`QueryError`], when nothing of the answer can be relied on.
    pub async fn changes(&self, since: Option<Timestamp>, now: Timestamp) -> Result<Pulled, QueryError> {
        let question = self.question(since, now);
        let call = &self.call;
        let pages = self.asker.pages(&call.request, &call.rows, call.paging.as_ref(), &question);
        let answers = tokio::time::timeout(PULL, pages).await.map_err(|_| QueryError::TimedOut)??;
        Ok(self.read(&asker::rows(&answers, &call.rows)?))
    }

    fn question(&self, since: Option<Timestamp>, now: Timestamp) -> Value {
        let mut question = Map::new();
        question.insert("now".to_owned(), now.to_string().into());
        if let Some(since) = since {
            let overlap = SignedDuration::from_secs(self.call.overlap_seconds.into());
            let from = since.checked_sub(overlap).unwrap_or(since);
            question.insert("since".to_owned(), from.to_string().into());
        }
        Value::Object(question)
    }

    fn read(&self, scopes: &[Scope<'_>]) -> Pulled {
        let mut pulled = Pulled::default();
        let mut rows: Vec<(usize, Value)> = Vec::with_capacity(scopes.len());
        let mut places: HashMap<String, usize> = HashMap::new();
        for (position, scope) in scopes.iter().enumerate() {
            let record = position + 1;
            match self.row(scope, &mut pulled.newest) {
                Err((field, problem)) => pulled.refused.push(RefusedRecord { record, field, problem }),
                Ok(row) => match places.get(&row["id"].to_string()) {
                    None => {
                        places.insert(row["id"].to_string(), rows.len());
                        rows.push((record, row));
                    }
                    // It was changed while the pages were turned, and another one
                    // may have slipped from one page to the next unseen.
                    Some(&place) => {
                        rows[place] = (record, row);
                        let problem = "came twice: it was changed while the pages were read".to_owned();
                        pulled.refused.push(RefusedRecord { record, field: "id".to_owned(), problem });
                    }
                },
            }
        }
        let lines: String = rows.iter().map(|(_, row)| format!("{row}\n")).collect();
        let parsed = parse_lists("answer", Format::Jsonl, lines, Strictness::Check);
        pulled.entries = parsed.rows;
        pulled.refused.extend(parsed.problems.into_iter().map(|problem| {
            let refused = RefusedRecord::of(problem.line, problem.field, problem.message);
            let record =
                rows.get(refused.record.saturating_sub(1)).map_or(refused.record, |(record, _)| *record);
            RefusedRecord { record, ..refused }
        }));
        pulled
    }

    /// A record as a row, and when it was changed.
    fn row(&self, scope: &Scope<'_>, newest: &mut Option<Timestamp>) -> Result<Value, (String, String)> {
        let fault = |problem: String| ("changed_at".to_owned(), problem);
        let changed = self.call.changed_at.instant(scope).map_err(|error| fault(error.to_string()))?;
        let changed = changed.ok_or_else(|| fault("is missing".to_owned()))?;
        *newest = (*newest).max(Some(changed));
        record::row(scope, &self.call.entry, &self.asker.profile.tables, "")
    }
}

impl Pulled {
    /// How far the next pull may begin: past everything that came, unless
    /// something of it has to be asked for again.
    #[must_use]
    pub fn mark(&self) -> Option<Timestamp> {
        self.newest.filter(|_| self.refused.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::options::Endpoint;

    fn puller() -> Puller {
        let options = ConnectorOptions::new("city", Endpoint::parse("http://127.0.0.1:9").unwrap());
        let text = include_str!("../../../../examples/connectors/taizhou.toml");
        let profile: Profile = toml::from_str(text).unwrap();
        assert_eq!(profile.check(), Ok(()));
        Puller::new(options, Arc::new(profile)).unwrap()
    }

    fn record(id: &str, changed: &str) -> Value {
        json!({"mdid": id, "mdlxid": "food.serious", "mdlxmc": "示例名单", "hhmdlx": 2, "ztmc": "示例公司",
               "zjhm": "91110105MA0000226Y", "rdbm": "示例机关", "rdrq": "2025-03-01 00:00:00",
               "yxqz": "2099-03-01 00:00:00", "zt": "1", "gxsj": changed})
    }

    fn read(records: &[Value]) -> Pulled {
        let scopes: Vec<Scope<'_>> =
            records.iter().map(|record| Scope { root: record, elements: vec![record] }).collect();
        puller().read(&scopes)
    }

    #[test]
    fn r118_the_mark_is_the_newest_change_and_the_next_pull_begins_before_it() {
        let pulled = read(&[record("a", "2026-01-05 08:30:00"), record("b", "2026-01-05 08:30:05")]);
        assert_eq!(pulled.entries.len(), 2);
        let mark = pulled.mark().unwrap();
        assert_eq!(mark.to_string(), "2026-01-05T00:30:05Z");
        assert_eq!(puller().question(Some(mark), mark)["since"], "2026-01-05T00:30:04Z");
        assert_eq!(puller().question(None, mark).get("since"), None);
        assert_eq!(read(&[]), Pulled::default());
    }

    #[test]
    fn a_record_that_cannot_be_read_leaves_the_mark_where_it_was_and_the_others_count() {
        let mut broken = record("b", "2026-01-05 08:30:05");
        broken["rdrq"] = json!("one day");
        let mut numberless = record("c", "2026-01-05 08:30:06");
        numberless["zjhm"] = json!("1");
        let timeless = record("d", "");
        let pulled = read(&[record("a", "2026-01-05 08:30:00"), broken, numberless, timeless]);
        assert_eq!(pulled.entries.len(), 1);
        let mut refused: Vec<(usize, &str)> =
            pulled.refused.iter().map(|refused| (refused.record, refused.field.as_str())).collect();
        refused.sort_unstable();
        assert_eq!(refused, [(2, "recognised_on"), (3, "subject_identifiers[0]"), (4, "changed_at")]);
        assert_eq!(pulled.mark(), None);
    }

    #[test]
    fn a_record_that_moves_while_the_pages_are_turned_is_kept_and_asked_for_again() {
        let mut later = record("a", "2026-01-05 08:31:00");
        later["zt"] = json!("2");
        let pulled = read(&[record("a", "2026-01-05 08:30:00"), later]);
        assert_eq!(pulled.entries.len(), 1);
        assert_eq!(pulled.entries[0].status.code(), "repaired");
        assert_eq!(pulled.mark(), None);
    }
}
