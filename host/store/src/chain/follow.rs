//! How every change becomes a link: the connection that writes notes which rows a
//! job touches, and the writer links them when the job is done, in its transaction.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::{Null, ValueRef};
use rusqlite::{Connection, params};

use super::check::{self, CHECKS};
use super::content::ContentHash;
use super::kinds::{self, Kind};
use super::{Head, link_hash};
use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::values;

/// A row that was written, with its hash, or that is gone.
struct Note {
    /// Position of its kind; none for a check.
    kind: Option<usize>,
    reference: String,
    content: Option<ContentHash>,
}

thread_local! {
    /// Of the job that runs on this thread. There is one writer, with one
    /// connection, on a thread of its own.
    static NOTES: RefCell<Vec<Note>> = const { RefCell::new(Vec::new()) };
}

/// The chain as the writer goes on with it.
pub(crate) struct Chain {
    kinds: Arc<[Kind]>,
    /// The last link, as far as the transaction that runs has come.
    head: Head,
    /// The last link the table of the head has.
    written: Head,
}

/// Notes the check at `seq`, which a job has appended.
pub(crate) fn note_check(seq: i64, content: ContentHash) {
    let note = Note { kind: None, reference: seq.to_string(), content: Some(content) };
    NOTES.with_borrow_mut(|notes| notes.push(note));
}

impl Chain {
    /// Follows every change that comes through this connection from now on, and
    /// links what the store has and the chain has not: all of it where the store is
    /// older than the chain, and the rows of a table whose columns are others now.
    pub(crate) fn follow(connection: &Connection) -> Result<Self, StoreError> {
        let kinds: Arc<[Kind]> = kinds::of_store(connection)?.into();
        let mut chain = Self { kinds: Arc::clone(&kinds), head: Head::START, written: Head::START };
        connection.execute_batch("BEGIN IMMEDIATE")?;
        match chain.catch_up(connection) {
            Ok(()) => connection.execute_batch("COMMIT")?,
            Err(error) => {
                // The error is what counts; a transaction that is left open ends
                // with its connection.
                let _ = connection.execute_batch("ROLLBACK");
                return Err(error);
            }
        }
        let flags = FunctionFlags::SQLITE_UTF8;
        let noted = Arc::clone(&kinds);
        connection.create_scalar_function("chain_note", -1, flags, move |context| {
            let (number, reference) = named(context)?;
            let kind = noted.get(number).ok_or(rusqlite::Error::InvalidQuery)?;
            let content = kind.content(|position| Ok(context.get_raw(position + 2)))?;
            note(number, reference, Some(content));
            Ok(Null)
        })?;
        connection.create_scalar_function("chain_gone", 2, flags, move |context| {
            let (number, reference) = named(context)?;
            note(number, reference, None);
            Ok(Null)
        })?;
        for (number, kind) in kinds.iter().enumerate() {
            connection.execute_batch(&kind.triggers(number))?;
        }
        Ok(chain)
    }

    /// A chain in a database that is no store.
    #[cfg(test)]
    pub(crate) fn for_tests(connection: &Connection) -> Self {
        let tables = include_str!("../../migrations/0018_chain.sql");
        let (tables, _) = tables.split_once("-- SHA-256 of the file of a snapshot").unwrap();
        connection.execute_batch(tables).unwrap();
        connection.execute_batch("CREATE TABLE checks (seq); CREATE TABLE measures (seq)").unwrap();
        Self { kinds: Arc::new([]), head: Head::START, written: Head::START }
    }

    /// Begins a transaction: another process may have gone on with the chain.
    pub(crate) fn begin(&mut self, connection: &Connection) -> Result<(), StoreError> {
        self.forget();
        self.written = Head::read(connection)?;
        self.head = self.written;
        Ok(())
    }

