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

/// The identifiers of each party as a guest may see them.
pub(crate) fn masked(application: &Application) -> Vec<Vec<Cow<'_, str>>> {
    application
        .parties
        .iter()
        .map(|party| party.identifiers.iter().map(Identifier::masked).collect())
        .collect()
}

/// What a party's lists hold.
pub(crate) struct Pieces<'a> {
    identifiers: Vec<Vec<hook::Identifier<'a>>>,
    party_attributes: Vec<Vec<(&'a str, &'a str)>>,
}

/// What the application's lists hold.
pub(crate) struct Lists<'a> {
    parties: Vec<hook::Party<'a>>,
    materials: Vec<hook::Material<'a>>,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Pieces<'a> {
    pub(crate) fn of(application: &'a Application, masked: &'a [Vec<Cow<'a, str>>]) -> Self {
        let parties = application.parties.iter();
        Self {
            identifiers: parties.clone().zip(masked).map(identifiers).collect(),
            party_attributes: parties.map(|party| attributes(&party.attributes)).collect(),
        }
    }
}

impl<'a> Lists<'a> {
    pub(crate) fn of(application: &'a Application, pieces: &'a Pieces<'a>) -> Self {
        let parties = application.parties.iter().zip(&pieces.identifiers).zip(&pieces.party_attributes);
        Self {
            parties: parties
                .map(|((given, identifiers), attributes)| party(given, identifiers, attributes))
                .collect(),
            materials: application.materials.iter().map(material).collect(),
            attributes: attributes(&application.attributes),
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

fn identifiers<'a>((party, masked): (&'a Party, &'a Vec<Cow<'a, str>>)) -> Vec<hook::Identifier<'a>> {
    let numbers = party.identifiers.iter().zip(masked);
    numbers.map(|(number, value)| hook::Identifier { kind: identifier_kind(number.kind()), value }).collect()
}

fn attributes(attributes: &[(String, String)]) -> Vec<(&str, &str)> {
    attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
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
