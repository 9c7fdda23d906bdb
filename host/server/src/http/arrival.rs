//! Bodies as they arrive: held to their time, and brought in as a whole before
//! anything is begun for them.
//!
//! What is carried to its end whoever goes away must not wait for a client, and no
//! lock is taken for a file that is not there yet.

use std::error::Error;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use creditgate_store::StoreError;
use futures_util::StreamExt as _;
use http_body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::problem::{Code, Problem};

/// Bytes that go to a file at once.
const PIECE: usize = 1 << 20;

/// A body that did not come in its time.
#[derive(Debug, thiserror::Error)]
#[error("the body does not come")]
struct TooSlow;

/// A body that is held to its time: so long for each frame, and until then for the
/// whole.
struct Timed {
    body: Body,
    idle: Duration,
    until: Instant,
    /// Runs while there is no frame; made when the first one has to be waited for.
    timer: Option<Pin<Box<Sleep>>>,
    waiting: bool,
}

/// Holds a body to its time.
pub(super) fn timed(body: Body, idle: Duration, until: Instant) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(Timed { body, idle, until, timer: None, waiting: false })
}

impl Timed {
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let now = Instant::now();
        if !self.waiting {
            self.waiting = true;
            let end = self.until.min(now + self.idle);
            match &mut self.timer {
                Some(timer) => timer.as_mut().reset(end),
                None => self.timer = Some(Box::pin(tokio::time::sleep_until(end))),
            }
        }
        // The request as a whole may be out of time at the very same instant.
        self.until <= now || self.timer.as_mut().is_some_and(|timer| timer.as_mut().poll(context).is_ready())
    }
}

impl HttpBody for Timed {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        if frame.is_ready() {
            self.waiting = false;
            return frame;
        }
        if self.is_late(context) { Poll::Ready(Some(Err(axum::Error::new(TooSlow)))) } else { Poll::Pending }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Why a body ended before it was whole.
pub(super) fn cut_off(error: &axum::Error) -> Problem {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<TooSlow>() {
            return Problem::new(Code::RequestSlow, "the body did not come in time; send it without pauses");
        }
        let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
        if matches!(kind, Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData)) {
            return Problem::new(Code::RequestMalformedBody, "the chunks of the body are no chunks");
        }
        cause = error.source();
    }
    Problem::new(Code::RequestIncomplete, "the connection ended before the body did")
}

/// A file that came with a request, whole. It has no name in the file system, and
/// is gone once it is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Upload(Arc<File>);

impl Upload {
    /// The file, to be read from its beginning.
    pub(crate) fn open(&self) -> io::Result<File> {
        let mut file = self.0.try_clone()?;
        file.rewind()?;
        Ok(file)
    }
}

/// Brings a body into a file of its own in `folder`, of at most `limit` bytes.
pub(super) async fn to_file(body: Body, folder: &Path, limit: usize) -> Result<Upload, Problem> {
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        return Err(super::body::too_large(body, limit).await);
    }
    let folder = folder.to_owned();
    let mut file = blocking(move || {
        std::fs::create_dir_all(&folder)?;
        tempfile::tempfile_in(&folder)
    })
    .await?;
    let mut frames = body.into_data_stream();
    let (mut waiting, mut bytes) = (Vec::with_capacity(PIECE.min(limit)), 0);
    while let Some(frame) = frames.next().await {
        let frame = frame.map_err(|error| cut_off(&error))?;
        bytes += frame.len();
        if bytes > limit {
            return Err(super::body::too_large(Body::from_stream(frames), limit).await);
        }
        waiting.extend_from_slice(&frame);
        if waiting.len() >= PIECE {
            (file, waiting) = written(file, waiting).await?;
        }
    }
    let (file, _) = written(file, waiting).await?;
    Ok(Upload(Arc::new(file)))
}

async fn written(mut file: File, mut waiting: Vec<u8>) -> Result<(File, Vec<u8>), Problem> {
    blocking(move || {
        file.write_all(&waiting)?;
        waiting.clear();
        Ok((file, waiting))
    })
    .await
}

/// Runs work with a file on a thread that may wait for the disk.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await.map_err(Problem::caused)?;
    done.map_err(|error| {
        tracing::error!(%error, "a file that came with a request could not be kept");
        StoreError::Full.into()
    })
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    const IDLE: Duration = Duration::from_secs(5);

    fn frame(text: &'static str) -> io::Result<Bytes> {
        Ok(Bytes::from_static(text.as_bytes()))
    }

    /// Frames with so many seconds before each.
    fn paced(frames: Vec<(u64, &'static str)>) -> Body {
        Body::from_stream(stream::iter(frames).then(|(pause, text)| async move {
            tokio::time::sleep(Duration::from_secs(pause)).await;
            frame(text)
        }))
    }

    async fn all(body: Body) -> Result<String, Code> {
        let mut frames = timed(body, IDLE, Instant::now() + Duration::from_secs(20)).into_data_stream();
        let mut text = String::new();
        while let Some(frame) = frames.next().await {
            let frame = frame.map_err(|error| cut_off(&error).code())?;
            text.push_str(std::str::from_utf8(&frame).unwrap());
        }
        Ok(text)
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_pause_for_so_long_and_take_so_long_as_a_whole() {
        assert_eq!(all(paced(vec![(4, "a"), (4, "b"), (4, "c")])).await.as_deref(), Ok("abc"));
        let started = Instant::now();
        assert_eq!(all(paced(vec![(4, "a"), (6, "b")])).await, Err(Code::RequestSlow));
        assert_eq!(started.elapsed(), Duration::from_secs(9), "five seconds of silence");
        let started = Instant::now();
        let trickle = (0..60).map(|_| (1, ".")).collect();
        assert_eq!(all(paced(trickle)).await, Err(Code::RequestSlow));
        assert_eq!(started.elapsed(), Duration::from_secs(20), "and twenty in all");
    }

    #[tokio::test]
    async fn why_a_body_ended_early_is_told_apart() {
        for (kind, code) in [
            (io::ErrorKind::UnexpectedEof, Code::RequestIncomplete),
            (io::ErrorKind::ConnectionReset, Code::RequestIncomplete),
            (io::ErrorKind::InvalidInput, Code::RequestMalformedBody),
            (io::ErrorKind::InvalidData, Code::RequestMalformedBody),
        ] {
            let broken = Body::from_stream(stream::iter([frame("a"), Err(io::Error::from(kind))]));
            assert_eq!(all(broken).await, Err(code), "{kind:?}");
        }
    }

    #[tokio::test]
    async fn a_file_is_whole_and_within_its_limit_or_not_there() {
        use std::io::Read as _;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("uploads");
        let body = |frames: Vec<io::Result<Bytes>>| Body::from_stream(stream::iter(frames));
        let upload = to_file(body(vec![frame("ab"), frame("cd")]), &place, 4).await.unwrap();
        for _ in 0..2 {
            let mut text = String::new();
            upload.open().unwrap().read_to_string(&mut text).unwrap();
            assert_eq!(text, "abcd");
        }
        let too_large = to_file(body(vec![frame("ab"), frame("cde")]), &place, 4).await.unwrap_err();
        assert_eq!(too_large.code(), Code::RequestTooLarge);
        let cut = to_file(body(vec![frame("ab"), Err(io::ErrorKind::UnexpectedEof.into())]), &place, 4).await;
        assert_eq!(cut.unwrap_err().code(), Code::RequestIncomplete);
        assert_eq!(std::fs::read_dir(&place).unwrap().count(), 0, "none has a name");
    }
}
