//! Bodies: read within their limit, written as JSON.

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use creditgate_credit::fault::{Faults, FieldProblem, merged};
use creditgate_wire::charset;
use creditgate_wire::read::{Faulty, every_fault, from_sound_json};
use futures_util::StreamExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::{PartialSchema as _, ToSchema};

use super::arrival::cut_off;
use super::openapi::{Binary, Described, Description};
use super::problem::{Code, Problem};
use crate::sheets::{self, Sheet};

/// How much of a body that is too large is read all the same: a client that is
/// still sending does not read an answer.
const DRAIN_BYTES: usize = 64 << 20;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Some tools write it before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The media types a call takes.
#[derive(Debug, Clone, Copy)]
enum Media {
    /// `application/json`, or a type that ends in `+json`.
    Json,
    /// `application/wasm` or `application/octet-stream`.
    Component,
    /// Anything: the query says what it is.
    Any,
}

impl Media {
    fn check(self, headers: &HeaderMap) -> Result<(), Problem> {
        let given =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let (fits, wanted) = match self {
            Self::Json => {
                let json = essence == "application/json"
                    || (essence.starts_with("application/") && essence.ends_with("+json"));
                (json, "application/json")
            }
            Self::Component => (
                matches!(essence.as_str(), "application/wasm" | "application/octet-stream"),
                "application/wasm",
            ),
            Self::Any => (true, ""),
        };
        if !fits {
            let detail = format!("send it with the header `Content-Type: {wanted}`");
            return Err(Problem::new(Code::RequestMediaType, detail));
        }
        if matches!(self, Self::Component) {
            Ok(())
        } else {
            written_in(headers, &["utf-8", "utf8", "us-ascii"])
        }
    }
}

/// A body is never unpacked: what packing costs to undo is not bounded by what was
/// sent.
///
/// # Errors
/// A problem with status 415 where it is said to be packed.
pub(crate) fn not_packed(headers: &HeaderMap) -> Result<(), Problem> {
    let packings = headers.get_all(header::CONTENT_ENCODING).iter();
    let plain = |packing: &str| packing.is_empty() || packing.eq_ignore_ascii_case("identity");
    if packings
        .map(|value| value.to_str().unwrap_or("?"))
        .all(|value| value.split(',').map(str::trim).all(plain))
    {
        return Ok(());
    }
    Err(Problem::new(Code::RequestContentEncoding, "send the body as it is, without `Content-Encoding`"))
}

/// The characters a body is said to be written in, if that is said, are some of these.
///
/// # Errors
/// A problem with status 415.
pub(crate) fn written_in(headers: &HeaderMap, known: &[&str]) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let charsets = given.split(';').skip(1).filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    for charset in charsets {
        if !known.iter().any(|known| known.eq_ignore_ascii_case(charset)) {
            let detail = format!(
                "the body is said to be in other characters than {}; write it in UTF-8 and send \
                 `charset=utf-8`, or no `charset`",
                known.first().unwrap_or(&"utf-8")
            );
            return Err(Problem::new(Code::RequestCharset, detail));
        }
    }
    Ok(())
}

/// Most bytes the body of a request may have, as the table of calls has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit(pub(super) usize);

/// The whole body.
async fn read(request: Request, media: Media) -> Result<Bytes, Problem> {
    let (parts, body) = request.into_parts();
    media.check(&parts.headers)?;
    // Access control gives every call that needs a key its limit; the others take no body.
    let limit = parts.extensions.get().map_or(0, |Limit(bytes)| *bytes);
    whole(body, limit).await
}

/// A body that is a file with something in it: an empty one is what a program sends
/// that could not read its own.
pub(crate) struct File(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for File {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = read(request, Media::Any).await?;
        if bytes.is_empty() {
            return Err(Problem::new(Code::FileEmpty, "there is nothing in the file that was sent"));
        }
        Ok(Self(bytes))
    }
}

impl Described for File {
    fn describe(description: &mut Description<'_>) {
        description.takes_media("text/plain", String::schema(), Some("The file".to_owned()));
    }
}

/// A body that is a component.
pub(crate) struct Component(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for Component {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(request, Media::Component).await.map(Self)
    }
}

impl Described for Component {
    fn describe(description: &mut Description<'_>) {
        description.takes_media("application/wasm", Binary::schema(), Some("The component".to_owned()));
    }
}

/// The whole body, whatever it is.
pub(super) async fn whole(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        return Err(too_large(body, limit).await);
    }
    let mut whole = Vec::with_capacity(usize::try_from(announced).unwrap_or_default());
    let mut frames = body.into_data_stream();
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|error| cut_off(&error))?;
        if whole.len() + frame.len() > limit {
            return Err(too_large(Body::from_stream(frames), limit).await);
        }
        whole.extend_from_slice(&frame);
    }
    Ok(whole.into())
}

/// A problem that is known before the body has come, once its client may read it.
pub(crate) async fn refused(body: Body, problem: impl Into<Problem>) -> Problem {
    let_by(body).await;
    problem.into()
}

/// The problem with a body that is too large, once its client may read it.
pub(super) async fn too_large(body: Body, limit: usize) -> Problem {
    let_by(body).await;
    Problem::new(Code::RequestTooLarge, format!("the body may have {limit} bytes"))
}

/// Reads what nobody needs, so that the connection can go on; not for ever.
pub(crate) async fn let_by(body: Body) {
    let drain = async {
        let mut frames = body.into_data_stream();
        let mut read = 0;
        while let Some(Ok(frame)) = frames.next().await {
            read += frame.len();
            if read > DRAIN_BYTES {
                break;
            }
        }
    };
    // Whether all of it was read makes no difference to the answer.
    let _ = tokio::time::timeout(DRAIN_TIME, drain).await;
}

