//! A platform as a source of evidence: one query in flight for each party,
//! answers kept for a while, and a platform that fails left alone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use creditgate_credit::application::Party;
use creditgate_credit::dossier::Evidence;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::{Namespaces, hint_keys, index_keys, lookup_keys};
use creditgate_credit::name;
use creditgate_gate::ports::{BoxFuture, SourceError};
use creditgate_gate::{Found, QuerySource, Question, SourceRemark};
use futures_util::future::{FutureExt as _, Shared, WeakShared, join_all};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::asker::{self, Asker};
use super::breaker::Breaker;
use super::cache::{Cache, Key};
use super::error::QueryError;
use super::options::{ConnectorOptions, LONGEST_QUERY};
use super::profile::{Profile, QueryCall};
use super::question::{self, Asked, numbers};
use super::record;
use super::request::Said;
use crate::options::OptionsError;

/// What a platform holds on one party.
type Answer = Result<Arc<Evidence>, Arc<QueryError>>;
type Flight = Shared<BoxFuture<'static, Answer>>;

/// A platform that is asked at check time. Clones share everything.
#[derive(Clone)]
pub struct Connector {
    inner: Arc<Inner>,
}

struct Inner {
    asker: Asker,
    state: Mutex<State>,
    counts: Counts,
}

struct State {
    cache: Cache<Arc<Evidence>>,
    breaker: Breaker,
    /// Queries under way. Weak: one that nobody waits for any more is dropped and
    /// not continued later.
    flights: HashMap<Key, WeakShared<BoxFuture<'static, Answer>>>,
}

#[derive(Default)]
struct Counts {
    asked: AtomicU64,
    failed: AtomicU64,
}

/// How a connector is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectorState {
    /// Its name.
    pub name: String,
    /// Queries sent since the host began.
    pub asked: u64,
    /// Those of them that failed.
    pub failed: u64,
    /// Answers kept.
    pub kept: usize,
    /// The platform is left alone for a while.
    pub left_alone: bool,
}

