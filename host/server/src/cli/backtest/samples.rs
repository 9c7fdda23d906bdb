//! A report, for the tests of what is made of one.

use creditgate_wire::backtest::BacktestReport;
use serde_json::{Value, json};

/// A backtest of five checks: one changed, one was not run again.
pub(super) fn report() -> BacktestReport {
    let counts = json!({"identical": 3, "reworded": 0, "changed": 1, "failed": 0});
    let report = json!({
        "summary": {
            "id": "01a208b7-5547-7be4-ba02-769162f83f06", "binding": "d/i/review",
            "candidate": {"name": "p", "version": "1.1.0", "digest": "sha256:00"}, "settings": {},
            "since": "2026-01-01", "made_at": "2026-08-03T09:30:00+08:00", "made_by": "k1",
            "checks": 5, "compared": counts, "not_reconstructible": 1,
        },
        "not_reconstructible": [{"code": "not_called", "checks": 1}],
        "outcomes": [{"recorded": "refuse", "candidate": "proceed", "checks": 1}],
        "measures": [{"code": "m1", "recorded": fates(4, 0), "candidate": fates(3, 1), "changed": 1}],
        "lists": [{"kind": "black", "compared": counts}, {"kind": "none", "compared": counts}],
        "cases": [{
            "check_id": "c1", "case_no": "2026-1", "checked_at": "2026-08-03T09:30:00+08:00",
            "comparison": {
                "likeness": "changed", "recorded": decision("refuse", "=1+1"),
                "now": decision("proceed", "依法豁免"),
                "measures": [{"id": "m1/e1/p1", "recorded": "applied", "now": "exempted"}],
            },
        }],
        "cases_left_off": 0,
    });
    serde_json::from_value(report).expect("a report")
}

fn fates(applied: u64, exempted: u64) -> Value {
    json!({"applied": applied, "deferred": 0, "exempted": exempted, "undisposed": 0, "absent": 0})
}

fn decision(outcome: &str, explanation: &str) -> Value {
    json!({"status": "hit", "outcome": outcome, "reason": "", "explanation": explanation})
}
