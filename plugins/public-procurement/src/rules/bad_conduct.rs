//! Whoever is on the procurement bad-conduct list may not bid while the ban
//! lasts (R58). The last day of the ban still counts.
//!
//! Law bans for a time (Government Procurement Law, art. 77: one to three years).
//! An entry that does not say until when is a question for an officer, and no ban
//! for life.

use creditgate_plugin::{Decision, ListEntry, Subject};

use crate::{BIDDERS, Case};

/// Refuses the qualification of a banned bidder.
pub(crate) fn check(case: &Case<'_>, decision: &mut Decision) {
    for (bidder, entry) in banned(case) {
        let listed = bidder.chinese_of(entry);
        let Some(last_day) = entry.valid_until else {
            decision.require_review(format!("{listed}，记录未载明禁止期限，请经办人向认定单位核实后处理。"));
            decision.defer_for(bidder, entry, "记录未载明禁止期限，待核实后执行");
            continue;
        };
        let text = format!("{listed}，禁止期至{}止，不得参加政府采购活动。", last_day.chinese());
        decision.refuse_for(bidder, entry, text);
    }
}

fn banned<'c>(case: &'c Case<'_>) -> impl Iterator<Item = (Subject<'c>, &'c ListEntry)> {
    case.entries_in(&BIDDERS)
        .filter(|(_, entry)| case.settings.bad_conduct_lists.contains(&entry.list))
        .filter(|(_, entry)| entry.valid_until.is_none_or(|last_day| case.today() <= last_day))
}

#[cfg(test)]
mod tests {
    use crate::PublicProcurement;
    use creditgate_plugin::testing::TestCase;
    use creditgate_plugin::{
        CalendarDate, DispositionAction, ListEntry, ListKind, Outcome, PartyRole, SubjectKind,
    };

    fn case() -> TestCase {
        TestCase::new("government-procurement", "bid-qualification")
            .organisation("示例科技有限公司")
            .report(true, true)
    }

    fn banned(case: TestCase) -> TestCase {
        let until = |entry: &mut ListEntry| entry.valid_until = Some(CalendarDate::new(2028, 9, 1));
        case.entry_with("procurement.bad-conduct", ListKind::Black, until)
    }

    #[test]
    fn r058_a_ban_refuses_inside_its_period_only() {
        let last_day = CalendarDate::new(2026, 9, 1);
        for (until, today, outcome) in [
            (Some(last_day), last_day, Outcome::Refuse),
            (Some(last_day), CalendarDate::new(2026, 9, 2), Outcome::Proceed),
            (None, last_day, Outcome::ManualReview),
        ] {
            let case = case().today(today.year, today.month, today.day).entry_with(
                "procurement.bad-conduct",
                ListKind::Black,
                |entry| entry.valid_until = until,
            );
            let lasts = until.is_none_or(|last_day| today <= last_day);
            let case = if lasts { case.measure("restrict-procurement", "basis.ban") } else { case };
            let run = case.custom::<PublicProcurement>();
            assert_eq!(run.verdict().outcome, outcome, "{until:?} {today}");
        }
    }

    #[test]
    fn the_mandatory_measure_gives_the_basis_and_is_applied() {
        let run = banned(case()).measure("restrict-procurement", "basis.ban").custom::<PublicProcurement>();
        assert_eq!(run.verdict().grounds[0].basis, "basis.ban");
        assert_eq!(run.action_on("restrict-procurement"), Some(&DispositionAction::Applied));
    }

    #[test]
    fn a_ban_without_an_end_is_a_question_for_an_officer_and_its_measure_waits() {
        let run = case()
            .entry("procurement.bad-conduct", ListKind::Black)
            .measure("restrict-procurement", "basis.ban")
            .custom::<PublicProcurement>();
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
        assert!(run.verdict().explanation.contains("未载明禁止期限"));
        assert!(matches!(run.action_on("restrict-procurement"), Some(DispositionAction::Deferred(_))));
    }

    #[test]
    fn r059_a_ban_that_the_catalogue_does_not_know_goes_to_an_officer() {
        let run = banned(case()).custom::<PublicProcurement>();
        assert_eq!(run.verdict().outcome, Outcome::ManualReview);
    }

    #[test]
    fn every_banned_bidder_is_named() {
        let first = banned(case())
            .measure("restrict-procurement", "basis.ban")
            .party("示例贸易有限公司", PartyRole::Bidder, SubjectKind::LegalPerson)
            .report(true, true);
        let run = banned(first).measure("restrict-procurement", "basis.ban").custom::<PublicProcurement>();
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
