//! What is wrong with what somebody handed in: at which field, by which code, in
//! which words. One collector for bodies, queries, rows of files and the gate's own
//! rules, so that everybody is told every fault at once, in the same words.
//!
//! A fault never repeats the value: it may be an identity number in the wrong place.

use jiff::civil::Date;

use crate::vocabulary::Vocabulary;

/// Below this likeness two names have little in common, and a guess misleads.
const NEAR_ENOUGH: f64 = 0.75;

/// The longest text of a report, in characters.
const LONGEST_TEXT: usize = 2000;

/// One thing that is wrong with a request or a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// Where, such as `parties[0].identifiers[1]`; empty for the whole.
    pub field: String,
    /// Stable code.
    pub code: &'static str,
    /// What is wrong and what would be right. Holds no identity number.
    pub message: String,
}

impl FieldProblem {
    /// A fault of this field.
    pub fn new(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }

    /// The same fault where its field stands below `place`.
    #[must_use]
    pub fn below(self, place: &str) -> Self {
        let field = match self.field.chars().next() {
            None => place.to_owned(),
            Some('[') => format!("{place}{}", self.field),
            Some(_) => format!("{place}.{}", self.field),
        };
        Self { field, ..self }
    }
}

/// The faults of two readings of one body. Of the later reading, what lies at or
/// below a place the earlier one found at fault was said of a stand-in, and is left
/// out.
#[must_use]
pub fn merged(mut earlier: Vec<FieldProblem>, later: Vec<FieldProblem>) -> Vec<FieldProblem> {
    let known = earlier.len();
    for fault in later {
        let covers = |earlier: &FieldProblem| {
            let rest = fault.field.strip_prefix(earlier.field.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        if !earlier.iter().take(known).any(covers) {
            earlier.push(fault);
        }
    }
    earlier
}

/// The known name that is spelled most like `name`, if it is near enough to be meant.
pub fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    known
        .into_iter()
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness >= NEAR_ENOUGH)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, known)| known)
}

/// Collects faults. A value at fault becomes `None` or a stand-in; since nothing is
/// carried out while there is a fault, no fault gets lost.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldProblem>);

impl Faults {
    /// Adds a fault.
    pub fn refuse(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(FieldProblem::new(field, code, message));
    }

    /// The value, or `None` and its fault kept.
    pub fn keep<T>(&mut self, read: Result<T, FieldProblem>) -> Option<T> {
        read.map_err(|fault| self.0.push(fault)).ok()
    }

    /// The faults found.
    #[must_use]
    pub fn found(self) -> Vec<FieldProblem> {
        self.0
    }

    /// The value, if there was no fault.
    ///
    /// # Errors
    /// The faults.
    pub fn passed<T>(self, value: T) -> Result<T, Vec<FieldProblem>> {
        self.passed_if_read(Some(value))
    }

    /// The value, if there was no fault; without a value there was one.
    ///
    /// # Errors
    /// The faults.
    pub fn passed_if_read<T>(self, value: Option<T>) -> Result<T, Vec<FieldProblem>> {
        value.filter(|_| self.0.is_empty()).ok_or(self.0)
    }

    /// A code of a vocabulary. The field is named only where the code is unknown.
    pub fn coded<T: Vocabulary>(&mut self, field: impl FnOnce() -> String, code: &str) -> Option<T> {
        let value = T::VALUES.iter().copied().find(|value| value.name() == code);
        if value.is_none() {
            self.refuse(field(), "value.unknown", format!("must be one of {}", T::known()));
        }
        value
    }

