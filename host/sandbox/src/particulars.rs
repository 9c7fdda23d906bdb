//! What a recogniser says of an entry beyond its core, as attributes of the
//! contract's list entry. The names are those of the JSON form; what was not said
//! is left out, so most entries cost nothing here.

use creditgate_credit::entry::{EntryTerm, ListEntry, Particulars, Visibility};
use jiff::civil::Date;

/// The entry's attributes for a guest: its particulars, then the platform's
/// extras. The representative's name and numbers stay with the host: who acts for
/// a party is a party of the case.
pub(crate) fn attributes(entry: &ListEntry) -> Vec<(String, String)> {
    let said = &entry.particulars;
    if *said == Particulars::default() {
        return entry.attributes.clone();
    }
    let mut attributes = Vec::with_capacity(entry.attributes.len() + 8);
    let mut text = |name: &str, value: &str| {
        if !value.is_empty() {
            attributes.push((name.to_owned(), value.to_owned()));
        }
    };
    text("reason", &said.reason);
    // What a plug-in knows it may explain, and an explanation is shown.
    if said.visibility != Some(Visibility::Restricted) {
        text("document", &said.document);
        text("rectification", &said.rectification);
        text("undergone", &said.undergone);
    }
    text("repairable", said.repairable.map_or("", |yes| if yes { "true" } else { "false" }));
    text("visibility", said.visibility.map_or("", |visibility| visibility.code()));
    text("term", said.term.map_or("", EntryTerm::code));
    said.repair_modes.iter().for_each(|mode| text("repair_mode", mode));
    for (name, day) in days(said) {
        if let Some(day) = day {
            text(name, &day.to_string());
        }
    }
    attributes.extend(entry.attributes.iter().cloned());
    attributes
}

const fn days(said: &Particulars) -> [(&'static str, Option<Date>); 9] {
    [
        ("decided_on", said.decided_on),
        ("prior_notice_on", said.prior_notice_on),
        ("warned_on", said.warned_on),
        ("minimum_publicity_until", said.minimum_publicity_until),
        ("maximum_publicity_until", said.maximum_publicity_until),
        ("repair_until", said.repair_until),
        ("rectification_due_on", said.rectification_due_on),
        ("watch_until", said.watch_until),
        ("usable_until", said.usable_until),
    ]
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::convert::tests::entry;

    #[test]
    fn r051_what_the_recogniser_said_of_repair_reaches_the_plug_in_and_nothing_else_does() {
        let mut entry = entry();
        entry.attributes = vec![("extra".into(), "1".into())];
        assert_eq!(attributes(&entry), entry.attributes, "nothing was said");
        entry.particulars = Particulars {
            document: "示市监处〔2026〕12号".into(),
            repairable: Some(true),
            repair_modes: vec!["public_commitment".into(), "training".into()],
            repair_until: Some(date(2027, 3, 1)),
            rectification: "补缴".into(),
            rectification_due_on: Some(date(2026, 12, 1)),
            maximum_publicity_until: Some(date(2029, 3, 1)),
            visibility: Some(Visibility::Government),
            representative_name: "示例某甲".into(),
            ..Particulars::default()
        };
        let told = attributes(&entry);
        let told: Vec<(&str, &str)> = told.iter().map(|(name, value)| (&**name, &**value)).collect();
        let expected = [
            ("document", "示市监处〔2026〕12号"),
            ("rectification", "补缴"),
            ("repairable", "true"),
            ("visibility", "government"),
            ("repair_mode", "public_commitment"),
            ("repair_mode", "training"),
            ("maximum_publicity_until", "2029-03-01"),
            ("repair_until", "2027-03-01"),
            ("rectification_due_on", "2026-12-01"),
            ("extra", "1"),
        ];
        assert_eq!(told, expected);
        entry.particulars.visibility = Some(Visibility::Restricted);
        let told = attributes(&entry);
        assert!(told.iter().all(|(name, _)| name != "document" && name != "rectification"));
    }
}
