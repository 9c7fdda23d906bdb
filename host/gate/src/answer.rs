//! Step 8, answer: what the caller gets, now or when it asks again.

use std::sync::Arc;

use creditgate_credit::check::Mode;
use creditgate_credit::verdict::Outcome;

use crate::ports::{RecordHash, StoredCheck};
use crate::receipt::{ReceiptClaims, ReceiptKey};
use crate::record::CheckRecord;

/// A check that is durable.
#[derive(Debug)]
pub enum Checked {
    /// Made just now.
    New {
        /// The record.
        record: Arc<CheckRecord>,
        /// Its hash in the ledger.
        hash: RecordHash,
        /// The check whose place it took.
        supersedes: Option<String>,
        /// Signed receipt.
        receipt: String,
    },
    /// Made before, for the same request.
    Repeat {
        /// As the ledger holds it.
        stored: Box<StoredCheck>,
        /// Signed receipt, the same as the first time.
        receipt: String,
    },
}

impl CheckRecord {
    /// The outcome the caller is told. Where the binding does not look at the
    /// case (`off`) or only watches (`observe`), the caller's own process goes
    /// on as if nobody had asked.
    #[must_use]
    pub fn answered_outcome(&self) -> Outcome {
        match self.inputs.mode {
            Mode::Off | Mode::Observe => Outcome::Proceed,
            Mode::Advise | Mode::Enforce => self.settled.outcome,
        }
    }

    /// Whether the caller is shown matches, measures, advice and explanation.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        self.inputs.mode.is_shown()
    }
}

pub(crate) fn new_check(
    record: Arc<CheckRecord>,
    hash: RecordHash,
    supersedes: Option<String>,
    key: &ReceiptKey,
) -> Checked {
    let claims = ReceiptClaims {
        check_id: record.check_id.clone(),
        case_no: record.inputs.application.case_no.clone(),
        department: record.inputs.application.department.clone(),
        item: record.inputs.application.item.clone(),
        checkpoint: record.inputs.application.checkpoint.clone(),
        status: record.settled.status.code().to_owned(),
        outcome: record.answered_outcome().code().to_owned(),
        record_hash: hash.to_hex(),
        checked_at: record.inputs.at,
    };
    Checked::New { receipt: key.sign(&claims), record, hash, supersedes }
}

pub(crate) fn repeated(stored: StoredCheck, key: &ReceiptKey) -> Checked {
    let receipt = key.sign(&ReceiptClaims {
        check_id: stored.check_id.clone(),
        case_no: stored.case_no.clone(),
        department: stored.department.clone(),
        item: stored.item.clone(),
        checkpoint: stored.checkpoint.clone(),
        status: stored.status.code().to_owned(),
        outcome: stored.outcome.code().to_owned(),
        record_hash: stored.hash.to_hex(),
        checked_at: stored.at,
    });
    Checked::Repeat { stored: Box::new(stored), receipt }
}
