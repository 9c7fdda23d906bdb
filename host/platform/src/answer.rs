//! What a platform's answer means. Pure: status, body and one header in, a
//! reading out.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use serde::Deserialize;

/// What an answer says about the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// The platform has it.
    Accepted,
    /// A success in name, without the acknowledgement: something else than the
    /// platform answered, such as a proxy's login page.
    NotAcknowledged,
    /// Sending the same again can never help.
    Refused,
    /// It may help later.
    TryLater,
}

/// `{"accepted": "<feedback id>"}`; a platform may say more.
#[derive(Deserialize)]
struct Acknowledgement {
    accepted: String,
}

/// Reads the answer to the message `id`. A conflict (409) that acknowledges the
/// message is what a platform says that had it before.
pub(crate) fn read(id: &str, status: StatusCode, body: &[u8]) -> Reading {
    let acknowledged = || {
        // A list of its values, which serde would take too, acknowledges nothing.
        body.trim_ascii_start().starts_with(b"{")
            && serde_json::from_slice::<Acknowledgement>(body)
                .is_ok_and(|acknowledgement| acknowledgement.accepted == id)
    };
    match status {
        status if status.is_success() && acknowledged() => Reading::Accepted,
        status if status.is_success() => Reading::NotAcknowledged,
        StatusCode::CONFLICT if acknowledged() => Reading::Accepted,
        // These speak of the message itself. Every other refusal, a wrong token
        // or address among them, is for an administrator to mend, and then the
        // message still has to arrive.
        StatusCode::BAD_REQUEST
        | StatusCode::GONE
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Reading::Refused,
        _ => Reading::TryLater,
    }
}

/// The time a `Retry-After` header asks for: seconds, or a date after `now`.
pub(crate) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_counts_as_delivered_only_with_the_acknowledgement() {
        let own = r#"{"accepted":"f1","position":7}"#;
        let cases = [
            (200, own, Reading::Accepted),
            (202, own, Reading::Accepted),
            (200, r#"{"accepted":"f2"}"#, Reading::NotAcknowledged),
            (200, r#"{"ok":true}"#, Reading::NotAcknowledged),
            (200, r#"["f1"]"#, Reading::NotAcknowledged),
            (200, "<html>sign in</html>", Reading::NotAcknowledged),
            (204, "", Reading::NotAcknowledged),
            (409, own, Reading::Accepted),
            (409, r#"{"accepted":"f2"}"#, Reading::TryLater),
            (400, own, Reading::Refused),
            (401, "", Reading::TryLater),
            (404, "", Reading::TryLater),
            (413, "", Reading::Refused),
            (422, "", Reading::Refused),
            (408, "", Reading::TryLater),
            (429, "", Reading::TryLater),
            (301, "", Reading::TryLater),
            (500, own, Reading::TryLater),
            (503, "", Reading::TryLater),
        ];
        for (status, body, expected) in cases {
            let reading = read("f1", StatusCode::from_u16(status).unwrap(), body.as_bytes());
            assert_eq!(reading, expected, "{status} {body}");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-08-07T08:00:00Z".parse().unwrap();
        let cases = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Fri, 07 Aug 2026 08:01:30 GMT", Some(90)),
            ("Fri, 07 Aug 2026 07:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
            ("", None),
        ];
        for (value, seconds) in cases {
            assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "`{value}`");
        }
    }
}
