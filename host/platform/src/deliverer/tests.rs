use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::*;
use crate::backoff::Backoff;
use crate::carrier::Pace;
use crate::courier::Courier;
use crate::options::{BearerToken, Endpoint, PlatformOptions};
use crate::testing::{Fate, Manner, MemoryOutbox, Platform, Row, Seen};

const NO_LONGER_PENDING: fn(&Row) -> bool = |row| !matches!(row.fate, Fate::Pending(_));

fn options(url: &str) -> PlatformOptions {
    let backoff =
        Backoff { first: Duration::from_millis(5), longest: Duration::from_millis(20), attempts: 1000 };
    let pace = Pace { backoff, ..Pace::default() };
    PlatformOptions { pace, ..PlatformOptions::new(Endpoint::parse(url).unwrap(), None) }
}

/// A deliverer at work, and how to end it.
struct Running {
    wake: Wake,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    fn start(outbox: &MemoryOutbox, options: PlatformOptions) -> Self {
        let deliverer = Deliverer::new(outbox.clone(), Courier::new(options).unwrap());
        let (stop, stopped) = oneshot::channel();
        let wake = deliverer.wake();
        let task = tokio::spawn(async move {
            let stopped = async move {
                let _ = stopped.await;
            };
            deliverer.run(stopped).await;
        });
        Self { wake, stop: Some(stop), task }
    }

    async fn stop(mut self) {
        drop(self.stop.take());
        self.task.await.unwrap();
    }
}

/// Runs one message against a platform that follows `script`, until its fate
/// is decided.
async fn fate_of_one(
    script: &[Manner],
    options: impl FnOnce(PlatformOptions) -> PlatformOptions,
) -> (Row, Vec<Seen>) {
    let platform = Platform::start(script).await;
    let outbox = MemoryOutbox::holding(&["f1"]);
    let running = Running::start(&outbox, options(self::options(&platform.url())));
    let row = outbox.until("f1", NO_LONGER_PENDING).await;
    running.stop().await;
    (row, platform.seen())
}