/// A JSON answer with this status.
pub(crate) struct Answer<T, const STATUS: u16 = 200>(pub(crate) T);

/// What a handler comes to: a JSON answer with this status, or why there is none. With
/// 202 something has begun and is not done yet.
pub(crate) type Answered<T, const STATUS: u16 = 200> = Result<Answer<T, STATUS>, Problem>;

impl<T: Serialize, const STATUS: u16> IntoResponse for Answer<T, STATUS> {
    fn into_response(self) -> Response {
        const { assert!(STATUS >= 200 && STATUS < 300, "an error is a problem") };
        answer(StatusCode::from_u16(STATUS).unwrap_or_default(), &self.0)
    }
}

impl<T: ToSchema, const STATUS: u16> Described for Answer<T, STATUS> {
    fn describe(description: &mut Description<'_>) {
        description.answers::<T>(STATUS);
    }
}

/// The media type of a workbook.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// An answer as a document, or its tables as a file.
pub(crate) enum Tables<T> {
    Document(T),
    Csv(Vec<Sheet>),
    Workbook(Vec<Sheet>),
}

impl<T: Serialize> IntoResponse for Tables<T> {
    fn into_response(self) -> Response {
        let (media, file) = match self {
            Self::Document(document) => return Answer::<T>(document).into_response(),
            Self::Csv(tables) => ("text/csv; charset=utf-8", sheets::csv(&tables).map_err(Problem::caused)),
            Self::Workbook(tables) => (WORKBOOK, sheets::workbook(&tables).map_err(Problem::caused)),
        };
        file.map(|bytes| ([(header::CONTENT_TYPE, media)], bytes)).into_response()
    }
}

impl<T: ToSchema> Described for Tables<T> {
    fn describe(description: &mut Description<'_>) {
        description.answers::<T>(200);
        description.answers_file(200, "text/csv", String::schema());
        description.answers_file(200, WORKBOOK, Binary::schema());
    }
}

/// A JSON answer.
pub(crate) fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(bytes) => (status, [(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
        Err(error) => Problem::caused(error).into_response(),
    }
}

/// The value in a JSON body, with what is wrong with it so far. Whoever takes the
/// value says what else must hold of it, and its caller is told all faults at once.
#[derive(Debug)]
pub(crate) struct Json<T> {
    /// With stand-ins where it has faults.
    value: T,
    faults: Vec<FieldProblem>,
}

impl<T: DeserializeOwned> Json<T> {
    /// Reads it; a byte order mark of UTF-8 before it does not matter.
    ///
    /// # Errors
    /// A problem where it cannot be read to its end.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Problem> {
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        // To know the place of a fault has a price, worth paying once there is one.
        if let Ok(value) = from_sound_json(bytes) {
            return Ok(Self { value, faults: Vec::new() });
        }
        is_utf8(bytes)?;
        match every_fault(bytes) {
            Ok(value) => Ok(Self { value, faults: Vec::new() }),
            Err(Faulty { faults, .. }) if faults.iter().any(|fault| fault.code == "json.syntax") => {
                let what = faults.first().map_or("is not JSON", |fault| fault.message.as_str());
                Err(Problem::new(Code::RequestMalformedJson, format!("the body {what}")))
            }
            Err(Faulty { faults, stand_in: Some(value) }) => Ok(Self { value, faults }),
            Err(Faulty { faults, stand_in: None }) => Err(Problem::invalid(faults)),
        }
    }
}

impl<T> Json<T> {
    /// The value and its faults.
    pub(crate) fn into_parts(self) -> (T, Vec<FieldProblem>) {
        (self.value, self.faults)
    }

    /// The value, of which nothing more is asked than its form.
    ///
    /// # Errors
    /// Every fault.
    pub(crate) fn sound(self) -> Result<T, Problem> {
        self.turned(Ok)
    }

    /// The value, if it keeps these rules too.
    ///
    /// # Errors
    /// Every fault.
    pub(crate) fn held_to(self, rules: impl FnOnce(&T, &mut Faults)) -> Result<T, Problem> {
        self.turned(|value| {
            let mut faults = Faults::default();
            rules(&value, &mut faults);
            faults.passed(value)
        })
    }

    /// What the value is turned into.
    ///
    /// # Errors
    /// Every fault, those that `turn` finds too.
    pub(crate) fn turned<U>(
        self,
        turn: impl FnOnce(T) -> Result<U, Vec<FieldProblem>>,
    ) -> Result<U, Problem> {
        match turn(self.value) {
            Ok(turned) if self.faults.is_empty() => Ok(turned),
            Ok(_) => Err(Problem::invalid(self.faults)),
            Err(others) => Err(Problem::invalid(merged(self.faults, others))),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Self::read(&read(request, Media::Json).await?)
    }
}

impl<T: ToSchema> Described for Json<T> {
    fn describe(description: &mut Description<'_>) {
        description.takes::<T>();
    }
}

/// A JSON body as it came, for who reads it later.
pub(crate) struct JsonText(pub(crate) Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonText {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(request, Media::Json).await.map(Self)
    }
}

impl Described for JsonText {}

/// Refuses what is not UTF-8, and says what it seems to be.
fn is_utf8(bytes: &[u8]) -> Result<(), Problem> {
    let detail = match (charset::seems(bytes), std::str::from_utf8(bytes)) {
        (Some(seeming), _) => format!("the body seems to be {seeming}; write it in UTF-8"),
        (None, Err(_)) => "the body is not UTF-8, nor any other encoding that is known here".to_owned(),
        (None, Ok(_)) => return Ok(()),
    };
    Err(Problem::new(Code::RequestNotUtf8, detail))
}
