//! Rows of bindings.

use std::collections::HashMap;

use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_gate::Binding;

use super::cells::{Cell, Column};
use super::rows::{self, duplicate};
use super::{Format, Parsed};

const COLUMNS: &[Column] = &[
    ("id", Cell::Text),
    ("department", Cell::Text),
    ("item", Cell::Text),
    ("checkpoint", Cell::Text),
    ("division", Cell::Text),
    ("plugin", Cell::Text),
    ("mode", Cell::Text),
    ("settings", Cell::Object),
    ("limits", Cell::Object),
    ("require_receipts", Cell::List),
    ("passed", Cell::Object),
    ("pin", Cell::Text),
    ("sources", Cell::List),
];

/// Reads bindings. Two bindings of a file may share neither id nor place.
#[must_use]
pub fn parse_bindings(file: &str, format: Format, text: impl AsRef<[u8]>) -> Parsed<Binding> {
    let mut ids: HashMap<String, u64> = HashMap::new();
    let mut places: HashMap<[String; 3], u64> = HashMap::new();
    rows::parse(file, format, text.as_ref(), COLUMNS, |line, fields| {
        let binding: Binding = fields.read()?;
        check(&binding, fields.says("id"))?;
        let binding = binding.named();
        let place = [binding.department.clone(), binding.item.clone(), binding.checkpoint.clone()];
        for (field, earlier) in
            [("id", ids.get(&binding.id).copied()), ("checkpoint", places.get(&place).copied())]
        {
            if let Some(earlier) = earlier {
                return Err(vec![duplicate(field, earlier)]);
            }
        }
        ids.insert(binding.id.clone(), line);
        places.insert(place, line);
        Ok(binding.into())
    })
}

fn check(row: &Binding, has_id: bool) -> Result<(), Vec<FieldProblem>> {
    let mut faults = Faults::default();
    for (name, value) in [
        ("department", &row.department),
        ("item", &row.item),
        ("checkpoint", &row.checkpoint),
        ("plugin", &row.plugin),
    ] {
        faults.not_empty(name, value);
    }
    if has_id {
        faults.not_empty("id", &row.id);
    }
    faults.division(&row.division);
    for (name, value) in row.limits.given() {
        if value == 0 {
            faults.refuse(format!("limits.{name}"), "value.range", "must be at least 1");
        }
    }
    for (field, empty) in [
        ("passed.statuses", row.passed.statuses.is_empty()),
        ("passed.outcomes", row.passed.outcomes.is_empty()),
    ] {
        if empty {
            faults.refuse(field, "field.empty", "must name at least one: otherwise no case ever passes");
        }
    }
    if row.require_receipts.contains(&row.checkpoint) {
        faults.refuse("require_receipts", "binding.own_receipt", "must not name the checkpoint itself");
    }
    if row.sources.iter().any(|name| name.trim().is_empty()) {
        faults.refuse("sources", "field.empty", "must name connectors of this host");
    }
    faults.keep(row.settings.checked("settings", "settings.not_an_object"));
    faults.passed(())
}

#[cfg(test)]
mod tests {
    use creditgate_credit::check::Mode;
    use creditgate_gate::Passed;
    use creditgate_sandbox::GivenLimits;

    use super::*;
    use crate::samples;

    #[test]
    fn a_binding_survives_the_way_there_and_back() {
        let binding = samples::binding();
        let text = serde_json::to_string(&binding).unwrap();
        assert_eq!(serde_json::from_str::<Binding>(&text).unwrap(), binding);
    }

    #[test]
    fn a_short_row_means_the_usual() {
        let row = r#"{"department":"d","item":"i","checkpoint":"intake","division":"370800","plugin":"p",
                "limits":{"fuel":7}}"#;
        let binding = serde_json::from_str::<Binding>(row).unwrap().named();
        assert_eq!((binding.id.as_str(), binding.settings.text()), ("d/i/intake", "{}"));
        assert_eq!(binding.mode, Mode::Enforce);
        assert_eq!(binding.passed, Passed::default());
        assert_eq!(binding.limits, GivenLimits { fuel: Some(7), ..GivenLimits::default() });
    }
}
