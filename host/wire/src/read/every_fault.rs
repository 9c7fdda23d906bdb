//! Every fault of a body at once: where serde stops at the first, the body is
//! put right there with a stand-in and read on.
//!
//! Only for bodies that are refused in any case. What is read with stand-ins is
//! good for finding further faults and for nothing else.

use creditgate_credit::fault::FieldProblem;
use creditgate_credit::vocabulary::ONE_OF;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use serde_path_to_error::Segment;

use super::objects::Objects;
use super::{MISSING, UNKNOWN, expected, fault, from_json, quoted, without_position};
use crate::time::{EXPECTED_DAY, EXPECTED_INSTANT};

/// Most faults that are looked for.
const MOST_FAULTS: usize = 50;
/// Most bytes that are read again and again for it: a small body is read on to
/// its end, of a large one some faults are told.
const MOST_WORK: usize = 4 << 20;

/// A body that is refused, as far as it could be read.
#[derive(Debug)]
pub struct Faulty<T> {
    /// What is wrong with its structure and its vocabularies, at least one thing.
    pub faults: Vec<FieldProblem>,
    /// The body with stand-ins for what is wrong, where it could be read to its
    /// end: to find what else is wrong.
    pub stand_in: Option<T>,
}

/// Reads a body and finds all that is wrong with it.
///
/// # Errors
/// [`Faulty`], with the codes of [`from_json`].
pub fn every_fault<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Faulty<T>> {
    let first = match from_json(bytes) {
        Ok(read) => return Ok(read),
        Err(first) => first,
    };
    let alone = |first| Faulty { faults: vec![first], stand_in: None };
    if first.code == "json.syntax" {
        return Err(alone(first));
    }
    let Ok(body) = serde_json::from_slice::<Value>(bytes) else { return Err(alone(first)) };
    let mut reading = Reading { body, mended: Vec::new(), faults: Vec::new() };
    if first.code == "field.duplicate" {
        // Of two equal names the value has one.
        reading.faults.push(first.clone());
    }
    let stand_in = reading.read_on(bytes.len());
    if reading.faults.is_empty() {
        reading.faults.push(first);
    }
    Err(Faulty { faults: reading.faults, stand_in })
}

/// A step from the whole to a part.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Index(usize),
    Key(String),
}

struct Reading {
    body: Value,
    /// Places that hold stand-ins, with how many were tried there.
    mended: Vec<(Vec<Step>, usize)>,
    faults: Vec<FieldProblem>,
}

impl Reading {
    /// Reads, notes the fault, puts a stand-in there, and so on.
    fn read_on<T: DeserializeOwned>(&mut self, size: usize) -> Option<T> {
        let turns = (MOST_WORK / size.max(1)).max(1);
        for _ in 0..turns {
            let text = self.body.to_string();
            let mut deserializer = serde_json::Deserializer::from_str(&text);
            let error = match serde_path_to_error::deserialize::<_, T>(Objects(&mut deserializer)) {
                Ok(read) => return Some(read),
                Err(error) => error,
            };
            let place = steps(error.path());
            if !self.is_mended(&place) {
                if self.faults.len() == MOST_FAULTS {
                    return None;
                }
                self.note(fault(&error));
            }
            self.mend(place?, &without_position(error.inner()))?;
        }
        None
    }

    fn note(&mut self, fault: FieldProblem) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// Whether something at or above this place is a stand-in already.
    fn is_mended(&self, place: &Option<Vec<Step>>) -> bool {
        place.as_ref().is_some_and(|place| self.mended.iter().any(|(mended, _)| place.starts_with(mended)))
    }

    /// Changes the body so that serde gets further; `None` where that cannot be.
    fn mend(&mut self, mut place: Vec<Step>, text: &str) -> Option<()> {
        if let Some((name, _)) = quoted(text, UNKNOWN) {
            if place.last() != Some(&Step::Key(name.to_owned())) {
                place.push(Step::Key(name.to_owned()));
            }
            return self.take_out(&place);
        }
        if let Some((name, _)) = quoted(text, MISSING) {
            place.push(Step::Key(name.to_owned()));
            self.mended.push((place.clone(), 0));
            return self.put(&place, Value::Null);
        }
        if !self.mended.iter().any(|(mended, _)| *mended == place) {
            self.mended.push((place.clone(), 0));
        }
        let (_, turn) = self.mended.iter_mut().find(|(mended, _)| *mended == place)?;
        let guess = *turn;
        *turn += 1;
        let guesses =
            [expected(text).and_then(stand_in), Some(Value::Null), Some(json!("")), Some(json!({}))];
        self.put(&place, guesses.into_iter().flatten().nth(guess)?)
    }

