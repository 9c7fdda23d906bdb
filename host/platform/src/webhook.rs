//! The carrier of events: a signed request to the one receiver the
//! administrator named.

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;

use crate::carrier::{Carrier, DeliveryError, Pace};
use crate::courier::Courier;
use crate::exchange;
use crate::options::DeliveryOptions;
use crate::outbox::Message;
use crate::signature::WebhookSecret;

/// How events are delivered: signed with a secret.
pub type WebhookOptions = DeliveryOptions<WebhookSecret>;

/// Carries events to one receiver.
///
/// A request has the headers `Creditgate-Event` (the message's topic),
/// `Creditgate-Delivery` (its id, the same at every attempt) and
/// `Creditgate-Signature` (of this attempt). Every answer from 200 to 299 means
/// that the receiver has taken it.
pub type WebhookCourier = Courier<WebhookSecret>;

impl Carrier for WebhookCourier {
    fn pace(&self) -> &Pace {
        &self.options.pace
    }

    async fn carry(&self, message: &Message) -> Result<(), DeliveryError> {
        let signature = self.options.proof.sign(Timestamp::now().as_second(), message.body.as_bytes());
        let request = self
            .client
            .post(self.options.endpoint.url())
            .header(CONTENT_TYPE, "application/json")
            .header("creditgate-event", &message.topic)
            .header("creditgate-delivery", &message.id)
            .header("creditgate-signature", signature)
            .body(message.body.clone());
        let answered = exchange::send(request).await?;
        let (status, retry_after) = (answered.status, answered.retry_after);
        match status {
            status if status.is_success() => Ok(()),
            // The receiver says that it wants no more. Every other refusal, a
            // wrong secret or address among them, is for an administrator to
            // mend, and then the event still has to arrive.
            StatusCode::GONE => Err(DeliveryError::Refused(status)),
            status => Err(DeliveryError::Unavailable { status, retry_after }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::options::Endpoint;
    use crate::testing::{Manner, Platform, Seen};

    fn secret() -> WebhookSecret {
        WebhookSecret::new(b"0123456789abcdef").unwrap()
    }

    /// One attempt against a receiver that answers like this.
    async fn attempt(manner: Manner) -> (Result<(), DeliveryError>, Seen) {
        let receiver = Platform::start(&[manner]).await;
        let endpoint = Endpoint::parse(&receiver.url()).unwrap();
        let courier = WebhookCourier::new(WebhookOptions::new(endpoint, secret())).unwrap();
        let message = Message {
            id: "e1".to_owned(),
            topic: "release.activated".to_owned(),
            attempts: 0,
            body: "{\"id\":\"e1\"}".to_owned(),
        };
        let result = courier.carry(&message).await;
        let [seen] = receiver.seen().try_into().unwrap();
        (result, seen)
    }

    #[tokio::test]
    async fn a_request_names_the_event_and_is_signed() {
        let (result, seen) = attempt(Manner::Answer(204, "")).await;
        result.unwrap();
        let [event, delivery, signature] = seen.webhook.unwrap();
        assert_eq!((event.as_str(), delivery.as_str()), ("release.activated", "e1"));
        let at: i64 = signature[2..].split(',').next().unwrap().parse().unwrap();
        assert_eq!(signature, secret().sign(at, seen.body.as_bytes()));
        assert!((Timestamp::now().as_second() - at).abs() < 60);
        assert_eq!(seen.body, "{\"id\":\"e1\"}");
    }

    #[tokio::test]
    async fn every_success_is_delivered_and_only_gone_is_final() {
        for status in [200, 202, 204] {
            assert!(attempt(Manner::Answer(status, "")).await.0.is_ok(), "{status}");
        }
        for status in [301, 400, 401, 404, 422, 429, 500, 503] {
            let error = attempt(Manner::Answer(status, "")).await.0.unwrap_err();
            assert!(!error.is_final(), "{status}");
            assert_eq!(error.to_string(), format!("the receiver answered {status}"));
        }
        assert!(attempt(Manner::Answer(410, "")).await.0.unwrap_err().is_final());
        let busy = attempt(Manner::Later(7)).await.0.unwrap_err();
        assert_eq!(busy.retry_after(), Some(Duration::from_secs(7)));
    }
}