    /// A text says something.
    pub fn not_empty(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.refuse(field, "field.empty", "must not be empty");
        }
    }

    /// A step without a reason cannot be understood later.
    pub fn reason(&mut self, reason: &str) {
        if reason.trim().is_empty() {
            self.refuse("reason", "field.empty", "must say why");
        }
    }

    /// A text says something in at most so many characters.
    pub fn text(&mut self, field: &str, text: &str, longest: usize) {
        if text.trim().is_empty() || text.chars().count() > longest {
            self.refuse(field, "field.length", format!("must have 1 to {longest} characters"));
        }
    }

    /// A text says something, and no more than fits in a report.
    pub fn filled(&mut self, field: &str, text: &str) {
        self.text(field, text, LONGEST_TEXT);
    }

    /// A text for people, of one or more lines.
    pub fn prose(&mut self, field: &str, text: &str, longest: usize) {
        self.text(field, text, longest);
        self.visible(field, text, |character| character == '\n');
    }

    /// A text for people that may be empty, of one or more lines.
    pub fn optional_prose(&mut self, field: &str, text: &str, longest: usize) {
        if text.chars().count() > longest {
            self.refuse(field, "field.length", format!("may have {longest} characters"));
        }
        self.visible(field, text, |character| character == '\n');
    }

    /// A name or another text of one line.
    pub fn line(&mut self, field: &str, text: &str, longest: usize) {
        self.text(field, text, longest);
        self.visible(field, text, |_| false);
    }

    /// A text holds no control characters but those that `may_stand`.
    fn visible(&mut self, field: &str, text: &str, may_stand: impl Fn(char) -> bool) {
        if text.chars().any(|character| character.is_control() && !may_stand(character)) {
            self.refuse(field, "field.control_character", "must not hold control characters");
        }
    }

    /// An administrative division of GB/T 2260.
    pub fn division(&mut self, division: &str) {
        if division.len() != 6 || !division.bytes().all(|byte| byte.is_ascii_digit()) {
            self.refuse("division", "division.malformed", "must be six digits (GB/T 2260)");
        }
    }

    /// What has happened did not happen on a day to come.
    pub fn not_later(&mut self, field: &str, day: Date, today: Date) {
        if day > today {
            self.refuse(field, "date.in_the_future", "must not be a day to come");
        }
    }

    /// A day is not after another one, which is called `what`.
    pub fn not_after(&mut self, field: &str, day: Date, last: Date, what: &str) {
        if day > last {
            self.refuse(field, "value.range", format!("must not be after {what}"));
        }
    }

    /// A span of days, given with the names of its ends, does not end before it
    /// begins.
    pub fn span<D: PartialOrd>(&mut self, from: (&str, D), until: (&str, Option<D>)) {
        if until.1.is_some_and(|until| until < from.1) {
            self.refuse(until.0, "date.order", format!("must not be before `{}`", from.0));
        }
    }
}

impl Extend<FieldProblem> for Faults {
    fn extend<I: IntoIterator<Item = FieldProblem>>(&mut self, faults: I) {
        self.0.extend(faults);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_later_reading_says_nothing_of_stand_ins() {
        let at = |field: &str| FieldProblem::new(field, "c", "");
        let merged = merged(
            vec![at("parties[1]"), at("name")],
            vec![at("parties[1].role"), at("parties[10].role"), at("name"), at("names")],
        );
        let fields: Vec<&str> = merged.iter().map(|fault| fault.field.as_str()).collect();
        assert_eq!(fields, ["parties[1]", "name", "parties[10].role", "names"]);
    }

    #[test]
    fn a_place_is_put_before_the_field() {
        for (field, whole) in [("", "entry"), ("[2].id", "entry[2].id"), ("id", "entry.id")] {
            assert_eq!(FieldProblem::new(field, "c", "").below("entry").field, whole);
        }
    }

    #[test]
    fn every_fault_of_a_text_is_told() {
        type Rule = fn(&mut Faults, &str);
        let prose: Rule = |faults, text| faults.prose("f", text, 3);
        let optional: Rule = |faults, text| faults.optional_prose("f", text, 3);
        let line: Rule = |faults, text| faults.line("f", text, 3);
        let cases: [(Rule, &str, &[&str]); 8] = [
            (prose, "信用\n", &[]),
            (prose, " ", &["field.length"]),
            (prose, "信用\t中国", &["field.length", "field.control_character"]),
            (optional, "", &[]),
            (optional, "信用中国", &["field.length"]),
            (line, "信用", &[]),
            (line, "信\n用", &["field.control_character"]),
            (line, "", &["field.length"]),
        ];
        for (rule, text, codes) in cases {
            let mut faults = Faults::default();
            rule(&mut faults, text);
            let found: Vec<&str> = faults.found().iter().map(|fault| fault.code).collect();
            assert_eq!(found, codes, "{text:?}");
        }
    }

    #[test]
    fn a_span_may_be_one_day_and_open() {
        let (first, second) = (date(2026, 1, 1), date(2026, 1, 2));
        for (from, until, codes) in
            [(first, Some(first), &[][..]), (first, None, &[]), (second, Some(first), &["date.order"])]
        {
            let mut faults = Faults::default();
            faults.span(("from", from), ("until", until));
            let found: Vec<&str> = faults.found().iter().map(|fault| fault.code).collect();
            assert_eq!(found, codes);
        }
    }

    #[test]
    fn only_a_name_that_is_near_is_named() {
        let known = ["listen", "data", "checkpoint", "case_no"];
        for (found, expected) in [
            ("lisen", Some("listen")),
            ("checkPoint", Some("checkpoint")),
            ("caseno", Some("case_no")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(found, known), expected, "{found}");
        }
    }
}
