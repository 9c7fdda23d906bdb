//! Clients that mean harm: they send what never ends, take no answers, and ask as
//! fast and as wide as a key lets them. What each is told is what has to come of
//! it; what it costs the others the storm measures.

use std::time::Duration;

use serde_json::Value;
use system_tests::{Client, Load, city};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::storm::Got;
use crate::yard::Yard;

/// What is set at the host for them: a storm is shorter than its usual patience.
pub(crate) const PATIENCE: &str = "idle_timeout_ms = 2000\nheader_timeout_ms = 2000\n";

/// Nothing takes this long but a host that waits.
const LONG: Duration = Duration::from_secs(60);

/// A client that means harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostileClient {
    /// Sends half of a check and no more.
    StalledBody,
    /// Sends half of a list and no more.
    StalledUpload,
    /// Sends a header byte by byte, for ever.
    SlowHeader,
    /// Asks for much and takes nothing of it.
    SlowReader,
    /// Asks whatever its key may ask, as fast and as wide as it can.
    KeyFlood,
    /// Asks with a key nobody gave out, as fast as it can.
    UnknownKey,
    /// Sends what is no request.
    Nonsense,
}

impl HostileClient {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::StalledBody,
        Self::StalledUpload,
        Self::SlowHeader,
        Self::SlowReader,
        Self::KeyFlood,
        Self::UnknownKey,
        Self::Nonsense,
    ];

    /// Its name in a report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::StalledBody => "client:stalled-body",
            Self::StalledUpload => "client:stalled-upload",
            Self::SlowHeader => "client:slow-header",
            Self::SlowReader => "client:slow-reader",
            Self::KeyFlood => "client:key-flood",
            Self::UnknownKey => "client:unknown-key",
            Self::Nonsense => "client:nonsense",
        }
    }

    /// How many of it there are at once. A key has a quarter of the host's places:
    /// the flood is wider than that.
    const fn width(self) -> usize {
        match self {
            Self::KeyFlood => 160,
            Self::StalledBody => 16,
            Self::UnknownKey => 8,
            Self::StalledUpload | Self::SlowHeader | Self::SlowReader => 4,
            Self::Nonsense => 2,
        }
    }

    /// With what it may end: status and code of the problem it is told.
    const fn ends(self) -> &'static [(u16, &'static str)] {
        match self {
            // Beside the flood, which has the same key.
            Self::StalledBody => &[(408, "request.slow"), (503, "key.busy")],
            Self::StalledUpload => &[(408, "request.slow")],
            Self::SlowHeader => &[(408, "request.slow")],
            Self::SlowReader => &[],
            Self::KeyFlood => &[(422, "department.unknown"), (200, ""), (503, "key.busy")],
            Self::UnknownKey => &[(401, "auth.invalid")],
            Self::Nonsense => &[(400, "request.malformed")],
        }
    }
}

/// What the clients use.
pub(crate) struct Arms {
    address: String,
    /// A key of a department that has nothing to do with the honest callers.
    flood: Client,
    /// A key that may import.
    publisher: Client,
}

/// The department of the key that floods.
const FLOODING: &str = "flooding";

impl Arms {
    /// Gives the keys out.
    pub(crate) async fn of(yard: &Yard) -> Self {
        let flood = yard.gate.somebody_of(FLOODING, "caller").await;
        let publisher = yard.gate.somebody("publisher").await;
        Self { address: yard.gate.admin.address().to_owned(), flood, publisher }
    }

    /// Sets clients of a kind to work.
    pub(crate) fn attack(self: &std::sync::Arc<Self>, kind: HostileClient) -> Load<Got> {
        let arms = std::sync::Arc::clone(self);
        Load::start(kind.width(), move |number| {
            let arms = std::sync::Arc::clone(&arms);
            async move { Some(arms.once(kind, number).await) }
        })
    }

