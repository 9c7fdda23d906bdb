//! What a request carries: bytes that are in memory, or a file that is read while
//! it is sent.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use http_body::{Frame, SizeHint};
use indicatif::ProgressBar;

use crate::cli::error::CliError;

/// Bytes that are read at once.
const PIECE: usize = 1 << 18;

/// What a request carries.
#[derive(Debug)]
pub(in crate::cli) enum Payload {
    /// Bytes in memory.
    Bytes(Vec<u8>),
    /// A file, however large.
    File(FileBody),
}

/// A file that is read piece by piece. Reading blocks, which in a program that
/// does nothing else is all right.
#[derive(Debug)]
pub(in crate::cli) struct FileBody {
    file: File,
    left: u64,
    sent: ProgressBar,
}

impl FileBody {
    /// Opens a file; `sent` is told how much of it was sent.
    pub(in crate::cli) fn open(path: &Path, sent: &ProgressBar) -> Result<Self, CliError> {
        let file = File::open(path).map_err(CliError::file("read", path))?;
        let left = file.metadata().map_err(CliError::file("read", path))?.len();
        Ok(Self { file, left, sent: sent.clone() })
    }

    /// Bytes there are still to send.
    pub(in crate::cli) const fn left(&self) -> u64 {
        self.left
    }
}

impl HttpBody for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let mut piece = vec![0; PIECE];
        let read = match self.file.read(&mut piece) {
            Ok(0) => return Poll::Ready(None),
            Ok(read) => read,
            Err(error) => return Poll::Ready(Some(Err(error))),
        };
        piece.truncate(read);
        self.left = self.left.saturating_sub(read as u64);
        self.sent.inc(read as u64);
        Poll::Ready(Some(Ok(Frame::data(piece.into()))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

impl From<Payload> for Body {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload::Bytes(bytes) => bytes.into(),
            Payload::File(file) => Self::new(file),
        }
    }
}

impl From<Payload> for reqwest::Body {
    fn from(payload: Payload) -> Self {
        match payload {
            Payload::Bytes(bytes) => bytes.into(),
            Payload::File(file) => Self::wrap(file),
        }
    }
}
