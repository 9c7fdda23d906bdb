//! What was received: each message once, in memory and, where wanted, in an
//! append-only file that a restart reads again.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One message, as it is kept: a line of the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Id of the feedback: the sender's idempotency key.
    pub id: String,
    /// What it says.
    pub feedback: Value,
}

/// What became of a message handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is new.
    New,
    /// It was here before; only counted.
    Duplicate,
    /// Another message has this id; this one is not kept.
    Conflict,
}

/// The file of messages cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReceivedError {
    /// It cannot be read or written.
    #[error("the file of messages cannot be read or written")]
    File(#[from] std::io::Error),
    /// A line is not a message.
    #[error("line {line} of the file of messages is not one")]
    Line {
        /// Number of the line, from 1.
        line: usize,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

/// Every message received.
#[derive(Debug, Default)]
pub struct Received {
    messages: Vec<Message>,
    positions: HashMap<String, usize>,
    duplicates: u64,
    file: Option<File>,
}

impl Received {
    /// Goes on with the messages of `file`, which is made when it is missing.
    /// It holds names and numbers of people, so only its owner may read it.
    ///
    /// # Errors
    /// [`ReceivedError`] when the file cannot be used.
    pub fn in_file(path: &Path) -> Result<Self, ReceivedError> {
        let mut options = OpenOptions::new();
        options.create(true).append(true).read(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        // A last line without an end was cut off by a crash and never
        // acknowledged: its sender sends it again.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        file.set_len(whole as u64)?;
        text.truncate(whole);
        let mut received = Self::default();
        for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
            let message = serde_json::from_slice(line)
                .map_err(|source| ReceivedError::Line { line: index + 1, source })?;
            received.remember(message);
        }
        received.file = Some(file);
        Ok(received)
    }

    /// Keeps a message, on disk before this returns.
    ///
    /// # Errors
    /// [`ReceivedError::File`] when it cannot be written; it is not kept then.
    pub fn keep(&mut self, message: Message) -> Result<Kept, ReceivedError> {
        if let Some(position) = self.positions.get(&message.id) {
            if self.messages.get(*position) != Some(&message) {
                return Ok(Kept::Conflict);
            }
            self.duplicates += 1;
            return Ok(Kept::Duplicate);
        }
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&message).map_err(std::io::Error::from)?;
            line.push(b'\n');
            file.write_all(&line)?;
            file.sync_data()?;
        }
        self.remember(message);
        Ok(Kept::New)
    }

    /// Every message, in the order of arrival.
    #[must_use]
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Messages that came again.
    #[must_use]
    pub const fn duplicates(&self) -> u64 {
        self.duplicates
    }

    fn remember(&mut self, message: Message) {
        self.positions.insert(message.id.clone(), self.messages.len());
        self.messages.push(message);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(id: &str, result: &str) -> Message {
        Message { id: id.into(), feedback: json!({ "result": result }) }
    }

    #[test]
    fn a_message_is_kept_once_and_over_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feedback.jsonl");
        let mut received = Received::in_file(&path).unwrap();
        assert_eq!(received.keep(message("f1", "executed")).unwrap(), Kept::New);
        assert_eq!(received.keep(message("f1", "executed")).unwrap(), Kept::Duplicate);
        assert_eq!(received.keep(message("f1", "partly")).unwrap(), Kept::Conflict);

        let mut again = Received::in_file(&path).unwrap();
        assert_eq!(again.keep(message("f1", "executed")).unwrap(), Kept::Duplicate);
        assert_eq!(again.keep(message("f2", "executed")).unwrap(), Kept::New);
        assert_eq!(again.messages().len(), 2);
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
    }

    #[test]
    fn a_line_cut_off_by_a_crash_is_received_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feedback.jsonl");
        std::fs::write(&path, "{\"id\":\"f1\",\"feedback\":{}}\n{\"id\":\"f2\",\"fee").unwrap();
        let mut received = Received::in_file(&path).unwrap();
        assert_eq!(received.messages().len(), 1);
        assert_eq!(received.keep(message("f2", "executed")).unwrap(), Kept::New);
        assert_eq!(Received::in_file(&path).unwrap().messages().len(), 2);
    }

    #[test]
    fn a_file_of_something_else_is_refused_with_the_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("feedback.jsonl");
        std::fs::write(&path, "{\"id\":\"f1\",\"feedback\":{}}\nnonsense\n").unwrap();
        assert_eq!(
            Received::in_file(&path).unwrap_err().to_string(),
            "line 2 of the file of messages is not one"
        );
    }
}
