//! A release on its way: approved by a second person, tried beside the one in
//! force, in force on a date, kept by open cases, rolled back, taken back.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use system_tests::document::{assert_has, list, text, texts, with};
use system_tests::vendor::{self, Vendor};
use system_tests::{Client, Load, Setup, TestGate, city, component, eventually, until};

const ITEM: &str = "licence";

/// A host on which release 1 of the guest that does as it is told is in force.
async fn in_force(pin: &str) -> TestGate {
    let bindings = ["intake", "review"]
        .map(|checkpoint| with(city::honest(ITEM), &json!({"checkpoint": checkpoint, "pin": pin})));
    TestGate::serving(component::hostile_guest(), &bindings).await
}

/// The next version, which behaves as told: staged, as release 2 with settings.
async fn next(gate: &TestGate, behaviour: &str) -> i64 {
    let next = component::with_version(&component::hostile_guest(), "1.1.0");
    let digest = gate.push_good(next).await;
    let order = json!({"digest": digest, "settings": {"behaviour": behaviour}, "notes": "next"});
    gate.admin.post("/v1/admin/releases", &order).await.ok()["release"].as_i64().unwrap()
}

fn path(release: i64, what: &str) -> String {
    format!("/v1/admin/releases/{release}{what}")
}

fn why() -> Value {
    json!({"reason": "test"})
}

async fn approve(gate: &TestGate, release: i64) {
    let _ = gate.chief.post(&path(release, "/approval"), &why()).await.ok();
}

async fn state(gate: &TestGate, release: i64) -> String {
    let shown = gate.admin.get(&path(release, "")).await.ok();
    shown["release"]["state"].as_str().unwrap().to_owned()
}

async fn check_at(gate: &TestGate, checkpoint: &str, case_no: &str) -> Value {
    gate.checked(ITEM, checkpoint, case_no, city::CLEAN_COMPANY).await
}

fn version(answer: &Value) -> &str {
    answer["plugin"]["version"].as_str().unwrap()
}

