//! Events as they are listed; an event itself is [`Event`].

use creditgate_affairs::event::Event;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::time::Instant;

/// Where the delivery of an event to the webhook stands.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EventDelivery {
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
pub struct EventItem {
    /// Grows with every event.
    pub seq: i64,
    /// The event.
    pub event: Event,
    /// Where its delivery stands.
    pub delivery: EventDelivery,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use creditgate_affairs::event::RELEASE_ACTIVATED;

    use super::*;

    #[test]
    fn a_webhooks_body_is_flat_and_keeps_its_form() {
        let event = Event {
            id: "01a208b7-5547-7be4-ba02-769162f83f06".to_owned(),
            name: RELEASE_ACTIVATED.into(),
            at: "2026-08-07T08:00:00Z".parse().unwrap(),
            actor: "3f1c9a0b12cd".to_owned(),
            subject: "market-regulation/food-licence/review".to_owned(),
            data: BTreeMap::from([("reason".to_owned(), "1.0.1".to_owned())]),
        };
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(
            text,
            concat!(
                r#"{"id":"01a208b7-5547-7be4-ba02-769162f83f06","name":"release.activated","#,
                r#""at":"2026-08-07T16:00:00.000+08:00","actor":"3f1c9a0b12cd","#,
                r#""subject":"market-regulation/food-licence/review","data":{"reason":"1.0.1"}}"#
            )
        );
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
}
