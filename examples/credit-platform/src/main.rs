//! `credit-platform`: the platform as a program.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::Parser;
use credit_platform::{Platform, Received, router};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// A small credit platform that receives feedback and shows what it got
#[derive(Debug, Parser)]
#[command(version, after_long_help = EXAMPLES)]
struct Arguments {
    /// Where to listen; port 0 takes a free one
    #[arg(long, default_value = "127.0.0.1:8900", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Keep every message in this file too, one JSON object a line, and go on with it after a restart
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
}

const EXAMPLES: &str = r#"Examples:
  Listen on a free port and keep what arrives:
      credit-platform --listen 127.0.0.1:0 --file feedback.jsonl
  See what has arrived, and how much of it more than once:
      curl http://127.0.0.1:8900/feedback
      curl http://127.0.0.1:8900/stats
  Answer the next three messages with 500 (modes: none, down, slow, error, garbage):
      curl http://127.0.0.1:8900/faults --json '{"mode":"error","times":3}'
  Answer the next query with the records of somebody else (modes as above, other_subject, wrong_signature):
      curl http://127.0.0.1:8900/query-faults --json '{"mode":"other_subject","times":1}'

The first line on stdout is `listening on http://ADDRESS`."#;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let received = match &arguments.file {
        Some(file) => Received::in_file(file).with_context(|| format!("cannot use {}", file.display()))?,
        None => Received::default(),
    };
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let mut terminate = signal(SignalKind::terminate())?;
    writeln!(std::io::stdout(), "listening on http://{}", listener.local_addr()?)?;
    axum::serve(listener, router(Arc::new(Platform::new(received))))
        .with_graceful_shutdown(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        })
        .await?;
    Ok(())
}
