//! What a second person has to agree to before it takes effect: changes after
//! which less is insisted on than before.
//!
//! An agreement is to what would go and not to a file: whoever does the same
//! again has it done, and whatever would take away something else has to be agreed
//! to anew.

use creditgate_credit::vocabulary;
use creditgate_gate::NotSecond;
use creditgate_wire::approval::Approval;
use creditgate_wire::time::Instant;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;
use crate::json_column::{parsed, written};
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{keys, trail, values};

/// For so long an agreement counts: what nobody has done by then is looked at
/// anew.
const COUNTS_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Most lines that are kept of what would go; the others are counted.
const MOST_LINES: usize = 100;

vocabulary! {
    /// What kind of change it is.
    pub enum ApprovalKind {
        /// An outcome binds no more.
        WeakenBindings = "bindings.weaken",
        /// Many entries of a source go.
        ShrinkSource = "lists.shrink",
    }
}

/// What a change would take away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What kind of change it is.
    pub kind: ApprovalKind,
    /// Of what: a source, or `bindings`.
    pub subject: String,
    /// How much in one sentence.
    pub summary: String,
    /// Everything that would go, one line each, in an order that does not depend
    /// on how it was found.
    pub going: Vec<String>,
}

impl Loss {
    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let parts = [self.kind.code(), &self.subject];
        for part in parts.into_iter().chain(self.going.iter().map(String::as_str)) {
            digest.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }
}

/// An agreement that a change rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Number of the approval.
    pub approval: i64,
    /// Who makes the change.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What came of asking for an agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one at a time, and whoever asked takes it apart")]
pub enum Asked {
    /// There is one.
    Agreed(Agreed),
    /// Somebody has to give it.
    Wanted(Approval),
}

/// Why nobody has agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AgreeError {
    /// There is nothing to agree to.
    #[error("nothing of this number waits for approval; see `creditgate approvals list`")]
    Unknown,
    /// Somebody has agreed already.
    #[error("somebody has agreed to it already")]
    Given,
    /// Who agrees is not a second person.
    #[error(transparent)]
    NotSecond(#[from] NotSecond),
}

impl AgreeError {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "approval.unknown",
            Self::Given => "approval.given",
            Self::NotSecond(why) => why.code(),
        }
    }
}

const COLUMNS: &str =
    "id, kind, subject, summary, going, asked_at, asked_by, approved_at, approved_by, reason,
                       used_at, used_by";

impl Store {
    /// The agreement to this very loss, or the number under which it waits for one.
    ///
    /// # Errors
    /// When it cannot be read or kept.
    pub async fn ask_approval(&self, loss: Loss, by: &str, at: Timestamp) -> Result<Asked, StoreError> {
        let by = by.to_owned();
        self.write(move |connection| {
            let digest = loss.digest();
            let select = format!(
                "SELECT {COLUMNS} FROM approvals WHERE digest = ?1 AND used_at IS NULL ORDER BY id DESC"
            );
            let found = connection.rows(&select, [digest], approval_of)?;
            if let Some(agreed) = found.iter().find(|it| it.counts_until.is_some_and(|until| at < until.0)) {
                return Ok(Asked::Agreed(Agreed { approval: agreed.approval, by, at }));
            }
            if let Some(waits) = found.into_iter().find(|it| it.approved_at.is_none()) {
                return Ok(Asked::Wanted(waits));
            }
            let lines = &loss.going[..loss.going.len().min(MOST_LINES)];
            let insert = "INSERT INTO approvals (kind, subject, digest, summary, going, asked_at, asked_by)
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            let row = params![
                loss.kind.code(),
                loss.subject,
                digest,
                loss.summary,
                written("what would go", &lines)?,
                values::instant_to_sql(at),
                by,
            ];
            connection.run(insert, row)?;
            let id = connection.last_insert_rowid();
            trail::says(format!("approval {id}"), &*loss.summary);
            find(connection, id)?.map(Asked::Wanted).ok_or(StoreError::Damaged { what: "an approval" })
        })
        .await
    }

    /// Agrees to what waits under a number.
    ///
    /// # Errors
    /// When it cannot be kept; within, [`AgreeError`].
    pub async fn agree(
        &self,
        id: i64,
        by: &str,
        reason: String,
        at: Timestamp,
    ) -> Result<Result<Approval, AgreeError>, StoreError> {
        let by = by.to_owned();
        self.write(move |connection| {
            let Some(waits) = find(connection, id)? else { return Ok(Err(AgreeError::Unknown)) };
            if waits.approved_at.is_some() {
                return Ok(Err(AgreeError::Given));
            }
            if let Err(why) = keys::second_person(connection, &waits.asked_by, &by)? {
                return Ok(Err(why.into()));
            }
            let update = "UPDATE approvals SET approved_at = ?2, approved_by = ?3, reason = ?4 WHERE id = ?1";
            connection.run(update, params![id, values::instant_to_sql(at), by, reason])?;
            trail::says(format!("approval {id}"), format!("{}: {reason}", waits.summary));
            find(connection, id)?.map(Ok).ok_or(StoreError::Damaged { what: "an approval" })
        })
        .await
    }

