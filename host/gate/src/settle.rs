//! Step 6, settle: the host's own rules, which no plug-in can waive.
//!
//! A verdict that breaks one of them is not passed on as it was written: the
//! outcome becomes manual review, with the reason, and the record keeps both.
//! A check that failed is *could not check*, never *clear*.

mod rests;

use std::collections::HashSet;

use creditgate_credit::application::{Application, RequiredBy};
use creditgate_credit::catalogue::{IndexedCatalogue, Nature};
use creditgate_credit::check::{Reason, SettledMeasure, Status};
use creditgate_credit::dossier::Dossier;
use creditgate_credit::entry::{EntryTerm, ListEntry};
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::policy::Policy;
use creditgate_credit::term::is_open_ended;
use creditgate_credit::verdict::{Advice, Commitment, Ground, Outcome, Verdict};
use creditgate_manifest::text::readable;
use creditgate_sandbox::CallReport;

use crate::sources::EvidenceGap;

mod refusal;

/// A check as the host stands behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// What was found.
    pub status: Status,
    /// What should happen.
    pub outcome: Outcome,
    /// Why the outcome is not the plug-in's.
    pub reasons: Vec<Reason>,
    /// Measures that apply.
    pub measures: Vec<SettledMeasure>,
    /// Reasons in law, for a refusal.
    pub grounds: Vec<Ground>,
    /// Advice to the officer.
    pub advice: Vec<Advice>,
    /// Commitment to be signed.
    pub commitment: Option<Commitment>,
    /// What the officer reads.
    pub explanation: String,
}

impl Settled {
    /// Whether nothing but the identity of a party kept the check from a result: no
    /// fault of a release.
    #[must_use]
    pub(crate) fn is_only_in_doubt(&self) -> bool {
        !self.reasons.is_empty() && self.reasons.iter().all(|reason| identity::CODES.contains(&&*reason.code))
    }

    /// Nothing could be checked, for this reason; an officer has to look.
    pub(crate) fn could_not_check(reason: Reason) -> Self {
        Self {
            status: Status::CouldNotCheck,
            outcome: Outcome::ManualReview,
            explanation: reason.text.clone(),
            reasons: vec![reason],
            measures: Vec::new(),
            grounds: Vec::new(),
            advice: Vec::new(),
            commitment: None,
        }
    }
}

/// Everything a verdict is held against.
pub(crate) struct Basis<'a> {
    pub(crate) application: &'a Application,
    pub(crate) dossier: &'a Dossier,
    pub(crate) catalogue: &'a IndexedCatalogue,
    pub(crate) policy: &'a Policy,
    /// The version of these rules it is held against.
    pub(crate) rules: HostRules,
}

/// What stands for a check that its binding does not make.
pub(crate) fn switched_off(binding: &str) -> Settled {
    let reason = Reason {
        code: "binding.off".into(),
        text: format!("binding `{binding}` is switched off; no check was made"),
    };
    Settled { outcome: Outcome::Proceed, ..Settled::could_not_check(reason) }
}

/// Without the lists there is nothing to show.
pub(crate) fn gap(gap: &EvidenceGap) -> Settled {
    Settled::could_not_check(gap_reason(gap))
}

/// Sources the binding needs gave nothing: the officer sees what the others
/// hold, and that it is not all. None where there is no gap.
pub(crate) fn gaps(gaps: &[EvidenceGap], dossier: &Dossier) -> Option<Settled> {
    let (first, others) = gaps.split_first()?;
    let mut settled = no_verdict(gap_reason(first), dossier, HostRules::CURRENT);
    settled.reasons.extend(others.iter().map(gap_reason));
    Some(settled)
}

fn gap_reason(gap: &EvidenceGap) -> Reason {
    let text = format!("credit source `{}` {}; the parties are not checked", gap.source, gap.fault.words());
    Reason { code: gap.fault.code().into(), text }
}

