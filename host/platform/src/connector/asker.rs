//! Asks a platform: one request after another, page by page, within a deadline.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::sync::Semaphore;

use super::error::QueryError;
use super::options::ConnectorOptions;
use super::path::{Path, Scope};
use super::profile::{HttpMethod, MarkedPages, NumberedPages, Paging, Profile, RequestRules, RowsRules};
use super::reply;
use super::request::{self, Prepared, Said};
use crate::options::OptionsError;

/// Pause before a request that failed at once is made again.
const PAUSE: Duration = Duration::from_millis(50);

/// A platform with a profile.
pub(crate) struct Asker {
    client: Client,
    pub(crate) options: ConnectorOptions,
    pub(crate) profile: Arc<Profile>,
    places: Semaphore,
}

/// What is known of the pages so far.
#[derive(Default)]
struct Pages {
    answers: Vec<Value>,
    rows: u64,
}

impl Asker {
    /// `deadline` is for one request.
    pub(crate) fn new(
        options: ConnectorOptions,
        profile: Arc<Profile>,
        deadline: Duration,
    ) -> Result<Self, OptionsError> {
        let client = options.client(deadline)?;
        let places = Semaphore::new(options.concurrency);
        Ok(Self { client, options, profile, places })
    }

    /// Every page of the answer to a question.
    pub(crate) async fn pages(
        &self,
        rules: &RequestRules,
        rows: &RowsRules,
        paging: Option<&Paging>,
        question: &Value,
    ) -> Result<Vec<Value>, QueryError> {
        let said = Said::by(rules, &self.profile, question)?;
        match paging {
            None => Ok(self.ask(rules, said).await?.into_iter().collect()),
            Some(Paging::Page(paging)) => self.numbered(rules, rows, paging, &said).await,
            Some(Paging::Cursor(paging)) => self.marked(rules, rows, paging, &said).await,
        }
    }

    /// Pages by number, until there are as many rows as the platform counts.
    async fn numbered(
        &self,
        rules: &RequestRules,
        rows: &RowsRules,
        paging: &NumberedPages,
        said: &Said,
    ) -> Result<Vec<Value>, QueryError> {
        let mut pages = Pages::default();
        for number in 0..paging.most_pages {
            let mut said = said.clone();
            said.add(rules, &paging.page, paging.first.saturating_add(number).to_string(), true);
            said.add(rules, &paging.size, paging.rows.to_string(), true);
            let Some(answer) = self.ask(rules, said).await? else { return Ok(pages.answers) };
            let all = count(&paging.total, &answer)?;
            let new = pages.add(answer, rows)?;
            if pages.rows >= all || new == 0 {
                return pages.complete(all);
            }
        }
        Err(QueryError::TooManyPages(paging.most_pages))
    }

    /// Pages by the mark that each gives for the next.
    async fn marked(
        &self,
        rules: &RequestRules,
        rows: &RowsRules,
        paging: &MarkedPages,
        said: &Said,
    ) -> Result<Vec<Value>, QueryError> {
        let (mut pages, mut mark, mut seen) = (Pages::default(), None, HashSet::new());
        for _ in 0..paging.most_pages {
            let mut said = said.clone();
            if let Some(mark) = mark.take() {
                said.add(rules, &paging.cursor, mark, false);
            }
            let Some(answer) = self.ask(rules, said).await? else { return Ok(pages.answers) };
            let next = reply::code_at(&paging.next, &answer).filter(|mark| !mark.is_empty());
            pages.add(answer, rows)?;
            match next {
                None => return Ok(pages.answers),
                // A mark that comes again leads round in a circle.
                Some(again) if !seen.insert(again.clone()) => break,
                next => mark = next,
            }
        }
        Err(QueryError::TooManyPages(paging.most_pages))
    }

    /// One answer, after as many attempts as the options allow; none where the
    /// platform says that it knows nothing.
    async fn ask(&self, rules: &RequestRules, said: Said) -> Result<Option<Value>, QueryError> {
        let mut left = self.options.attempts.max(1);
        loop {
            left -= 1;
            match self.attempt(rules, said.clone()).await {
                Err(error) if error.may_pass() && left > 0 => tokio::time::sleep(PAUSE).await,
                Err(error) => return Err(error),
                Ok(bytes) => return reply::read(&bytes, &self.profile),
            }
        }
    }

    /// One request, and the answer's bytes.
    pub(crate) async fn attempt(&self, rules: &RequestRules, said: Said) -> Result<Vec<u8>, QueryError> {
        let (credentials, endpoint) = (&self.options.credentials, &self.options.endpoint);
        let _place = self.places.acquire().await;
        // Signed for each attempt: platforms refuse an old time.
        let prepared = request::prepare(endpoint, rules, &self.profile, credentials, said, Timestamp::now())?;
        let response = self.send(prepared).await?;
        match response.status() {
            status if status.is_success() => reply::bytes(response, self.profile.body_limit_bytes).await,
            status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
                Err(QueryError::Status(status.as_u16()))
            }
            status => Err(QueryError::Refused(status.as_u16())),
        }
    }

    async fn send(&self, prepared: Prepared) -> Result<reqwest::Response, QueryError> {
        let mut request = match prepared.method {
            HttpMethod::Get => self.client.get(prepared.url),
            HttpMethod::Post => self.client.post(prepared.url),
        };
        for (name, value) in prepared.headers {
            request = request.header(name, value);
        }
        if let Some(token) = &self.options.token {
            request = request.header(AUTHORIZATION, token.header());
        }
        if let Some((media, body)) = prepared.body {
            request = request.header(CONTENT_TYPE, media).body(body);
        }
        Ok(request.send().await?)
    }
}

impl Pages {
    /// Adds an answer; says how many rows it has.
    fn add(&mut self, answer: Value, rules: &RowsRules) -> Result<u64, QueryError> {
        let rows = rules.path.rows(&answer, rules.may_be_absent).map_err(|_| QueryError::NoRows)?;
        let new = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        self.rows += new;
        self.answers.push(answer);
        Ok(new)
    }

    /// Fewer rows than there should be may lack the one that counts.
    fn complete(self, all: u64) -> Result<Vec<Value>, QueryError> {
        if self.rows >= all { Ok(self.answers) } else { Err(QueryError::NoRows) }
    }
}

fn count(total: &Path, answer: &Value) -> Result<u64, QueryError> {
    let text = reply::code_at(total, answer).ok_or(QueryError::NoTotal)?;
    text.parse().map_err(|_| QueryError::NoTotal)
}

/// The rows of every page, with what is around each.
pub(crate) fn rows<'a>(answers: &'a [Value], rules: &RowsRules) -> Result<Vec<Scope<'a>>, QueryError> {
    let mut all = Vec::new();
    for answer in answers {
        all.extend(rules.path.rows(answer, rules.may_be_absent).map_err(|_| QueryError::NoRows)?);
    }
    Ok(all)
}
