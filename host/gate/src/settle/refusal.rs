//! What a refusal may rest on.
//!
//! A ground names a legal basis in force. With an entry, it must be the basis of a
//! measure that the catalogue attaches to that entry here: a basis of anything else
//! would punish for what nobody listed as punishable (国办发〔2020〕49号; R59, R69).
//! Without one, it must be the basis of a material that law requires for the item
//! and that the application lacks.

use creditgate_credit::catalogue::Direction;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::verdict::{Ground, Outcome, Verdict};

use super::{Basis, Reason, reason};

/// Holds the grounds of a refusal against what is known and listed (R98).
pub(super) fn check(verdict: &Verdict, basis: &Basis<'_>, reasons: &mut Vec<Reason>) {
    if verdict.outcome != Outcome::Refuse {
        return;
    }
    if verdict.grounds.is_empty() {
        reasons.push(reason("refusal.no_basis", "the plug-in refuses without naming a legal basis"));
    }
    for ground in &verdict.grounds {
        if basis.catalogue.basis_in_force(&ground.basis, basis.application.decided_on).is_none() {
            reasons.push(reason(
                "refusal.basis_not_in_force",
                &format!("the plug-in refuses by `{}`, which is not a legal basis in force", ground.basis),
            ));
        } else if let Some(fault) = unborne(ground, basis) {
            reasons.push(fault);
        }
        reasons.extend(unusable_entry(ground, basis));
    }
}

/// The entry of a ground cannot be refused for, whatever the basis.
fn unusable_entry(ground: &Ground, basis: &Basis<'_>) -> Option<Reason> {
    let id = ground.entry.as_ref()?;
    let (today, scope) = (basis.application.decided_on, basis.policy.suspension_scope);
    match basis.dossier.entries().find(|entry| entry.id == *id) {
        None => Some(reason(
            "refusal.entry_unknown",
            &format!("the plug-in refuses because of entry `{id}`, which is not effective here"),
        )),
        Some(entry) if entry.measures_rest_on(today, scope) => Some(reason(
            "refusal.entry_suspended",
            &format!("the plug-in refuses because of entry `{id}`, which is suspended"),
        )),
        Some(_) => None,
    }
}

/// The basis of a ground is in force and does not bear this refusal.
fn unborne(ground: &Ground, basis: &Basis<'_>) -> Option<Reason> {
    if basis.rules < HostRules::Second {
        return None;
    }
    let Some(id) = &ground.entry else {
        return (!lacks_material(&ground.basis, basis)).then(|| {
            reason(
                "refusal.basis_not_statutory",
                &format!(
                    "the plug-in refuses by `{}` without an entry, and the application lacks no material that \
                     the catalogue says this basis requires for the item",
                    ground.basis
                ),
            )
        });
    };
    // An entry that is not usable is a fault of its own.
    let bears = |measure: &creditgate_credit::dossier::Measure| {
        measure.entry == *id && measure.basis == ground.basis && measure.direction == Direction::Punish
    };
    let usable = unusable_entry(ground, basis).is_none();
    (usable && !basis.dossier.measures().any(bears)).then(|| {
        reason(
            "refusal.basis_not_of_entry",
            &format!(
                "the plug-in refuses because of entry `{id}` by `{}`, which is the basis of no measure that the \
                 catalogue attaches to the entry here",
                ground.basis
            ),
        )
    })
}

/// Whether the application lacks a material that this basis requires by law.
fn lacks_material(code: &str, basis: &Basis<'_>) -> bool {
    let application = basis.application;
    let mut required =
        basis.catalogue.materials_required_by(&application.department, &application.item, code);
    required.any(|required| {
        application.materials.iter().any(|material| material.code == required && !material.provided)
    })
}