impl Connector {
    /// A connector with these options and this profile, which has been checked.
    ///
    /// # Errors
    /// [`OptionsError`] when no HTTP client can be made.
    pub fn new(options: ConnectorOptions, profile: Arc<Profile>) -> Result<Self, OptionsError> {
        let deadline = options.deadline.min(LONGEST_QUERY);
        let state = State {
            cache: Cache::new(options.cache),
            breaker: Breaker::new(options.breaker),
            flights: HashMap::new(),
        };
        let asker = Asker::new(options, profile, deadline)?;
        let inner = Inner { asker, state: Mutex::new(state), counts: Counts::default() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// How it is doing.
    #[must_use]
    pub fn state(&self) -> ConnectorState {
        let state = self.inner.lock();
        ConnectorState {
            name: self.inner.asker.options.name.clone(),
            asked: self.inner.counts.asked.load(Ordering::Relaxed),
            failed: self.inner.counts.failed.load(Ordering::Relaxed),
            kept: state.cache.len(),
            left_alone: state.breaker.is_open(Instant::now()),
        }
    }

    /// What the platform holds on one party, and its age where it stands in for
    /// an answer that did not come.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn ask(
        &self,
        question: &Question<'_>,
        party: &Party,
    ) -> Result<(Arc<Evidence>, Option<Duration>), Arc<QueryError>> {
        let asked = question::of_party(question, party);
        let key = self.inner.key(&asked)?;
        let flight = {
            let mut state = self.inner.lock();
            if let Some(known) = state.cache.fresh(&key, Instant::now()) {
                return Ok((known, None));
            }
            self.flight(&mut state, key, asked, party)
        };
        match flight.await {
            Ok(evidence) => Ok((evidence, None)),
            Err(error) => {
                let older = self.inner.lock().cache.stale(&key, Instant::now());
                match older.filter(|_| error.is_outage()) {
                    Some((evidence, age)) => Ok((evidence, Some(age))),
                    None => Err(error),
                }
            }
        }
    }

    /// The query under way for this question, or a new one.
    fn flight(&self, state: &mut State, key: Key, asked: Asked, party: &Party) -> Flight {
        if let Some(flight) = state.flights.get(&key).and_then(WeakShared::upgrade) {
            return flight;
        }
        state.flights.retain(|_, flight| flight.upgrade().is_some());
        let inner = Arc::clone(&self.inner);
        let party = party.clone();
        let query = async move {
            let answer = inner.query(&asked, &party).await;
            inner.landed(key, answer)
        };
        let query: BoxFuture<'static, Answer> = Box::pin(query);
        let flight = query.shared();
        if let Some(weak) = flight.downgrade() {
            state.flights.insert(key, weak);
        }
        flight
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn call(&self) -> Result<&QueryCall, QueryError> {
        self.asker.profile.query.as_ref().ok_or(QueryError::NoSuchCall("query"))
    }

    /// What makes two questions the same: all that is sent but the purpose, and
    /// every number and the name of the party, by which the answer is verified.
    fn key(&self, asked: &Asked) -> Result<Key, QueryError> {
        let said = Said::by(&self.call()?.request, &self.asker.profile, &asked.lasting)?;
        let mut hash = Sha256::new();
        for field in said.query.iter().chain(&said.body) {
            hash.update(field.name.as_bytes());
            hash.update([0]);
            hash.update(field.value.as_bytes());
            hash.update([0]);
        }
        hash.update(asked.lasting["party"].to_string().as_bytes());
        Ok(hash.finalize().into())
    }

    /// Asks, within the deadline.
    async fn query(&self, asked: &Asked, party: &Party) -> Result<Evidence, QueryError> {
        let call = self.call()?;
        let said = Said::by(&call.request, &self.asker.profile, &asked.document)?;
        // A request without any number would ask about a name.
        let names_a_number = |value: &str| numbers(party).any(|known| known.value() == value);
        if !said.query.iter().chain(&said.body).any(|field| names_a_number(&field.value)) {
            return Err(QueryError::NotAskable);
        }
        if let Err(rest) = self.lock().breaker.admit(Instant::now()) {
            return Err(QueryError::LeftAlone(rest.as_secs().max(1)));
        }
        self.counts.asked.fetch_add(1, Ordering::Relaxed);
        let deadline = self.asker.options.deadline.min(LONGEST_QUERY);
        let pages = self.asker.pages(&call.request, &call.rows, call.paging.as_ref(), &asked.document);
        let answers = match tokio::time::timeout(deadline, pages).await {
            Ok(answers) => answers?,
            Err(_) => return Err(QueryError::TimedOut),
        };
        self.evidence(call, &answers, asked.kind, party)
    }

    fn evidence(
        &self,
        call: &QueryCall,
        answers: &[Value],
        kind: &str,
        party: &Party,
    ) -> Result<Evidence, QueryError> {
        let rows = asker::rows(answers, &call.rows)?;
        let entries = record::entries(&rows, &call.entry, &self.asker.profile, kind)?;
        verified(entries, party)
    }

    /// Keeps what came of a query.
    fn landed(&self, key: Key, answer: Result<Evidence, QueryError>) -> Answer {
        let now = Instant::now();
        let mut state = self.lock();
        state.flights.remove(&key);
        match answer {
            Ok(evidence) => {
                let evidence = Arc::new(evidence);
                state.breaker.succeeded();
                state.cache.keep(key, Arc::clone(&evidence), now);
                Ok(evidence)
            }
            Err(error) => {
                self.counts.failed.fetch_add(1, Ordering::Relaxed);
                match error {
                    QueryError::LeftAlone(_) => {}
                    ref error if error.is_outage() => state.breaker.failed(now),
                    // The platform is up, whatever it says.
                    _ => state.breaker.succeeded(),
                }
                Err(Arc::new(error))
            }
        }
    }
}

impl QuerySource for Connector {
    fn name(&self) -> &str {
        &self.inner.asker.options.name
    }

    fn query<'a>(&'a self, question: Question<'a>) -> BoxFuture<'a, Result<Found, SourceError>> {
        Box::pin(async move {
            let parties = &question.application.parties;
            let answers = join_all(parties.iter().map(|party| self.ask(&question, party))).await;
            let mut found = Found::default();
            let mut oldest = None;
            for answer in answers {
                let (evidence, age) = answer.map_err(|error| SourceError {
                    name: self.name().to_owned(),
                    fault: error.fault(),
                    source: Box::new(error),
                })?;
                oldest = oldest.max(age);
                found.evidence.push(Evidence::clone(&evidence));
            }
            found.remarks.extend(oldest.map(|age| self.stale(age)));
            Ok(found)
        })
    }
}

impl Connector {
    fn stale(&self, age: Duration) -> SourceRemark {
        let (name, seconds) = (self.name(), age.as_secs());
        SourceRemark {
            code: "source.stale",
            message: format!("credit source `{name}` does not answer; what it said {seconds} s ago was used")
                .into(),
        }
    }
}

/// Holds every entry against the party that was asked for. An entry with a number
/// is of the party or of somebody else; one that no number tells apart is a hint
/// under the same name and of somebody else under another.
fn verified(entries: Vec<ListEntry>, party: &Party) -> Result<Evidence, QueryError> {
    let keys = lookup_keys(&party.identifiers);
    let hint_keys = hint_keys(&party.identifiers);
    // It was asked about these numbers, right or mistyped: another one is another's.
    let (own, name) = (Namespaces::of(&keys), name::key(&party.name));
    let mut evidence = Evidence::default();
    for (position, entry) in entries.into_iter().enumerate() {
        let found = index_keys(&entry.subject_identifiers);
        if found.iter().any(|key| keys.contains(key)) {
            evidence.by_identifier.push(entry);
            continue;
        }
        let is_namesake = || {
            !own.tell_apart(Namespaces::of(&found))
                && !name.is_empty()
                && name::key(&entry.subject_name) == name
        };
        if found.iter().any(|key| hint_keys.contains(key)) || is_namesake() {
            evidence.by_name.push(entry);
        } else {
            return Err(QueryError::OtherSubject(position + 1));
        }
    }
    Ok(evidence)
}

#[cfg(test)]
mod tests;