    async fn once(&self, kind: HostileClient, number: usize) -> Got {
        let told = match tokio::time::timeout(LONG, self.act(kind, number)).await {
            Ok(told) => told,
            Err(_) => Err("the host still waits for it".to_owned()),
        };
        let fault = |what: &str, told: String| {
            Got::Hostile(format!("{}: {what}", kind.name()), Some(format!("{}: {told}", kind.name())))
        };
        match told {
            Ok(None) if kind.ends().is_empty() => Got::Hostile(format!("{}: cut", kind.name()), None),
            Ok(Some((status, code))) if kind.ends().contains(&(status, code.as_str())) => {
                Got::Hostile(format!("{}: {status} {code}", kind.name()), None)
            }
            Ok(told) => fault("other", format!("{told:?}")),
            Err(told) => fault("fault", told),
        }
    }

    /// One turn; gives back the problem it was told.
    async fn act(&self, kind: HostileClient, number: usize) -> Result<Option<(u16, String)>, String> {
        match kind {
            HostileClient::StalledBody => self.half("/v1/checks", &self.flood).await,
            HostileClient::StalledUpload => {
                self.half("/v1/admin/lists?format=jsonl&source=stalled&file=stalled", &self.publisher).await
            }
            HostileClient::SlowHeader => self.slow_header().await,
            HostileClient::SlowReader => self.slow_reader().await.map(|()| None),
            HostileClient::KeyFlood => Ok(Some(self.flood(number).await)),
            HostileClient::UnknownKey => {
                let reply = self.flood.with_key(Some("cg_000000000000_nobody")).get("/v1/tasks").await;
                Ok(Some(status_and_code(reply.status, &reply.text)))
            }
            HostileClient::Nonsense => self.told(b"GET /\x00 nonsense\r\n\r\n").await,
        }
    }

    /// The flood goes round the calls its key has, wide ones and dear ones.
    async fn flood(&self, number: usize) -> (u16, String) {
        let reply = match number % 4 {
            0 | 1 => {
                let mut request =
                    city::request("honest", "review", &format!("flood-{number:06}"), city::CLEAN_COMPANY);
                request["department"] = FLOODING.into();
                self.flood.post("/v1/checks", &request).await
            }
            2 => self.flood.get("/v1/tasks").await,
            _ => self.flood.get(&format!("/v1/completion?department={FLOODING}")).await,
        };
        status_and_code(reply.status, &reply.text)
    }

    async fn half(&self, path: &str, client: &Client) -> Result<Option<(u16, String)>, String> {
        let key = client.key().unwrap_or_default();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: 100000\r\n\r\n{{\"half\":"
        );
        self.told(request.as_bytes()).await
    }

    async fn slow_header(&self) -> Result<Option<(u16, String)>, String> {
        let stream = self.connect().await?;
        let (mut read, mut write) = stream.into_split();
        let sends = async {
            let bytes = b"GET /healthz HTTP/1.1\r\nx: ".iter().copied().chain(std::iter::repeat(b'y'));
            for byte in bytes {
                if write.write_all(&[byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            std::future::pending::<()>().await
        };
        let mut answer = Vec::new();
        tokio::select! {
            read = read.read_to_end(&mut answer) => read.map_err(|error| error.to_string())?,
            () = sends => 0,
        };
        Ok(Some(problem(&answer)))
    }

    /// Ends when the host has cut the connection.
    async fn slow_reader(&self) -> Result<(), String> {
        let stream = self.connect().await?;
        let (mut read, mut write) = stream.into_split();
        // More than the network holds on its way, and then silence until a write
        // finds that nobody is there.
        let request = b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(50);
        while write.write_all(&request).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let mut rest = Vec::new();
        // What was on its way, or the news that it is gone.
        let _ = read.read_to_end(&mut rest).await;
        Ok(())
    }

    async fn told(&self, bytes: &[u8]) -> Result<Option<(u16, String)>, String> {
        let mut stream = self.connect().await?;
        stream.write_all(bytes).await.map_err(|error| error.to_string())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.map_err(|error| error.to_string())?;
        Ok(Some(problem(&answer)))
    }

    async fn connect(&self) -> Result<TcpStream, String> {
        TcpStream::connect(&self.address).await.map_err(|error| error.to_string())
    }
}

/// Status and code of an answer that came over the wire.
fn problem(answer: &[u8]) -> (u16, String) {
    let text = String::from_utf8_lossy(answer);
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    let body = text.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    status_and_code(status, body)
}

fn status_and_code(status: u16, body: &str) -> (u16, String) {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}
