//! What follows from entries that rest: the officer reads of each in the words of
//! the host, whatever a plug-in says or leaves out, and nobody is rewarded beside
//! one (R6, R49, R98).

use creditgate_credit::dossier::Dossier;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::verdict::{Advice, Verdict};
use creditgate_manifest::text::readable;

use super::Basis;

/// What the officer reads when advice of the plug-in was not taken over.
const WITHHELD: &str = "主机提示：有当事人列入黑名单、预警名单或重点关注名单（含正在核实的记录），\
                        不适用绿色通道等信用激励，插件的相关建议未予采纳。";

/// The explanation with the host's sentence on every adverse entry that rests, and
/// on advice that was withheld.
pub(super) fn explained(rules: HostRules, explanation: &str, dossier: &Dossier, withheld: bool) -> String {
    if rules < HostRules::Second {
        return explanation.to_owned();
    }
    let rests = |entry: &&ListEntry| entry.suspended && entry.kind.is_adverse();
    let mut lines: Vec<String> = dossier.entries().filter(rests).map(sentence).collect();
    if !explanation.trim().is_empty() || (lines.is_empty() && !withheld) {
        lines.push(explanation.to_owned());
    }
    if withheld {
        lines.push(WITHHELD.to_owned());
    }
    lines.join("\n")
}

fn sentence(entry: &ListEntry) -> String {
    let text = format!(
        "主机提示：{}列入“{}”的记录（{}）正处于异议核实或暂缓惩戒期间，仍为有效记录，请以核实结果为准。",
        entry.subject_name_shown(),
        entry.list_name,
        entry.id
    );
    // A list may hold anything.
    readable(&text).into_owned()
}

/// The advice that is passed on, and whether some was not because of a list: what
/// rewards is withheld where a party stands on one that outranks it, or is not
/// `certain` to be who it seems. Materials to be supplied later are no reward where a
/// commitment carries them.
pub(super) fn advice(verdict: &Verdict, basis: &Basis<'_>, certain: bool) -> (Vec<Advice>, bool) {
    let carried =
        |advice: &Advice| matches!(advice, Advice::DeferredMaterials(_)) && verdict.commitment.is_some();
    let outranked = basis.rules >= HostRules::Second && basis.dossier.outranks_reward();
    let outranks = |advice: &Advice| outranked && advice.rewards() && !carried(advice);
    let doubted = |advice: &Advice| !certain && advice.rewards();
    let withheld = verdict.advice.iter().any(outranks);
    let kept = verdict.advice.iter().filter(|advice| !outranks(advice) && !doubted(advice));
    (kept.cloned().collect(), withheld)
}
