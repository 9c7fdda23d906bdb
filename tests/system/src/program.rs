//! The built programs, as processes that never outlive their test.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, mpsc};

use serde_json::Value;

use crate::wait::{PATIENCE, until};

/// The folder cargo builds into: the one this program, or this test binary, was
/// built into.
#[must_use]
pub fn build_folder() -> PathBuf {
    let here = std::env::current_exe().expect("the path of this program");
    let folder = here.parent().expect("a program lies in a folder");
    // target/<profile>/<program>, or target/<profile>/deps/<test binary>
    let tests = folder.ends_with("deps");
    folder.ancestors().nth(usize::from(tests)).expect("a target folder").to_owned()
}

/// A program of the workspace.
pub(crate) fn program(name: &str) -> Command {
    let path = build_folder().join(name);
    assert!(path.exists(), "there is no {}; run `cargo xtask test`, which builds it", path.display());
    let mut command = Command::new(path);
    // What the shell of a developer has set must not change a test.
    command.env_remove("CREDITGATE_KEY").env_remove("HTTP_PROXY").env_remove("http_proxy");
    command
}

/// How a program ended, and what it said.
#[derive(Debug)]
pub struct Ran {
    /// Exit status.
    pub status: ExitStatus,
    /// What it said on standard output.
    pub said: String,
    /// What it said on standard error.
    pub errors: String,
}

impl Ran {
    /// What it said on standard output; it must have succeeded.
    #[track_caller]
    #[must_use]
    pub fn ok(self) -> String {
        assert!(self.status.success(), "{self:?}");
        self.said
    }

    /// The same, read as JSON.
    #[track_caller]
    #[must_use]
    pub fn json(self) -> Value {
        let said = self.ok();
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
    }

    /// What it said; it must have ended with this status.
    #[track_caller]
    #[must_use]
    pub fn ended_with(self, status: i32) -> Self {
        assert_eq!(self.status.code(), Some(status), "{self:?}");
        self
    }
}

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Ran {
    let ended = command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    Ran { status: ended.status, said: text(ended.stdout), errors: text(ended.stderr) }
}

/// A program that runs beside a test. Dropping it kills it.
pub struct Running {
    child: Child,
    /// What it says on standard output.
    lines: Mutex<mpsc::Receiver<String>>,
}

impl Running {
    pub(crate) fn start(command: &mut Command, errors: impl Into<Stdio>) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = child.stdout.take().expect("standard output is piped");
        let (sender, lines) = mpsc::channel();
        // Reads on to the end, so that the program never writes into a closed pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { child, lines: Mutex::new(lines) }
    }

    /// Waits for the next line.
    pub async fn next_line(&mut self) -> String {
        let lines = self.lines.get_mut().expect("nobody else reads");
        until("another line", async || lines.try_recv().ok()).await
    }

    /// Ctrl-C; waits for its end, and gives back its exit status and what it said on
    /// standard error.
    pub async fn interrupt(mut self) -> (ExitStatus, String) {
        self.signal("INT");
        let status = self.end().await;
        let mut said = String::new();
        let mut errors = self.child.stderr.take().expect("standard error is piped");
        errors.read_to_string(&mut said).expect("text");
        (status, said)
    }

    /// Sends a signal, by its name without `SIG`.
    fn signal(&self, name: &str) {
        // The shell's own `kill`: there is no safe call for it in the standard library.
        let sent = run(Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]));
        assert!(sent.status.success(), "{sent:?}");
    }

    async fn end(&mut self) -> ExitStatus {
        until("the program ends after the signal", async || self.child.try_wait().expect("its state")).await
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server as a process. Dropping it kills it.
pub(crate) struct Server {
    program: Running,
    address: String,
}

impl Server {
    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.program.child.id()
    }

    /// Starts a program that prints `listening on http://ADDRESS` first, and
    /// waits for that. What it logs goes to the end of `log`.
    pub(crate) fn start(mut command: Command, log: &Path) -> Self {
        let log_file = File::options().create(true).append(true).open(log).expect("the log file");
        let mut program = Running::start(&mut command, log_file);
        let lines = program.lines.get_mut().expect("nobody else reads");
        let first = lines.recv_timeout(PATIENCE).unwrap_or_default();
        let Some(address) = first.strip_prefix("listening on ") else {
            drop(program);
            let said = std::fs::read_to_string(log).unwrap_or_default();
            panic!("{command:?} did not start: {first}\n{said}");
        };
        Self { address: address.to_owned(), program }
    }

    /// `http://ADDRESS`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// SIGKILL, and nothing else is heard of it.
    pub(crate) fn kill(mut self) {
        self.program.child.kill().expect("the process can be killed");
        self.program.child.wait().expect("the process can be waited for");
    }

    /// Sends a signal, by its name without `SIG`.
    pub(crate) fn signal(&self, name: &str) {
        self.program.signal(name);
    }

    /// A signal that stops it; waits for its end.
    pub(crate) async fn stop(mut self, signal: &str) -> ExitStatus {
        self.signal(signal);
        self.program.end().await
    }
}