#[tokio::test]
async fn an_acknowledged_message_is_delivered_once_with_its_key_and_token() {
    let with_token = |options| PlatformOptions { proof: Some(BearerToken::new("t0ken").unwrap()), ..options };
    let (row, seen) = fate_of_one(&[], with_token).await;
    assert_eq!(row.fate, Fate::Delivered);
    let expected = Seen {
        key: "f1".into(),
        authorization: Some("Bearer t0ken".into()),
        webhook: None,
        body: r#"{"feedback_id":"f1"}"#.into(),
    };
    assert_eq!(seen, [expected]);
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_cannot_is_dead() {
    let cases: [(&str, &[Manner], Fate, &[&str]); 7] = [
        ("500 then ok", &[Manner::Answer(500, "oops")], Fate::Delivered, &["the receiver answered 500"]),
        (
            "garbage then ok",
            &[Manner::Answer(200, "<html>sign in</html>")],
            Fate::Delivered,
            &["the receiver answered 200 without acknowledging this message"],
        ),
        (
            "another one's acknowledgement then ok",
            &[Manner::Answer(200, r#"{"accepted":"f9"}"#)],
            Fate::Delivered,
            &["the receiver answered 200 without acknowledging this message"],
        ),
        ("busy then ok", &[Manner::Later(0)], Fate::Delivered, &["the receiver answered 503"]),
        ("too many then ok", &[Manner::Answer(429, "")], Fate::Delivered, &["the receiver answered 429"]),
        ("had it before", &[Manner::Answer(409, r#"{"accepted":"f1"}"#)], Fate::Delivered, &[]),
        ("refused", &[Manner::Answer(400, "no")], Fate::Dead, &["the receiver refused it with 400"]),
    ];
    for (name, script, fate, errors) in cases {
        let (row, seen) = fate_of_one(script, |options| options).await;
        assert_eq!(row.fate, fate, "{name}");
        assert_eq!(row.errors, errors, "{name}");
        assert!(seen.iter().all(|request| request.key == "f1"), "{name}");
    }
}

#[tokio::test]
async fn a_slow_platform_is_given_up_on_at_the_deadline() {
    let hurried = |options| PlatformOptions { deadline: Duration::from_millis(100), ..options };
    let (row, seen) = fate_of_one(&[Manner::Hang], hurried).await;
    assert_eq!(row.fate, Fate::Delivered);
    assert_eq!(row.errors, ["the receiver did not answer in time"]);
    assert_eq!(seen.len(), 2);
}

#[tokio::test]
async fn attempts_are_counted_to_the_last() {
    let twice = |mut options: PlatformOptions| {
        options.pace.backoff.attempts = 2;
        options
    };
    let (row, seen) = fate_of_one(&[Manner::Answer(500, ""), Manner::Answer(500, "")], twice).await;
    assert_eq!((row.fate, row.attempts, seen.len()), (Fate::Dead, 2, 2));
}

#[tokio::test]
async fn a_platform_that_is_down_gets_everything_when_it_is_back() {
    let platform = Platform::start(&[]).await;
    let (url, address) = (platform.url(), platform.address);
    drop(platform);
    let outbox = MemoryOutbox::holding(&["f1", "f2", "f3", "f4", "f5", "f6"]);
    let running = Running::start(&outbox, options(&url));
    let row = outbox.until("f6", |row| row.attempts > 0).await;
    assert!(row.errors[0].starts_with("the receiver cannot be reached: "), "{:?}", row.errors);
    assert!(!row.errors[0].contains("feedback"), "an error names no URL: {:?}", row.errors);

    let platform = Platform::start_at(address, &[]).await;
    for id in ["f1", "f2", "f3", "f4", "f5", "f6"] {
        assert_eq!(outbox.until(id, NO_LONGER_PENDING).await.fate, Fate::Delivered);
    }
    running.stop().await;
    assert_eq!(platform.seen().len(), 6);
}

#[tokio::test]
async fn new_feedback_is_sent_as_soon_as_it_is_announced() {
    let platform = Platform::start(&[]).await;
    let outbox = MemoryOutbox::holding(&["f1"]);
    let running = Running::start(&outbox, options(&platform.url()));
    outbox.until("f1", NO_LONGER_PENDING).await;
    outbox.queue("f2");
    running.wake.now();
    // Without the wake it would sleep for longer than the test has patience.
    assert_eq!(outbox.until("f2", NO_LONGER_PENDING).await.fate, Fate::Delivered);
    running.stop().await;
}

#[tokio::test]
async fn no_more_than_the_agreed_number_is_under_way() {
    let platform = Platform::start(&[Manner::Hang, Manner::Hang]).await;
    let outbox = MemoryOutbox::holding(&["f1", "f2", "f3"]);
    let mut two = PlatformOptions { deadline: Duration::from_millis(300), ..options(&platform.url()) };
    two.pace.concurrency = 2;
    let running = Running::start(&outbox, two);
    platform.until_seen(2).await;
    running.wake.now();
    outbox.until("f3", NO_LONGER_PENDING).await;
    let early = [outbox.row("f1"), outbox.row("f2")];
    assert!(early.iter().any(|row| row.errors == ["the receiver did not answer in time"]), "{early:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_delivery_under_way_is_finished_at_shutdown_and_nothing_is_begun() {
    let platform = Platform::start(&[]).await;
    let outbox = MemoryOutbox::holding(&["f1"]);
    let running = Running::start(&outbox, options(&platform.url()));
    platform.until_seen(1).await;
    outbox.queue("f2");
    running.stop().await;
    assert_eq!(outbox.row("f1").fate, Fate::Delivered);
    assert!(matches!(outbox.row("f2").fate, Fate::Pending(_)));
}

#[tokio::test]
async fn a_delivery_that_hangs_does_not_hold_up_shutdown_and_stays_pending() {
    let platform = Platform::start(&[Manner::Hang]).await;
    let outbox = MemoryOutbox::holding(&["f1"]);
    let mut patient = PlatformOptions { deadline: Duration::from_secs(600), ..options(&platform.url()) };
    patient.pace.drain = Duration::from_millis(50);
    let running = Running::start(&outbox, patient);
    platform.until_seen(1).await;
    running.stop().await;
    assert!(matches!(outbox.row("f1").fate, Fate::Pending(_)));
    assert_eq!(outbox.row("f1").attempts, 0);
}

#[tokio::test]
async fn a_result_that_cannot_be_recorded_means_sending_again() {
    let platform = Platform::start(&[]).await;
    let outbox = MemoryOutbox::holding(&["f1"]);
    outbox.fail_next_writes(1);
    let running = Running::start(&outbox, options(&platform.url()));
    assert_eq!(outbox.until("f1", NO_LONGER_PENDING).await.fate, Fate::Delivered);
    running.stop().await;
    assert_eq!(platform.seen().len(), 2, "once for each attempt to record, with a rest between");
}
