//! A connection as the HTTP layer sees it: a client that does not bring its header
//! to an end, or takes nothing of its answer, is cut, and what the HTTP layer would
//! say by itself is said as a problem document.

use std::future::Future;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

use super::{Refused, Terms, refusal};
use crate::http::Problem;

/// How long, and for how much, a connection stays open for reading after its last
/// answer: closed at once over what the client has sent, it would lose the answer.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 1 << 20;

/// Where a connection's talk is.
#[derive(Debug, Default)]
pub(super) struct Talk {
    /// Requests so far.
    requests: AtomicU64,
    /// A request is with the router.
    asked: AtomicBool,
    /// Something of a header has come.
    begun: AtomicBool,
    /// The request line has come to its end.
    line_ended: AtomicBool,
    /// A header did not come in time.
    late: AtomicBool,
}

impl Talk {
    /// A header is there as a whole.
    pub(super) fn begin(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.asked.store(true, Ordering::Relaxed);
    }

    /// Its answer is there; what comes next is another header.
    pub(super) fn end(&self) {
        self.asked.store(false, Ordering::Relaxed);
        self.begun.store(false, Ordering::Relaxed);
        self.line_ended.store(false, Ordering::Relaxed);
    }

    /// Whether a header is on its way and no request is with the router.
    pub(super) fn in_header(&self) -> bool {
        self.begun.load(Ordering::Relaxed) && !self.asked.load(Ordering::Relaxed)
    }

    /// Whether a header did not come in time.
    pub(super) fn is_late(&self) -> bool {
        self.late.load(Ordering::Relaxed)
    }

    /// Whether the header that is on its way is all request line.
    pub(super) fn in_line(&self) -> bool {
        !self.line_ended.load(Ordering::Relaxed)
    }

    fn came(&self, bytes: &[u8]) {
        if bytes.is_empty() || self.asked.load(Ordering::Relaxed) {
            return;
        }
        self.begun.store(true, Ordering::Relaxed);
        if !self.line_ended.load(Ordering::Relaxed) && bytes.contains(&b'\n') {
            self.line_ended.store(true, Ordering::Relaxed);
        }
    }
}

/// The connection.
pub(super) struct Wire {
    stream: TcpStream,
    talk: Arc<Talk>,
    refused: Refused,
    /// What is written in place of an answer of the HTTP layer's own making.
    instead: Option<(Vec<u8>, usize)>,
    header: HeaderTime,
    idle: Duration,
    whole: Duration,
    /// Runs while the client takes nothing.
    timer: Pin<Box<Sleep>>,
    waiting: bool,
    /// Since when there is something the client has not taken.
    since: Option<Instant>,
}

/// The time a client has for a header: the first one from the connection's start,
/// the others from their first byte.
struct HeaderTime {
    allowed: Duration,
    timer: Pin<Box<Sleep>>,
    /// The request for whose header it runs, counted from 0.
    request: u64,
}

impl HeaderTime {
    fn new(allowed: Duration) -> Self {
        Self { allowed, timer: Box::pin(tokio::time::sleep(allowed)), request: 0 }
    }

    /// Ready when a header that is awaited is late. To be asked when nothing more
    /// has come of it: a header that comes at once costs no timer.
    fn poll_late(&mut self, talk: &Talk, context: &mut Context<'_>) -> Poll<()> {
        let request = talk.requests.load(Ordering::Relaxed);
        if !talk.in_header() && request > 0 {
            return Poll::Pending;
        }
        if self.request != request {
            self.request = request;
            self.timer.as_mut().reset(Instant::now() + self.allowed);
        }
        self.timer.as_mut().poll(context)
    }
}

impl Wire {
    /// The connection of a client that has the times of `terms`.
    pub(super) fn new(stream: TcpStream, talk: Arc<Talk>, refused: Refused, terms: &Terms) -> Self {
        Self {
            stream,
            talk,
            refused,
            instead: None,
            header: HeaderTime::new(terms.header),
            idle: terms.idle,
            whole: terms.answer,
            timer: Box::pin(tokio::time::sleep(terms.idle)),
            waiting: false,
            since: None,
        }
    }

    /// Says one last thing.
    pub(super) async fn say(&mut self, problem: Problem) {
        (self.refused)(problem.code());
        let message = refusal::message(problem);
        let said = tokio::time::timeout(self.idle, self.stream.write_all(&message)).await;
        if !matches!(said, Ok(Ok(()))) {
            tracing::debug!("a client did not wait for the problem with its request");
        }
    }

    /// Lets the client read what was written last.
    pub(super) async fn linger(mut self) {
        let left = async {
            self.stream.shutdown().await?;
            let mut sink = [0; 4096];
            let mut read = 0;
            while read < LINGER_BYTES {
                match self.stream.read(&mut sink).await? {
                    0 => break,
                    some => read += some,
                }
            }
            Ok::<_, io::Error>(())
        };
        // A client that has gone needs none of it.
        let _ = tokio::time::timeout(LINGER, left).await;
    }

    /// What a write came to; a client that takes nothing for too long is an error.
    fn held_to_time<T>(
        &mut self,
        context: &mut Context<'_>,
        wrote: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if wrote.is_ready() {
            self.waiting = false;
            return wrote;
        }
        if !self.waiting {
            self.waiting = true;
            let now = Instant::now();
            let end = *self.since.get_or_insert(now) + self.whole;
            self.timer.as_mut().reset(end.min(now + self.idle));
        }
        ready!(self.timer.as_mut().poll(context));
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not take its answer")))
    }

    fn write_some(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.held_to_time(context, wrote)
    }

    fn write_instead(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some((message, written)) = self.instead.take() {
            if written == message.len() {
                break;
            }
            let wrote = self.write_some(context, &message[written..]);
            let more = if let Poll::Ready(Ok(more)) = wrote { more } else { 0 };
            self.instead = Some((message, written + more));
            ready!(wrote)?;
        }
        Poll::Ready(Ok(()))
    }

    /// Takes an answer of the HTTP layer's own making for a problem document. So
    /// many bytes before it are the end of another answer.
    fn refusal_in(&mut self, bytes: &[u8]) -> Option<usize> {
        let (before, status) = refusal::automatic(bytes)?;
        if before == 0 {
            let problem = refusal::of_status(status, self.talk.in_line());
            (self.refused)(problem.code());
            self.instead = Some((refusal::message(problem), 0));
        }
        Some(before)
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let wire = &mut *self;
        let read = Pin::new(&mut wire.stream).poll_read(context, buffer);
        wire.talk.came(&buffer.filled()[before..]);
        if read.is_pending() && wire.header.poll_late(&wire.talk, context).is_ready() {
            wire.talk.late.store(true, Ordering::Relaxed);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "the header did not come")));
        }
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.refusal_in(bytes) {
            Some(0) => Poll::Ready(Ok(bytes.len())),
            Some(before) => self.write_some(context, &bytes[..before]),
            None => self.write_some(context, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        // What the HTTP layer says by itself has no body, and is one slice.
        let mut full = slices.iter().filter(|slice| !slice.is_empty());
        if let (Some(only), None) = (full.next(), full.next()) {
            return self.poll_write(context, only);
        }
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.held_to_time(context, wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_instead(context))?;
        // Everything there was has been taken.
        self.since = None;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_instead(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
