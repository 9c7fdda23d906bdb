//! A party of whom it is in doubt who it is: its number fails its check, or it has
//! none that can be looked for.
//!
//! What is found of such a party counts; that nothing is found says nothing. So it
//! is never clear, gets nothing that is for the trustworthy, and an officer has to
//! look. No plug-in can waive this.

use creditgate_credit::application::{IdentityDoubt, Party};
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::identifier::{IdentifierKind, without_numbers};

use super::{Basis, Reason, reason};

const CHECK_FAILED: &str = "identifier.check_failed";
const NONE: &str = "identifier.none";

/// The codes of these reasons.
pub(super) const CODES: &[&str] = &[CHECK_FAILED, NONE];

/// A reason for each party in doubt, in the words of an officer.
pub(super) fn doubts(basis: &Basis<'_>) -> Vec<Reason> {
    let Basis { application, dossier, .. } = basis;
    if basis.rules < HostRules::Second {
        return Vec::new();
    }
    let in_doubt = |party: &Party| party.doubt().map(|doubt| (party.id.clone(), doubt));
    application
        .parties
        .iter()
        .filter_map(in_doubt)
        .map(|(party, doubt)| {
            let namesakes = dossier.party(&party).map_or(0, |known| known.hints.len());
            of(&party, doubt, namesakes)
        })
        .collect()
}

fn of(party: &str, doubt: IdentityDoubt, namesakes: usize) -> Reason {
    // The caller chose the handle.
    let party = without_numbers(party);
    let (code, found) = match doubt {
        IdentityDoubt::CheckFails(kind) => {
            let kind = in_chinese(kind);
            (CHECK_FAILED, format!("当事人 {party} 的{kind}校验不符，可能有误，不能据此认定其无失信记录"))
        }
        IdentityDoubt::NoNumber => {
            (NONE, format!("当事人 {party} 没有可供核查的证件号码，不能认定其无失信记录"))
        }
    };
    let hint = match namesakes {
        0 => String::new(),
        count => format!("名单中有同名记录 {count} 条，请一并核对。"),
    };
    let asked = "请核对证件号码后重新核查；核实前不适用绿色通道、容缺受理、告知承诺等守信便利。";
    reason(code, &format!("{found}。{hint}{asked}"))
}

/// What an officer reads: that a plug-in has found nothing is not repeated.
pub(super) fn explained(doubts: &[Reason], explanation: &str, adverse: bool) -> String {
    let mut texts: Vec<&str> = doubts.iter().map(|doubt| doubt.text.as_str()).collect();
    if adverse && !explanation.trim().is_empty() {
        texts.push(explanation);
    }
    texts.join("\n")
}

const fn in_chinese(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Uscc => "统一社会信用代码",
        IdentifierKind::OrganisationCode => "组织机构代码",
        IdentifierKind::RegistrationNumber => "工商注册号",
        IdentifierKind::CitizenId => "公民身份号码",
        IdentifierKind::Lei => "全球法人识别编码",
        IdentifierKind::Other => "证件号码",
    }
}
