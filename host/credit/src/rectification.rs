//! Orders to put things right and the talks that follow when they are not
//! (R53, R54). Both are the recogniser's acts; the host keeps the records.

use jiff::civil::Date;

use crate::entry::ListKind;
use crate::vocabulary;

vocabulary! {
    /// Where an order to put things right stands.
    pub enum RectificationState {
        /// There is time left.
        Open = "open",
        /// Its day has passed, and it was not done.
        Late = "late",
        /// It was done.
        Done = "done",
    }
}

/// An order to put things right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rectification {
    /// Last day.
    pub due_on: Date,
    /// Day on which it was done.
    pub done_on: Option<Date>,
}

impl Rectification {
    /// Where it stands on `day`. The last day is still in time.
    #[must_use]
    pub fn state_on(self, day: Date) -> RectificationState {
        match self.done_on {
            Some(done) if done <= day => RectificationState::Done,
            _ if self.due_on < day => RectificationState::Late,
            _ => RectificationState::Open,
        }
    }
}

vocabulary! {
    /// Kind of a regulatory talk (约谈).
    pub enum TalkKind {
        /// 提示约谈, for who is on the watch list.
        Prompting = "prompting",
        /// 警示约谈, for who is on the black list.
        Warning = "warning",
    }
}

/// A talk that was held, or refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talk {
    /// Kind.
    pub kind: TalkKind,
    /// Day.
    pub held_on: Date,
    /// The subject did not come; that goes into its record too.
    pub refused: bool,
}

impl Talk {
    /// What a plug-in is told of it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match (self.kind, self.refused) {
            (TalkKind::Prompting, false) => "prompting",
            (TalkKind::Prompting, true) => "prompting_refused",
            (TalkKind::Warning, false) => "warning",
            (TalkKind::Warning, true) => "warning_refused",
        }
    }
}

/// Why there is no ground for a talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TalkFault {
    /// The list has no such talk.
    #[error("a {} talk is not for an entry of a {} list: prompting is for watch, warning for black", kind.code(), list.code())]
    OtherList {
        /// Kind of the talk.
        kind: TalkKind,
        /// Family of the list.
        list: ListKind,
    },
    /// There was one of this kind.
    #[error("a {} talk was held already, on {held_on}; there is one of each kind", kind.code())]
    Twice {
        /// Kind of the talk.
        kind: TalkKind,
        /// Day of the first one.
        held_on: Date,
    },
    /// Nothing was ordered.
    #[error("nothing was ordered to be put right; a talk is for who is late with that")]
    NothingOrdered,
    /// The order is not late on that day.
    #[error("the order was not late on that day: it was due on {due_on}")]
    NotLate {
        /// Last day of the order.
        due_on: Date,
    },
}

impl TalkFault {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherList { .. } => "talk.other_list",
            Self::Twice { .. } => "talk.twice",
            Self::NothingOrdered => "talk.nothing_ordered",
            Self::NotLate { .. } => "talk.not_late",
        }
    }
}

/// Whether there is ground for a talk: of the kind for the list, once, and only
/// with who is late with what was ordered (R54).
///
/// # Errors
/// The first reason why not.
pub fn may_talk(
    talk: Talk,
    list: ListKind,
    order: Option<Rectification>,
    earlier: &[Talk],
) -> Result<(), TalkFault> {
    let fits = matches!(
        (talk.kind, list),
        (TalkKind::Prompting, ListKind::Watch) | (TalkKind::Warning, ListKind::Black)
    );
    if !fits {
        return Err(TalkFault::OtherList { kind: talk.kind, list });
    }
    if let Some(first) = earlier.iter().find(|held| held.kind == talk.kind) {
        return Err(TalkFault::Twice { kind: talk.kind, held_on: first.held_on });
    }
    let order = order.ok_or(TalkFault::NothingOrdered)?;
    if order.state_on(talk.held_on) == RectificationState::Late {
        Ok(())
    } else {
        Err(TalkFault::NotLate { due_on: order.due_on })
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const DUE: Date = date(2026, 6, 30);
    const OPEN: Rectification = Rectification { due_on: DUE, done_on: None };

    #[test]
    fn r053_an_order_is_late_from_the_day_after_its_last() {
        use RectificationState as State;
        let done = Rectification { done_on: Some(date(2026, 7, 10)), ..OPEN };
        let cases = [
            (OPEN, DUE, State::Open),
            (OPEN, date(2026, 7, 1), State::Late),
            (done, date(2026, 7, 9), State::Late),
            (done, date(2026, 7, 10), State::Done),
        ];
        for (order, day, state) in cases {
            assert_eq!(order.state_on(day), state, "{order:?} {day}");
        }
    }

    #[test]
    fn r054_a_talk_is_held_once_of_the_lists_kind_and_only_with_who_is_late() {
        let talk = |kind, held_on| Talk { kind, held_on, refused: false };
        let late = date(2026, 7, 1);
        let prompting = talk(TalkKind::Prompting, late);
        let warning = talk(TalkKind::Warning, late);
        let early = talk(TalkKind::Warning, DUE);
        let done = Rectification { done_on: Some(DUE), ..OPEN };
        type Case<'a> = (Talk, ListKind, Option<Rectification>, &'a [Talk], &'a str);
        let cases: [Case<'_>; 9] = [
            (prompting, ListKind::Watch, Some(OPEN), &[], "ok"),
            (warning, ListKind::Black, Some(OPEN), &[], "ok"),
            (warning, ListKind::Black, Some(OPEN), &[prompting], "ok"),
            (warning, ListKind::Watch, Some(OPEN), &[], "talk.other_list"),
            (prompting, ListKind::Black, Some(OPEN), &[], "talk.other_list"),
            (warning, ListKind::Black, Some(OPEN), &[warning], "talk.twice"),
            (warning, ListKind::Black, None, &[], "talk.nothing_ordered"),
            (early, ListKind::Black, Some(OPEN), &[], "talk.not_late"),
            (warning, ListKind::Black, Some(done), &[], "talk.not_late"),
        ];
        for (talk, list, order, earlier, expected) in cases {
            let found = may_talk(talk, list, order, earlier).map_or_else(TalkFault::code, |()| "ok");
            assert_eq!(found, expected, "{talk:?} {list:?} {order:?}");
        }
    }
}
