//! Decisions for the unit tests of whatever compares them.

use creditgate_credit::catalogue::{Direction, Nature};
use creditgate_credit::check::{SettledMeasure, Status};
use creditgate_credit::dossier::Measure;
use creditgate_credit::verdict::{DispositionAction, Outcome};

use crate::settle::Settled;

/// A decision that applies these measures of the catalogue, each because of
/// entry `e1` of party `p1`.
pub(crate) fn settled(status: Status, outcome: Outcome, measures: &[&str]) -> Settled {
    Settled {
        status,
        outcome,
        reasons: Vec::new(),
        measures: measures.iter().map(|code| applied(code)).collect(),
        grounds: Vec::new(),
        advice: Vec::new(),
        commitment: None,
        explanation: "示例说明".to_owned(),
    }
}

fn applied(code: &str) -> SettledMeasure {
    SettledMeasure {
        measure: Measure {
            id: format!("{code}/e1/p1"),
            code: code.to_owned(),
            category: "市场准入".to_owned(),
            nature: Nature::Mandatory,
            direction: Direction::Punish,
            content: "示例措施".to_owned(),
            power_item: "示例权责事项".to_owned(),
            section: "示例科".to_owned(),
            basis: "basis.one".to_owned(),
            basis_text: "示例法第一条".to_owned(),
            entry: "e1".to_owned(),
            party: "p1".to_owned(),
        },
        disposition: Some(DispositionAction::Applied),
    }
}
