//! The case as a hook is asked about it. Everything is borrowed from the domain:
//! the engine copies each text into the guest once, and once is enough.
//!
//! The contract's lists are slices, so what they hold has to be laid out before:
//! [`masked`], then [`Pieces`], then [`Lists`], then the application.

use std::borrow::Cow;

use creditgate_credit::application::{Application, Material, Party};
use creditgate_credit::identifier::Identifier;
use jiff::civil::Date;

use crate::bindings::hook::creditgate::plugin::types as hook;
use crate::convert::{date_to_guest, identifier_kind, material_required_by, party_role, subject_kind};

/// The identifiers of all parties as a guest may see them.
pub(crate) fn masked(application: &Application) -> Vec<Cow<'_, str>> {
    application.parties.iter().flat_map(|party| &party.identifiers).map(Identifier::masked).collect()
}

/// What the parties' lists hold, those of the first party first.
pub(crate) struct Pieces<'a> {
    identifiers: Vec<hook::Identifier<'a>>,
    attributes: Vec<(&'a str, &'a str)>,
}

/// What the application's lists hold.
pub(crate) struct Lists<'a> {
    parties: Vec<hook::Party<'a>>,
    materials: Vec<hook::Material<'a>>,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Pieces<'a> {
    pub(crate) fn of(application: &'a Application, masked: &'a [Cow<'a, str>]) -> Self {
        let parties = application.parties.iter();
        let numbers = parties.clone().flat_map(|party| &party.identifiers).zip(masked);
        Self {
            identifiers: numbers.map(identifier).collect(),
            attributes: parties.flat_map(|party| &party.attributes).map(attribute).collect(),
        }
    }
}

impl<'a> Lists<'a> {
    pub(crate) fn of(application: &'a Application, pieces: &'a Pieces<'a>) -> Self {
        let (mut identifiers, mut attributes) = (&*pieces.identifiers, &*pieces.attributes);
        let mut party = |given: &'a Party| {
            let (own_identifiers, others) = identifiers.split_at(given.identifiers.len());
            let (own_attributes, other_attributes) = attributes.split_at(given.attributes.len());
            (identifiers, attributes) = (others, other_attributes);
            self::party(given, own_identifiers, own_attributes)
        };
        Self {
            parties: application.parties.iter().map(&mut party).collect(),
            materials: application.materials.iter().map(material).collect(),
            attributes: application.attributes.iter().map(attribute).collect(),
        }
    }
}

/// The case as the guest sees it.
pub(crate) fn application<'a>(application: &'a Application, lists: &'a Lists<'a>) -> hook::Application<'a> {
    hook::Application {
        case_no: &application.case_no,
        item: &application.item,
        checkpoint: &application.checkpoint,
        department: &application.department,
        division: &application.division,
        filed_on: date(application.filed_on),
        decided_on: date(application.decided_on),
        parties: &lists.parties,
        materials: &lists.materials,
        form: &application.form,
        attributes: &lists.attributes,
    }
}

fn identifier<'a>((number, masked): (&Identifier, &'a Cow<'a, str>)) -> hook::Identifier<'a> {
    hook::Identifier { kind: identifier_kind(number.kind()), value: masked }
}

fn attribute((name, value): &(String, String)) -> (&str, &str) {
    (name, value)
}

fn party<'a>(
    party: &'a Party,
    identifiers: &'a [hook::Identifier<'a>],
    attributes: &'a [(&'a str, &'a str)],
) -> hook::Party<'a> {
    hook::Party {
        id: &party.id,
        role: party_role(party.role),
        acts_for: party.acts_for.as_deref(),
        kind: subject_kind(party.kind),
        name: &party.name,
        identifiers,
        attributes,
    }
}

fn material(material: &Material) -> hook::Material<'_> {
    hook::Material {
        code: &material.code,
        name: &material.name,
        provided: material.provided,
        required_by: material_required_by(material.required_by),
    }
}

fn date(date: Date) -> hook::CalendarDate {
    let date = date_to_guest(date);
    hook::CalendarDate { year: date.year, month: date.month, day: date.day }
}
