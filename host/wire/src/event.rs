//! Events: as the webhook sends them, and as they are listed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Instant;

/// Something that has happened. This is the body of a webhook's request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Event)]
pub struct EventBody {
    /// Unique and time-ordered; the same at every delivery.
    pub id: String,
    /// What has happened, such as `release.activated`.
    pub name: String,
    /// When.
    pub at: Instant,
    /// Key id of who did it, `cli` for the command line, `host` for the host
    /// itself.
    pub actor: String,
    /// What it happened to, such as a binding's id.
    pub subject: String,
    /// Particulars, which depend on the name.
    pub data: BTreeMap<String, String>,
}

/// Where the delivery of an event to the webhook stands.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EventDelivery)]
pub struct EventDeliveryBody {
    /// `none` (there was no webhook when it happened), `pending`, `delivered` or
    /// `dead` (given up).
    pub state: String,
    /// How often it was tried without success.
    pub attempts: u32,
    /// When it is due; only while it is pending.
    pub next_at: Option<Instant>,
    /// Why the last try failed.
    pub last_error: Option<String>,
    /// When the receiver took it.
    pub delivered_at: Option<Instant>,
}

/// An event with its place in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = EventItem)]
pub struct EventItemBody {
    /// Grows with every event.
    pub seq: i64,
    /// The event.
    pub event: EventBody,
    /// Where its delivery stands.
    pub delivery: EventDeliveryBody,
}

/// Events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Events)]
pub struct EventsBody {
    /// The events, newest first.
    pub events: Vec<EventItemBody>,
    /// Where the next page begins, if there is one: to be given as `cursor`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhooks_body_is_flat_and_keeps_its_form() {
        let body = EventBody {
            id: "01a208b7-5547-7be4-ba02-769162f83f06".to_owned(),
            name: "release.activated".to_owned(),
            at: "2026-08-07T08:00:00Z".parse::<jiff::Timestamp>().unwrap().into(),
            actor: "3f1c9a0b12cd".to_owned(),
            subject: "market-regulation/food-licence/review".to_owned(),
            data: BTreeMap::from([("reason".to_owned(), "1.0.1".to_owned())]),
        };
        let text = serde_json::to_string(&body).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"id":"01a208b7-5547-7be4-ba02-769162f83f06","name":"release.activated","#,
                r#""at":"2026-08-07T16:00:00.000+08:00","actor":"3f1c9a0b12cd","#,
                r#""subject":"market-regulation/food-licence/review","data":{"reason":"1.0.1"}}"#
            )
        );
        assert_eq!(serde_json::from_str::<EventBody>(&text).unwrap(), body);
    }
}