    fn put(&mut self, place: &[Step], value: Value) -> Option<()> {
        let (last, above) = match place.split_last() {
            Some(split) => split,
            None => {
                self.body = value;
                return Some(());
            }
        };
        match (at(&mut self.body, above)?, last) {
            (Value::Object(fields), Step::Key(name)) => drop(fields.insert(name.clone(), value)),
            (Value::Array(items), Step::Index(index)) => *items.get_mut(*index)? = value,
            _ => return None,
        }
        Some(())
    }

    fn take_out(&mut self, place: &[Step]) -> Option<()> {
        let (last, above) = place.split_last()?;
        match (at(&mut self.body, above)?, last) {
            (Value::Object(fields), Step::Key(name)) => fields.remove(name).map(drop),
            _ => None,
        }
    }
}

/// Something that serde takes where it expected this.
fn stand_in(expected: &str) -> Option<Value> {
    if let Some(codes) = expected.strip_prefix(ONE_OF) {
        return codes.split(", ").next().map(|code| json!(code));
    }
    Some(match expected {
        EXPECTED_DAY => json!("2000-01-01"),
        EXPECTED_INSTANT => json!("2000-01-01T00:00:00+08:00"),
        "a string" | "a borrowed string" => json!(""),
        "a boolean" => json!(false),
        "a sequence" => json!([]),
        "a map" | "an object" => Value::Object(Map::new()),
        number if number.starts_with(['u', 'i', 'f']) && number.len() <= 5 => json!(0),
        structure if structure.starts_with("struct ") => Value::Object(Map::new()),
        _ => return None,
    })
}

/// The steps of a path; `None` where it leads into what is no list or object.
fn steps(path: &serde_path_to_error::Path) -> Option<Vec<Step>> {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn at<'a>(body: &'a mut Value, place: &[Step]) -> Option<&'a mut Value> {
    place.iter().try_fold(body, |value, step| match step {
        Step::Index(index) => value.get_mut(*index),
        Step::Key(name) => value.get_mut(name.as_str()),
    })
}

#[cfg(test)]
mod tests {
    use creditgate_credit::application::PartyRole;
    use serde::Deserialize;

    use super::*;
    use crate::time::{Day, Instant};

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Outer {
        name: String,
        inner: Vec<Inner>,
        at: Option<Instant>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Inner {
        role: PartyRole,
        filed_on: Option<Day>,
        years: Option<u8>,
        provided: bool,
        notes: Vec<String>,
    }

    fn told(text: &str) -> Vec<(String, &'static str)> {
        let faulty = every_fault::<Outer>(text.as_bytes()).unwrap_err();
        faulty.faults.into_iter().map(|fault| (fault.field, fault.code)).collect()
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let text = r#"{
            "inner": [
                {"role": "king", "filed_on": "yesterday", "years": 300, "provided": "yes", "notes": [1, "a", null], "x": 1},
                7,
                {"role": "agent"}
            ],
            "at": "noon",
            "namen": "x"
        }"#;
        let mut told = told(text);
        told.sort();
        let expected = [
            ("at", "date.malformed"),
            ("inner[0].filed_on", "date.malformed"),
            ("inner[0].notes[0]", "value.type"),
            ("inner[0].notes[2]", "value.type"),
            ("inner[0].provided", "value.type"),
            ("inner[0].role", "value.unknown"),
            ("inner[0].x", "field.unknown"),
            ("inner[0].years", "value.type"),
            ("inner[1]", "value.type"),
            ("inner[2].notes", "field.missing"),
            ("inner[2].provided", "field.missing"),
            ("name", "field.missing"),
            ("namen", "field.unknown"),
        ];
        assert_eq!(told, expected.map(|(field, code)| (field.to_owned(), code)));
    }

    #[test]
    fn a_body_with_stand_ins_is_read_to_its_end() {
        let faulty = every_fault::<Outer>(br#"{"inner":[{}]}"#).unwrap_err();
        assert!(faulty.stand_in.is_some());
    }

    #[test]
    fn a_name_given_twice_is_told_beside_the_others() {
        let text = r#"{"name":"a","name":"b","inner":[],"at":1}"#;
        assert_eq!(told(text), [("name".to_owned(), "field.duplicate"), ("at".to_owned(), "date.malformed")]);
    }

    #[test]
    fn what_is_no_object_or_no_json_has_one_fault() {
        for (text, code) in
            [("[]", "value.type"), ("7", "value.type"), ("{", "json.syntax"), ("", "json.syntax")]
        {
            let told = told(text);
            assert_eq!(told.len(), 1, "{text}: {told:?}");
            assert_eq!(told[0].1, code, "{text}");
        }
    }

    #[test]
    fn however_many_faults_there_are_an_end_is_found() {
        let many = format!(r#"{{"name":"","inner":[{}]}}"#, vec!["1"; 100_000].join(","));
        let told = told(&many);
        assert!((1..=MOST_FAULTS).contains(&told.len()), "{}", told.len());
    }
}
