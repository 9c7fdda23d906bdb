//! Where a value stands in a document: `a.b`, from the element at hand; `^a`,
//! from the one around it; `$.a`, from the whole document.

use serde::Deserialize;
use serde_json::Value;

/// Where a path begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Root,
    /// So many elements further out; 0 is the element at hand.
    Around(usize),
}

/// A path is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no path: names joined by full stops, such as `data.list`, after `$.` or `^` where need be")]
pub struct PathFault(String);

/// The place of one value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Path {
    start: Start,
    steps: Vec<String>,
}

/// A document with the elements on the way to the one at hand, which is the last.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'a> {
    pub(crate) root: &'a Value,
    pub(crate) elements: Vec<&'a Value>,
}

impl<'a> Scope<'a> {
    /// A document that is itself the element at hand.
    pub(crate) fn of(root: &'a Value) -> Self {
        Self { root, elements: Vec::new() }
    }
}

impl TryFrom<String> for Path {
    type Error = PathFault;

    fn try_from(text: String) -> Result<Self, PathFault> {
        let (start, rest) = match text.strip_prefix("$.") {
            Some(rest) => (Start::Root, rest),
            None => {
                let rest = text.trim_start_matches('^');
                (Start::Around(text.len() - rest.len()), rest)
            }
        };
        let steps = steps(rest).ok_or(PathFault(text))?;
        Ok(Self { start, steps })
    }
}

impl Path {
    /// The value there, if there is one.
    pub(crate) fn find<'a>(&self, scope: &Scope<'a>) -> Option<&'a Value> {
        let start = match self.start {
            Start::Root => scope.root,
            Start::Around(0) => scope.elements.last().copied().unwrap_or(scope.root),
            Start::Around(levels) => {
                let inner = scope.elements.len().checked_sub(levels + 1);
                inner.map_or(Some(scope.root), |position| scope.elements.get(position).copied())?
            }
        };
        walk(start, &self.steps)
    }

    /// The first name on the way.
    pub(crate) fn first(&self) -> &str {
        self.steps.first().map_or("", String::as_str)
    }

    /// The last name on the way.
    pub(crate) fn last(&self) -> &str {
        self.steps.last().map_or("", String::as_str)
    }
}

/// The place of the rows of an answer: `data.list`, or `types[].records` for a
/// list inside every element of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct RowsPath(Vec<Vec<String>>);

/// A list is not where the profile says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NoRows;

impl TryFrom<String> for RowsPath {
    type Error = PathFault;

    fn try_from(text: String) -> Result<Self, PathFault> {
        let lists = text.strip_suffix("[]").unwrap_or(&text);
        let lists = lists.split("[].").map(steps).collect::<Option<_>>();
        lists.map(Self).ok_or(PathFault(text))
    }
}

impl RowsPath {
    /// Every row, with the elements around it. A single object stands for a list
    /// of one. Where nothing is, there are no rows if `optional`: a path that is
    /// wrong must not read as a platform that knows nothing.
    pub(crate) fn rows<'a>(&self, root: &'a Value, optional: bool) -> Result<Vec<Scope<'a>>, NoRows> {
        let mut found = vec![Scope::of(root)];
        for steps in &self.0 {
            let mut inner = Vec::new();
            for scope in found {
                let here = scope.elements.last().copied().unwrap_or(root);
                let elements = match walk(here, steps) {
                    Some(Value::Array(elements)) => elements.as_slice(),
                    Some(object @ Value::Object(_)) => std::slice::from_ref(object),
                    Some(Value::Null) => &[],
                    None if optional => &[],
                    _ => return Err(NoRows),
                };
                if !elements.iter().all(Value::is_object) {
                    return Err(NoRows);
                }
                inner.extend(elements.iter().map(|element| {
                    let mut scope = scope.clone();
                    scope.elements.push(element);
                    scope
                }));
            }
            found = inner;
        }
        Ok(found)
    }
}

fn steps(text: &str) -> Option<Vec<String>> {
    let is_name = |name: &str| !name.is_empty() && !name.contains(['[', ']', '$', '^', ' ']);
    let steps: Vec<String> = text.split('.').map(str::to_owned).collect();
    steps.iter().all(|step| is_name(step)).then_some(steps)
}

fn walk<'a>(from: &'a Value, steps: &[String]) -> Option<&'a Value> {
    steps.iter().try_fold(from, |value, step| match value {
        Value::Object(fields) => fields.get(step),
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rows_path(text: &str) -> RowsPath {
        RowsPath::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn a_path_leads_from_the_row_from_around_it_or_from_the_whole_answer() {
        let answer = json!({"id": "q1", "types": [
            {"name": "court", "records": [{"id": 1, "tags": ["a", "b"]}, {"id": 2}]}, {"name": "tax", "records": {"id": 3}},
        ]});
        let rows = rows_path("types[].records").rows(&answer, false).unwrap();
        let read =
            |row: usize, path: &str| Path::try_from(path.to_owned()).unwrap().find(&rows[row]).cloned();
        assert_eq!(rows.len(), 3);
        assert_eq!(read(0, "id"), Some(json!(1)));
        assert_eq!(read(0, "tags.1"), Some(json!("b")));
        assert_eq!(read(1, "^name"), Some(json!("court")));
        assert_eq!(read(2, "^name"), Some(json!("tax")));
        assert_eq!(read(2, "^^id"), Some(json!("q1")));
        assert_eq!(read(2, "$.id"), Some(json!("q1")));
        assert_eq!(read(1, "tags.0"), None);
    }

    #[test]
    fn rows_that_are_not_where_they_should_be_are_no_empty_list() {
        let rows =
            |answer: Value, optional| rows_path("data.list").rows(&answer, optional).map(|rows| rows.len());
        assert_eq!(rows(json!({"data": {"list": []}}), false), Ok(0));
        assert_eq!(rows(json!({"data": {"list": null}}), false), Ok(0));
        assert_eq!(rows(json!({"data": {}}), false), Err(NoRows));
        assert_eq!(rows(json!({"data": {}}), true), Ok(0));
        for wrong in [json!({"data": {"list": "none"}}), json!({"data": {"list": [1]}})] {
            assert_eq!(rows(wrong, true), Err(NoRows));
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", ".", "a.", "a..b", "$.", "a[0]", "a b", "^"] {
            assert_eq!(Path::try_from(text.to_owned()), Err(PathFault(text.to_owned())), "{text}");
        }
    }
}
