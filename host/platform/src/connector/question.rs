//! What a profile's requests can say: the question as a document.

use creditgate_credit::application::Party;
use creditgate_credit::identifier::{Identifier, IdentifierKind};
use creditgate_gate::Question;
use serde_json::{Map, Value, json};

/// By which number a party is asked for, if it has several.
const PREFERRED: &[IdentifierKind] = &[
    IdentifierKind::Uscc,
    IdentifierKind::CitizenId,
    IdentifierKind::OrganisationCode,
    IdentifierKind::RegistrationNumber,
    IdentifierKind::Lei,
    IdentifierKind::Other,
];

/// What is asked about one party. `purpose` is what differs between two checks
/// that ask the same: it is sent, and is no part of what is remembered.
pub(crate) struct Asked {
    pub(crate) document: Value,
    /// The same without the purpose.
    pub(crate) lasting: Value,
    /// Kind of the number that is asked for.
    pub(crate) kind: &'static str,
}

/// The question about one party: `party.*`, `item`, `department`, `division`, and
/// for whom: `case_no`, `checkpoint`, `operator`, `today`.
pub(crate) fn of_party(question: &Question<'_>, party: &Party) -> Asked {
    let application = question.application;
    let number = preferred(party);
    let mut about = Map::new();
    for identifier in numbers(party) {
        let kind = identifier.kind().code();
        about.entry(kind).or_insert_with(|| Value::from(identifier.value()));
    }
    about.insert("name".to_owned(), Value::from(party.name.as_str()));
    about.insert("kind".to_owned(), Value::from(party.kind.code()));
    if let Some(number) = number {
        about.insert("identifier".to_owned(), Value::from(number.value()));
        about.insert("identifier_kind".to_owned(), Value::from(number.kind().code()));
    }
    let lasting = json!({
        "party": about,
        "item": application.item,
        "department": application.department,
        "division": application.division,
    });
    let mut document = lasting.clone();
    if let Some(fields) = document.as_object_mut() {
        fields.insert("case_no".to_owned(), Value::from(application.case_no.as_str()));
        fields.insert("checkpoint".to_owned(), Value::from(application.checkpoint.as_str()));
        fields.insert("operator".to_owned(), Value::from(question.operator));
        fields.insert("today".to_owned(), Value::from(application.decided_on.to_string()));
        fields.insert("now".to_owned(), Value::from(question.now.to_string()));
    }
    Asked { document, lasting, kind: number.map_or("", |number| number.kind().code()) }
}

fn preferred(party: &Party) -> Option<&Identifier> {
    PREFERRED.iter().find_map(|kind| numbers(party).find(|identifier| identifier.kind() == *kind))
}

/// The numbers of a party that somebody can be asked about.
pub(crate) fn numbers(party: &Party) -> impl Iterator<Item = &Identifier> {
    party.identifiers.iter().filter(|identifier| identifier.filler().is_none())
}
