//! A connector against a small server that answers as it is told.

use std::collections::VecDeque;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use creditgate_credit::application::Application;
use creditgate_credit::identifier::{Identifier, IdentifierKind, Strictness};
use creditgate_credit::samples;
use creditgate_gate::SourceFault;
use jiff::Timestamp;
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::connector::testing::profile;
use crate::options::Endpoint;

const COMPANY: &str = "91110105MA0000226Y";
const OTHER: &str = "91110105MA00003490";

/// What the server does with one request; it knows nothing of anybody after these.
#[derive(Clone)]
enum Manner {
    Records(Vec<Value>),
    Fail,
}

#[derive(Default)]
struct Server {
    script: Mutex<VecDeque<Manner>>,
    bodies: Mutex<Vec<Value>>,
}

async fn answer(State(server): State<Arc<Server>>, body: String) -> Response {
    server.bodies.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    let manner = server.script.lock().unwrap().pop_front().unwrap_or(Manner::Records(Vec::new()));
    match manner {
        Manner::Fail => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::Records(records) => {
            json!({"code": 0, "data": {"list": records, "total": records.len()}}).to_string().into_response()
        }
    }
}

/// A server with a connector to it, whose options may be changed.
async fn platform(
    script: Vec<Manner>,
    change: impl FnOnce(&mut ConnectorOptions),
) -> (Connector, Arc<Server>) {
    let server = Arc::new(Server { script: Mutex::new(script.into()), ..Server::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/query", post(answer)).with_state(Arc::clone(&server));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let mut options = ConnectorOptions::new("city", Endpoint::parse(&url).unwrap());
    options.attempts = 1;
    change(&mut options);
    (Connector::new(options, Arc::new(profile("", ""))).unwrap(), server)
}

fn party(identifiers: &[(IdentifierKind, &str)]) -> Party {
    let parse = |(kind, value): &(IdentifierKind, &str)| {
        Identifier::parse(*kind, value, Strictness::Format).unwrap().identifier
    };
    let identifiers = identifiers.iter().map(parse).collect();
    Party { name: "示例公司".into(), identifiers, ..samples::party("p1") }
}

fn company() -> Party {
    party(&[(IdentifierKind::Uscc, COMPANY)])
}

fn application(item: &str, case_no: &str) -> Arc<Application> {
    let (case_no, item) = (case_no.into(), item.into());
    Arc::new(Application { case_no, item, parties: vec![company()], ..samples::application() })
}

fn question(application: &Arc<Application>) -> Question<'_> {
    Question { application, operator: "窗口-07", now: Timestamp::UNIX_EPOCH }
}

fn record(code: Option<&str>, name: &str) -> Value {
    json!({"id": "r1", "listCode": "food.serious", "listName": "示例名单", "kind": 2, "name": name,
           "certCode": code, "date": "2025-03-01"})
}

async fn ask(connector: &Connector) -> Result<(Arc<Evidence>, Option<Duration>), Arc<QueryError>> {
    connector.ask(&question(&application("food", "case-1")), &company()).await
}

#[tokio::test]
async fn questions_at_once_about_one_party_are_one_request() {
    let (connector, server) = platform(Vec::new(), |options| options.cache.fresh = Duration::ZERO).await;
    let applications: Vec<_> = (0..20).map(|case| application("food", &format!("case-{case}"))).collect();
    let party = company();
    let questions: Vec<_> = applications.iter().map(question).collect();
    // All of them are asked before the first answer can have come: there is one thread.
    let answers = join_all(questions.iter().map(|question| connector.ask(question, &party))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(server.bodies.lock().unwrap().len(), 1);
    assert_eq!(connector.state().asked, 1);
    let _ = connector.ask(&questions[0], &party).await.unwrap();
    assert_eq!(connector.state().asked, 2, "nothing is kept, and no flight goes on");
}

#[tokio::test]
async fn what_is_kept_is_kept_for_the_same_question_alone() {
    let (connector, server) = platform(Vec::new(), |_| {}).await;
    for (item, case_no) in [("food", "case-1"), ("food", "case-2"), ("drug", "case-3")] {
        connector.ask(&question(&application(item, case_no)), &company()).await.unwrap();
    }
    let other = party(&[(IdentifierKind::Uscc, OTHER)]);
    connector.ask(&question(&application("food", "case-4")), &other).await.unwrap();
    let bodies = server.bodies.lock().unwrap();
    let asked: Vec<_> = bodies.iter().map(|body| (&body["itemCode"], &body["caseNo"])).collect();
    let expected = [("food", "case-1"), ("drug", "case-3"), ("food", "case-4")];
    assert_eq!(asked.len(), 3);
    for ((item, case_no), expected) in asked.into_iter().zip(expected) {
        assert_eq!((item.as_str().unwrap(), case_no.as_str().unwrap()), expected);
    }
    assert_eq!(connector.state().kept, 3);
}

#[tokio::test]
async fn only_what_is_about_the_party_counts() {
    let cases = [
        (Some(COMPANY), "别名", Ok((1, 0))),
        (None, "示例公司", Ok((0, 1))),
        (Some(OTHER), "示例公司", Err(SourceFault::OtherSubject)),
        (None, "别家公司", Err(SourceFault::OtherSubject)),
    ];
    for (code, name, expected) in cases {
        let (connector, _server) = platform(vec![Manner::Records(vec![record(code, name)])], |_| {}).await;
        let found = ask(&connector).await;
        let found = found
            .map(|(evidence, _)| (evidence.by_identifier.len(), evidence.by_name.len()))
            .map_err(|error| error.fault());
        assert_eq!(found, expected, "{code:?} {name}");
    }
}

#[tokio::test]
async fn an_older_answer_stands_in_for_an_outage_and_for_nothing_else() {
    let good = || Manner::Records(vec![record(Some(COMPANY), "示例公司")]);
    let stale = |options: &mut ConnectorOptions| {
        options.cache.fresh = Duration::ZERO;
        options.cache.stale = Duration::from_secs(600);
    };
    let (connector, _server) = platform(vec![good(), Manner::Fail], stale).await;
    assert_eq!(ask(&connector).await.unwrap().1, None);
    let (evidence, age) = ask(&connector).await.unwrap();
    assert!(age.is_some() && evidence.by_identifier.len() == 1);

    let wrong = Manner::Records(vec![record(Some(OTHER), "示例公司")]);
    let (connector, _server) = platform(vec![good(), wrong], stale).await;
    assert!(ask(&connector).await.is_ok());
    assert_eq!(ask(&connector).await.unwrap_err().fault(), SourceFault::OtherSubject);

    let refuse = |options: &mut ConnectorOptions| options.cache.fresh = Duration::ZERO;
    let (connector, _server) = platform(vec![good(), Manner::Fail], refuse).await;
    assert!(ask(&connector).await.is_ok());
    assert_eq!(ask(&connector).await.unwrap_err().fault(), SourceFault::Unavailable);
}

#[tokio::test]
async fn a_request_that_fails_at_once_is_made_again_and_a_dead_platform_is_left_alone() {
    let (connector, server) = platform(vec![Manner::Fail], |options| options.attempts = 2).await;
    assert!(ask(&connector).await.is_ok());
    assert_eq!(server.bodies.lock().unwrap().len(), 2);

    let (connector, server) = platform(vec![Manner::Fail; 9], |options| options.breaker.failures = 2).await;
    for _ in 0..5 {
        assert_eq!(ask(&connector).await.unwrap_err().fault(), SourceFault::Unavailable);
    }
    assert_eq!(server.bodies.lock().unwrap().len(), 2);
    assert!(connector.state().left_alone);
}

#[tokio::test]
async fn a_party_without_a_number_that_is_sent_is_not_asked_about() {
    let (connector, server) = platform(Vec::new(), |_| {}).await;
    let nameless = party(&[]);
    let asked = connector.ask(&question(&application("food", "case-1")), &nameless).await;
    assert_eq!(asked.unwrap_err().fault(), SourceFault::NotAskable);
    assert_eq!(server.bodies.lock().unwrap().len(), 0);
}
