//! Ready means that a check can be made and kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;

async fn reasons(host: &TestHost) -> Vec<String> {
    let answer = host.send(Method::GET, "/readyz", "", "").await;
    if answer.status.as_u16() == 200 {
        return Vec::new();
    }
    answer.refused(503, "host.not_ready");
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let body = answer.json();
    let errors = body["errors"].as_array().unwrap();
    errors.iter().map(|error| error["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_host_whose_writer_is_gone_is_not_ready() {
    let host = TestHost::with_city(|_| {}).await;
    assert_eq!(reasons(&host).await, [""; 0]);
    let store = host.host.shared.store.clone();
    tokio::task::spawn_blocking(move || store.close()).await.unwrap();
    assert_eq!(reasons(&host).await, ["store.writer_gone"]);
}

#[tokio::test]
async fn a_host_that_has_recorded_nothing_lately_is_not_ready_until_it_has() {
    let host = TestHost::with_city(|config| config.store.probe_every_ms = NonZeroU64::MIN).await;
    // Nobody probes here: the host does not serve.
    while host.host.shared.store.health().since_commit.as_millis() <= 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(reasons(&host).await, ["store.no_commit"]);
}

#[tokio::test]
async fn a_host_that_serves_and_is_not_asked_anything_stays_ready() {
    let host = TestHost::empty(|config| config.store.probe_every_ms = NonZeroU64::new(2_000).unwrap()).await;
    let shared = Arc::clone(&host.host.shared);
    let (address, _stop, _server) = super::load::serving(host).await;
    let recorded = || Instant::now() - shared.store.health().since_commit;
    for _ in 0..5 {
        let before = recorded();
        let again = async {
            while recorded() < before + Duration::from_millis(10) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(super::load::LONG, again).await.expect("it records something by itself");
    }
    let ready = b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answer = super::wire::told(address, ready, false).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    let running: Vec<String> =
        shared.watch.pulses().into_iter().filter(|pulse| pulse.runs).map(|pulse| pulse.task).collect();
    for task in ["canaries", "shadows", "releases", "duties", "local_lists", "store_probe"] {
        assert!(running.iter().any(|name| name == task), "{task}: {running:?}");
    }
}

#[tokio::test]
async fn a_host_without_room_on_its_disk_is_not_ready_and_checks_go_on() {
    let host = TestHost::with_city(|_| {}).await;
    let key = host.key("caller", None).await;
    let folder = host.host.shared.config.data.clone();
    drop(host.router);
    drop(host.host);
    let mut config = Config { data: folder, ..Config::default() };
    config.sandbox.concurrent_calls = NonZeroU32::new(2).unwrap();
    config.store.min_free_bytes = u64::MAX;
    let opened = Host::open(config).await.unwrap();
    let host = TestHost { router: opened.router(), host: opened, _folder: host._folder };
    assert_eq!(reasons(&host).await, ["disk.low"]);
    host.send(Method::POST, "/v1/checks", &key, &check().to_string()).await.expect(200);
}

#[tokio::test]
async fn a_host_with_a_task_that_is_gone_is_not_ready_and_says_which() {
    let host = TestHost::with_city(|_| {}).await;
    host.host.shared.watch.heart("pulse").keep(|| async {}).await;
    let answer = host.send(Method::GET, "/readyz", "", "").await.expect(503);
    assert_eq!(answer["errors"][0]["field"], "pulse");
    assert_eq!(reasons(&host).await, ["task.gone"]);
}

#[tokio::test]
async fn the_state_of_the_host_is_in_its_metrics() {
    let host = TestHost::with_city(|_| {}).await;
    host.host.shared.watch.heart("pulse").keep(|| async {}).await;
    let text = host.send(Method::GET, "/metrics", "", "").await.text;
    for line in [
        "creditgate_task_running{task=\"pulse\"} 0",
        "creditgate_task_running{task=\"store_writer\"} 1",
        "creditgate_task_restarts_total{task=\"store_log\"} 0",
        "creditgate_task_silence_seconds{task=\"pulse\"} 0",
        "creditgate_queue_depth{queue=\"writer\"} 0",
        "creditgate_queue_depth{queue=\"shadows\"} 0",
        "creditgate_list_age_seconds{source=\"default\"} ",
        "creditgate_store_log_bytes ",
        "creditgate_store_since_commit_seconds ",
        "creditgate_disk_free_bytes ",
        "creditgate_http_connections 0",
    ] {
        assert!(text.lines().any(|found| found.starts_with(line)), "{line}: {text}");
    }
}
