//! A workbook is read in a process of its own: what unpacks and parses it takes
//! as much memory and time as the file asks for, and a file of two kilobytes can
//! ask for all there is.
//!
//! The host starts its own program once more, with the file as its input, and
//! hears what the sheet says piece by piece. Whatever the process says is held to
//! its form: what it read was made by somebody else.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::os::fd::AsFd as _;
use std::process::ExitCode;
use std::time::Duration;

use axum::body::Bytes;
use creditgate_confine::{End, Limits};
use creditgate_credit::fault::FieldProblem;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::super::pipeline::Piece;
use crate::aside::NICENESS;
use crate::own_program;

/// The first argument with which the host's program is started to read a workbook.
pub const READ_ARGUMENT: &str = "read-workbook-for-host";

/// What one workbook may take to read. A sheet as large as they get, a million
/// rows of twenty columns, takes a quarter of it.
const LIMITS: Limits = Limits {
    cpu_seconds: 120,
    memory_bytes: 1 << 30,
    patience: Duration::from_secs(240),
    answer_bytes: 2 << 30,
    threads: false,
    niceness: NICENESS,
};

/// Bytes one saying may have.
const LONGEST_SAYING: usize = 1 << 20;

/// Bytes of text in one saying; as JSON it has six times as many at most.
const TEXT: usize = 1 << 16;

/// Characters that are shown of what the process says is wrong.
const SHOWN: usize = 300;

/// What the process says, each time as its length in four bytes and JSON.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Saying {
    /// More of the sheet, as CSV.
    Text(String),
    /// The workbook cannot be read, and why.
    Unreadable(String),
    /// The sheet was read to its end, or as far as anybody wanted; the names of
    /// others that hold something.
    Done(Vec<String>),
}

/// Why a workbook was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// It is none.
    #[error("is not a workbook with a sheet: {0}")]
    Unreadable(String),
    /// It takes more than any may, or ends the process in another way.
    #[error(
        "takes more to read than {seconds} s of processor time, {memory} MiB of memory or {text} MiB of text, or \
         breaks what reads it ({end}); save the sheet by itself as a new workbook, or as CSV",
        seconds = LIMITS.cpu_seconds,
        memory = LIMITS.memory_bytes >> 20,
        text = LIMITS.answer_bytes >> 20
    )]
    TooComplex {
        /// How the process ended.
        end: End,
    },
    /// There is no process to read it in.
    #[error("there is no process to read a workbook in")]
    Process(#[from] io::Error),
}

impl Fault {
    /// What is wrong with the file, where something is.
    pub(super) fn of_file(&self) -> Option<FieldProblem> {
        let code = match self {
            Self::Unreadable(_) => "file.not_xlsx",
            Self::TooComplex { .. } => "file.too_complex",
            Self::Process(_) => return None,
        };
        Some(FieldProblem::new("", code, self.to_string()))
    }
}

/// Reads a workbook and passes its sheet on as CSV. In a process of its own where
/// this program can start one, which the `creditgate` program always can.
pub(super) fn write_csv(file: File, lines: &mpsc::Sender<Piece>) -> Result<Vec<String>, Fault> {
    let mut pass_on = |text: String| lines.blocking_send(Ok(Bytes::from(text))).is_ok();
    let Some(program) = own_program::path() else {
        return super::write_csv(file, &mut pass_on).map_err(|error| Fault::Unreadable(error.to_string()));
    };
    let mut child = LIMITS.start(&program, &[READ_ARGUMENT], file.into())?;
    match listen(&mut child, &mut pass_on) {
        Ok(outcome) => outcome,
        // What it said before is worth nothing.
        Err(Broken) => Err(Fault::TooComplex { end: child.end()? }),
    }
}

/// The process ended before it was done, or said what makes no sense.
#[derive(Debug, PartialEq, Eq)]
struct Broken;

/// Hears a process out.
fn listen(
    child: &mut impl Read,
    pass_on: &mut dyn FnMut(String) -> bool,
) -> Result<Result<Vec<String>, Fault>, Broken> {
    loop {
        match heard(child).ok_or(Broken)? {
            Saying::Text(text) => {
                if !pass_on(text) {
                    // Whoever reads has seen enough.
                    return Ok(Ok(Vec::new()));
                }
            }
            Saying::Done(unread) => return Ok(Ok(unread.iter().map(|name| shown(name)).collect())),
            Saying::Unreadable(why) => return Ok(Err(Fault::Unreadable(shown(&why)))),
        }
    }
}