async fn activate(gate: &TestGate, release: i64) {
    let _ = gate.order_activation(&json!({"release": release})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_binds_needs_somebody_other_than_who_brought_it() {
    let gate = in_force("none").await;
    let release = next(&gate, "honest").await;
    let before = gate.holdings().await;
    let refused = gate.order_activation(&json!({"release": release})).await;
    let detail = refused.problem(409, "release.not_approved");
    assert!(detail.contains("mode `enforce`"), "{detail}");
    let own = gate.admin.post(&path(release, "/approval"), &why()).await.problem(403, "release.own");
    assert!(own.contains("somebody else"), "{own}");
    let canary = json!({"reason": "test", "canary": {}});
    let _ = gate.admin.post(&path(release, "/trials"), &canary).await.problem(409, "release.not_approved");
    assert_eq!(gate.holdings().await, before);

    approve(&gate, release).await;
    activate(&gate, release).await;
    assert_eq!(version(&check_at(&gate, "review", "case-1").await), "1.1.0");
    let shown = gate.admin.get(&path(release, "")).await.ok();
    assert_eq!(texts(&shown["transitions"], "to"), ["uploaded", "validated", "staged", "approved", "active"]);
    assert_ne!(shown["transitions"][2]["actor"], shown["transitions"][3]["actor"]);
    eventually("release 1 has retired", async || state(&gate, 1).await == "retired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_illegal_step_is_refused_and_says_which_are_legal() {
    let gate = in_force("none").await;
    let release = next(&gate, "honest").await;
    let _ = gate.chief.post(&path(release, "/rejection"), &why()).await.ok();
    let cases = [
        (path(release, "/approval"), why(), "release.illegal_transition", "nothing any more"),
        (path(release, "/trials"), why(), "release.illegal_transition", "cannot become shadow"),
        (path(release, "/trials:end"), why(), "release.not_on_trial", "not on trial"),
        (path(1, "/approval"), why(), "release.illegal_transition", "it can become: draining, rejected"),
    ];
    for (path, body, code, named) in cases {
        let detail = gate.chief.post(&path, &body).await.problem(409, code);
        assert!(detail.contains(named), "{path}: {detail}");
    }
    let _ = gate.chief.post(&path(99, "/approval"), &why()).await.problem(404, "release.unknown");
    let _ =
        gate.chief.post(&path(1, "/approval"), &json!({"reason": " "})).await.problem(422, "request.invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_decides_on_what_is_no_longer_so_is_told() {
    let gate = in_force("none").await;
    let release = next(&gate, "honest").await;
    approve(&gate, release).await;
    let seen = gate.admin.get("/v1/admin/releases").await.ok()["revision"].clone();
    let order = json!({"release": release, "reason": "test", "revision": seen});
    let first = gate.order_activation(&order).await.ok();
    assert_ne!(first["revision"], seen);
    let refused = gate.chief.post("/v1/admin/releases:activate", &order).await;
    let detail = refused.problem(409, "release.changed_meanwhile");
    assert!(detail.contains("somebody else"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_comes_into_force_on_its_date_by_itself_also_over_a_restart() {
    let mut gate = in_force("none").await;
    let release = next(&gate, "honest").await;
    approve(&gate, release).await;
    let past = json!({"release": release, "effective_from": "2020-01-01T00:00:00+08:00"});
    let _ = gate.order_activation(&past).await.problem(422, "release.in_the_past");
    let soon = Timestamp::now() + SignedDuration::from_secs(3);
    let order = json!({"release": release, "effective_from": soon.to_string()});
    let _ = gate.order_activation(&order).await.ok();
    assert_eq!(version(&check_at(&gate, "review", "before").await), "1.0.0");
    gate.lose_power();
    eventually("the date has come", async || Timestamp::now() >= soon).await;
    assert_eq!(version(&check_at(&gate, "review", "after").await), "1.1.0");
    eventually("release 1 has retired", async || state(&gate, 1).await == "retired").await;
    let events = gate.events("name=release.in_force").await;
    assert_eq!(events.len(), 2, "one for each binding: {events:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_keeps_the_release_it_began_with_unless_that_was_taken_back() {
    let gate = in_force("case").await;
    assert_eq!(version(&check_at(&gate, "intake", "open").await), "1.0.0");
    let release = next(&gate, "honest").await;
    approve(&gate, release).await;
    activate(&gate, release).await;
    assert_eq!(version(&check_at(&gate, "review", "open").await), "1.0.0", "it began with it");
    assert_eq!(version(&check_at(&gate, "intake", "new").await), "1.1.0");
    let _ = gate.chief.post(&path(1, "/rejection"), &why()).await.ok();
    assert_eq!(version(&check_at(&gate, "review", "open").await), "1.1.0", "it was wrong");
    let _ = gate.roll_back("hostile-guest").await.problem(409, "release.nothing_to_roll_back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_pinned_by_its_filing_gets_the_release_of_that_day() {
    let gate = in_force("filing_date").await;
    let release = next(&gate, "honest").await;
    approve(&gate, release).await;
    activate(&gate, release).await;
    let filed_early = |case_no: &str| {
        with(city::request(ITEM, "review", case_no, city::CLEAN_COMPANY), &json!({"filed_on": "2026-01-05"}))
    };
    // Both came into force today; before that, none was.
    assert_eq!(version(&check_at(&gate, "review", "today").await), "1.1.0");
    let earlier = gate.check(&filed_early("earlier")).await.ok();
    assert_eq!(version(&earlier), "1.1.0", "nothing was in force that day");
    // As if the first had been in force since last year: nanoseconds of 2025-01-01.
    let long_ago = "UPDATE activations SET effective_from = 1735689600000000000 WHERE release = 1";
    gate.change_store(2, long_ago, []);
    gate.import("bindings", &[city::honest("another")]).await;
    let earlier = gate.check(&filed_early("earlier-2")).await.ok();
    assert_eq!(version(&earlier), "1.0.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shadow_judges_unheard_and_its_differences_are_kept() {
    let gate = in_force("none").await;
    let release = next(&gate, "refuse-without-basis").await;
    let before = gate.feedback("pending").await;
    let detail =
        gate.admin.post(&path(release, "/trials"), &why()).await.problem(409, "release.not_approved");
    assert!(detail.contains("mode `enforce`"), "it would see live cases: {detail}");
    approve(&gate, release).await;
    let begun = gate.admin.post(&path(release, "/trials"), &why()).await.ok();
    assert_eq!(begun["trials"].as_array().unwrap().len(), 2, "{begun}");
    let _ = gate.admin.post(&path(release, "/trials"), &why()).await.problem(409, "release.trial_runs");
    let answer = check_at(&gate, "review", "case-1").await;
    assert_eq!((version(&answer), answer["outcome"].as_str().unwrap()), ("1.0.0", "proceed"));
    eventually("the shadow has judged", async || {
        let shown = gate.admin.get(&path(release, "")).await.ok();
        let trials = shown["trials"].as_array().unwrap();
        trials.iter().any(|trial| trial["shadow"]["different"] == 1 && trial["shadow"]["checks"] == 1)
    })
    .await;
    let found = until("the difference is kept", async || {
        let found = gate.admin.get(&path(release, "/differences")).await.ok();
        found["differences"].get(0).is_some().then_some(found)
    })
    .await;
    let counted = json!([{"trial": found["differences"][0]["trial"], "outcome": "proceed",
                          "shadow_outcome": "manual_review", "checks": 1}]);
    assert_eq!(found["counts"], counted);
    // Of citizens' cases a vendor is told how many, and not a word.
    let vendor = gate.somebody_of(city::DEPARTMENT, "vendor").await;
    let told = vendor.get(&path(release, "/differences")).await.ok();
    assert_eq!(told, json!({"counts": counted}));
    let difference = &found["differences"][0];
    assert_eq!(difference["check_id"], answer["check_id"]);
    assert_has(difference, &json!({"outcome": "proceed", "shadow_outcome": "manual_review"}));
    assert_eq!(gate.feedback("pending").await, before, "a shadow reports nothing");
    let ledger = gate.ledger().await;
    assert_eq!(ledger["records"], 1, "a shadow records nothing: {ledger}");

    let _ = gate.admin.post(&path(release, "/trials:end"), &why()).await.ok();
    assert_eq!(state(&gate, release).await, "approved", "as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_host_stops_a_canary_that_breaks_its_terms_while_no_request_fails() {
    let gate = in_force("none").await;
    let release = next(&gate, "honest").await;
    approve(&gate, release).await;
    let terms = json!({"share_permille": 500, "least_checks": 20, "p99_ms": 8000});
    let order = json!({"reason": "test", "canary": terms});
    let _ = gate.admin.post(&path(release, "/trials"), &order).await.ok();
    let busy = gate.order_activation(&json!({"release": 1})).await;
    let detail = busy.problem(409, "release.trial_runs");
    assert!(detail.contains(&format!("release {release}")), "{detail}");

    let caller = gate.caller.clone();
    // Every tenth case of any release traps: half of them are the canary's.
    let load = Load::start(4, move |number| {
        let caller = caller.clone();
        let mut request = city::request(ITEM, "review", &format!("case-{number}"), city::CLEAN_COMPANY);
        if number % 10 == 0 {
            request["attributes"] = json!({"behaviour": "panic"});
        }
        async move { Some(caller.post("/v1/checks", &request).await) }
    });
    eventually("the canary was stopped", async || state(&gate, release).await == "rejected").await;
    load.more(20).await;
    let replies = load.stop().await;
    let answers: Vec<Value> = replies.iter().map(system_tests::Reply::ok).collect();
    assert!(answers.iter().any(|answer| version(answer) == "1.1.0"), "the canary had cases");
    // A case is the canary's at each checkpoint, or at none.
    let last = check_at(&gate, "review", "case-after").await;
    assert_eq!(version(&last), "1.0.0");

    let shown = gate.admin.get(&path(release, "")).await.ok();
    let step = list(&shown["transitions"]).last().unwrap();
    assert_has(step, &json!({"actor": "host", "to": "rejected"}));
    assert!(step["reason"].as_str().unwrap().contains("calls came to no verdict"), "{step}");
    eventually("it is told", async || {
        let mut events = gate.events("name=canary.stopped").await.into_iter();
        events.any(|event| event["event"]["data"]["condition"] == "failures")
    })
    .await;
    let trials = shown["trials"].as_array().unwrap();
    assert!(trials.iter().all(|trial| trial["ended_by"] == "host"), "{trials:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_always_the_canarys_or_never_and_the_canary_can_be_brought_into_force() {
    let gate = in_force("none").await;
    let release = next(&gate, "honest").await;
    approve(&gate, release).await;
    let terms = json!({"share_permille": 300, "least_checks": 1_000_000});
    let order = json!({"reason": "test", "canary": terms});
    let _ = gate.admin.post(&path(release, "/trials"), &order).await.ok();
    let mut canary = 0;
    for number in 0..40 {
        let case_no = format!("case-{number}");
        let intake = check_at(&gate, "intake", &case_no).await;
        let review = check_at(&gate, "review", &case_no).await;
        assert_eq!(version(&intake), version(&review), "{case_no}");
        canary += u32::from(version(&intake) == "1.1.0");
    }
    assert!((3..=24).contains(&canary), "{canary} of 40 cases for a share of 300 ‰");
    activate(&gate, release).await;
    assert_eq!(state(&gate, release).await, "active");
    assert_eq!(version(&check_at(&gate, "review", "any").await), "1.1.0");
    let shown = gate.admin.get(&path(release, "")).await.ok();
    assert!(shown["trials"].as_array().unwrap().iter().all(|trial| trial["ended_at"].is_string()));

    // What was rolled back from is not gone back to by another rollback.
    let _ = gate.roll_back("hostile-guest").await.ok();
    assert_eq!(version(&check_at(&gate, "review", "back").await), "1.0.0");
    let _ = gate.roll_back("hostile-guest").await.problem(409, "release.nothing_to_roll_back");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_backtest_is_asked_for_no_release_takes_anothers_place_without() {
    let setup = Setup::default().releases("require_backtest_days = 30");
    let gate = setup.serving(component::hostile_guest(), &[city::honest(ITEM)]).await;
    let _ = check_at(&gate, "review", "case-1").await;
    let release = next(&gate, "honest").await;
    approve(&gate, release).await;
    let order = json!({"release": release});
    let refused = gate.order_activation(&order).await;
    let detail = refused.problem(409, "release.not_backtested");
    assert!(detail.contains("creditgate backtest") && detail.contains("30 days"), "{detail}");

    let digest = gate.admin.get(&path(release, "")).await.ok()["release"]["digest"].clone();
    let binding = format!("{}/{ITEM}/review", city::DEPARTMENT);
    let backtest = json!({"binding": binding, "candidate": digest, "settings": {"behaviour": "honest"}});
    let run = async |backtest: &Value| {
        let started = gate.admin.post("/v1/admin/backtests", backtest).await.ok();
        let job = format!("/v1/admin/backtests/{}", started["id"].as_str().unwrap());
        eventually("the backtest is done", async || gate.admin.get(&job).await.ok()["state"] == "done").await;
    };
    run(&with(backtest.clone(), &json!({"sample": 1}))).await;
    let _ = gate.order_activation(&order).await.problem(409, "release.not_backtested");
    run(&backtest).await;
    activate(&gate, release).await;
    assert_eq!(version(&check_at(&gate, "review", "case-2").await), "1.1.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_does_not_stand_its_trial_is_remembered_as_rejected_with_the_reason() {
    let gate = TestGate::start().await;
    let example = json!([{
        "name": "one", "on": "2026-03-02", "expect": {"outcome": "refuse"},
        "request": city::request("honest", "review", "example-1", city::CLEAN_COMPANY),
    }]);
    let guest = component::with_examples(component::hostile_guest(), example.to_string().as_bytes());
    let refused = gate.push(guest).await;
    let _ = refused.problem(422, "plugin.example_failed");
    let releases = gate.admin.get("/v1/admin/releases").await.ok();
    let rejected = &releases["all"][0];
    assert_eq!(rejected["state"], "rejected", "{releases}");
    let shown = gate.admin.get(&path(rejected["release"].as_i64().unwrap(), "")).await.ok();
    let last = list(&shown["transitions"]).last().unwrap();
    assert!(text(last, "reason").contains("example"), "{last}");
    assert!(gate.admin.list("plugins", "/v1/admin/plugins").await.is_empty(), "its bytes are not kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_swaps_under_load_fail_nothing_and_leave_nothing_behind() {
    let gate = in_force("none").await;
    let second = next(&gate, "honest").await;
    approve(&gate, second).await;
    let caller = gate.caller.clone();
    let load = Load::start(2, move |number| {
        let caller = caller.clone();
        let request = city::request(ITEM, "review", &format!("case-{number}"), city::CLEAN_COMPANY);
        async move { Some(caller.post("/v1/checks", &request).await) }
    });
    load.more(10).await;
    let files = gate.open_files();
    for swap in 0..100 {
        activate(&gate, if swap % 2 == 0 { second } else { 1 }).await;
    }
    load.more(10).await;
    for reply in load.stop().await {
        assert_eq!(reply.ok()["status"], "clear");
    }
    let after = gate.open_files();
    assert!(after <= files + 8, "{files} open files before, {after} after");
    eventually("only one is in force", async || state(&gate, second).await == "retired").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_can_bring_limits_of_its_own_and_shows_what_it_can_do() {
    let gate = in_force("none").await;
    let digest = gate.push_good(component::with_version(&component::hostile_guest(), "1.1.0")).await;
    let make = async |limits: Value| {
        let order = json!({"digest": digest, "limits": limits});
        gate.admin.post("/v1/admin/releases", &order).await.ok()["release"].as_i64().unwrap()
    };
    let starved = make(json!({"fuel": 10})).await;
    approve(&gate, starved).await;
    let refused = gate.order_activation(&json!({"release": starved})).await;
    let detail = refused.problem(422, "plugin.probe_failed");
    assert!(detail.contains("limits.fuel"), "{detail}");

    let ample = make(json!({"fuel": 7_000_000, "wall_clock_ms": 8000})).await;
    approve(&gate, ample).await;
    activate(&gate, ample).await;
    let answer = check_at(&gate, "review", "case-1").await;
    assert_eq!(answer["status"], "clear");
    let store = rusqlite::Connection::open(gate.store_file()).unwrap();
    let (fuel, release): (i64, i64) = store
        .query_row("SELECT record ->> '$.limits.fuel', release FROM checks", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!((fuel, release), (7_000_000, ample), "the record says under which limits");
    let shown = gate.admin.get(&path(ample, "")).await.ok()["release"].clone();
    assert_eq!(shown["limits"]["fuel"], 7_000_000);
    let capabilities = shown["capabilities"].as_array().unwrap();
    assert!(capabilities.contains(&json!("feedback")) && !capabilities.contains(&json!("wasi")), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_a_release_is_taken_back_the_one_before_is_in_force_again() {
    let gate = in_force("none").await;
    let release = next(&gate, "honest").await;
    approve(&gate, release).await;
    activate(&gate, release).await;
    eventually("release 1 has retired", async || state(&gate, 1).await == "retired").await;
    let _ = gate.chief.post(&path(release, "/rejection"), &why()).await.ok();
    assert_eq!(version(&check_at(&gate, "review", "case-1").await), "1.0.0");
    assert_eq!(state(&gate, 1).await, "active");
    let refused = gate.order_activation(&json!({"release": release})).await;
    let detail = refused.problem(409, "release.illegal_transition");
    assert!(detail.contains("nothing any more"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_brings_and_sees_what_is_of_its_departments_and_nothing_else() {
    let gate = in_force("none").await;
    let own = gate.somebody_of(city::DEPARTMENT, "vendor").await;
    let other = gate.somebody_of("housing", "vendor").await;
    let for_nobody = json!({"name": "for nobody", "role": "vendor"});
    let _ = gate.admin.post("/v1/admin/keys", &for_nobody).await.problem(422, "request.invalid");

    let next = component::with_version(&component::hostile_guest(), "1.1.0");
    let document = vendor::header(&Vendor::of(city::DEPARTMENT).sign(&next).to_string());
    let headers = [("content-type", "application/wasm"), ("creditgate-signature", document.as_str())];
    let push = |client: Client| {
        let (headers, next) = (headers, next.clone());
        async move { client.send(Method::POST, "/v1/admin/plugins", &headers, next).await }
    };
    let before = gate.holdings().await;
    let detail = push(other.clone()).await.problem(403, "department.not_allowed");
    assert!(detail.contains(city::DEPARTMENT), "{detail}");
    assert_eq!(gate.holdings().await, before);
    let digest = push(own.clone()).await.ok()["digest"].clone();

    let order = json!({"digest": digest, "settings": {"behaviour": "honest"}});
    let _ = other.post("/v1/admin/releases", &order).await.problem(403, "department.not_allowed");
    let made = own.post("/v1/admin/releases", &order).await.ok();
    assert_eq!(made["department"], city::DEPARTMENT);
    let number = made["release"].as_i64().unwrap();
    for what in ["", "/differences"] {
        let _ = own.get(&path(number, what)).await.ok();
        let _ = other.get(&path(number, what)).await.problem(403, "department.not_allowed");
    }
    let count = |listed: &Value, what: &str| list(&listed[what]).len();
    for (client, bindings, releases, components) in [(&own, 2, 3, 2), (&other, 0, 0, 0)] {
        let listed = client.get("/v1/admin/releases").await.ok();
        assert_eq!((count(&listed, "releases"), count(&listed, "all")), (bindings, releases), "{listed}");
        let listed = client.get("/v1/admin/plugins").await.ok();
        assert_eq!(count(&listed, "plugins"), components, "{listed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r016_what_nobody_approved_judges_nothing_that_binds_whichever_way_it_came_there() {
    let mut gate = TestGate::start().await;
    let digest = gate.push_good(component::hostile_guest()).await;
    let with_mode = |mode: &str| with(city::honest(ITEM), &json!({"mode": mode}));
    let bind = async |gate: &TestGate, mode: &str| {
        let path = "/v1/admin/bindings?format=jsonl&file=b.jsonl";
        gate.admin.post_text(path, "text/plain", with_mode(mode).to_string()).await
    };
    // Where it binds nobody, it serves without a second person.
    let _ = bind(&gate, "observe").await.ok();
    let _ = gate.order_activation(&json!({"digest": digest})).await.ok();
    // By the mode: what is in force, and what will be.
    let _ = bind(&gate, "enforce").await.problem(409, "release.not_approved");
    approve(&gate, 1).await;
    let next = gate.push_good(component::with_version(&component::hostile_guest(), "1.1.0")).await;
    let far = "2999-01-01T00:00:00+08:00";
    let _ = gate.order_activation(&json!({"digest": next, "effective_from": far})).await.ok();
    let detail = bind(&gate, "enforce").await.problem(409, "release.not_approved");
    assert!(detail.contains("release 2"), "it would come into force: {detail}");
    approve(&gate, 2).await;
    let _ = bind(&gate, "enforce").await.ok();
    let answer = check_at(&gate, "review", "case-1").await;
    assert_eq!((version(&answer), &answer["enforced"]), ("1.0.0", &json!(true)));

    // By a restart, and by the date that has come: as a host left it that did not
    // look.
    gate.terminate().await;
    gate.change_store(2, "UPDATE releases SET approved = 0", []);
    gate.restart();
    let answer = check_at(&gate, "review", "case-2").await;
    assert_has(&answer, &json!({"status": "could_not_check", "outcome": "manual_review"}));
    let text = text(&answer, "/reasons/0/text");
    assert!(text.contains("release 1 was not approved"), "{text}");
    // Somebody's word is enough, and nothing has to be activated again.
    let own = gate.admin.post(&path(1, "/approval"), &why()).await.problem(403, "release.own");
    assert!(own.contains("another key"), "{own}");
    approve(&gate, 1).await;
    assert_eq!(check_at(&gate, "review", "case-3").await["status"], "clear");

    // By a rollback.
    approve(&gate, 2).await;
    let _ = gate.order_activation(&json!({"digest": next})).await.ok();
    gate.change_store(1, "UPDATE releases SET approved = 0 WHERE id = 1", []);
    let _ = gate.roll_back("hostile-guest").await.problem(409, "release.not_approved");
    // By taking back the one after it.
    let _ = gate.chief.post(&path(2, "/rejection"), &why()).await.ok();
    assert_eq!(check_at(&gate, "review", "case-4").await["status"], "could_not_check");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_approves_a_release_is_another_person_and_not_the_same_one_with_another_key() {
    let gate = in_force("none").await;
    let release = next(&gate, "honest").await;
    let key = |name: &str, more: Value| gate.new_key(with(json!({"name": name, "role": "publisher"}), &more));
    let other_key = key("laptop", json!({"person": "Administrator"})).await;
    let _ = other_key.post(&path(release, "/approval"), &why()).await.problem(403, "release.own");
    let system = key("pipeline", json!({"system": "pipeline"})).await;
    let _ = system.post(&path(release, "/approval"), &why()).await.problem(403, "approval.not_a_person");
    let person = key("desk", json!({"person": "李强"})).await;
    let _ = person.post(&path(release, "/approval"), &why()).await.ok();
}
