//! What the store knows of parties: list entries by identifier, entries by name
//! for hints, and commitments of earlier cases.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use creditgate_credit::application::Party;
use creditgate_credit::dossier::Evidence;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::{Identifier, MatchKey, Namespaces, hint_keys, index_keys, lookup_keys};
use creditgate_credit::name;
use creditgate_gate::ports::{BoxFuture, CreditSource, SourceError};
use creditgate_gate::{LISTS, SourceFault};
use rusqlite::Connection;

use crate::commitments;
use crate::error::StoreError;
use crate::known::Kind;
use crate::links;
use crate::lists::{ENTRY_COLUMNS, entry_of, is_overridden};
use crate::snapshot::Snapshot;
use crate::statements::Statements as _;
use crate::store::Store;

/// Most hints for one party. Common names have thousands of entries, and an
/// officer reads none of them.
const MOST_HINTS: usize = 20;

impl CreditSource for Store {
    /// Entries of every status, each party's newest first. Reads in place: see
    /// `Readers::read` for why.
    fn evidence<'a>(&'a self, parties: &'a [Party]) -> BoxFuture<'a, Result<Vec<Evidence>, SourceError>> {
        Box::pin(async move {
            let asked: Vec<Asked<'_>> =
                parties.iter().map(|party| Asked::of(&party.name, &party.identifiers)).collect();
            self.evidence_on(&asked).map_err(|error| SourceError {
                name: LISTS.to_owned(),
                fault: SourceFault::Unavailable,
                source: Box::new(error),
            })
        })
    }
}

impl Store {
    fn evidence_on(&self, asked: &[Asked<'_>]) -> Result<Vec<Evidence>, StoreError> {
        if self.has_nothing_of(asked) {
            return Ok(vec![Evidence::default(); asked.len()]);
        }
        self.read_lists(|connection, snapshots| evidence_of(connection, snapshots, asked))
    }

    /// The entries under any of these numbers.
    pub(crate) fn entries_under(&self, identifiers: &[Identifier]) -> Result<Vec<ListEntry>, StoreError> {
        let found = self.evidence_on(&[Asked::of("", identifiers)])?;
        Ok(found.into_iter().flat_map(|evidence| evidence.by_identifier).collect())
    }
}

/// A party as it is looked for.
struct Asked<'a> {
    identifiers: &'a [Identifier],
    keys: Vec<MatchKey>,
    /// Where the same person may be recorded.
    hint_keys: Vec<MatchKey>,
    /// In its key form.
    name: String,
}

impl<'a> Asked<'a> {
    fn of(name: &str, identifiers: &'a [Identifier]) -> Self {
        Self {
            identifiers,
            keys: lookup_keys(identifiers),
            hint_keys: hint_keys(identifiers),
            name: name::key(name),
        }
    }

    fn texts(&self) -> impl Iterator<Item = (Kind, &str)> {
        let keys = self.every_key().map(|key| (Kind::Key, key.as_str()));
        let numbers = self.identifiers.iter().filter(|number| number.filler().is_none());
        let numbers = numbers.map(|number| (Kind::Linked, number.value()));
        let name = (!self.name.is_empty()).then_some((Kind::Name, self.name.as_str()));
        keys.chain(numbers).chain(name)
    }

    fn every_key(&self) -> impl Iterator<Item = &MatchKey> {
        self.keys.iter().chain(&self.hint_keys)
    }
}

impl Store {
    /// Whether it is certain, without a look at any file, that nothing is recorded
    /// of these parties.
    fn has_nothing_of(&self, asked: &[Asked<'_>]) -> bool {
        // The snapshots first: what is not known afterwards was not there then.
        let Some(snapshots) = self.snapshots().settled_now() else { return false };
        let in_snapshot = |asked: &Asked<'_>, snapshot: &Snapshot| {
            asked.every_key().any(|key| snapshot.may_have(key))
                || !asked.name.is_empty() && snapshot.may_have_name(&asked.name)
        };
        !asked.iter().any(|asked| snapshots.iter().any(|snapshot| in_snapshot(asked, snapshot)))
            && !self.known().any(asked.iter().flat_map(Asked::texts))
    }
}

