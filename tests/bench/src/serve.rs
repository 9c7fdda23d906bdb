//! The real host on a real socket, with the rule in the sandbox or compiled in:
//! the same server, the same checks, the same durability.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use clap::{Args, ValueEnum};
use creditgate_server::{Config, Host};
use tokio::net::TcpListener;

use crate::native::NativeReview;

#[derive(Args)]
pub(crate) struct Options {
    /// The host's configuration.
    #[arg(long)]
    config: PathBuf,
    /// Where the rule runs.
    #[arg(long)]
    engine: Engine,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Engine {
    Sandbox,
    Native,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_park(|| {
            creditgate_sandbox::renew_spares();
        })
        .build()?
        .block_on(serve(options))
}

#[expect(clippy::print_stdout, reason = "the caller reads the address from the first line")]
async fn serve(options: &Options) -> Result<()> {
    let config = Config::load(&options.config)?;
    let listener = TcpListener::bind(config.listen).await?;
    let mut builder = Host::builder(config);
    if options.engine == Engine::Native {
        builder = builder.substitute_judge(Arc::new(NativeReview));
    }
    let host = builder.open().await?;
    println!("listening on http://{}", listener.local_addr()?);
    let stop = creditgate_server::serve::stop_signal()?;
    host.serve(listener, stop).await;
    Ok(())
}
