//! What may never leave the host: identity numbers in logs, metrics and errors.

use std::cell::RefCell;
use std::io::Write;
use std::sync::Once;

use axum::http::Method;

use super::*;
use crate::config::{LogConfig, LogFormat, LogLevel};

thread_local! {
    /// What was logged on this thread. A test has a thread of its own, and a
    /// log of its own would not see what another thread's first use of a
    /// message switched off.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Logged;

impl Write for Logged {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Has everything logged from now on, as in production but more of it.
fn log_everything() {
    static LOGGING: Once = Once::new();
    LOGGING.call_once(|| {
        let log = LogConfig { format: LogFormat::Json, level: LogLevel::Trace };
        tracing::subscriber::set_global_default(crate::telemetry::subscriber(log, || Logged).0).unwrap();
    });
}

#[tokio::test]
async fn no_identity_number_name_or_case_is_logged_or_counted() {
    log_everything();
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let made = host.send(Method::POST, "/v1/checks", &key, &check().to_string()).await.expect(200);
    let secrets = [CITIZEN_ID, USCC, "张三", "示例甲食品店", "2026-000123"];
    let mut errors = String::new();
    for body in [
        check_with("/parties/1/role", json!(CITIZEN_ID)),
        check_with("/parties/1/identifiers/0/kind", json!(CITIZEN_ID)),
        check_with("/parties/1/identifiers/0/value", json!(format!("{CITIZEN_ID}0"))),
        check_with("/parties/1/identifiers/0", json!({CITIZEN_ID: 1})),
        check_with("/parties/0/identifiers/0/value", json!(CITIZEN_ID)),
    ] {
        let refused = host.send(Method::POST, "/v1/checks", &key, &body.to_string()).await;
        assert_eq!(refused.status.as_u16(), 422, "{}", refused.text);
        errors.push_str(&refused.text);
    }
    let by_path = format!("/v1/cases/{CITIZEN_ID}");
    errors.push_str(&host.send(Method::GET, &by_path, &key, "").await.text);
    let by_query = format!("/v1/admin/feedback?state={CITIZEN_ID}");
    errors.push_str(&host.local(Method::GET, &by_query, "").await.text);
    errors.push_str(&host.send(Method::GET, &format!("/{CITIZEN_ID}"), &key, "").await.text);

    let metrics = host.send(Method::GET, "/metrics", "", "").await.text;
    let log = LOGGED.with_borrow(|logged| String::from_utf8(logged.clone()).unwrap());
    for (what, text) in [("log", &log), ("metrics", &metrics), ("errors", &errors)] {
        for secret in secrets {
            assert!(!text.contains(secret), "{what} holds {secret}: {text}");
        }
        assert!(!text.contains(key.rsplit('_').next().unwrap()), "{what} holds the key");
    }
    assert!(log.contains(made["check_id"].as_str().unwrap()), "the check is logged by its id: {log}");
    assert!(log.contains(r#""route":"/v1/cases/{case_no}""#), "{log}");
    assert!(metrics.contains(
        r#"creditgate_checks_total{department="market-regulation",checkpoint="review",status="could_not_check",outcome="manual_review",mode="enforce"} 1"#
    ), "{metrics}");
    assert!(metrics.contains(r#"creditgate_feedback{state="pending"} 0"#), "{metrics}");
    assert!(metrics.contains(r#"creditgate_event_deliveries{state="dead"} 0"#), "{metrics}");
    assert!(metrics.contains("creditgate_ledger_append_duration_seconds_count 1"), "{metrics}");
}

#[tokio::test]
async fn calls_that_do_not_exist_say_so() {
    let host = TestHost::empty(|_| {}).await;
    host.send(Method::GET, "/v1/chekcs", "", "").await.refused(404, "route.unknown");
    let other = host.send(Method::PUT, "/v1/checks", "", "").await;
    other.refused(405, "method.not_allowed");
    assert_eq!(other.headers["allow"], "POST, GET");
    let other = host.send(Method::DELETE, "/v1/admin/plugins", "", "").await;
    assert_eq!(other.headers["allow"], "POST, GET");
    let mut no_json = request(Method::POST, "/v1/checks", Body::from("{}"));
    no_json.headers_mut().insert("content-type", "text/plain".parse().unwrap());
    no_json.extensions_mut().insert(LocalOperator::default());
    host.answer(no_json).await.refused(415, "request.media_type");
    assert_eq!(host.send(Method::HEAD, "/healthz", "", "").await.status.as_u16(), 200);
}
