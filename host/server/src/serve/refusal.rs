//! What is refused before it is a request: a header that is none, is too large or
//! does not come. The HTTP layer answers some of it with a bare status and some
//! not at all; here all of it becomes a problem document.

use axum::http::{Request, StatusCode, Version, header};
use hyper::body::Incoming;

use super::wire::Talk;
use crate::http::{Code, Problem};

/// Longest target of a request, in bytes.
pub(super) const LONGEST_TARGET: usize = 8192;

/// Longest answer of the HTTP layer's own making: a status line and three fields.
const LONGEST_AUTOMATIC: usize = 256;

/// What the HTTP layer lets through and the protocol does not.
pub(super) fn head_fault(request: &Request<Incoming>) -> Option<Problem> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > LONGEST_TARGET {
        return Some(too_long());
    }
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if hosts > 1 || hosts == 0 && request.version() == Version::HTTP_11 {
        return Some(Problem::new(Code::RequestMalformed, "a request has one `Host` header"));
    }
    None
}

/// The problem for a request to which the HTTP layer has said nothing.
pub(super) fn unanswered(error: &hyper::Error, talk: &Talk) -> Option<Problem> {
    if !talk.in_header() {
        return None;
    }
    if error.is_timeout() || talk.is_late() {
        return Some(Problem::new(Code::RequestSlow, "the header did not come in time; send it at once"));
    }
    if error.is_incomplete_message() {
        return Some(Problem::new(Code::RequestIncomplete, "the connection ended before the header did"));
    }
    // Everything else it cannot read has had its answer.
    error.is_parse_version_h2().then(|| {
        Problem::new(Code::RequestHttpVersion, "this host speaks HTTP/1.1; do not begin with HTTP/2")
    })
}

/// The problem for a status the HTTP layer answers with. `in_line` says that not
/// even the request line has come to its end.
pub(super) fn of_status(status: StatusCode, in_line: bool) -> Problem {
    match status {
        StatusCode::URI_TOO_LONG => too_long(),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE if in_line => too_long(),
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Problem::new(
            Code::RequestHeaderTooLarge,
            "the header has too many fields or too many bytes; send fewer",
        ),
        _ => Problem::new(Code::RequestMalformed, "what came is no HTTP request"),
    }
}

fn too_long() -> Problem {
    let detail = format!("the target of a request may have {LONGEST_TARGET} bytes");
    Problem::new(Code::RequestTargetTooLong, detail)
}

/// The place and the status of an answer the HTTP layer made by itself at the end
/// of what it writes. Every answer of the host's own has a media type, and these
/// have none.
pub(super) fn automatic(bytes: &[u8]) -> Option<(usize, StatusCode)> {
    if !bytes.ends_with(b"\r\n\r\n") {
        return None;
    }
    let start = bytes.len().saturating_sub(LONGEST_AUTOMATIC);
    let at = start + bytes[start..].windows(9).rposition(|window| window == b"HTTP/1.1 ")?;
    let head = std::str::from_utf8(&bytes[at..]).ok()?;
    let mut lines = head.trim_end().split("\r\n");
    let status: u16 = lines.next()?.get(9..12)?.parse().ok()?;
    let status = StatusCode::from_u16(status).ok()?;
    let of_its_own = matches!(
        status,
        StatusCode::BAD_REQUEST | StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE
    );
    let bare = lines.all(|line| {
        let name = line.split(':').next().unwrap_or_default();
        ["connection", "content-length", "date"].iter().any(|known| name.eq_ignore_ascii_case(known))
    });
    (of_its_own && bare).then_some((at, status))
}

/// A problem as a whole answer, the last one of its connection.
pub(super) fn message(problem: Problem) -> Vec<u8> {
    let status = problem.code().status();
    let body = problem.to_json();
    let reason = status.canonical_reason().unwrap_or_default();
    let retry = if status == StatusCode::SERVICE_UNAVAILABLE { "retry-after: 1\r\n" } else { "" };
    let mut message = format!(
        "HTTP/1.1 {} {reason}\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\n{retry}\
         connection: close\r\n\r\n",
        status.as_u16(),
        body.len()
    )
    .into_bytes();
    message.extend_from_slice(&body);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_http_layer_says_by_itself_is_taken_for_it() {
        let bare = "HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\
                    date: Sun, 29 Nov 2026 09:00:00 GMT\r\n\r\n";
        let too_large = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        assert_eq!(automatic(bare.as_bytes()), Some((0, too_large)));
        let after = format!("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{{}}{bare}");
        assert_eq!(automatic(after.as_bytes()), Some((after.len() - bare.len(), too_large)));
        for other in [
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            "0\r\n\r\n",
            "",
        ] {
            assert_eq!(automatic(other.as_bytes()), None, "{other}");
        }
        let ours = message(Problem::new(Code::RequestMalformed, "x"));
        assert_eq!(automatic(&ours), None, "and nothing is replaced twice");
    }
}
