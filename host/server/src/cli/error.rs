//! What can go wrong in a command: each error names the thing, the place and the remedy, and has a stable
//! code. How it is written to the terminal is in `output`.

use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use creditgate_api::{FieldProblemBody, ProblemDocument};
use creditgate_gate::chain;

use super::Exit;

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    /// A file could not be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// What was to be done with it.
        action: &'static str,
        /// The file; `-` is standard input.
        path: PathBuf,
        /// The system's own words.
        source: io::Error,
    },
    /// A file, or an argument that stands for one, has other content than it should.
    #[error("{}: {problem}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        problem: String,
    },
    /// The arguments are each well formed, but not together.
    #[error("{message}")]
    Usage {
        /// What is wrong.
        message: String,
        /// What to write instead.
        help: &'static str,
    },
    /// Standard output is gone or full.
    #[error("cannot write the output")]
    Output(#[source] io::Error),
    /// The API key cannot be sent.
    #[error("the API key in {place} is not one: it has characters that no key has")]
    Key {
        /// Where the key was found; never the key.
        place: String,
    },
    /// No connection to the server.
    #[error("no answer from the server at {url}")]
    Unreachable {
        /// The server's address.
        url: String,
        /// What the connection said.
        source: reqwest::Error,
    },
    /// Something answered that is no creditgate host, or one of another version.
    #[error("{place} answered {status} with something this version of creditgate does not understand")]
    Answer {
        /// The server's address, or the data folder's configuration.
        place: String,
        /// HTTP status.
        status: u16,
        /// Why it could not be read.
        source: serde_json::Error,
    },
    /// The host refused.
    #[error("{}", .0.detail)]
    Refused(Box<ProblemDocument>),
    /// The host could not be opened in this process, or could not serve.
    #[error("{message}")]
    Host {
        /// What went wrong, with its chain of causes.
        message: String,
        /// Stable code.
        code: Cow<'static, str>,
    },
}

impl CliError {
    /// Turns a failure to read or write a file into an error that names the file.
    pub(super) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }

    /// What is wrong with the content of a file.
    pub(super) fn content(path: &Path, problem: impl Into<String>) -> Self {
        Self::Content { path: path.to_owned(), problem: problem.into() }
    }

    /// Options that are wrong together, and what to write instead.
    pub(super) fn usage(message: impl Into<String>, help: &'static str) -> Self {
        Self::Usage { message: message.into(), help }
    }

    /// An error of a library, with its causes, under a code of its own.
    pub(super) fn host(error: &dyn std::error::Error, code: &'static str) -> Self {
        Self::Host { message: chain(error), code: code.into() }
    }

    /// The same, naming the file a refusal is about.
    pub(super) fn about(self, path: &Path) -> Self {
        match self {
            Self::Refused(mut problem) => {
                problem.detail = format!("{}: {}", path.display(), problem.detail);
                Self::Refused(problem)
            }
            other => other,
        }
    }

    /// Stable code: the host's own, or one that begins with `cli.`.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::File { .. } => "cli.file",
            Self::Content { .. } => "cli.content",
            Self::Usage { .. } => "cli.usage",
            Self::Output(_) => "cli.output",
            Self::Key { .. } => "cli.key",
            Self::Unreachable { .. } => "cli.unreachable",
            Self::Answer { .. } => "cli.unexpected_answer",
            Self::Refused(problem) => &problem.code,
            Self::Host { code, .. } => code,
        }
    }

    /// What the reader can do about it, where the text does not say it already.
    pub(super) fn help(&self) -> Option<&'static str> {
        match self {
            Self::File { .. } => Some("check the path and its permissions"),
            Self::Usage { help, .. } => Some(help),
            Self::Key { .. } => Some("the key is one line that begins with `cg_`"),
            Self::Unreachable { .. } => Some(
                "check that the server listens there; --config on its machine works while it does not run",
            ),
            Self::Answer { .. } => Some("check that the address is a creditgate server of this version"),
            Self::Refused(problem) => match problem.status {
                401 => Some("give a key that is not revoked with --key-file or in CREDITGATE_KEY"),
                403 => Some("use a key whose role and departments allow this"),
                _ => None,
            },
            Self::Content { .. } | Self::Output(_) | Self::Host { .. } => None,
        }
    }

    /// The fields the host found wrong.
    pub(super) fn field_problems(&self) -> &[FieldProblemBody] {
        match self {
            Self::Refused(problem) => &problem.errors,
            _ => &[],
        }
    }

    /// The exit status it ends the program with.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. } => Exit::Usage,
            _ => Exit::Failed,
        }
    }
}
