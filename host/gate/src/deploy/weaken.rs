//! What bindings that are about to be saved would no longer insist on: where an
//! outcome binds today and would not any more.

use creditgate_credit::check::Mode;

use crate::world::Binding;

/// A checkpoint at which the outcome binds, and would not any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weakened {
    /// The checkpoint, as `department/item/checkpoint`.
    pub place: String,
    /// The mode it would have; none where no binding would be for it any more.
    pub to: Option<Mode>,
}

/// The checkpoints whose outcome binds by the bindings of today and would not once
/// `changed` had taken the place of those with their ids, by their places.
#[must_use]
pub fn weakened(today: &[Binding], changed: &[Binding]) -> Vec<Weakened> {
    let place =
        |binding: &Binding| (binding.department.clone(), binding.item.clone(), binding.checkpoint.clone());
    let stays = |binding: &&Binding| changed.iter().all(|other| other.id != binding.id);
    let after: std::collections::HashMap<_, Mode> =
        today.iter().filter(stays).chain(changed).map(|binding| (place(binding), binding.mode)).collect();
    let mut weakened: Vec<Weakened> = today
        .iter()
        .filter(|binding| binding.mode == Mode::Enforce)
        .filter_map(|binding| {
            let to = after.get(&place(binding)).copied();
            let Binding { department, item, checkpoint, .. } = binding;
            (to != Some(Mode::Enforce))
                .then(|| Weakened { place: format!("{department}/{item}/{checkpoint}"), to })
        })
        .collect();
    weakened.sort_by(|a, b| a.place.cmp(&b.place));
    weakened
}

#[cfg(test)]
mod tests {
    use creditgate_credit::json::JsonObject;
    use creditgate_sandbox::GivenLimits;

    use super::*;
    use crate::passed::Passed;
    use crate::world::Pin;

    fn binding(id: &str, checkpoint: &str, mode: Mode) -> Binding {
        Binding {
            id: id.to_owned(),
            department: "d".to_owned(),
            item: "i".to_owned(),
            checkpoint: checkpoint.to_owned(),
            division: "370811".to_owned(),
            plugin: "p".to_owned(),
            mode,
            settings: JsonObject::default(),
            limits: GivenLimits::default(),
            require_receipts: Vec::new(),
            passed: Passed::default(),
            pin: Pin::None,
            sources: Vec::new(),
        }
    }

    #[test]
    fn what_binds_and_would_not_any_more_is_found_whichever_way_it_came_about() {
        use Mode::{Advise, Enforce, Observe, Off};
        let today = [binding("1", "intake", Enforce), binding("2", "review", Observe)];
        let lost = |to| vec![Weakened { place: "d/i/intake".to_owned(), to }];
        let cases = [
            ("off", vec![binding("1", "intake", Off)], lost(Some(Off))),
            ("observed", vec![binding("1", "intake", Observe)], lost(Some(Observe))),
            ("advised", vec![binding("1", "intake", Advise)], lost(Some(Advise))),
            ("moved away", vec![binding("1", "issuance", Enforce)], lost(None)),
            (
                "moved away, and another in its place",
                vec![binding("1", "issuance", Enforce), binding("3", "intake", Off)],
                lost(Some(Off)),
            ),
            (
                "by another binding as before",
                vec![binding("1", "issuance", Enforce), binding("3", "intake", Enforce)],
                Vec::new(),
            ),
            ("unchanged", vec![binding("1", "intake", Enforce)], Vec::new()),
            ("another is bound", vec![binding("2", "review", Enforce)], Vec::new()),
            ("never bound", vec![binding("2", "review", Off)], Vec::new()),
        ];
        for (what, changed, expected) in cases {
            assert_eq!(weakened(&today, &changed), expected, "{what}");
        }
    }
}
