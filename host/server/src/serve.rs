//! Serving HTTP over TCP: accepting, holding slow clients to their time, and
//! stopping without losing a request.
//!
//! HTTP/1.1 alone: the callers are a few servers that keep their connections.

mod refusal;
mod signals;
mod wire;

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::{Future, poll_fn};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus_client::metrics::gauge::Gauge;
use rustix::net::sockopt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tower::ServiceExt;

use crate::http::{Code, Problem};
use crate::metrics::InFlight;
pub use signals::{Signals, on_signals, stop_signal};
use wire::{Talk, Wire};

/// Pause after an accept that failed for want of something, such as file
/// descriptors, which others have to give back first.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How often a peer that says nothing is asked whether it is still there, once its
/// time has come, and how many times.
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(10);
const KEEP_ALIVE_TIMES: u32 = 3;

/// What a listener lets its clients have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Connections at once.
    pub(crate) connections: usize,
    /// Connections of one address at once.
    pub(crate) connections_per_address: usize,
    /// Time for the header of a request.
    pub(crate) header: Duration,
    /// Time for the first byte of a kept connection's next request.
    pub(crate) kept: Duration,
    /// Bytes of a request's line and header.
    pub(crate) header_bytes: usize,
    /// How long a client may take nothing of an answer.
    pub(crate) idle: Duration,
    /// How long it may take to take the whole of one.
    pub(crate) answer: Duration,
    /// How long a connection is silent before its peer is asked for a sign of life.
    pub(crate) keep_alive: Duration,
    /// Time for the requests in flight once `shutdown` is there.
    pub(crate) grace: Duration,
}

/// Hears of a request that was refused before it came to the router, and why.
pub(crate) type Refused = Arc<dyn Fn(Code) + Send + Sync>;

/// Where it is told what goes on.
pub(crate) struct Notes {
    pub(crate) refused: Refused,
    /// Connections there are.
    pub(crate) connections: Gauge,
}

/// Serves until `shutdown` resolves, then finishes what was begun. True when all
/// of it came to its end in time.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    terms: Terms,
    notes: Notes,
    shutdown: impl Future<Output = ()>,
) -> bool {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // From the answer before, where there is one. A header that has begun has its
        // own time, by `Wire`.
        .header_read_timeout(terms.kept.max(terms.header))
        .max_header_size(terms.header_bytes)
        .keep_alive(true);
    let Notes { refused, connections } = notes;
    let server = Arc::new(Server { builder, router, terms, refused });
    let room = Room { places: Arc::new(Semaphore::new(terms.connections)), addresses: Arc::default() };
    let (stop, stopping) = watch::channel(());
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = room.accept(&listener, &terms) => accepted,
        };
        match accepted {
            Some((stream, Some(place))) => {
                let (server, stopping) = (Arc::clone(&server), stopping.clone());
                let held = (place, InFlight::enter(&connections));
                tokio::spawn(async move {
                    server.talk(stream, stopping).await;
                    drop(held);
                });
            }
            Some((stream, None)) => server.turn_away(&stream),
            None => {}
        }
    }
    // New connections are refused from here on, not left waiting.
    drop((listener, stopping));
    // Nobody listens where there is no connection.
    let _ = stop.send(());
    tokio::time::timeout(terms.grace, stop.closed()).await.is_ok()
}

/// What every connection needs.
struct Server {
    builder: http1::Builder,
    router: Router,
    terms: Terms,
    refused: Refused,
}