pub(crate) fn settle(report: &CallReport, basis: &Basis<'_>) -> Settled {
    match &report.outcome {
        Ok(Ok(verdict)) => settle_verdict(verdict, basis),
        Ok(Err(failure)) => no_verdict(
            Reason {
                code: "plugin.failure".into(),
                text: format!("the plug-in came to no verdict ({}): {}", failure.code, failure.message),
            },
            basis.dossier,
            basis.rules,
        ),
        Err(error) => {
            let reason = Reason { code: error.code().into(), text: error.to_string() };
            no_verdict(reason, basis.dossier, basis.rules)
        }
    }
}

/// A check without a verdict still tells the officer which measures the lists
/// call for.
pub(crate) fn no_verdict(reason: Reason, dossier: &Dossier, rules: HostRules) -> Settled {
    let mut settled = Settled::could_not_check(reason);
    settled.explanation = rests::explained(rules, &settled.explanation, dossier, false);
    settled.measures = dossier
        .measures()
        .map(|measure| SettledMeasure { measure: measure.clone(), disposition: None })
        .collect();
    settled
}

fn settle_verdict(verdict: &Verdict, basis: &Basis<'_>) -> Settled {
    let mut reasons = Vec::new();
    let measures = dispositions(verdict, basis, &mut reasons);
    refusal::check(verdict, basis, &mut reasons);
    commitment(verdict, basis, &mut reasons);
    deferral(verdict, basis, &mut reasons);
    if verdict.outcome != Outcome::Proceed && verdict.explanation.trim().is_empty() {
        reasons.push(reason("explanation.missing", "a verdict that burdens a party explains nothing"));
    }
    questions(verdict, basis, &mut reasons);
    let sound = reasons.is_empty();
    let adverse = basis.dossier.has_adverse_entry();
    let doubts = identity::doubts(basis);
    let certain = doubts.is_empty();
    let status = match (adverse, sound && certain) {
        (true, _) => Status::Hit,
        (false, true) => Status::Clear,
        (false, false) => Status::CouldNotCheck,
    };
    // What was found under a doubtful number is found; a refusal may rest on it.
    let stands = sound && (certain || adverse && verdict.outcome == Outcome::Refuse);
    let explanation = match certain {
        true => verdict.explanation.clone(),
        false => identity::explained(&doubts, verdict.explanation.as_str(), adverse),
    };
    reasons.extend(doubts);
    let (advice, withheld) = if sound { rests::advice(verdict, basis, certain) } else { (Vec::new(), false) };
    Settled {
        status,
        outcome: if stands { verdict.outcome } else { Outcome::ManualReview },
        reasons,
        measures,
        grounds: if stands { verdict.grounds.clone() } else { Vec::new() },
        advice,
        commitment: verdict.commitment.clone().filter(|_| sound && certain),
        explanation: rests::explained(basis.rules, &explanation, basis.dossier, withheld),
    }
}

/// An entry whose end nobody knows punishes nobody for ever: an officer is asked
/// (NDRC Order 36). A refusal that rests on other grounds alone stands.
fn questions(verdict: &Verdict, basis: &Basis<'_>, reasons: &mut Vec<Reason>) {
    if basis.rules < HostRules::Second {
        return;
    }
    let today = basis.application.decided_on;
    let open = |entry: &&ListEntry| {
        is_open_ended(entry) && !entry.measures_rest_on(today, basis.policy.suspension_scope)
    };
    for entry in basis.dossier.entries().filter(open) {
        let rests_on_it = verdict.grounds.iter().any(|ground| ground.entry.as_ref() == Some(&entry.id));
        if verdict.outcome != Outcome::Refuse || rests_on_it {
            reasons.push(Reason { code: "entry.end_unknown".into(), text: end_unknown(entry) });
        }
    }
}

fn end_unknown(entry: &ListEntry) -> String {
    let stated = entry.particulars.term == Some(EntryTerm::Stated);
    let why = if stated {
        "该名单的记录以载明的期限为准"
    } else {
        "未载明失信程度，现行规定也未确定其使用期限"
    };
    format!(
        "“{}”的记录{}（{}于{}认定）未载明有效期，{why}，不得据此长期惩戒，请经办人向认定单位核实后处理。",
        entry.list_name, entry.id, entry.authority, entry.recognised_on
    )
}

