//! The platform over real HTTP, as a sender sees it.

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use credit_platform::{Platform, router};
    use reqwest::{Client, StatusCode};
    use serde_json::{Value, json};
    use tokio::net::TcpListener;

    struct Sender {
        client: Client,
        url: String,
    }

    impl Sender {
        async fn to_a_new_platform() -> Self {
            let _ = rustls::crypto::ring::default_provider().install_default();
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let platform = router(Arc::new(Platform::default()));
            tokio::spawn(async move { axum::serve(listener, platform).await.unwrap() });
            let client = Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
            Self { client, url }
        }

        async fn send(&self, id: &str, body: &str) -> reqwest::Result<(StatusCode, String)> {
            let request = self.client.post(format!("{}/feedback", self.url)).header("idempotency-key", id);
            let response = request.body(body.to_owned()).send().await?;
            Ok((response.status(), response.text().await?))
        }

        async fn get(&self, path: &str) -> Value {
            self.client.get(format!("{}{path}", self.url)).send().await.unwrap().json().await.unwrap()
        }

        async fn fault(&self, order: Value) {
            let request = self.client.post(format!("{}/faults", self.url)).json(&order);
            request.send().await.unwrap().error_for_status().unwrap();
        }
    }

    const FEEDBACK: &str = r#"{"result":"executed","subject":{"identifiers":[{"kind":"citizen_id","value":"110101199001010015"}]}}"#;

    #[tokio::test]
    async fn a_message_is_acknowledged_each_time_and_kept_once() {
        let sender = Sender::to_a_new_platform().await;
        for _ in 0..3 {
            let answer = sender.send("f1", FEEDBACK).await.unwrap();
            assert_eq!(answer, (StatusCode::OK, r#"{"accepted":"f1"}"#.into()));
        }
        assert_eq!(sender.get("/stats").await, json!({ "received": 1, "duplicates": 2, "queries": 0 }));
    }

    #[tokio::test]
    async fn what_is_shown_is_masked() {
        let sender = Sender::to_a_new_platform().await;
        sender.send("f1", FEEDBACK).await.unwrap();
        let shown = sender.get("/feedback").await;
        assert_eq!(shown[0]["id"], "f1");
        assert_eq!(shown[0]["feedback"]["subject"]["identifiers"][0]["value"], "110*************15");
    }

    #[tokio::test]
    async fn what_is_not_feedback_is_refused() {
        let sender = Sender::to_a_new_platform().await;
        sender.send("f1", FEEDBACK).await.unwrap();
        for (id, body, status) in
            [("", FEEDBACK, 400), ("f2", "{", 400), ("f2", "[]", 400), ("f1", "{}", 422)]
        {
            assert_eq!(sender.send(id, body).await.unwrap().0.as_u16(), status, "`{id}` {body}");
        }
        assert_eq!(sender.get("/stats").await, json!({ "received": 1, "duplicates": 0, "queries": 0 }));
    }

    #[tokio::test]
    async fn faults_come_as_ordered_and_end() {
        let sender = Sender::to_a_new_platform().await;
        sender.fault(json!({ "mode": "error", "times": 1 })).await;
        assert_eq!(sender.send("f1", FEEDBACK).await.unwrap().0, StatusCode::INTERNAL_SERVER_ERROR);
        sender.fault(json!({ "mode": "garbage", "times": 1 })).await;
        let (status, body) = sender.send("f1", FEEDBACK).await.unwrap();
        assert_eq!(status, StatusCode::OK);
        assert!(body.starts_with("<html>"), "{body}");
        sender.fault(json!({ "mode": "down", "times": 1 })).await;
        assert!(sender.send("f1", FEEDBACK).await.is_err());
        assert_eq!(sender.get("/stats").await["received"], 0);
        assert_eq!(sender.send("f1", FEEDBACK).await.unwrap().0, StatusCode::OK);
    }

    #[tokio::test]
    async fn an_unknown_fault_is_refused() {
        let sender = Sender::to_a_new_platform().await;
        for order in [json!({ "mode": "sleepy" }), json!({ "mode": "down", "count": 1 })] {
            let request = sender.client.post(format!("{}/faults", sender.url)).json(&order);
            assert!(request.send().await.unwrap().status().is_client_error(), "{order}");
        }
    }
}
