//! Whoever is on the procurement bad-conduct list may not bid while the ban
//! lasts (R58). The last day of the ban still counts; an entry without one bans
//! until it is lifted.

use creditgate_plugin::{Decision, ListEntry, Subject};

use crate::{Case, bidders};

/// Refuses the qualification of a banned bidder.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) {
    for (bidder, entry) in banned(case) {
        let period = entry.valid_until.map_or_else(
            || "禁止期至解除之日止".into(),
            |last_day| format!("禁止期至{}止", last_day.chinese()),
        );
        let text = format!(
            "{}被{}列入“{}”（{}），{period}，不得参加政府采购活动。",
            bidder.chinese(),
            entry.authority,
            entry.list_name,
            entry.recognised_on.chinese()
        );
        decision.refuse(bidder.ground(entry, &case.settings.bad_conduct_basis, text));
        for measure in bidder.measures_of(entry).filter(|measure| measure.punishes()) {
            decision.apply(measure);
        }
    }
}

fn banned<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Subject<'c>, &'c ListEntry)> {
    bidders(case)
        .flat_map(|bidder| bidder.entries().map(move |entry| (bidder, entry)))
        .filter(|(_, entry)| case.settings.bad_conduct_lists.contains(&entry.list))
        .filter(|(_, entry)| entry.valid_until.is_none_or(|last_day| case.today() <= last_day))
}

#[cfg(test)]
mod tests {
    use crate::PublicProcurement;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{CalendarDate, DispositionAction, ListKind, Outcome, PartyRole, SubjectKind};

    fn case() -> TestCase {
        TestCase::new("government-procurement", "bid-qualification")
            .organisation("示例科技有限公司")
            .report(true, true)
    }

    #[test]
    fn r058_a_ban_refuses_inside_its_period_only() {
        let last_day = CalendarDate::new(2026, 9, 1);
        for (until, today, outcome) in [
            (Some(last_day), last_day, Outcome::Refuse),
            (Some(last_day), CalendarDate::new(2026, 9, 2), Outcome::Proceed),
            (None, last_day, Outcome::Refuse),
        ] {
            let run = case()
                .today(today.year, today.month, today.day)
                .entry_with("procurement.bad-conduct", ListKind::Black, |entry| entry.valid_until = until)
                .custom::<PublicProcurement>();
            assert_eq!(run.verdict().outcome, outcome, "{until:?} {today}");
        }
    }

    #[test]
    fn the_mandatory_measure_gives_the_basis_and_is_applied() {
        let run = case()
            .entry("procurement.bad-conduct", ListKind::Black)
            .measure("restrict-procurement", "basis.ban")
            .custom::<PublicProcurement>();
        assert_eq!(run.verdict().grounds[0].basis, "basis.ban");
        assert_eq!(run.action_on("restrict-procurement"), Some(&DispositionAction::Applied));
    }

    #[test]
    fn every_banned_bidder_is_named() {
        let run = case()
            .entry("procurement.bad-conduct", ListKind::Black)
            .party("示例贸易有限公司", PartyRole::Bidder, SubjectKind::LegalPerson)
            .report(true, true)
            .entry("procurement.bad-conduct", ListKind::Black)
            .custom::<PublicProcurement>();
        assert_eq!(run.verdict().grounds.len(), 2);
    }

    #[test]
    fn a_suspended_ban_does_not_bind() {
        let run = case()
            .entry_with("procurement.bad-conduct", ListKind::Black, |entry| entry.suspended = true)
            .custom::<PublicProcurement>();
        assert_eq!(run.verdict().outcome, Outcome::Proceed);
    }
}
