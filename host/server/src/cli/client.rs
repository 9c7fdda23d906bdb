//! The one way from a command to a host: an HTTP request, sent to a server or to the same router in this
//! process.

mod call;
mod local;
mod payload;
mod remote;

use std::path::{Path, PathBuf};

use clap::Args;
use reqwest::Url;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) use call::{Answer, Call, ROWS_AT_ONCE};
pub(super) use local::Local;
pub(super) use local::{load, of_host};
pub(super) use payload::{FileBody, Payload};
pub(super) use remote::Remote;

use super::error::CliError;
use crate::LocalOperator;
use call::Pages;

// Which host, and as whom.
#[derive(Debug, Args)]
pub(super) struct HostOptions {
    #[command(flatten)]
    place: Place,
    /// File with the API key; without it the key is taken from the environment variable CREDITGATE_KEY
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    key_file: Option<PathBuf>,
    /// With --config: who works at this machine, for the audit trail and the two-person rule
    #[arg(long, value_name = "NAME", conflicts_with = "server", value_parser = operator)]
    operator: Option<String>,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Place {
    /// Address of a running server, such as http://127.0.0.1:8480
    #[arg(long, value_name = "URL", value_parser = web_address)]
    server: Option<Url>,
    /// Configuration of a host whose server is not running; works on its data folder as administrator
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl HostOptions {
    /// The configuration of a host that is not running, and who works on it.
    pub(super) fn local(&self) -> Option<(&Path, LocalOperator)> {
        let operator = LocalOperator { name: self.operator.clone() };
        self.place.config.as_deref().map(|config| (config, operator))
    }
}

/// Reads the name of whoever works at the machine.
fn operator(text: &str) -> Result<String, String> {
    const LONGEST: usize = 40;
    let fits = (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if fits { Ok(text.to_owned()) } else { Err("a name has 1 to 40 letters, digits, - _ or .".to_owned()) }
}

/// Reads a server's address from the command line.
pub(super) fn web_address(text: &str) -> Result<Url, String> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| "an address is written like http://127.0.0.1:8480".to_owned())
}

/// A host to send requests to.
pub(super) enum Client {
    /// A server somewhere.
    Remote(Remote),
    /// The host itself, opened in this process.
    Local(Box<Local>),
}

impl HostOptions {
    /// Makes ready to ask the host. One that was opened in this process gives its data folder free when it is dropped.
    pub(super) async fn open(&self) -> Result<Client, CliError> {
        match (&self.place.server, &self.place.config) {
            (Some(server), _) => Ok(Client::Remote(Remote::new(server.clone(), self.key_file.as_deref())?)),
            (None, Some(config)) => {
                let local = Box::pin(Local::open(config, self.operator.as_deref())).await?;
                Ok(Client::Local(Box::new(local)))
            }
            (None, None) => Err(CliError::usage("no host was named", "give --server URL or --config FILE")),
        }
    }
}

impl Client {
    /// Asks, and reads the answer: of a list all pages, or as many as are wanted.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: Call) -> Result<T, CliError> {
        match call.pages() {
            Some(pages) => self.ask_pages(&call, pages).await,
            None => self.send(call).await?.read(),
        }
    }

    /// What else there is in an answer than rows is that of the first page; where there are more rows than are wanted,
    /// `next` says so.
    async fn ask_pages<T: DeserializeOwned>(&self, call: &Call, pages: Pages) -> Result<T, CliError> {
        let mut whole = Value::Null;
        let mut cursor = None;
        loop {
            let missing = pages.most.map(|most| most.saturating_sub(pages.count(&whole)));
            let answer = self.send(call.page(cursor.as_deref(), missing)?).await?;
            let page: Value = answer.read()?;
            cursor = page.get("next").and_then(Value::as_str).map(str::to_owned);
            whole = pages.join(whole, page);
            if cursor.is_none() || pages.most.is_some_and(|most| pages.count(&whole) >= most) {
                return answer.understood(whole);
            }
        }
    }

    /// Sends a request whose answer is a success, or else the error.
    pub(super) async fn send(&self, call: Call) -> Result<Answer, CliError> {
        match self {
            Self::Remote(remote) => Box::pin(remote.send(call)).await,
            Self::Local(local) => Box::pin(local.send(call)).await,
        }
    }
}
