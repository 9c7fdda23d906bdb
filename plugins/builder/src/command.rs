//! Runs another program: its output collected, its errors kept for the report,
//! its time bounded where a network may hang.

use std::collections::VecDeque;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Lines of a failed program's error output that are kept for the report.
const TAIL_LINES: usize = 40;

/// Pause between two looks at a program whose time is bounded.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// What a person at the terminal sees while other programs run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Progress {
    /// Nothing; a failure's error carries the last lines.
    #[default]
    Quiet,
    /// Their error output (cargo's progress lines), passed on to ours as it comes.
    Show,
}

/// Another program could not be started, failed, or took too long.
#[derive(Debug, thiserror::Error)]
#[error("`{command}` {}", described(failure, stderr_tail))]
pub struct CommandError {
    /// The command line, arguments separated by blanks.
    pub command: String,
    /// How it ended.
    pub failure: CommandFailure,
    /// The last lines of its error output; may be empty.
    pub stderr_tail: String,
}

/// How another program failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandFailure {
    /// It did not start: not installed, not executable.
    #[error("could not be started: {0}")]
    Start(io::Error),
    /// Its output could not be read.
    #[error("could not be followed: {0}")]
    Follow(io::Error),
    /// It ended with an error.
    #[error("failed ({0})")]
    Exit(ExitStatus),
    /// It was ended because it ran longer than this.
    #[error("was stopped after {} seconds", .0.as_secs())]
    TimedOut(Duration),
}

fn described(failure: &CommandFailure, stderr_tail: &str) -> String {
    if stderr_tail.is_empty() { failure.to_string() } else { format!("{failure}:\n{stderr_tail}") }
}

/// Runs a command to its end and returns its standard output.
///
/// With a `limit`, the program is killed when it runs longer.
pub(crate) fn run(
    command: &mut Command,
    limit: Option<Duration>,
    progress: Progress,
) -> Result<Vec<u8>, CommandError> {
    tracing::debug!(command = %shown(command), "running");
    let outcome = follow(command, limit, progress);
    outcome.map_err(|(failure, stderr_tail)| CommandError { command: shown(command), failure, stderr_tail })
}

/// Runs a command and returns its standard output as trimmed text.
pub(crate) fn run_for_text(command: &mut Command) -> Result<String, CommandError> {
    let output = run(command, None, Progress::Quiet)?;
    Ok(String::from_utf8_lossy(&output).trim().to_owned())
}

fn follow(
    command: &mut Command,
    limit: Option<Duration>,
    progress: Progress,
) -> Result<Vec<u8>, (CommandFailure, String)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| (CommandFailure::Start(error), String::new()))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (ended, output, tail) = thread::scope(|scope| {
        let output = scope.spawn(|| {
            let mut bytes = Vec::new();
            stdout.map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut bytes)).map(|_| bytes)
        });
        let tail = scope.spawn(|| stderr.map(|stderr| read_tail(stderr, progress)).unwrap_or_default());
        let ended = wait(&mut child, limit);
        (ended, output.join(), tail.join().unwrap_or_default())
    });
    let output = output.unwrap_or_else(|_| Err(io::Error::other("the reader of its output failed")));
    match (ended, output) {
        (Ok(status), Ok(output)) if status.success() => Ok(output),
        (Ok(status), Ok(_)) => Err((CommandFailure::Exit(status), tail)),
        (Ok(_), Err(error)) => Err((CommandFailure::Follow(error), tail)),
        (Err(failure), _) => Err((failure, tail)),
    }
}

fn wait(child: &mut Child, limit: Option<Duration>) -> Result<ExitStatus, CommandFailure> {
    let Some(limit) = limit else { return child.wait().map_err(CommandFailure::Follow) };
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(CommandFailure::Follow)? {
            return Ok(status);
        }
        if started.elapsed() >= limit {
            child.kill().and_then(|()| child.wait()).map_err(CommandFailure::Follow)?;
            return Err(CommandFailure::TimedOut(limit));
        }
        thread::sleep(POLL_INTERVAL);
    }
}

/// The last lines of a stream, each also shown if asked for.
fn read_tail(stream: impl Read, progress: Progress) -> String {
    let mut tail = VecDeque::new();
    for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        if progress == Progress::Show {
            eprintln!("{line}");
        }
        if tail.len() == TAIL_LINES {
            tail.pop_front();
        }
        tail.push_back(line);
    }
    Vec::from(tail).join("\n")
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_is_returned_and_errors_carry_command_and_last_lines() {
        assert_eq!(run_for_text(&mut shell("echo yes; echo noise >&2")).expect("succeeds"), "yes");
        let error = run(&mut shell("seq 1 50 >&2; exit 3"), None, Progress::Quiet).expect_err("exits with 3");
        let text = error.to_string();
        assert!(text.starts_with("`sh -c seq 1 50 >&2; exit 3` failed (exit status: 3):\n11\n"), "{text}");
        assert!(text.ends_with("\n50"), "{text}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("creditgate-no-such-program"), None, Progress::Quiet)
            .expect_err("there is no such program");
        assert!(error.to_string().starts_with("`creditgate-no-such-program` could not be started"));
    }

    #[test]
    fn a_program_that_hangs_is_stopped() {
        let limit = Duration::from_millis(100);
        let mut endless = Command::new("sleep");
        let error = run(endless.arg("600"), Some(limit), Progress::Quiet).expect_err("never ends by itself");
        assert!(matches!(error.failure, CommandFailure::TimedOut(stopped) if stopped == limit));
    }
}