impl Server {
    /// One connection, from its first byte to its last.
    async fn talk(&self, stream: TcpStream, mut stopping: watch::Receiver<()>) {
        let talk = Arc::new(Talk::default());
        let wire = Wire::new(stream, Arc::clone(&talk), Arc::clone(&self.refused), &self.terms);
        let service = service_fn(|request| self.answer(&talk, request));
        let mut connection = self.builder.serve_connection(TokioIo::new(wire), service);
        let mut stop = pin!(stopping.changed());
        let mut told = false;
        let ended = poll_fn(|context| {
            if !told && stop.as_mut().poll(context).is_ready() {
                told = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
            Pin::new(&mut connection).poll(context)
        })
        .await;
        let mut wire = connection.into_parts().io.into_inner();
        if let Err(error) = ended {
            // Clients go away and send nonsense; neither is the host's fault.
            tracing::debug!(error = %creditgate_gate::chain(&error), "a connection ended badly");
            if let Some(problem) = refusal::unanswered(&error, &talk) {
                wire.say(problem).await;
            }
        }
        // A host that stops has answered, and waits for nobody.
        if !told {
            wire.linger().await;
        }
    }

    async fn answer(&self, talk: &Talk, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        talk.begin();
        let read = Arc::new(AtomicBool::new(request.body().is_end_stream()));
        let mut response = match refusal::head_fault(&request) {
            None => {
                let body = |incoming| Body::new(Watched { incoming, read: Arc::clone(&read) });
                self.router.clone().oneshot(request.map(body)).await?
            }
            Some(problem) => {
                (self.refused)(problem.code());
                problem.into_response()
            }
        };
        // The connection ends with an answer that comes before the whole request. A
        // client that is not told sends its next request into nothing.
        if !read.load(Ordering::Relaxed) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        talk.end();
        Ok(response)
    }

    /// Says why to a client that has as many connections as it may, if that fits
    /// into one packet, which it does.
    fn turn_away(&self, stream: &TcpStream) {
        let detail = "too many connections of this address at once; close some, or use those there are";
        let problem = Problem::new(Code::HostBusy, detail);
        (self.refused)(problem.code());
        if let Err(error) = stream.try_write(&refusal::message(problem)) {
            tracing::debug!(%error, "a client that was turned away was not told why");
        }
    }
}

/// The body of a request, which says whether all of it was read.
struct Watched {
    incoming: Incoming,
    read: Arc<AtomicBool>,
}

impl hyper::body::Body for Watched {
    type Data = hyper::body::Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = Pin::new(&mut self.incoming).poll_frame(context);
        if matches!(frame, Poll::Ready(None)) || self.incoming.is_end_stream() {
            self.read.store(true, Ordering::Relaxed);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// Room for connections.
struct Room {
    places: Arc<Semaphore>,
    addresses: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection's room, until it is dropped.
struct Place {
    address: IpAddr,
    addresses: Arc<Mutex<HashMap<IpAddr, usize>>>,
    _place: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connections) = addresses.get_mut(&self.address) {
            *connections -= 1;
            if *connections == 0 {
                addresses.remove(&self.address);
            }
        }
    }
}

impl Room {
    /// The next connection, once there is room for it; without a place where its
    /// address has as many as it may.
    async fn accept(&self, listener: &TcpListener, terms: &Terms) -> Option<(TcpStream, Option<Place>)> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Err(error) = prepare(&stream, terms.keep_alive) {
                    tracing::debug!(%error, "an option of a connection was refused");
                }
                let place = self.enter(peer.ip(), terms.connections_per_address, place);
                Some((stream, place))
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                None
            }
        }
    }

    fn enter(&self, address: IpAddr, most: usize, place: OwnedSemaphorePermit) -> Option<Place> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = addresses.entry(address).or_default();
        if *connections >= most {
            return None;
        }
        *connections += 1;
        Some(Place { address, addresses: Arc::clone(&self.addresses), _place: place })
    }
}

/// An answer is one small write, and waiting to fill a packet delays it. A peer
/// that went away without a word is found out.
fn prepare(stream: &TcpStream, keep_alive: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    sockopt::set_tcp_keepidle(stream, keep_alive)?;
    sockopt::set_tcp_keepintvl(stream, KEEP_ALIVE_EVERY)?;
    sockopt::set_tcp_keepcnt(stream, KEEP_ALIVE_TIMES)?;
    sockopt::set_socket_keepalive(stream, true)?;
    Ok(())
}

/// Listens.
///
/// # Errors
/// When the address is taken or not this machine's.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_peer_that_says_nothing_is_asked_for_a_sign_of_life() {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (stream, _) = listener.accept().await.unwrap();
        prepare(&stream, Duration::from_secs(7)).unwrap();
        assert!(sockopt::socket_keepalive(&stream).unwrap());
        assert_eq!(sockopt::tcp_keepidle(&stream).unwrap(), Duration::from_secs(7));
        assert_eq!(sockopt::tcp_keepintvl(&stream).unwrap(), KEEP_ALIVE_EVERY);
        assert_eq!(sockopt::tcp_keepcnt(&stream).unwrap(), KEEP_ALIVE_TIMES);
    }

    #[tokio::test]
    async fn an_address_has_its_connections_and_the_others_have_theirs() {
        let room = Room { places: Arc::new(Semaphore::new(8)), addresses: Arc::default() };
        let place = || Arc::clone(&room.places).try_acquire_owned().unwrap();
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let first = room.enter(one, 1, place());
        assert!(first.is_some());
        assert!(room.enter(one, 1, place()).is_none(), "it has one");
        assert!(room.enter(other, 1, place()).is_some());
        drop(first);
        assert!(room.enter(one, 1, place()).is_some(), "one came free");
        assert_eq!(room.places.available_permits(), 8, "nothing is left behind");
        assert!(room.addresses.lock().unwrap().is_empty());
    }
}
