//! The host's side: a child that is started, listened to, and ended.

use std::fmt;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{self, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, memfd_create};
use tempfile::TempDir;

use crate::Limits;

/// A child at work. Its answer is read from it; dropping it kills it.
#[derive(Debug)]
pub struct Child {
    process: process::Child,
    answer: ChildStdout,
    patience: Duration,
    /// What the answer may still have.
    left: u64,
    /// Why the host listens no more.
    stopped: Option<Stopped>,
    /// Its folder, which goes with it.
    _folder: TempDir,
}

#[derive(Debug, Clone, Copy)]
enum Stopped {
    OutOfTime,
    AnswerTooLong,
}

/// How a child came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, or by a limit that the kernel keeps.
    Status(ExitStatus),
    /// The host waited as long as it may.
    OutOfTime,
    /// Its answer was longer than any may be.
    AnswerTooLong,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(f),
            Self::OutOfTime => f.write_str("out of time"),
            Self::AnswerTooLong => f.write_str("its answer has no end"),
        }
    }
}

impl Limits {
    /// Starts a program that is to confine itself by the same limits
    /// ([`Limits::enter`]), with `input` as its standard input.
    ///
    /// The kernel ends the child with the thread that started it: that thread has
    /// to stay until the child has ended.
    ///
    /// # Errors
    /// When there is no room for its folder, or for a process.
    pub fn start(&self, program: &Path, arguments: &[&str], input: OwnedFd) -> io::Result<Child> {
        let folder = tempfile::Builder::new().prefix("creditgate-").tempdir()?;
        let mut process = Command::new(program)
            .args(arguments)
            .env_clear()
            .current_dir(folder.path())
            .stdin(Stdio::from(input))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let Some(answer) = process.stdout.take() else {
            return Err(io::Error::other("a pipe was asked for, and there is none"));
        };
        Ok(Child {
            process,
            answer,
            patience: self.patience,
            left: self.answer_bytes,
            stopped: None,
            _folder: folder,
        })
    }
}

/// Bytes as a file that is in no folder, to be a child's input.
///
/// # Errors
/// When there is no memory for them.
pub fn input_of(bytes: &[u8]) -> io::Result<OwnedFd> {
    let mut file = File::from(memfd_create("input", MemfdFlags::CLOEXEC)?);
    file.write_all(bytes)?;
    file.rewind()?;
    Ok(file.into())
}

impl Child {
    /// Ends it, if it has not ended, and says how it ended. Once its answer was
    /// read to its end, that is how it ended by itself.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn end(mut self) -> io::Result<End> {
        let status = self.killed()?;
        Ok(match self.stopped {
            None => End::Status(status),
            Some(Stopped::OutOfTime) => End::OutOfTime,
            Some(Stopped::AnswerTooLong) => End::AnswerTooLong,
        })
    }

    /// A process that is ending keeps the status it ends with: being killed then
    /// changes nothing. One that only closed its answer is ended by it.
    fn killed(&mut self) -> io::Result<ExitStatus> {
        self.process.kill()?;
        self.process.wait()
    }

    fn wait_for_more(&mut self) -> io::Result<()> {
        let began = Instant::now();
        let timeout = Timespec::try_from(self.patience).map_err(io::Error::other)?;
        let mut waited_for = [PollFd::new(&self.answer, PollFlags::IN)];
        let ready = match poll(&mut waited_for, Some(&timeout)) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(error.into()),
            ready => ready,
        };
        self.patience = self.patience.saturating_sub(began.elapsed());
        match ready {
            Ok(0) => {
                self.stopped = Some(Stopped::OutOfTime);
                Err(io::ErrorKind::TimedOut.into())
            }
            Ok(_) => Ok(()),
            Err(interrupted) => Err(interrupted.into()),
        }
    }
}

/// Its answer, within the limits: an error is the end of it, and [`Child::end`]
/// says which.
impl Read for Child {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.stopped.is_some() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.wait_for_more()?;
        let read = self.answer.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                self.stopped = Some(Stopped::AnswerTooLong);
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(read)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // One that has ended is only taken from the system's table.
        let _ = self.killed();
    }
}
