//! Identifiers: one normal form, check characters, and nothing of a person's
//! number shown but what may be.

use creditgate_credit::identifier::{
    Identifier, IdentifierKind, IdentifierWarning, Parsed, Strictness, index_keys, inspect, lookup_keys,
    normalise,
};

use crate::Target;
use crate::findings::holds_no_number;

/// The kind by the first byte, any text after it.
pub(crate) const IDENTIFIER: Target = Target {
    name: "identifier",
    run,
    seeds,
    words: &["91110000600037341L", "110101199001010015", "-", "－", "\u{200b}", "０", "x", "Ｘ", "\u{3000}"],
    rounds: 20_000,
};

fn seeds() -> Vec<Vec<u8>> {
    let numbers = [
        (0, "91110000600037341L"),
        (0, "92370811MA3A0B1C6C"),
        (1, "10162374-1"),
        (2, "110105000000012"),
        (3, "110101199001010015"),
        (3, "81000019900101001X"),
        (3, "370811850615002"),
        (4, "5493001KJTIIGC8Y1R12"),
        (5, "护照一二三四五六"),
        (5, "E1234567"),
    ];
    numbers.iter().map(|(kind, text)| [&[*kind][..], text.as_bytes()].concat()).collect()
}

fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    let kinds = IdentifierKind::ALL;
    let text = String::from_utf8_lossy(rest);
    let normal = normalise(&text);
    assert!(normalise(&normal) == normal, "the normal form has another normal form");
    if let Some(kind) = kinds.get(usize::from(*first) % kinds.len()) {
        as_kind(*kind, &text, &normal);
    }
    for inspection in inspect(&text) {
        let shown = inspection.identifier.iter().all(|identifier| identifier.masked() == inspection.masked);
        assert!(shown, "the inspection shows another form than the identifier");
    }
}

fn as_kind(kind: IdentifierKind, text: &str, normal: &str) {
    let [format, check, strict] = [Strictness::Format, Strictness::Check, Strictness::Strict]
        .map(|strictness| Identifier::parse(kind, text, strictness));
    assert!(strict.is_err() || check.is_ok(), "strict takes what the usual does not");
    assert_eq!(check.is_ok(), format.is_ok(), "a check character is only a warning");
    if let (Ok(strict), Ok(check)) = (&strict, &check) {
        assert!(strict == check, "a strict reading reads something else");
    }
    match check {
        Ok(parsed) => accepted(kind, &parsed, normal),
        Err(error) => {
            let said = error.to_string();
            holds_no_number(&said);
            let telling = normal.chars().count() >= 8;
            assert!(!telling || !said.contains(normal), "an error repeats the number");
        }
    }
}

fn accepted(kind: IdentifierKind, parsed: &Parsed, normal: &str) {
    let identifier = &parsed.identifier;
    let has_no_form = normal.is_empty() && kind == IdentifierKind::Other;
    assert!(identifier.value() == normal || has_no_form, "an identifier is its normal form");
    let again = Identifier::parse(kind, identifier.value(), Strictness::Check);
    // Marks that were left out are said once.
    let said = |parsed: &Parsed| {
        let lasting =
            |warning: &&IdentifierWarning| !matches!(warning, IdentifierWarning::InvisibleRemoved { .. });
        (parsed.identifier.clone(), parsed.warnings.iter().filter(lasting).cloned().collect::<Vec<_>>())
    };
    assert!(again.is_ok_and(|again| said(&again) == said(parsed)), "an identifier does not read as itself");
    assert!(Identifier::accepted(kind, identifier.value()).as_ref() == Ok(identifier), "it is not read back");
    is_masked(identifier);
    for remark in &parsed.warnings {
        holds_no_number(&remark.to_string());
    }
    matches_itself(identifier);
    if let Some(inner) = identifier.organisation_code() {
        let read = Identifier::accepted(IdentifierKind::OrganisationCode, inner.value());
        assert!(read == Ok(inner), "a code in a unified code is none");
    }
}

/// What is shown has as many characters, each the number's own or a star, and of
/// a citizen ID neither district nor birth date.
fn is_masked(identifier: &Identifier) {
    let masked = identifier.masked();
    assert_eq!(masked.chars().count(), identifier.value().chars().count(), "the mask has another length");
    let own = masked.chars().zip(identifier.value().chars()).all(|(shown, own)| shown == own || shown == '*');
    assert!(own, "the mask shows what is not in the number");
    let hidden = masked.chars().filter(|character| *character == '*').count();
    let length = masked.chars().count();
    let needed = match identifier.kind() {
        IdentifierKind::CitizenId => length.saturating_sub(3 + if length == 18 { 4 } else { 3 }),
        IdentifierKind::Other if length < 8 => length,
        IdentifierKind::Other => length - 4,
        _ => 0,
    };
    let stars_of_its_own = identifier.value().chars().filter(|character| *character == '*').count();
    assert!(hidden >= needed.max(stars_of_its_own), "{hidden} characters of {needed} are hidden");
    let printed = format!("Identifier({}:{masked})", identifier.kind().code());
    assert!(format!("{identifier:?}") == printed, "it prints more than its mask");
}

/// A party is found by a record that was stored under the same number, and nobody
/// by what is no number.
fn matches_itself(identifier: &Identifier) {
    let one = std::slice::from_ref(identifier);
    let stored = index_keys(one);
    if identifier.filler().is_some() {
        assert!(stored.is_empty() && lookup_keys(one).is_empty(), "a filler is a key");
        return;
    }
    assert!(lookup_keys(one).iter().any(|key| stored.contains(key)), "a number does not match itself");
}
