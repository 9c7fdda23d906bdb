//! Which plug-in serves which item and checkpoint: each item at intake, review
//! and issuance.

use serde::Serialize;

use crate::catalogue::Item;
use crate::place::DEPARTMENTS;

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
pub(crate) fn bindings(items: &[Item]) -> Vec<Binding> {
    let of = |(number, item): (usize, &Item)| CHECKPOINTS.map(|checkpoint| binding(number, item, checkpoint));
    items.iter().enumerate().flat_map(of).collect()
}

fn binding(number: usize, item: &Item, checkpoint: &'static str) -> Binding {
    let plugin = DEPARTMENTS.iter().find(|department| department.code == item.department);
    let mode = match number % 50 {
        7 => "off",
        17 | 27 => "observe",
        37 | 47 => "advise",
        _ => "enforce",
    };
    Binding {
        department: item.department,
        item: item.code.clone(),
        checkpoint,
        division: item.division,
        plugin: plugin.map_or("", |department| department.plugin),
        mode,
    }
}