fn evidence_of(
    connection: &Connection,
    snapshots: &[Arc<Snapshot>],
    asked: &[Asked<'_>],
) -> Result<Vec<Evidence>, StoreError> {
    let keys: Vec<&[MatchKey]> = asked.iter().map(|asked| asked.keys.as_slice()).collect();
    let mut evidence = known(connection, snapshots, &keys)?;
    let identifiers = asked.iter().map(|asked| asked.identifiers);
    links::add_linked(connection, identifiers, &mut evidence, |keys| known(connection, snapshots, &[keys]))?;
    for (asked, evidence) in asked.iter().zip(&mut evidence) {
        evidence.by_name = hints(connection, snapshots, asked)?;
        let matched: HashSet<&str> = evidence.by_identifier.iter().map(|entry| entry.id.as_str()).collect();
        evidence.by_name.retain(|entry| !matched.contains(entry.id.as_str()));
        evidence.by_identifier.sort_by(newest_first);
        evidence.commitments.sort_by(|a, b| b.made_on.cmp(&a.made_on).then_with(|| a.id.cmp(&b.id)));
    }
    Ok(evidence)
}

/// What is known under these keys, for each party's own.
fn known(
    connection: &Connection,
    snapshots: &[Arc<Snapshot>],
    keys: &[&[MatchKey]],
) -> Result<Vec<Evidence>, StoreError> {
    let mut evidence = vec![Evidence::default(); keys.len()];
    entries_by_key(connection, keys, &mut evidence)?;
    snapshots.iter().try_for_each(|one| snapshot_by_key(connection, one, keys, &mut evidence))?;
    commitments::by_key(connection, &Wanted::of(keys), &mut evidence)?;
    Ok(evidence)
}

fn newest_first(a: &ListEntry, b: &ListEntry) -> std::cmp::Ordering {
    b.recognised_on.cmp(&a.recognised_on).then_with(|| a.id.cmp(&b.id))
}

/// The keys to look for, and which parties (by position) each belongs to.
pub(crate) struct Wanted<'a> {
    parties: HashMap<&'a str, Vec<usize>>,
    /// All keys as a JSON array: one statement looks them all up.
    pub(crate) json: String,
}

