//! Where two runs of the same check part, in words that people and programs can
//! compare.

use std::fmt::Display;

use creditgate_credit::check::{Reason, SettledMeasure};
use creditgate_credit::verdict::{Advice, Commitment, Disposition, DispositionAction, Ground, Verdict};
use creditgate_sandbox::{Fact, Failure, HostCall, LogLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::recorded::{RecordedCall, RecordedError};
use crate::settle::Settled;

/// A part of a check in which two runs differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// The part, such as `verdict.outcome` or `transcript[2]`.
    pub part: String,
    /// What the record says; empty where it has nothing there.
    pub recorded: String,
    /// What came out now; empty where nothing did.
    pub replayed: String,
}

/// Collects differences.
#[derive(Debug, Default)]
pub(crate) struct Differences(Vec<Difference>);

impl Differences {
    /// What was found.
    pub(crate) fn found(self) -> Vec<Difference> {
        self.0
    }

    /// Compares what two calls left behind. Fuel counts only where both ran on
    /// the same engine.
    pub(crate) fn call(&mut self, recorded: &RecordedCall, replayed: &RecordedCall, same_engine: bool) {
        match (&recorded.outcome, &replayed.outcome) {
            (Ok(Ok(then)), Ok(Ok(now))) => self.verdict(then, now),
            (then, now) if then != now => self.note("verdict", outcome(then), outcome(now)),
            _ => {}
        }
        if same_engine {
            self.value("fuel_used", &recorded.fuel_used, &replayed.fuel_used);
        }
        self.list("transcript", &recorded.transcript, &replayed.transcript, host_call);
        self.list("log", &recorded.log, &replayed.log, log_line);
        self.list("facts", &recorded.facts, &replayed.facts, fact);
    }

    fn verdict(&mut self, recorded: &Verdict, replayed: &Verdict) {
        self.value("verdict.outcome", recorded.outcome.code(), replayed.outcome.code());
        self.list("verdict.dispositions", &recorded.dispositions, &replayed.dispositions, disposition);
        self.list("verdict.grounds", &recorded.grounds, &replayed.grounds, ground);
        self.list("verdict.advice", &recorded.advice, &replayed.advice, advice);
        let (then, now) = (recorded.commitment.as_ref(), replayed.commitment.as_ref());
        self.list("verdict.commitment", then.as_slice(), now.as_slice(), |it| commitment(it));
        self.value("verdict.explanation", &recorded.explanation, &replayed.explanation);
    }

    /// Compares what the host made of two calls.
    pub(crate) fn settled(&mut self, recorded: &Settled, replayed: &Settled) {
        self.value("settled.status", recorded.status.code(), replayed.status.code());
        self.value("settled.outcome", recorded.outcome.code(), replayed.outcome.code());
        self.list("settled.reasons", &recorded.reasons, &replayed.reasons, reason);
        self.list("settled.measures", &recorded.measures, &replayed.measures, measure);
        self.list("settled.grounds", &recorded.grounds, &replayed.grounds, ground);
        self.list("settled.advice", &recorded.advice, &replayed.advice, advice);
        let (then, now) = (recorded.commitment.as_ref(), replayed.commitment.as_ref());
        self.list("settled.commitment", then.as_slice(), now.as_slice(), |it| commitment(it));
        self.value("settled.explanation", &recorded.explanation, &replayed.explanation);
    }

    fn value<T: PartialEq + Display + ?Sized>(&mut self, part: &str, recorded: &T, replayed: &T) {
        if recorded != replayed {
            self.note(part, recorded.to_string(), replayed.to_string());
        }
    }

    /// Lists differ at most once: at their first element that differs.
    fn list<T: PartialEq>(
        &mut self,
        part: &str,
        recorded: &[T],
        replayed: &[T],
        text: impl Fn(&T) -> String,
    ) {
        let longest = recorded.len().max(replayed.len());
        if let Some(at) = (0..longest).find(|&at| recorded.get(at) != replayed.get(at)) {
            let shown = |list: &[T]| list.get(at).map(&text).unwrap_or_default();
            self.note(&format!("{part}[{at}]"), shown(recorded), shown(replayed));
        }
    }

    fn note(&mut self, part: &str, recorded: String, replayed: String) {
        self.0.push(Difference { part: part.to_owned(), recorded, replayed });
    }
}

fn outcome(outcome: &Result<Result<Verdict, Failure>, RecordedError>) -> String {
    match outcome {
        Ok(Ok(verdict)) => format!("verdict: {}", verdict.outcome.code()),
        Ok(Err(failure)) => format!("failure: {}: {}", failure.code, failure.message),
        Err(error) => format!("error: {}: {}", error.code, error.message),
    }
}

fn host_call(call: &HostCall) -> String {
    format!("{}({}) = {}", call.function, call.argument, call.answer)
}

fn log_line(line: &LogLine) -> String {
    format!("{}: {}", line.level.code(), line.message)
}

fn fact(fact: &Fact) -> String {
    match fact {
        Fact::DishonestAct { party, kind, facts } => format!("dishonest act of {party}, {kind}: {facts}"),
        Fact::TypicalCase { party, title, summary } => format!("typical case of {party}, {title}: {summary}"),
    }
}

fn disposition(disposition: &Disposition) -> String {
    format!("{} {}", disposition.measure, action(&disposition.action))
}

fn action(action: &DispositionAction) -> String {
    match action.reason() {
        Some(reason) => format!("{}: {reason}", action.code()),
        None => action.code().to_owned(),
    }
}

fn measure(settled: &SettledMeasure) -> String {
    let disposed = settled.disposition.as_ref().map_or_else(|| "not disposed of".to_owned(), action);
    format!("{} {disposed}", settled.measure.id)
}

fn ground(ground: &Ground) -> String {
    match &ground.entry {
        Some(entry) => format!("{} (entry {entry}): {}", ground.basis, ground.text),
        None => format!("{}: {}", ground.basis, ground.text),
    }
}

fn advice(advice: &Advice) -> String {
    format!("{}: {}", advice.kind(), advice.words())
}

fn commitment(commitment: &Commitment) -> String {
    format!(
        "{} commits to {} by {} ({}): {}",
        commitment.party,
        commitment.missing.join(", "),
        commitment.due_on,
        commitment.effect.code(),
        commitment.text
    )
}

fn reason(reason: &Reason) -> String {
    format!("{}: {}", reason.code, reason.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(message: &str) -> LogLine {
        LogLine { level: creditgate_sandbox::LogLevel::Info, message: message.to_owned() }
    }

    #[test]
    fn a_list_is_named_once_at_the_first_place_where_it_parts() {
        let cases = [
            (vec!["a", "b"], vec!["a", "b"], None),
            (vec!["a", "b", "c"], vec!["a", "x", "y"], Some(("log[1]", "info: b", "info: x"))),
            (vec!["a"], vec!["a", "b"], Some(("log[1]", "", "info: b"))),
            (vec!["a"], vec![], Some(("log[0]", "info: a", ""))),
        ];
        for (recorded, replayed, expected) in cases {
            let lines = |texts: &[&str]| texts.iter().map(|text| line(text)).collect::<Vec<_>>();
            let mut differences = Differences::default();
            differences.list("log", &lines(&recorded), &lines(&replayed), log_line);
            let found = differences.found();
            let found: Vec<_> = found.iter().map(|it| (&*it.part, &*it.recorded, &*it.replayed)).collect();
            assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
