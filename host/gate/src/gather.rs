//! Step 4, gather: what is known of every party, as one dossier.
//!
//! The lists on this host are always asked. What a binding names besides is
//! asked at the same time; what does not answer leaves a gap, and a check with a
//! gap is `could_not_check`, though the officer still sees what the others hold.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use creditgate_credit::catalogue::IndexedCatalogue;
use creditgate_credit::check::RequestWarning;
use creditgate_credit::dossier::{Dossier, Evidence};
use creditgate_credit::list_type::ListRules;
use creditgate_credit::policy::Policy;
use futures_util::future::join_all;

use crate::error::chain;
use crate::ports::{CreditSource, Overlays, QuerySource, SourceError};
use crate::sources::{EvidenceGap, Found, LISTS, Question, SourceFault};

/// How long the sources may take. A source that hangs must not hang a check.
const DEADLINE: Duration = Duration::from_secs(2);

/// What the sources hold.
pub(crate) struct Gathered {
    pub(crate) dossier: Arc<Dossier>,
    /// What the officer should know of the answers.
    pub(crate) remarks: Vec<RequestWarning>,
    /// Sources the binding needs that gave nothing.
    pub(crate) gaps: Vec<EvidenceGap>,
}

/// What a dossier is assembled under.
#[derive(Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) catalogue: &'a IndexedCatalogue,
    pub(crate) policy: &'a Policy,
    pub(crate) lists: &'a ListRules,
    /// What is known here of the sources' entries.
    pub(crate) overlays: Option<&'a dyn Overlays>,
}

impl Rules<'_> {
    fn assemble(self, question: Question<'_>, mut evidence: Vec<Evidence>) -> Arc<Dossier> {
        let Self { catalogue, policy, lists, overlays } = self;
        if let Some(overlays) = overlays {
            overlays.lay_over(&mut evidence, question.application.decided_on);
        }
        Arc::new(Dossier::assemble(question.application, evidence, catalogue, policy, lists))
    }
}

/// The dossier, or the gap that keeps the check from being one: without the
/// lists there is none. `wanted` names the sources the binding needs.
pub(crate) async fn gather(
    sources: &Sources,
    wanted: &[String],
    question: Question<'_>,
    rules: Rules<'_>,
) -> Result<Gathered, EvidenceGap> {
    let application = question.application;
    let lists = within_deadline(LISTS, sources.lists.evidence(&application.parties));
    let names: Vec<&str> = wanted.iter().map(String::as_str).filter(|name| *name != LISTS).collect();
    if names.is_empty() {
        let dossier = rules.assemble(question, lists.await?);
        return Ok(Gathered { dossier, remarks: Vec::new(), gaps: Vec::new() });
    }
    let queries = join_all(names.iter().map(|name| query(sources, name, question)));
    let (evidence, answers) = tokio::join!(lists, queries);
    let (mut evidence, mut remarks, mut gaps) = (evidence?, Vec::new(), Vec::new());
    for (name, answer) in names.into_iter().zip(answers) {
        match answer {
            Ok(found) => {
                evidence = merged(evidence, found.evidence);
                remarks.extend(found.remarks.into_iter().map(|remark| {
                    RequestWarning::new(format!("sources.{name}"), remark.code, remark.message)
                }));
            }
            Err(gap) => gaps.push(gap),
        }
    }
    let dossier = rules.assemble(question, evidence);
    Ok(Gathered { dossier, remarks, gaps })
}

async fn query(sources: &Sources, name: &str, question: Question<'_>) -> Result<Found, EvidenceGap> {
    let Some(source) = sources.queried(name) else {
        tracing::warn!(source = name, "a binding names a source that is not configured");
        return Err(EvidenceGap { source: name.to_owned(), fault: SourceFault::Unknown });
    };
    within_deadline(name, source.query(question)).await
}

async fn within_deadline<T>(
    name: &str,
    asked: impl Future<Output = Result<T, SourceError>>,
) -> Result<T, EvidenceGap> {
    match tokio::time::timeout(DEADLINE, asked).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) => {
            tracing::warn!(source = name, error = %chain(&error), "credit source failed");
            Err(EvidenceGap { source: error.name, fault: error.fault })
        }
        Err(_) => {
            tracing::warn!(source = name, "credit source did not answer in time");
            Err(EvidenceGap { source: name.to_owned(), fault: SourceFault::Late })
        }
    }
}

fn merged(known: Vec<Evidence>, more: Vec<Evidence>) -> Vec<Evidence> {
    let mut more = more.into_iter();
    known.into_iter().map(|known| known.merge(more.next().unwrap_or_default())).collect()
}

/// Every source of a host.
#[derive(Clone)]
pub(crate) struct Sources {
    lists: Arc<dyn CreditSource>,
    queried: HashMap<String, Arc<dyn QuerySource>>,
}

impl Sources {
    pub(crate) fn new(lists: Arc<dyn CreditSource>) -> Self {
        Self { lists, queried: HashMap::new() }
    }

    pub(crate) fn add(&mut self, source: Arc<dyn QuerySource>) {
        self.queried.insert(source.name().to_owned(), source);
    }

    fn queried(&self, name: &str) -> Option<&dyn QuerySource> {
        self.queried.get(name).map(|source| &**source)
    }
}
