//! Links between numbers of one organisation (R23): from a legacy number to the
//! unified social credit code that replaced it, and from a code to its successor.
//!
//! A link says that two numbers mean one subject, so measures that follow one
//! number follow the other too. It is imported with its source and never guessed.

use jiff::civil::Date;

use crate::identifier::{Identifier, IdentifierKind};

/// Most links followed one after another: an organisation changes its number a
/// few times at most.
pub const LONGEST_CHAIN: usize = 4;

/// Attribute of an entry that was found under a linked number: the word `linked`,
/// kind and number, the number as it may be shown.
pub const MATCHED_BY: &str = "matched_by";

/// A number of an organisation and the unified social credit code it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentifierLink {
    /// The number: an organisation code, a registration number, an earlier unified
    /// code, or any other such as a tax or an internal management number.
    pub number: Identifier,
    /// The unified social credit code.
    pub uscc: Identifier,
    /// First day on which the number was the organisation's; none where unknown.
    pub valid_from: Option<Date>,
    /// Last day; none while it still is.
    pub valid_until: Option<Date>,
    /// Where the link is known from.
    pub source: String,
}

/// Why there can be no such link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    /// A person has no such code.
    #[error("is a number of a person; links are between numbers of an organisation")]
    Person,
    /// Nobody has such a number.
    #[error("is a placeholder or masked, and no number of an organisation")]
    Filler,
    /// It says nothing.
    #[error("is the unified code itself")]
    Same,
    /// The code has another organisation code inside.
    #[error("is not the organisation code inside the unified code, which is its positions 9 to 17")]
    OtherOrganisationCode,
}

impl LinkFault {
    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Person => "link.person",
            Self::Filler => "link.placeholder",
            Self::Same => "link.same",
            Self::OtherOrganisationCode => "link.other_organisation_code",
        }
    }
}

impl IdentifierLink {
    /// What is wrong with the link by itself.
    #[must_use]
    pub fn fault(&self) -> Option<LinkFault> {
        match self.number.kind() {
            _ if self.number.filler().is_some() => Some(LinkFault::Filler),
            IdentifierKind::CitizenId => Some(LinkFault::Person),
            IdentifierKind::Uscc if self.number == self.uscc => Some(LinkFault::Same),
            IdentifierKind::OrganisationCode
                if self.uscc.organisation_code().as_ref() != Some(&self.number) =>
            {
                Some(LinkFault::OtherOrganisationCode)
            }
            _ => None,
        }
    }

    /// Whether the number was the organisation's on `day`.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.valid_from.is_none_or(|first| first <= day) && self.valid_until.is_none_or(|last| day <= last)
    }

    /// Whether two links give one number to two organisations at the same time.
    #[must_use]
    pub fn contradicts(&self, other: &Self) -> bool {
        let begins_in_time = |one: &Self, other: &Self| match (one.valid_from, other.valid_until) {
            (Some(first), Some(last)) => first <= last,
            _ => true,
        };
        self.number == other.number
            && self.uscc != other.uscc
            && begins_in_time(self, other)
            && begins_in_time(other, self)
    }
}

/// A number that means the same organisation as a party's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkedNumber {
    /// The number.
    pub number: Identifier,
    /// First day whose records are this organisation's.
    pub from: Option<Date>,
    /// Last day whose records are.
    pub until: Option<Date>,
}

impl LinkedNumber {
    /// Whether a record of this day is the organisation's.
    #[must_use]
    pub fn covers(&self, day: Date) -> bool {
        self.from.is_none_or(|first| first <= day) && self.until.is_none_or(|last| day <= last)
    }
}

/// The numbers linked with those of a party, without its own. `links_of` gives the
/// links in which a number stands on either side.
///
/// From a number to its unified code the link that is valid last leads, whatever
/// its days: what is recorded under the code is the organisation's. From a code to
/// an earlier number every link leads, for records of the days on which the number
/// was the organisation's.
///
/// # Errors
/// What `links_of` fails with.
pub fn linked_numbers<E>(
    own: &[Identifier],
    mut links_of: impl FnMut(&Identifier) -> Result<Vec<IdentifierLink>, E>,
) -> Result<Vec<LinkedNumber>, E> {
    let mut found: Vec<LinkedNumber> = Vec::new();
    let mut next: Vec<LinkedNumber> = own
        .iter()
        .filter(|number| number.filler().is_none())
        .map(|number| LinkedNumber { number: number.clone(), from: None, until: None })
        .collect();
    for _ in 0..LONGEST_CHAIN {
        let mut new: Vec<LinkedNumber> = Vec::new();
        for step in &next {
            let links = links_of(&step.number)?;
            for linked in steps_from(step, &links) {
                let known = |other: &LinkedNumber| other.number == linked.number;
                if !own.contains(&linked.number) && !found.iter().any(known) && !new.iter().any(known) {
                    new.push(linked);
                }
            }
        }
        if new.is_empty() {
            break;
        }
        found.extend(new.iter().cloned());
        next = new;
    }
    Ok(found)
}