    /// Everything that waits for a second person or had one, newest first; only what
    /// still waits to be approved or done, where `open`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn approvals(
        &self,
        open: bool,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<Approval>, StoreError> {
        self.read(|connection| {
            let select = format!(
                "SELECT {COLUMNS} FROM approvals
                 WHERE (used_at IS NULL OR NOT ?1) AND id < ?2 ORDER BY id DESC LIMIT ?3"
            );
            connection.rows(&select, params![open, before.unwrap_or(i64::MAX), limit], approval_of)
        })
    }
}

/// Notes that a change was made that rests on an agreement. Part of the
/// transaction that makes it.
pub(crate) fn spend(connection: &Connection, agreed: &Agreed) -> Result<(), StoreError> {
    let update = "UPDATE approvals SET used_at = ?2, used_by = ?3
                  WHERE id = ?1 AND used_at IS NULL AND approved_at IS NOT NULL";
    let spent =
        connection.change(update, params![agreed.approval, values::instant_to_sql(agreed.at), agreed.by])?;
    if spent == 1 { Ok(()) } else { Err(StoreError::ApprovalSpent(agreed.approval)) }
}

fn find(connection: &Connection, id: i64) -> Result<Option<Approval>, StoreError> {
    connection.row(&format!("SELECT {COLUMNS} FROM approvals WHERE id = ?1"), [id], approval_of)
}

fn approval_of(row: &Row<'_>) -> Result<Approval, StoreError> {
    let going: String = row.get(4)?;
    let kind = values::coded(row, 1, ApprovalKind::from_code, "an approval")?;
    let approved_at = values::optional_instant(row, 7)?;
    let used_at = values::optional_instant(row, 10)?.map(Instant);
    Ok(Approval {
        approval: row.get(0)?,
        kind: kind.code().to_owned(),
        subject: row.get(2)?,
        summary: row.get(3)?,
        going: parsed("an approval", &going)?,
        asked_at: values::instant(row, 5)?.into(),
        asked_by: row.get(6)?,
        approved_at: approved_at.map(Instant),
        approved_by: approved_at.map(|_| row.get(8)).transpose()?,
        reason: approved_at.map(|_| row.get(9)).transpose()?,
        counts_until: approved_at.filter(|_| used_at.is_none()).map(|at| Instant(at + COUNTS_FOR)),
        used_at,
        used_by: used_at.map(|_| row.get(11)).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::at;

    fn loss(going: &[&str]) -> Loss {
        Loss {
            kind: ApprovalKind::ShrinkSource,
            subject: "court".to_owned(),
            summary: "2 of 3 entries".to_owned(),
            going: going.iter().map(|&line| line.to_owned()).collect(),
        }
    }

    async fn wanted(store: &Store, loss: Loss) -> Approval {
        match store.ask_approval(loss, "cli:li", at()).await.unwrap() {
            Asked::Wanted(approval) => approval,
            Asked::Agreed(agreed) => panic!("{agreed:?}"),
        }
    }

    async fn spent(store: &Store, agreed: &Agreed) -> Result<(), StoreError> {
        let agreed = agreed.clone();
        store.write(move |connection| spend(connection, &agreed)).await
    }

    #[tokio::test]
    async fn an_agreement_is_a_second_persons_to_one_loss_for_one_time_and_for_a_week() {
        let (store, _directory) = Store::temporary();
        let first = wanted(&store, loss(&["e1", "e2"])).await;
        assert_eq!(wanted(&store, loss(&["e1", "e2"])).await, first, "it waits under one number");
        let agree = async |id, by: &str| store.agree(id, by, "看过".to_owned(), at()).await.unwrap();
        assert_eq!(agree(first.approval, "cli:Li").await, Err(AgreeError::NotSecond(NotSecond::Same)));
        assert_eq!(agree(first.approval, "cli").await, Err(AgreeError::NotSecond(NotSecond::Unnamed)));
        assert_eq!(agree(99, "cli:wang").await, Err(AgreeError::Unknown));
        let approved = agree(first.approval, "cli:wang").await.unwrap();
        assert_eq!(approved.approved_by.as_deref(), Some("cli:wang"));
        assert_eq!(agree(first.approval, "cli:wang").await, Err(AgreeError::Given));

        let other = wanted(&store, loss(&["e1", "e3"])).await;
        assert_ne!(other.approval, first.approval, "something else would go");
        let after_a_week = approved.counts_until.unwrap().0;
        let Asked::Agreed(agreed) = store.ask_approval(loss(&["e1", "e2"]), "cli:li", at()).await.unwrap()
        else {
            panic!("it was agreed to");
        };
        spent(&store, &agreed).await.unwrap();
        assert!(matches!(spent(&store, &agreed).await, Err(StoreError::ApprovalSpent(_))), "it was for once");
        let again = wanted(&store, loss(&["e1", "e2"])).await;
        agree(again.approval, "cli:wang").await.unwrap();
        let late = store.ask_approval(loss(&["e1", "e2"]), "cli:li", after_a_week).await.unwrap();
        assert!(matches!(late, Asked::Wanted(approval) if approval.approval > again.approval));
        assert_eq!(store.approvals(false, None, 10).unwrap().len(), 4);
        assert!(store.approvals(true, None, 10).unwrap().iter().all(|approval| approval.used_at.is_none()));
    }
}
