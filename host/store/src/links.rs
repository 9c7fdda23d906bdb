//! Links between numbers of one organisation, and what is known of a party under
//! the numbers linked with its own.

use creditgate_credit::dossier::Evidence;
use creditgate_credit::identifier::{Identifier, IdentifierKind, MatchKey, lookup_keys};
use creditgate_credit::link::{IdentifierLink, LinkedNumber, MATCHED_BY, linked_numbers};
use creditgate_wire::link::LinkRow;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::json_column::{Saved, parsed, written};
use crate::statements::Statements as _;
use crate::store::Store;

impl Store {
    /// Every link.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn identifier_links(&self) -> Result<Vec<IdentifierLink>, StoreError> {
        self.read(|connection| {
            connection.rows("SELECT document FROM identifier_links ORDER BY kind, number, uscc", [], link_of)
        })
    }

    /// So many links from this position on, and how many there are in all.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn identifier_link_page(
        &self,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<IdentifierLink>, u64), StoreError> {
        self.read(|connection| {
            let select = "SELECT document FROM identifier_links ORDER BY kind, number, uscc
                          LIMIT ?1 OFFSET ?2";
            let page = connection.rows(select, [limit, offset], link_of)?;
            let total: i64 = connection.scalar("SELECT count(*) FROM identifier_links", [])?;
            Ok((page, total.unsigned_abs()))
        })
    }

    /// Saves links by number and unified code, all or none.
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn save_identifier_links(&self, links: Vec<IdentifierLink>) -> Result<Saved, StoreError> {
        self.write(move |connection| {
            let mut saved = Saved::default();
            for link in &links {
                save(connection, link, &mut saved)?;
            }
            Ok(saved)
        })
        .await
    }
}

fn save(connection: &Connection, link: &IdentifierLink, saved: &mut Saved) -> Result<(), StoreError> {
    let (kind, number, uscc) = (link.number.kind().code(), link.number.value(), link.uscc.value());
    let select = "SELECT document FROM identifier_links WHERE kind = ?1 AND number = ?2 AND uscc = ?3";
    if !saved.counts(connection.row(select, [kind, number, uscc], link_of)?.as_ref(), link) {
        return Ok(());
    }
    let insert = "INSERT INTO identifier_links (kind, number, uscc, document) VALUES (?1, ?2, ?3, ?4)
                  ON CONFLICT (kind, number, uscc) DO UPDATE SET document = excluded.document";
    connection.run(insert, params![kind, number, uscc, written("a link", &LinkRow::from(link))?])
}

/// Adds to each party's evidence what `known` finds under the numbers linked with
/// its own, which `parties` gives. Costs one look at a table where there are no links.
pub(crate) fn add_linked<'a>(
    connection: &Connection,
    parties: impl IntoIterator<Item = &'a [Identifier]>,
    evidence: &mut [Evidence],
    known: impl Fn(&[MatchKey]) -> Result<Vec<Evidence>, StoreError>,
) -> Result<(), StoreError> {
    if !connection.scalar("SELECT EXISTS (SELECT 1 FROM identifier_links)", [])? {
        return Ok(());
    }
    for (identifiers, evidence) in parties.into_iter().zip(evidence) {
        for linked in linked_numbers(identifiers, |number| links_of(connection, number))? {
            let keys = lookup_keys(std::slice::from_ref(&linked.number));
            for more in known(&keys)? {
                merge(evidence, more, &linked);
            }
        }
    }
    Ok(())
}

/// What is found under the party's own numbers stays as it is.
fn merge(evidence: &mut Evidence, more: Evidence, linked: &LinkedNumber) {
    let label = format!("linked {} {}", linked.number.kind().code(), linked.number.masked());
    for mut entry in more.by_identifier {
        let is_new = evidence.by_identifier.iter().all(|known| known.id != entry.id);
        if is_new && linked.covers(entry.recognised_on) {
            entry.attributes.push((MATCHED_BY.to_owned(), label.clone()));
            evidence.by_identifier.push(entry);
        }
    }
    for commitment in more.commitments {
        let is_new = evidence.commitments.iter().all(|known| known.id != commitment.id);
        if is_new && linked.covers(commitment.made_on) {
            evidence.commitments.push(commitment);
        }
    }
}