fn steps_from(from: &LinkedNumber, links: &[IdentifierLink]) -> Vec<LinkedNumber> {
    let last = |link: &&IdentifierLink| link.valid_until.unwrap_or(Date::MAX);
    let to_code = links.iter().filter(|link| link.number == from.number).max_by_key(last);
    let codes = to_code.map(|link| LinkedNumber { number: link.uscc.clone(), ..from.clone() });
    let numbers = links.iter().filter(|link| link.uscc == from.number).map(|link| LinkedNumber {
        number: link.number.clone(),
        from: from.from.max(link.valid_from),
        until: [from.until, link.valid_until].into_iter().flatten().min(),
    });
    codes.into_iter().chain(numbers).collect()
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::identifier::Strictness;

    const NEW: &str = "91110105MA00003490";
    const OLD: &str = "91110105MA0000226Y";
    const OTHER: &str = "91110105MA00000908";

    fn identifier(kind: IdentifierKind, value: &str) -> Identifier {
        Identifier::parse(kind, value, Strictness::Format).unwrap().identifier
    }

    fn link(kind: IdentifierKind, value: &str, uscc: &str, until: Option<Date>) -> IdentifierLink {
        IdentifierLink {
            number: identifier(kind, value),
            uscc: identifier(IdentifierKind::Uscc, uscc),
            valid_from: None,
            valid_until: until,
            source: "示例登记机关".into(),
        }
    }

    fn linked(own: &Identifier, links: &[IdentifierLink]) -> Vec<LinkedNumber> {
        linked_numbers(std::slice::from_ref(own), |number| {
            let of = |link: &&IdentifierLink| link.number == *number || link.uscc == *number;
            Ok::<_, Infallible>(links.iter().filter(of).cloned().collect())
        })
        .unwrap()
    }

    #[test]
    fn r023_a_legacy_number_leads_to_the_code_and_the_code_to_its_earlier_numbers() {
        let ended = date(2015, 9, 30);
        let links = [
            link(IdentifierKind::RegistrationNumber, "110105000000012", OLD, Some(ended)),
            link(IdentifierKind::Uscc, OLD, NEW, None),
        ];
        let values = |own: &Identifier| {
            let found = linked(own, &links).into_iter();
            found.map(|linked| (linked.number.value().to_owned(), linked.until)).collect::<Vec<_>>()
        };
        let registration = identifier(IdentifierKind::RegistrationNumber, "110105000000012");
        assert_eq!(values(&registration), [(OLD.to_owned(), None), (NEW.to_owned(), None)]);
        assert_eq!(
            values(&identifier(IdentifierKind::Uscc, NEW)),
            [(OLD.to_owned(), None), ("110105000000012".to_owned(), Some(ended))]
        );
        assert_eq!(values(&identifier(IdentifierKind::Uscc, OTHER)), []);
    }

    #[test]
    fn r023_a_number_that_went_on_to_another_means_the_other_and_its_past_stays() {
        let internal = |uscc, from, until| IdentifierLink {
            valid_from: from,
            ..link(IdentifierKind::Other, "NB-000123", uscc, until)
        };
        let links =
            [internal(OLD, None, Some(date(2018, 12, 31))), internal(NEW, Some(date(2019, 1, 1)), None)];
        assert!(!links[0].contradicts(&links[1]));
        let number = identifier(IdentifierKind::Other, "NB-000123");
        let [found] = linked(&number, &links[..]).try_into().unwrap_or_else(|all| panic!("{all:?}"));
        let LinkedNumber { number: code, .. } = found;
        assert_eq!(code.value(), NEW);
        let [past] = linked(&identifier(IdentifierKind::Uscc, OLD), &links[..1]).try_into().unwrap();
        assert!(past.covers(date(2018, 12, 31)) && !past.covers(date(2019, 1, 1)));
    }

    #[test]
    fn r024_links_that_cannot_be_are_told() {
        use IdentifierKind as Kind;
        let cases = [
            (link(Kind::CitizenId, "110101199001010015", NEW, None), Some("link.person")),
            (link(Kind::Uscc, NEW, NEW, None), Some("link.same")),
            (link(Kind::Other, "无", NEW, None), Some("link.placeholder")),
            (link(Kind::Other, "3708****0012", NEW, None), Some("link.placeholder")),
            (link(Kind::OrganisationCode, "101623741", NEW, None), Some("link.other_organisation_code")),
            (link(Kind::OrganisationCode, "MA0000349", NEW, None), None),
            (link(Kind::Uscc, OLD, NEW, None), None),
        ];
        for (link, code) in cases {
            assert_eq!(link.fault().map(LinkFault::code), code, "{link:?}");
        }
        let one = link(Kind::Other, "NB-000123", NEW, None);
        assert!(one.contradicts(&link(Kind::Other, "NB-000123", OLD, None)));
        assert!(!one.contradicts(&link(Kind::Other, "NB-000123", NEW, None)));
        assert!(!one.contradicts(&link(Kind::Other, "NB-000124", OLD, None)));
    }

    proptest! {
        /// However the links lie, following them ends, and nothing is found twice.
        #[test]
        fn r023_any_links_are_followed_to_an_end(edges in proptest::collection::vec((0_usize..3, 0_usize..3), 0..9)) {
            let codes = [NEW, OLD, OTHER];
            let links: Vec<IdentifierLink> = edges
                .into_iter()
                .map(|(from, to)| link(IdentifierKind::Uscc, codes[from], codes[to], None))
                .collect();
            let own = identifier(IdentifierKind::Uscc, NEW);
            let found = linked(&own, &links);
            prop_assert!(found.len() <= 2 && found.iter().all(|linked| linked.number != own));
        }
    }
}