fn heard(child: &mut impl Read) -> Option<Saying> {
    let mut length = [0; 4];
    child.read_exact(&mut length).ok()?;
    let length =
        usize::try_from(u32::from_le_bytes(length)).ok().filter(|length| *length <= LONGEST_SAYING)?;
    let mut saying = vec![0; length];
    child.read_exact(&mut saying).ok()?;
    serde_json::from_slice(&saying).ok()
}

/// It may hold words of the file.
fn shown(why: &str) -> String {
    why.chars().take(SHOWN).map(|character| if character.is_control() { ' ' } else { character }).collect()
}

/// The whole of a process that reads a workbook: to be the program's `main` when
/// its first argument is [`READ_ARGUMENT`].
#[must_use]
pub fn read_for_host() -> ExitCode {
    let Ok(input) = io::stdin().as_fd().try_clone_to_owned() else { return ExitCode::FAILURE };
    if LIMITS.enter().is_err() {
        return ExitCode::FAILURE;
    }
    let mut pass_on = |text: String| pieces(&text).all(|piece| say(&Saying::Text(piece.to_owned())));
    let last = match super::write_csv(input.into(), &mut pass_on) {
        Ok(unread) => Saying::Done(unread),
        Err(error) => Saying::Unreadable(error.to_string()),
    };
    if say(&last) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A text in pieces that are no larger than a saying may hold.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (piece, more) = rest.split_at(rest.floor_char_boundary(TEXT));
        rest = more;
        (!piece.is_empty()).then_some(piece)
    })
}

/// False when nobody hears it.
fn say(saying: &Saying) -> bool {
    let Some(bytes) = said(saying) else { return false };
    let mut output = io::stdout().lock();
    output.write_all(&bytes).and_then(|()| output.flush()).is_ok()
}

fn said(saying: &Saying) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 4];
    serde_json::to_writer(&mut bytes, saying).ok()?;
    let length = u32::try_from(bytes.len() - 4).ok()?;
    bytes.splice(..4, length.to_le_bytes());
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(sayings: &[Saying]) -> Vec<u8> {
        sayings.iter().flat_map(|saying| said(saying).unwrap()).collect()
    }

    /// What is heard of these bytes, and the text until then.
    fn hear(bytes: &[u8]) -> (Result<Result<Vec<String>, Fault>, Broken>, String) {
        let mut text = String::new();
        let heard = listen(&mut &*bytes, &mut |piece| {
            text.push_str(&piece);
            true
        });
        (heard, text)
    }

    #[test]
    fn what_is_said_is_heard() {
        let long = "名".repeat(TEXT);
        let mut sayings: Vec<_> = pieces(&long).map(|piece| Saying::Text(piece.to_owned())).collect();
        assert!(sayings.len() > 3);
        sayings.push(Saying::Done(Vec::new()));
        let (heard, text) = hear(&all(&sayings));
        assert!(matches!(heard, Ok(Ok(_))));
        assert_eq!(text, long);
        let control = Saying::Text("\u{1}".repeat(TEXT));
        assert!(
            matches!(hear(&all(&[control, Saying::Done(Vec::new())])).0, Ok(Ok(_))),
            "the longest there is"
        );
    }

    #[test]
    fn a_process_that_ends_early_or_says_what_makes_no_sense_has_read_nothing() {
        let begun = all(&[Saying::Text("a,b\n".to_owned())]);
        let with = |more: &[u8]| [&begun, more].concat();
        for bytes in [
            Vec::new(),
            begun.clone(),
            with(&[1, 0]),
            with(&[255, 255, 255, 255]),
            with(&[4, 0, 0, 0, b'n', b'u', b'l']),
            with(b"\x04\0\0\0null"),
            with(b"\x0a\0\0\0{\"text\":1}"),
        ] {
            assert_eq!(hear(&bytes).0.unwrap_err(), Broken, "{bytes:?}");
        }
    }

    #[test]
    fn what_a_file_says_of_itself_is_shown_on_one_line_and_no_further() {
        let why = Saying::Unreadable(format!("a\n\u{1b}[31m{}", "x".repeat(1000)));
        let (heard, _) = hear(&all(&[why]));
        let fault = heard.unwrap().unwrap_err().of_file().unwrap();
        assert_eq!(fault.code, "file.not_xlsx");
        assert!(fault.message.chars().count() < 2 * SHOWN && !fault.message.contains(char::is_control));
    }
}