    /// Links what the job that ran has touched. Where this fails the job is undone.
    pub(crate) fn link(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let mut notes = NOTES.take();
        if notes.len() > 1 {
            keep_last(&mut notes);
        }
        let before = self.head;
        for note in notes {
            let kinds = Arc::clone(&self.kinds);
            let table = note.kind.and_then(|number| kinds.get(number)).map_or(CHECKS, |kind| &*kind.table);
            // A row that is written again as it was is not another, and one that came
            // and went within the job never was.
            if note.kind.is_some() && latest(connection, table, &note.reference)? == note.content {
                continue;
            }
            if let Err(error) = self.append(connection, table, &note.reference, note.content) {
                self.head = before;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Forgets what a job has noted that is undone.
    pub(crate) fn forget(&mut self) {
        NOTES.take();
    }

    /// Writes the head, where there is another.
    pub(crate) fn finish(&mut self, connection: &Connection) -> Result<(), StoreError> {
        if self.head == self.written {
            return Ok(());
        }
        let update = "UPDATE chain_head SET seq = ?1, hash = ?2 WHERE only = 1";
        connection.run(update, params![self.head.seq, self.head.hash])?;
        self.written = self.head;
        Ok(())
    }

    fn append(
        &mut self,
        connection: &Connection,
        table: &str,
        reference: &str,
        content: Option<ContentHash>,
    ) -> Result<(), StoreError> {
        let seq = self.head.seq + 1;
        let hash = link_hash(&self.head.hash, table, reference, content.as_ref());
        let insert = "INSERT INTO chain (seq, kind, reference, content, hash) VALUES (?1, ?2, ?3, ?4, ?5)";
        connection.run(insert, params![seq, table, reference, content, hash])?;
        self.head = Head { seq, hash };
        Ok(())
    }

    fn catch_up(&mut self, connection: &Connection) -> Result<(), StoreError> {
        self.begin(connection)?;
        if self.head == Head::START {
            check::each(connection, |seq, content| {
                self.append(connection, CHECKS, &seq.to_string(), Some(content))
            })?;
        }
        for kind in &*Arc::clone(&self.kinds) {
            let form = kind.form();
            let known: Option<String> =
                connection.value("SELECT form FROM chain_tables WHERE name = ?1", [&kind.table])?;
            if known.as_ref() == Some(&form) {
                continue;
            }
            self.catch_up_with(connection, kind)?;
            let insert = "INSERT INTO chain_tables (name, form) VALUES (?1, ?2)
                          ON CONFLICT (name) DO UPDATE SET form = excluded.form";
            connection.run(insert, [&kind.table, &form])?;
            tracing::info!(table = kind.table, "the rows of a table are in the chain from now on");
        }
        self.finish(connection)
    }

    /// Links the rows of a table as they are, and those that are there no more.
    fn catch_up_with(&mut self, connection: &Connection, kind: &Kind) -> Result<(), StoreError> {
        let mut linked = connection.prepare(
            "SELECT reference FROM chain AS link
             WHERE kind <> 'checks' AND kind = ?1 AND content IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM chain AS later WHERE later.kind <> 'checks' AND later.kind = link.kind
                     AND later.reference = link.reference AND later.seq > link.seq)",
        )?;
        let mut linked = linked.query([&kind.table])?;
        while let Some(row) = linked.next()? {
            let reference: String = row.get(0)?;
            if kind.content_of(connection, &reference)?.is_none() {
                self.append(connection, &kind.table, &reference, None)?;
            }
        }
        kind.each(connection, |reference, content| {
            if latest(connection, &kind.table, &reference)? == Some(content) {
                return Ok(());
            }
            self.append(connection, &kind.table, &reference, Some(content))
        })
    }
}

/// The content of the last link of a row; none where it is gone, or never was.
fn latest(connection: &Connection, table: &str, reference: &str) -> Result<Option<ContentHash>, StoreError> {
    let select = "SELECT content FROM chain WHERE kind <> 'checks' AND kind = ?1 AND reference = ?2
                  ORDER BY seq DESC LIMIT 1";
    Ok(connection.row(select, [table, reference], |row| values::optional_sha256(row, 0))?.flatten())
}

/// Of several notes of one row the last one counts, at its place.
fn keep_last(notes: &mut Vec<Note>) {
    let mut seen = HashSet::new();
    let mut last: Vec<bool> =
        notes.iter().rev().map(|note| seen.insert((note.kind, note.reference.clone()))).collect();
    notes.retain(|_| last.pop() == Some(true));
}

fn note(number: usize, reference: String, content: Option<ContentHash>) {
    NOTES.with_borrow_mut(|notes| notes.push(Note { kind: Some(number), reference, content }));
}

/// Which row a trigger is about.
fn named(context: &Context<'_>) -> rusqlite::Result<(usize, String)> {
    let number: i64 = context.get(0)?;
    let number = usize::try_from(number).map_err(|_| rusqlite::Error::InvalidQuery)?;
    let reference = match context.get_raw(1) {
        ValueRef::Integer(integer) => integer.to_string(),
        other => other.as_str()?.to_owned(),
    };
    Ok((number, reference))
}
