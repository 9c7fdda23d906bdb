//! Which plug-in serves which item and checkpoint: each item at intake, review
//! and issuance.

use creditgate_credit::catalogue::CatalogueItem;
use serde::Serialize;

use crate::catalogue::{department_of, division_of};

/// Checkpoints of every item.
pub const CHECKPOINTS: [&str; 3] = ["intake", "review", "issuance"];

/// A row of `creditgate import bindings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Binding {
    /// Department code.
    pub department: &'static str,
    /// Item code.
    pub item: String,
    /// Checkpoint.
    pub checkpoint: &'static str,
    /// Division where the item is handled.
    pub division: &'static str,
    /// Plug-in that serves it.
    pub plugin: &'static str,
    /// How much its checks weigh: most are enforced, some are on trial (R16).
    pub mode: &'static str,
}

/// The bindings of these items.
pub(crate) fn bindings(items: &[CatalogueItem]) -> Vec<Binding> {
    let of = |(number, item): (usize, &CatalogueItem)| {
        CHECKPOINTS.map(|checkpoint| binding(number, item, checkpoint))
    };
    items.iter().enumerate().flat_map(of).collect()
}

fn binding(number: usize, item: &CatalogueItem, checkpoint: &'static str) -> Binding {
    let department = department_of(number);
    let mode = match number % 50 {
        7 => "off",
        17 | 27 => "observe",
        37 | 47 => "advise",
        _ => "enforce",
    };
    Binding {
        department: department.code,
        item: item.code.clone(),
        checkpoint,
        division: division_of(number),
        plugin: department.plugin,
        mode,
    }
}
