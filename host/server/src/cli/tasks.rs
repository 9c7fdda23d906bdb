//! `creditgate tasks`: what is owed, by whom and until when.

use clap::Args;
use creditgate_wire::task::TasksBody;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, table};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate tasks --server http://127.0.0.1:8480 --key-file admin.key
  creditgate tasks --department market-regulation --kind publicity --config creditgate.toml
  creditgate tasks --state overdue --config creditgate.toml --json

Without --state, tasks that are open or overdue. A day marked ? is provisional: a year that was counted has no \
official table of working days yet. Exit status: 0, whatever is owed.";

/// Show what departments owe, and until when
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct TasksCommand {
    /// Only what this department owes
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    /// Only this kind, such as publicity, record, verification, commitment, monthly_report
    #[arg(long)]
    kind: Option<String>,
    /// Only this state: open, overdue, done or cancelled
    #[arg(long)]
    state: Option<String>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl TasksCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let mut call = Call::get(&["v1", "tasks"]);
            for (name, value) in
                [("department", &self.department), ("kind", &self.kind), ("state", &self.state)]
            {
                if let Some(value) = value {
                    call = call.query(name, value);
                }
            }
            let answer: TasksBody = client.ask_all(call, "tasks", None).await?.read()?;
            if self.form.json {
                terminal.json(&answer)?;
                return Ok(Exit::Success);
            }
            let mut rows = table(["DUE", "STATE", "KIND", "CASE", "DEPARTMENT", "CONTACT", "SUBJECT"]);
            for task in &answer.tasks {
                let mark = if task.provisional { "?" } else { "" };
                rows.add_row([
                    &format!("{}{mark}", task.due_on.0),
                    task.result.as_deref().unwrap_or(&task.state),
                    &task.kind,
                    task.case_no.as_deref().unwrap_or("-"),
                    task.responder_name.as_deref().unwrap_or(&task.responder),
                    task.contact.as_deref().unwrap_or("-"),
                    &task.subject,
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}
