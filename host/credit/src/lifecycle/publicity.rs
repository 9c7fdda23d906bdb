//! How long dishonesty information is public (NDRC Order 36; R38, R92).

use jiff::Span;
use jiff::civil::Date;

use crate::entry::{EntryState, ListEntry, Visibility};
use crate::policy::Listing;

/// The bounds of an entry's publicity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Publicity {
    /// First day on which credit can be repaired.
    pub minimum_until: Option<Date>,
    /// Last day of publicity.
    pub maximum_until: Option<Date>,
}

/// The bounds of an entry's publicity: what the recogniser said, else by its
/// severity ([`ListEntry::counted_severity`]) from the day of the decision, or from
/// the recognition where no decision is named. Without a severity there are the
/// recogniser's bounds alone.
#[must_use]
pub fn publicity(entry: &ListEntry, listing: &Listing) -> Publicity {
    let said = &entry.particulars;
    let period = entry.counted_severity().map(|severity| listing.publicity(severity));
    let after = |months: u8| after_months(entry, u16::from(months));
    Publicity {
        minimum_until: said.minimum_publicity_until.or(period.map(|it| after(it.minimum_months))),
        maximum_until: said.maximum_publicity_until.or(period.map(|it| after(it.maximum_months))),
    }
}

/// The day so many months after the decision, or after the recognition where no
/// decision is named.
pub(crate) fn after_months(entry: &ListEntry, months: u16) -> Date {
    let from = entry.particulars.decided_on.unwrap_or(entry.recognised_on);
    from.saturating_add(Span::new().months(i32::from(months)))
}

/// The entry with the bounds written into it, so that they hold whatever a later
/// policy says.
#[must_use]
pub fn with_publicity(mut entry: ListEntry, listing: &Listing) -> ListEntry {
    let bounds = publicity(&entry, listing);
    entry.particulars.minimum_publicity_until = bounds.minimum_until;
    entry.particulars.maximum_publicity_until = bounds.maximum_until;
    entry
}

impl Publicity {
    /// Whether an entry with these bounds is public on `day`: in effect, open to
    /// everybody, and not beyond the last day.
    #[must_use]
    pub fn is_public(self, entry: &ListEntry, day: Date) -> bool {
        entry.state_on(day) == EntryState::Effective
            && entry.particulars.visibility.unwrap_or(Visibility::Public) == Visibility::Public
            && self.maximum_until.is_none_or(|last| day <= last)
    }
}