/// The links in which a number stands on either side.
fn links_of(connection: &Connection, number: &Identifier) -> Result<Vec<IdentifierLink>, StoreError> {
    let code = if number.kind() == IdentifierKind::Uscc { number.value() } else { "" };
    let select = "SELECT document FROM identifier_links WHERE kind = ?1 AND number = ?2
                  UNION SELECT document FROM identifier_links WHERE uscc = ?3";
    connection.rows(select, [number.kind().code(), number.value(), code], link_of)
}

/// The link in the first column.
fn link_of(row: &Row<'_>) -> Result<IdentifierLink, StoreError> {
    let document: String = row.get(0)?;
    let link: LinkRow = parsed("a link", &document)?;
    link.into_link().ok_or(StoreError::Damaged { what: "a link" })
}

#[cfg(test)]
mod tests {
    use creditgate_credit::entry::ListEntry;
    use creditgate_credit::identifier::Strictness;
    use creditgate_gate::ports::CreditSource;
    use jiff::civil::{Date, date};

    use super::*;
    use crate::samples::{COMPANY, OTHER_COMPANY, entry, party};

    fn identifier(text: &str) -> Identifier {
        let (kind, value) = text.split_once(':').unwrap();
        Identifier::parse(IdentifierKind::from_code(kind).unwrap(), value, Strictness::Format)
            .unwrap()
            .identifier
    }

    fn link(number: &str, uscc: &str, until: Option<Date>) -> IdentifierLink {
        IdentifierLink {
            number: identifier(number),
            uscc: identifier(uscc),
            valid_from: None,
            valid_until: until,
            source: "示例登记机关".into(),
        }
    }

    #[tokio::test]
    async fn r023_entries_are_found_under_every_linked_number_and_say_so() {
        let (store, _directory) = Store::temporary();
        let early = date(2014, 1, 1);
        let legacy =
            |id: &str, on| ListEntry { recognised_on: on, ..entry(id, "旧名", &["other:NB-000123"]) };
        let entries = vec![
            entry("own", "新名", &[COMPANY]),
            entry("old-code", "旧名", &[OTHER_COMPANY]),
            legacy("in-time", early),
            legacy("too-late", date(2019, 1, 1)),
        ];
        store.save_entries("lists", entries).await.unwrap();
        let ids = async |number: &str| {
            let evidence = store.evidence(&[party("p", "甲", &[number])]).await.unwrap();
            let found = evidence.into_iter().next().unwrap().by_identifier;
            let mut ids: Vec<String> = found.into_iter().map(|entry| entry.id).collect();
            ids.sort();
            ids
        };
        assert_eq!(ids(COMPANY).await, ["own"], "without links as before");

        let until = Some(date(2015, 9, 30));
        let links = vec![link(OTHER_COMPANY, COMPANY, None), link("other:NB-000123", OTHER_COMPANY, until)];
        let saved = store.save_identifier_links(links.clone()).await.unwrap();
        assert_eq!(saved.added, 2);
        assert_eq!(store.save_identifier_links(links.clone()).await.unwrap().unchanged, 2);
        assert_eq!(store.identifier_links().unwrap().len(), 2);

        assert_eq!(ids(COMPANY).await, ["in-time", "old-code", "own"]);
        assert_eq!(ids("other:NB-000123").await, ["in-time", "old-code", "own", "too-late"]);
        let evidence = store.evidence(&[party("p", "甲", &[COMPANY])]).await.unwrap();
        let said = |id: &str| {
            let entry = evidence[0].by_identifier.iter().find(|entry| entry.id == id).unwrap();
            entry.attributes.iter().find(|(name, _)| name == MATCHED_BY).map(|(_, value)| value.clone())
        };
        assert_eq!(said("own"), None);
        assert!(said("old-code").unwrap().starts_with("linked uscc "));
        assert!(!said("in-time").unwrap().contains("000123"), "masked");
    }
}
