//! The carrier of feedback to a platform that has a form of its own: the host's
//! message is turned into what the profile's `[feedback]` says.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;

use super::asker::Asker;
use super::error::QueryError;
use super::options::ConnectorOptions;
use super::profile::{FeedbackCall, Profile};
use super::reply;
use super::request::Said;
use crate::carrier::{Carrier, DeliveryError, Pace};
use crate::options::OptionsError;
use crate::outbox::Message;

/// The kind of message a profile can carry.
const DISPOSITION: &str = "disposition";

/// Carries dispositions to one platform in the platform's own form (R105).
///
/// An answer with a code of success means that the platform has the message; with
/// a code of `refused`, that it never will. Other kinds of messages, which these
/// platforms have no call for, are set aside.
pub struct ProfileCourier {
    asker: Asker,
    call: FeedbackCall,
    pace: Pace,
}

impl ProfileCourier {
    /// A courier to the platform of these options. `deadline` is for one attempt.
    ///
    /// # Errors
    /// [`OptionsError::NoFeedback`] for a profile without `[feedback]`, and
    /// [`OptionsError`] when no HTTP client can be made.
    pub fn new(
        options: ConnectorOptions,
        profile: Arc<Profile>,
        deadline: Duration,
        pace: Pace,
    ) -> Result<Self, OptionsError> {
        let call = profile.feedback.clone().ok_or(OptionsError::NoFeedback)?;
        Ok(Self { asker: Asker::new(options, profile, deadline)?, call, pace })
    }

    fn said(&self, message: &Message) -> Result<Said, DeliveryError> {
        // The host wrote it; what cannot be read is missing in the request.
        let said: Value = serde_json::from_str(&message.body).unwrap_or_default();
        if said["kind"] != DISPOSITION {
            return Err(DeliveryError::NoCallForKind);
        }
        Said::by(&self.call.request, &self.asker.profile, &said).map_err(delivery)
    }

    fn read(&self, bytes: &[u8]) -> Result<(), DeliveryError> {
        let envelope = &self.asker.profile.envelope;
        let not_acknowledged = || DeliveryError::NotAcknowledged(StatusCode::OK);
        let answer = reply::document(bytes, self.asker.profile.charset).map_err(|_| not_acknowledged())?;
        let code = envelope.code.as_ref().and_then(|path| reply::code_at(path, &answer));
        let code = code.ok_or_else(not_acknowledged)?;
        if envelope.success.iter().any(|known| known.0 == code) {
            return Ok(());
        }
        let refused = envelope.refused.iter().any(|known| known.0 == code);
        Err(DeliveryError::Code { code: reply::shown(&code), refused })
    }
}

impl Carrier for ProfileCourier {
    fn pace(&self) -> &Pace {
        &self.pace
    }

    async fn carry(&self, message: &Message) -> Result<(), DeliveryError> {
        let said = self.said(message)?;
        let bytes = self.asker.attempt(&self.call.request, said).await.map_err(delivery)?;
        self.read(&bytes)
    }
}

/// What a request that gave no answer means for a message.
fn delivery(error: QueryError) -> DeliveryError {
    match error {
        QueryError::Unreachable(error) => DeliveryError::Unreachable(error),
        QueryError::TimedOut => DeliveryError::TimedOut,
        QueryError::Status(status) | QueryError::Refused(status) => DeliveryError::Unavailable {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY),
            retry_after: None,
        },
        QueryError::Request { field, problem } => DeliveryError::NotSayable { field, problem },
        _ => DeliveryError::NotAcknowledged(StatusCode::OK),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Endpoint;

    const PROFILE: &str = r#"
        [envelope]
        code = "code"
        success = ["00"]
        refused = [400]
        [tables.result]
        executed = "1"
        [feedback.request]
        path = "/feedback"
        [feedback.request.fields]
        name = "subject.name"
        uid = "feedback_id"
        result = { path = "result", table = "result" }
        at = { path = "executed_at", date = ["datetime"] }
    "#;

    fn courier(profile: &str) -> ProfileCourier {
        let options = ConnectorOptions::new("city", Endpoint::parse("http://127.0.0.1:9").unwrap());
        let profile: Profile = toml::from_str(profile).unwrap();
        profile.check().unwrap();
        ProfileCourier::new(options, Arc::new(profile), Duration::from_secs(1), Pace::default()).unwrap()
    }

    fn message(result: &str, kind: &str) -> Message {
        let body = serde_json::json!({
            "kind": kind, "feedback_id": "f1", "subject": {"name": "示例公司"}, "result": result,
            "executed_at": "2026-08-07T08:00:00Z",
        });
        Message { id: "f1".into(), topic: "feedback".into(), attempts: 0, body: body.to_string() }
    }

    #[test]
    fn r105_a_disposition_is_said_in_the_platforms_fields() {
        let said = courier(PROFILE).said(&message("executed", DISPOSITION)).unwrap();
        let fields: Vec<(&str, &str)> =
            said.body.iter().map(|field| (field.name.as_str(), field.value.as_str())).collect();
        let expected = [("at", "2026-08-07 16:00:00"), ("name", "示例公司"), ("result", "1"), ("uid", "f1")];
        assert_eq!(fields, expected);
    }

    #[test]
    fn what_a_profile_cannot_say_is_named_and_what_it_has_no_call_for_is_final() {
        let unknown = courier(PROFILE).said(&message("other", DISPOSITION)).unwrap_err();
        assert!(unknown.to_string().contains("result") && !unknown.is_final(), "{unknown}");
        assert!(courier(PROFILE).said(&message("executed", "typical_case")).unwrap_err().is_final());
    }

    #[test]
    fn only_a_code_of_success_acknowledges() {
        let courier = courier(PROFILE);
        assert!(courier.read(br#"{"code":"00"}"#).is_ok());
        assert!(courier.read(br#"{"code":400}"#).unwrap_err().is_final());
        for answer in [r#"{"code":"500"}"#, "{}", "<html>"] {
            assert!(!courier.read(answer.as_bytes()).unwrap_err().is_final(), "{answer}");
        }
    }
}
