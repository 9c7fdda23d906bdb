//! The built programs, as processes that never outlive their test.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::Instant;

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

/// Runs a program to its end.
pub(crate) fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

/// A program that runs beside the test. Dropping it kills it.
pub struct Background {
    child: Child,
}

impl Background {
    pub(crate) fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self { child: command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")) }
    }

    /// Ctrl-C; waits for its end, and gives back its exit status and what it said
    /// on standard error.
    pub async fn interrupt(mut self) -> (ExitStatus, String) {
        let asked = run(Command::new("sh").args(["-c", &format!("kill -INT {}", self.child.id())]));
        assert!(asked.status.success(), "{asked:?}");
        let ended =
            until("the program ends after Ctrl-C", async || self.child.try_wait().expect("its state"));
        let status = ended.await;
        let mut said = String::new();
        let mut errors = self.child.stderr.take().expect("standard error is piped");
        errors.read_to_string(&mut said).expect("text");
        (status, said)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server as a process. Dropping it kills it.
pub(crate) struct Server {
    child: Child,
    address: String,
}

impl Server {
    /// The process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Starts a program that prints `listening on http://ADDRESS` first, and
    /// waits for that. What it logs goes to the end of `log`.
    pub(crate) fn start(mut command: Command, log: &Path) -> Self {
        let log_file = File::options().create(true).append(true).open(log).expect("the log file");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = child.stdout.take().expect("standard output is piped");
        let (sender, line) = mpsc::channel();
        // Reads on to the end, so that the program never writes into a closed pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        let first = line.recv_timeout(PATIENCE).unwrap_or_default();
        let Some(address) = first.strip_prefix("listening on ") else {
            let _ = child.kill();
            let _ = child.wait();
            let said = std::fs::read_to_string(log).unwrap_or_default();
            panic!("{command:?} did not start: {first}\n{said}");
        };
        Self { address: address.to_owned(), child }
    }

    /// `http://ADDRESS`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// SIGKILL, and nothing else is heard of it.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the process can be killed");
        self.child.wait().expect("the process can be waited for");
    }

    /// Sends a signal, by its name without `SIG`.
    pub(crate) fn signal(&self, name: &str) {
        // The shell's own `kill`: there is no safe call for it in the standard library.
        let sent = run(Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]));
        assert!(sent.status.success(), "{sent:?}");
    }

    /// A signal that stops it; waits for its end.
    pub(crate) async fn stop(mut self, signal: &str) -> ExitStatus {
        self.signal(signal);
        let asked_at = Instant::now();
        let ended =
            until("the process ends after the signal", async || self.child.try_wait().expect("its state"));
        let status = ended.await;
        assert!(asked_at.elapsed() < PATIENCE);
        status
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A program that goes on writing lines. Dropping it kills it.
pub struct Following {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Following {
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let output = child.stdout.take().expect("standard output is piped");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, lines }
    }

    /// Waits for the next line.
    pub async fn next_line(&mut self) -> String {
        until("another line", async || self.lines.try_recv().ok()).await
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