impl<'a> Wanted<'a> {
    fn of(keys: &[&'a [MatchKey]]) -> Self {
        let mut parties: HashMap<&str, Vec<usize>> = HashMap::new();
        for (position, keys) in keys.iter().enumerate() {
            for key in *keys {
                parties.entry(key.as_str()).or_default().push(position);
            }
        }
        let all: Vec<&str> = parties.keys().copied().collect();
        let json = serde_json::json!(all).to_string();
        Self { parties, json }
    }

    /// Positions of the parties that have this key.
    pub(crate) fn parties_with(&self, key: &str) -> &[usize] {
        self.parties.get(key).map_or(&[], Vec::as_slice)
    }
}

fn entries_by_key(
    connection: &Connection,
    keys: &[&[MatchKey]],
    evidence: &mut [Evidence],
) -> Result<(), StoreError> {
    let select = format!(
        "SELECT {ENTRY_COLUMNS} FROM entry_keys CROSS JOIN entries ON entries.id = entry_keys.entry
         WHERE entry_keys.key = ?1"
    );
    for (keys, evidence) in keys.iter().zip(evidence) {
        for key in *keys {
            let found = connection.rows(&select, [key.as_str()], |row| entry_of(row, 0))?;
            found.into_iter().for_each(|entry| add(&mut evidence.by_identifier, entry));
        }
    }
    Ok(())
}

/// One entry may match by several keys.
fn add(found: &mut Vec<ListEntry>, entry: ListEntry) {
    if found.iter().all(|known| known.id != entry.id) {
        found.push(entry);
    }
}

/// The same of a snapshot. What came since in place of an entry of the same id
/// wins, whatever subject it names now.
fn snapshot_by_key(
    connection: &Connection,
    snapshot: &Snapshot,
    keys: &[&[MatchKey]],
    evidence: &mut [Evidence],
) -> Result<(), StoreError> {
    for (keys, evidence) in keys.iter().zip(evidence) {
        for key in keys.iter().filter(|key| snapshot.may_have(key)) {
            snapshot.each_by_key(key, |entry| {
                let matches = index_keys(&entry.subject_identifiers).contains(key);
                if matches && !is_overridden(connection, &entry.id)? {
                    add(&mut evidence.by_identifier, entry);
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Entries that may be of the party: under a number that may be its own, and under
/// its name where no number tells them apart.
fn hints(
    connection: &Connection,
    snapshots: &[Arc<Snapshot>],
    asked: &Asked<'_>,
) -> Result<Vec<ListEntry>, StoreError> {
    let mut hints = Vec::new();
    if !asked.hint_keys.is_empty() {
        let known = known(connection, snapshots, &[asked.hint_keys.as_slice()])?;
        hints.extend(known.into_iter().flat_map(|known| known.by_identifier));
    }
    if !asked.name.is_empty() {
        namesakes(connection, snapshots, asked, &mut hints)?;
    }
    hints.sort_by(newest_first);
    hints.truncate(MOST_HINTS);
    Ok(hints)
}

fn namesakes(
    connection: &Connection,
    snapshots: &[Arc<Snapshot>],
    asked: &Asked<'_>,
    hints: &mut Vec<ListEntry>,
) -> Result<(), StoreError> {
    let name = asked.name.as_str();
    let own = Namespaces::of_party(asked.identifiers);
    for snapshot in snapshots {
        snapshot.each_by_name(name, own.bits(), |entry| {
            if name::key(&entry.subject_name) == name && !is_overridden(connection, &entry.id)? {
                add(hints, entry);
            }
            Ok(())
        })?;
    }
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ENTRY_COLUMNS} FROM entries WHERE name_key = ?1 ORDER BY recognised_on DESC, id"
    ))?;
    let mut rows = statement.query([name])?;
    let mut since = 0;
    while let Some(row) = rows.next()?
        && since < MOST_HINTS
    {
        let entry = entry_of(row, 0)?;
        if !own.tell_apart(Namespaces::of_record(&entry.subject_identifiers)) {
            add(hints, entry);
            since += 1;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use creditgate_credit::entry::EntryStatus;
    use jiff::civil::date;
    use tempfile::TempDir;

    use super::*;
    use crate::json_column::Saved;
    use crate::samples::{COMPANY, COMPANY_CODE, NAMESAKE, OTHER_COMPANY, PERSON, entry, party};

    const NAME: &str = "示例食品（集团）有限公司";

    async fn store_with(entries: Vec<ListEntry>) -> (Store, TempDir) {
        let (store, directory) = Store::temporary();
        store.save_entries("test", entries).await.unwrap();
        (store, directory)
    }

    fn ids(entries: &[ListEntry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.id.as_str()).collect()
    }

    #[tokio::test]
    async fn a_record_is_found_by_every_identifier_that_means_its_subject() {
        let (store, _directory) = store_with(vec![
            entry("by-uscc", NAME, &[COMPANY]),
            entry("by-code", NAME, &[COMPANY_CODE]),
            entry("namesake", NAME, &[NAMESAKE]),
            entry("person", "张三", &[PERSON]),
        ])
        .await;
        let cases: [(&[&str], &[&str]); 6] = [
            (&[COMPANY], &["by-code", "by-uscc"]),
            (&[COMPANY, COMPANY_CODE], &["by-code", "by-uscc"]),
            (&[COMPANY_CODE], &["by-code", "by-uscc", "namesake"]),
            (&[OTHER_COMPANY], &[]),
            (&[PERSON], &["person"]),
            (&[], &[]),
        ];
        let parties: Vec<Party> = cases.iter().map(|(given, _)| party("p", "别名", given)).collect();
        let evidence = store.evidence(&parties).await.unwrap();
        for ((given, expected), evidence) in cases.iter().zip(&evidence) {
            assert_eq!(ids(&evidence.by_identifier), *expected, "{given:?}");
        }
    }

    #[tokio::test]
    async fn entries_of_every_status_come_back_as_they_were_saved_newest_first() {
        let repaired = ListEntry {
            status: EntryStatus::Repaired,
            ended_on: Some(date(2026, 5, 1)),
            recognised_on: date(2025, 1, 1),
            ..entry("repaired", NAME, &[COMPANY, COMPANY_CODE])
        };
        let suspended = ListEntry {
            suspended: true,
            valid_until: None,
            severity: None,
            attributes: Vec::new(),
            recognised_on: date(2026, 6, 1),
            ..entry("suspended", NAME, &[COMPANY])
        };
        let preliminary =
            ListEntry { status: EntryStatus::Preliminary, ..entry("preliminary", NAME, &[COMPANY]) };
        let saved = [suspended, preliminary, repaired];
        let (store, _directory) = store_with(saved.to_vec()).await;
        let evidence = store.evidence(&[party("p", NAME, &[COMPANY])]).await.unwrap();
        assert_eq!(evidence[0].by_identifier, saved);
        assert_eq!(evidence[0].by_name, [], "what an identifier has decided is no hint");
    }

    #[tokio::test]
    async fn a_name_is_a_hint_only_where_no_identifier_can_be_compared() {
        let (store, _directory) = store_with(vec![
            entry("nameless-numbers", NAME, &[]),
            entry("lei-only", NAME, &["lei:5493001KJTIIGC8Y1R12"]),
            entry("uscc", NAME, &[OTHER_COMPANY]),
            entry("another-name", "别家", &[]),
        ])
        .await;
        let half_width = "示例食品(集团) 有限公司";
        let cases: [(&str, &[&str], &[&str]); 5] = [
            (NAME, &[COMPANY], &["lei-only", "nameless-numbers"]),
            (half_width, &[COMPANY], &["lei-only", "nameless-numbers"]),
            // A unified code and an organisation code tell subjects apart.
            (NAME, &[COMPANY_CODE], &["lei-only", "nameless-numbers"]),
            (NAME, &[], &["lei-only", "nameless-numbers", "uscc"]),
            ("", &[], &[]),
        ];
        for (name, identifiers, expected) in cases {
            let evidence = store.evidence(&[party("p", name, identifiers)]).await.unwrap();
            assert_eq!(ids(&evidence[0].by_name), expected, "{name} {identifiers:?}");
        }
    }

    #[tokio::test]
    async fn r022_both_forms_of_a_citizen_number_are_one_person() {
        let before = "citizen_id:110101900101001";
        let (store, _directory) =
            store_with(vec![entry("before", "甲", &[before]), entry("today", "乙", &[PERSON])]).await;
        for number in [before, PERSON] {
            let evidence = store.evidence(&[party("p", "丙", &[number])]).await.unwrap();
            assert_eq!(ids(&evidence[0].by_identifier), ["before", "today"], "{number}");
        }
        let evidence = store.evidence(&[party("p", "丙", &["citizen_id:110101199001010023"])]).await.unwrap();
        assert_eq!(evidence[0], Evidence::default(), "somebody else");
        let written = &store.list_entry("before").unwrap().unwrap().subject_identifiers[0];
        assert_eq!(written.value(), "110101900101001", "the record shows what was written");
    }

    #[tokio::test]
    async fn r022_a_number_whose_century_is_not_known_is_a_hint_in_both_directions() {
        let [before, today] = ["citizen_id:110101900101996", "citizen_id:110101199001019968"];
        for (listed, asked) in [(before, today), (today, before)] {
            let (store, _directory) = store_with(vec![entry("e", "甲", &[listed])]).await;
            let evidence = store.evidence(&[party("p", "乙", &[asked])]).await.unwrap();
            assert_eq!((ids(&evidence[0].by_identifier), ids(&evidence[0].by_name)), (vec![], vec!["e"]));
            let evidence = store.evidence(&[party("p", "乙", &[listed])]).await.unwrap();
            assert_eq!((ids(&evidence[0].by_identifier), ids(&evidence[0].by_name)), (vec!["e"], vec![]));
        }
    }

    #[tokio::test]
    async fn r022_a_filler_finds_nobody_by_number_or_name() {
        let fillers = ["other:无", "other:/", "other:不详", "other:3799****0046", "uscc:000000000000000000"];
        for filler in fillers {
            let listed = vec![entry("number", "甲", &[filler]), entry("name", "不详", &[])];
            let (store, _directory) = store_with(listed).await;
            for (name, numbers) in [("乙", &[filler][..]), ("不详", &[COMPANY, filler])] {
                let evidence = store.evidence(&[party("p", name, numbers)]).await.unwrap();
                assert_eq!(evidence[0], Evidence::default(), "{name} {numbers:?}");
            }
            let namesake = store.evidence(&[party("p", "甲", &[COMPANY, filler])]).await.unwrap();
            assert_eq!(ids(&namesake[0].by_name), ["number"], "nothing tells them apart");
        }
    }

    #[tokio::test]
    async fn r024_a_number_whose_check_fails_never_keeps_a_namesake_from_the_officer() {
        const MISTYPED: &str = "uscc:91110000101623741A";
        let (store, _directory) =
            store_with(vec![entry("good", NAME, &[COMPANY]), entry("mistyped", "别名", &[MISTYPED])]).await;
        type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], &'a [&'a str]);
        let cases: [Case<'_>; 5] = [
            (NAME, &[MISTYPED], &["mistyped"], &["good"]),
            (NAME, &[OTHER_COMPANY], &[], &[]),
            ("别名", &[OTHER_COMPANY], &[], &["mistyped"]),
            ("别名", &[MISTYPED], &["mistyped"], &[]),
            ("第三家", &[MISTYPED, OTHER_COMPANY], &["mistyped"], &[]),
        ];
        for (name, numbers, matched, hints) in cases {
            let evidence = store.evidence(&[party("p", name, numbers)]).await.unwrap();
            let found = (ids(&evidence[0].by_identifier), ids(&evidence[0].by_name));
            assert_eq!(found, (matched.to_vec(), hints.to_vec()), "{name} {numbers:?}");
        }
    }

    #[tokio::test]
    async fn a_name_gives_the_hint_however_it_is_written() {
        let listed = vec![
            entry("company", "示例（山东）贸易有限公司", &[]),
            entry("person", "买买提·吐尔逊", &[]),
            entry("marked", "\u{202D}钱示隐\u{202C}", &[]),
            entry("rare", "示例䶮店", &[]),
        ];
        let (store, _directory) = store_with(listed).await;
        let cases = [
            ("示例(山东)贸易有限公司", "company"),
            ("示例〔山东〕 贸易有限公司", "company"),
            ("买买提•吐尔逊", "person"),
            ("买买提・吐尔逊", "person"),
            ("买买提．吐尔逊", "person"),
            ("钱\u{200B}示隐", "marked"),
            ("示例\u{E863}店", "rare"),
        ];
        for (name, id) in cases {
            let evidence = store.evidence(&[party("p", name, &[COMPANY])]).await.unwrap();
            assert_eq!(ids(&evidence[0].by_name), [id], "{name:?}");
        }
    }

    #[tokio::test]
    async fn a_common_name_gives_no_more_hints_than_an_officer_reads() {
        let entries = (0..50).map(|n| entry(&format!("e{n:02}"), "张三", &[])).collect();
        let (store, _directory) = store_with(entries).await;
        let evidence = store.evidence(&[party("p", "张三", &[PERSON])]).await.unwrap();
        assert_eq!(evidence[0].by_name.len(), MOST_HINTS);
    }

    #[tokio::test]
    async fn parties_with_the_same_identifier_both_get_the_entry() {
        let (store, _directory) = store_with(vec![entry("e", "张三", &[PERSON])]).await;
        let parties = [party("applicant", "张三", &[PERSON]), party("representative", "张三", &[PERSON])];
        let evidence = store.evidence(&parties).await.unwrap();
        assert!(evidence.iter().all(|evidence| ids(&evidence.by_identifier) == ["e"]));
    }

    #[tokio::test]
    async fn an_entry_that_comes_again_replaces_itself_and_its_keys() {
        let (store, _directory) =
            store_with(vec![entry("same", NAME, &[COMPANY]), entry("other", NAME, &[COMPANY])]).await;
        let moved = entry("same", NAME, &[OTHER_COMPANY]);
        let again = vec![moved.clone(), entry("other", NAME, &[COMPANY]), entry("new", NAME, &[COMPANY])];
        let saved = store.save_entries("test", again).await.unwrap();
        assert_eq!(saved, Saved { added: 1, changed: 1, unchanged: 1 });
        let parties = [party("a", "甲", &[COMPANY]), party("b", "乙", &[OTHER_COMPANY])];
        let evidence = store.evidence(&parties).await.unwrap();
        assert_eq!(ids(&evidence[0].by_identifier), ["new", "other"]);
        assert_eq!(evidence[1].by_identifier, [moved]);
    }
}