/// Every mandatory measure has a disposition, every disposition a measure that
/// applies, every measure not applied a reason (R3, R59).
fn dispositions(verdict: &Verdict, basis: &Basis<'_>, reasons: &mut Vec<Reason>) -> Vec<SettledMeasure> {
    let known: HashSet<&str> = basis.dossier.measures().map(|measure| measure.id.as_str()).collect();
    let mut disposed = HashSet::new();
    for disposition in &verdict.dispositions {
        let id = disposition.measure.as_str();
        if !known.contains(id) {
            reasons.push(reason(
                "measure.unknown",
                &format!("the plug-in disposes of measure `{id}`, which does not apply here"),
            ));
        } else if !disposed.insert(id) {
            reasons.push(reason(
                "measure.disposed_twice",
                &format!("the plug-in disposes of measure `{id}` more than once"),
            ));
        }
        if disposition.action.reason().is_some_and(|text| text.trim().is_empty()) {
            reasons.push(reason(
                "measure.reason_missing",
                &format!("measure `{id}` is {} without a reason", disposition.action.code()),
            ));
        }
    }
    let mut settled = Vec::new();
    for measure in basis.dossier.measures() {
        let action = verdict
            .dispositions
            .iter()
            .find(|disposition| disposition.measure == measure.id)
            .map(|disposition| disposition.action.clone());
        if action.is_none() && measure.nature == Nature::Mandatory {
            reasons.push(reason(
                "measure.undisposed",
                &format!("the plug-in does not dispose of the mandatory measure `{}`", measure.id),
            ));
        }
        settled.push(SettledMeasure { measure: measure.clone(), disposition: action });
    }
    settled
}

/// A commitment comes with its outcome, from a party, for materials of the
/// case, with a day to come (R82).
fn commitment(verdict: &Verdict, basis: &Basis<'_>, reasons: &mut Vec<Reason>) {
    let promised = verdict.outcome == Outcome::ProceedWithCommitment;
    let Some(commitment) = &verdict.commitment else {
        if promised {
            reasons.push(reason("commitment.missing", "the plug-in asks for a commitment and words none"));
        }
        return;
    };
    if !promised {
        reasons
            .push(reason("commitment.unexpected", "the plug-in words a commitment its outcome does not use"));
    }
    if basis.application.party(&commitment.party).is_none() {
        reasons.push(reason("commitment.party_unknown", "the commitment is by someone who is not a party"));
    }
    if commitment.text.trim().is_empty() {
        reasons.push(reason("commitment.no_text", "the commitment has no wording to sign"));
    }
    if commitment.due_on <= basis.application.decided_on {
        reasons.push(reason("commitment.due_passed", "the commitment is due today or earlier"));
    }
}

/// What law says must be there cannot be supplied later (R77 to R79).
fn deferral(verdict: &Verdict, basis: &Basis<'_>, reasons: &mut Vec<Reason>) {
    let committed = verdict.commitment.iter().flat_map(|commitment| &commitment.missing);
    let advised = verdict.advice.iter().flat_map(|advice| match advice {
        Advice::DeferredMaterials(codes) => codes.as_slice(),
        _ => &[],
    });
    let mut seen = HashSet::new();
    for code in committed.chain(advised).filter(|code| seen.insert(code.as_str())) {
        let material = basis.application.materials.iter().find(|material| material.code == *code);
        let deferrable = |level: RequiredBy| !basis.policy.non_deferrable.contains(&level);
        match material {
            None => reasons.push(reason(
                "material.unknown",
                &format!("the plug-in defers material `{code}`, which the application does not list"),
            )),
            Some(material) if !deferrable(material.required_by) => reasons.push(reason(
                "material.not_deferrable",
                &format!(
                    "the plug-in defers material `{code}`, which a {} requires",
                    material.required_by.code()
                ),
            )),
            Some(_) => {}
        }
    }
}

fn reason(code: &'static str, text: &str) -> Reason {
    // It may name what the plug-in named.
    Reason { code: code.into(), text: readable(text).into_owned() }
}

mod identity;
#[cfg(test)]
mod tests;
