//! The frame of every command: where its options come from, how its result is shown, and how it ends.
//!
//! A command says what it asks and what it answers with, and no more: it is [`Ask`] where a host answers, [`Work`]
//! where none is needed. What all commands share is given to them here, by [`AtHost`] and [`Here`].

use clap::Args;

pub(super) use super::Exit;
pub(super) use super::client::{Call, Client, HostOptions};
pub(super) use super::error::CliError;
pub(super) use super::output::Terminal;
pub(super) use super::page::{Page, Show, Tone, details, local_time, row, short_digest, toned};
pub(super) use super::vocabulary::{day, explained, one_of};

/// A command with all its options, or a group of commands.
pub(super) trait Run {
    /// Does what was asked for, shows the result, and says how it ended.
    async fn run(self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError>;
}

/// A command that a host answers.
pub(super) trait Ask {
    /// Says what is wrong with the options, as far as no host is needed for that.
    fn check(&self) -> Result<(), CliError> {
        Ok(())
    }

    /// Asks the host.
    async fn ask(self, host: &Client, terminal: &mut Terminal<'_>)
    -> Result<impl Show + use<Self>, CliError>;
}

/// Says of a command that it is one call of a host, whose answer is shown.
macro_rules! asks {
    ($command:ty, $answer:ty, $call:expr) => {
        impl $crate::cli::command::Ask for $command {
            async fn ask(
                self,
                host: &$crate::cli::client::Client,
                _: &mut $crate::cli::Terminal<'_>,
            ) -> Result<$answer, $crate::cli::error::CliError> {
                let call: fn(Self) -> $crate::cli::client::Call = $call;
                host.ask(call(self)).await
            }
        }
    };
}

/// A command that is done here, without a host or with one of its own choice.
pub(super) trait Work {
    /// Does it.
    async fn work(self, terminal: &mut Terminal<'_>) -> Result<impl Show + use<Self>, CliError>;
}

// Comments of the parts would be taken for the help of the commands they are put into.

// A command, which host it asks, and how its result is written.
#[derive(Debug, Args)]
pub(super) struct AtHost<C: Args> {
    #[command(flatten)]
    pub(super) command: C,
    #[command(flatten)]
    pub(super) at: At,
}

// Which host is asked, and how the result is written.
#[derive(Debug, Args)]
pub(super) struct At {
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

// A command that needs no host, and how its result is written.
#[derive(Debug, Args)]
pub(super) struct Here<C: Args> {
    #[command(flatten)]
    command: C,
    #[command(flatten)]
    form: OutputForm,
}

// How a result is written.
#[derive(Debug, Clone, Copy, Args)]
struct OutputForm {
    /// Write JSON instead of text for people
    #[arg(long)]
    json: bool,
}

impl At {
    /// Asks the host, and shows what it answers.
    pub(super) async fn show(self, command: impl Ask, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        terminal.json = self.form.json;
        command.check()?;
        let host = self.host.open().await?;
        let answer = command.ask(&host, terminal).await?;
        terminal.show(answer)
    }
}

impl<C: Args + Ask> Run for AtHost<C> {
    async fn run(self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        self.at.show(self.command, terminal).await
    }
}

impl<C: Args + Work> Run for Here<C> {
    async fn run(self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        terminal.json = self.form.json;
        let answer = self.command.work(terminal).await?;
        terminal.show(answer)
    }
}

/// A command that was begun, in memory of its own: the commands of a group side by side are too much for a stack.
pub(super) fn begun<'c, C: Run + 'c>(
    command: C,
    terminal: &'c mut Terminal<'_>,
) -> impl Future<Output = Result<Exit, CliError>> {
    Box::pin(command.run(terminal))
}

/// Declares a group of commands: the derive of clap chooses one of them, and does not run it.
macro_rules! commands {
    ($(#[$meta:meta])* $visibility:vis enum $name:ident { $($(#[$about:meta])* $case:ident($command:ty),)+ }) => {
        $(#[$meta])*
        #[derive(Debug, clap::Subcommand)]
        $visibility enum $name { $($(#[$about])* $case($command),)+ }

        impl $crate::cli::command::Run for $name {
            async fn run(
                self,
                terminal: &mut $crate::cli::Terminal<'_>,
            ) -> Result<$crate::cli::Exit, $crate::cli::error::CliError> {
                match self { $(Self::$case(command) => $crate::cli::command::begun(command, terminal).await,)+ }
            }
        }
    };
}

pub(super) use {asks, commands};
