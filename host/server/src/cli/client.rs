//! The one way from a command to a host: an HTTP request, sent to a server or to the same router in this
//! process.

mod call;
mod local;
mod payload;
mod remote;

use std::path::{Path, PathBuf};

use clap::Args;
use reqwest::Url;
use serde_json::Value;

pub(super) use call::{Answer, Call};
pub(super) use local::Local;
pub(super) use local::{load, of_host};
pub(super) use payload::{FileBody, Payload};
pub(super) use remote::Remote;

use super::Exit;
use super::error::CliError;
use crate::LocalOperator;

/// Which host, and as whom.
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

/// Runs `work` with the host that was asked for, and closes the host afterwards, whatever came out.
pub(super) async fn with_host(
    options: &HostOptions,
    work: impl AsyncFnOnce(&Client) -> Result<Exit, CliError>,
) -> Result<Exit, CliError> {
    let client = match (&options.place.server, &options.place.config) {
        (Some(server), _) => Client::Remote(Remote::new(server.clone(), options.key_file.as_deref())?),
        (None, Some(config)) => {
            Client::Local(Box::new(Local::open(config, options.operator.as_deref()).await?))
        }
        (None, None) => {
            return Err(CliError::Usage {
                message: "no host was named".to_owned(),
                help: "give --server URL or --config FILE",
            });
        }
    };
    let outcome = work(&client).await;
    match client {
        Client::Local(local) => local.close(),
        Client::Remote(_) => {}
    }
    outcome
}

/// Rows asked for at once; the most a host gives.
pub(super) const ROWS_AT_ONCE: usize = 1000;

impl Client {
    /// Asks for a list, in as many pages as it takes or until there are `most` rows,
    /// which stand under `rows` in each answer. What else there is in an answer is that
    /// of the first page; where there are more rows, `next` says so.
    pub(super) async fn ask_all(
        &self,
        call: Call,
        rows: &str,
        most: Option<usize>,
    ) -> Result<Answer, CliError> {
        let mut cursor = None;
        let mut whole: Option<Whole> = None;
        loop {
            let so_far = whole.as_ref().map_or(0, |whole| whole.count(rows));
            let wanted = most.map_or(ROWS_AT_ONCE, |most| (most - so_far).min(ROWS_AT_ONCE));
            let page = self.ask(call.page(cursor.as_deref(), wanted)).await?;
            let document = page.document()?;
            cursor = document.get("next").and_then(|next| next.as_str()).map(ToOwned::to_owned);
            let joined = match whole.take() {
                None => Whole(document),
                Some(whole) => whole.and(document, rows),
            };
            if cursor.is_none() || most.is_some_and(|most| joined.count(rows) >= most) {
                return joined.answer(page);
            }
            whole = Some(joined);
        }
    }

    /// Sends a request whose answer is a success, or else the error.
    pub(super) async fn ask(&self, call: Call) -> Result<Answer, CliError> {
        match self {
            Self::Remote(remote) => remote.ask(call).await,
            Self::Local(local) => local.ask(call).await,
        }
    }
}

/// Pages of a list that were joined.
struct Whole(Value);

impl Whole {
    fn count(&self, rows: &str) -> usize {
        self.0.get(rows).and_then(Value::as_array).map_or(0, Vec::len)
    }

    /// With the rows of the next page behind its own, and what that page says of
    /// the one after it.
    fn and(mut self, mut next: Value, rows: &str) -> Self {
        let more = next.get_mut(rows).map(Value::take);
        if let (Some(Value::Array(all)), Some(Value::Array(more))) = (self.0.get_mut(rows), more) {
            all.extend(more);
        }
        if let Value::Object(document) = &mut self.0 {
            document.remove("next");
            document.extend(next.get_mut("next").map(|next| ("next".to_owned(), next.take())));
        }
        self
    }

    fn answer(self, page: Answer) -> Result<Answer, CliError> {
        let body = serde_json::to_vec(&self.0).map_err(|error| CliError::Output(error.into()))?;
        Ok(Answer { body, ..page })
    }
}
