//! A platform's records as list entries, by the rules of a profile and under the
//! same checks as an imported file.

use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::Strictness;
use creditgate_wire::import::{Format, parse_lists};
use serde_json::{Map, Value, json};

use super::error::QueryError;
use super::path::Scope;
use super::profile::{EntryRules, Profile};
use super::pull::RefusedRecord;
use super::rule::{Rule, Tables, Way};

/// Fields of an entry that are true or false.
const FLAGS: &[&str] = &["suspended", "repairable"];

/// One record as a row of an import: JSON in the host's names. `asked` is the
/// kind of the number that was asked for.
pub(crate) fn row(
    scope: &Scope<'_>,
    rules: &EntryRules,
    tables: &Tables,
    asked: &str,
) -> Result<Value, (String, String)> {
    let mut row = Map::new();
    for (name, rule) in rules.texts() {
        if let Some(value) = read(scope, rule, tables, name)? {
            row.insert(name.to_owned(), value);
        }
    }
    let mut numbers = Vec::new();
    for (name, kind, rule) in rules.numbers() {
        if let Some(value) = read(scope, rule, tables, name)? {
            let kind = if kind.is_empty() { asked } else { kind };
            numbers.push(json!({"kind": kind, "value": value}));
        }
    }
    numbers.dedup();
    row.insert("subject_identifiers".to_owned(), Value::Array(numbers));
    for (name, inner) in [("particulars", &rules.particulars), ("attributes", &rules.attributes)] {
        let mut object = Map::new();
        for (field, rule) in inner {
            if let Some(value) = read(scope, rule, tables, field)? {
                object.insert(field.clone(), value);
            }
        }
        if !object.is_empty() {
            row.insert(name.to_owned(), Value::Object(object));
        }
    }
    Ok(Value::Object(row))
}

fn read(
    scope: &Scope<'_>,
    rule: &Rule,
    tables: &Tables,
    name: &str,
) -> Result<Option<Value>, (String, String)> {
    let value = rule.value(scope, tables, Way::In).map_err(|fault| (name.to_owned(), fault.to_string()))?;
    Ok(value.map(|text| match text.as_str() {
        "true" if FLAGS.contains(&name) => Value::Bool(true),
        "false" if FLAGS.contains(&name) => Value::Bool(false),
        _ => Value::String(text),
    }))
}

/// The entries of an answer. One record that cannot be read refuses the whole
/// answer: it may be the one that counts.
pub(crate) fn entries(
    scopes: &[Scope<'_>],
    rules: &EntryRules,
    profile: &Profile,
    asked: &str,
) -> Result<Vec<ListEntry>, QueryError> {
    let mut rows: Vec<Value> = Vec::with_capacity(scopes.len());
    for (position, scope) in scopes.iter().enumerate() {
        let row = row(scope, rules, &profile.tables, asked)
            .map_err(|(field, problem)| RefusedRecord { record: position + 1, field, problem })
            .map_err(QueryError::Record)?;
        // A record that changes its page while it is read comes twice.
        if !rows.contains(&row) {
            rows.push(row);
        }
    }
    let lines: String = rows.iter().map(|row| format!("{row}\n")).collect();
    let parsed = parse_lists("answer", Format::Jsonl, lines, Strictness::Check);
    match parsed.problems.into_iter().next() {
        None => Ok(parsed.rows),
        Some(problem) => {
            Err(QueryError::Record(RefusedRecord::of(problem.line, problem.field, problem.message)))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::connector::testing::profile;

    fn entries_of(records: &[Value]) -> Result<Vec<ListEntry>, QueryError> {
        let profile = profile("", "");
        let rules = &profile.query.as_ref().unwrap().entry;
        let scopes: Vec<Scope<'_>> =
            records.iter().map(|record| Scope { root: record, elements: vec![record] }).collect();
        entries(&scopes, rules, &profile, "uscc")
    }

    fn record() -> Value {
        json!({"id": 7, "listCode": "food.serious", "listName": "示例名单", "kind": "2", "name": "示例公司",
               "certCode": "91110105MA0000226Y", "date": "2025-03-01 00:00:00"})
    }

    fn changed(field: &str, value: Value) -> Value {
        let mut changed = record();
        changed[field] = value;
        changed
    }

    #[test]
    fn r091_a_record_in_the_platforms_terms_becomes_an_entry() {
        let [entry] = entries_of(&[record(), record()]).unwrap().try_into().unwrap();
        assert_eq!(
            (entry.id.as_str(), entry.kind.code(), entry.authority.as_str()),
            ("cq-7", "black", "示例机关")
        );
        assert_eq!(entry.recognised_on.to_string(), "2025-03-01");
        assert_eq!(entry.subject_identifiers[0].value(), "91110105MA0000226Y");
    }

    #[test]
    fn one_record_that_cannot_be_read_refuses_the_answer_and_names_its_field() {
        let cases = [
            ("id", json!(null), "id"),
            ("kind", json!("3"), "kind"),
            ("kind", json!(null), "kind"),
            ("date", json!("tomorrow"), "recognised_on"),
            ("date", json!(null), "recognised_on"),
            ("certCode", json!("123"), "subject_identifiers[0]"),
            ("certCode", json!("9111010***MA000226"), "subject_identifiers[0]"),
            ("name", json!(["a"]), "subject_name"),
        ];
        for (field, value, named) in cases {
            let bad = changed(field, value.clone());
            match entries_of(&[record(), bad]).unwrap_err() {
                QueryError::Record(RefusedRecord { record: 2, field: found, .. }) => {
                    assert_eq!(found, named, "{value}")
                }
                other => panic!("{field} {value}: {other}"),
            }
        }
    }

    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC{0,20}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let name = prop_oneof![Just("id"), Just("kind"), Just("date"), Just("certCode"), Just("list")];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((name, inner), 0..5).prop_map(|fields| {
                    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_answer_makes_the_mapping_panic(root in anything(), record in anything()) {
            let profile = profile("", "");
            let rules = &profile.query.as_ref().unwrap();
            let _ = rules.rows.path.rows(&root, false);
            let scope = Scope { root: &root, elements: vec![&record] };
            let _ = entries(&[scope], &rules.entry, &profile, "uscc");
        }
    }
}
