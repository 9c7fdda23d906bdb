//! `creditgate tasks`: what is owed, by whom and until when.

use clap::Args;
use creditgate_wire::pages::Tasks;

use super::command::{Call, Page, Show, asks, row};

/// Show what departments owe, and until when
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate tasks --server http://127.0.0.1:8480 --key-file admin.key
  creditgate tasks --department market-regulation --kind publicity --config creditgate.toml
  creditgate tasks --state overdue --config creditgate.toml --json

Without --state, tasks that are open or overdue. A day marked ? is provisional: a year that was counted has no \
official table of working days yet. Exit status: 0, whatever is owed.")]
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
}

asks!(TasksCommand, Tasks, |command| {
    let call = Call::list(&["v1", "tasks"], "tasks").maybe("department", command.department);
    call.maybe("kind", command.kind).maybe("state", command.state)
});

impl Show for Tasks {
    fn show(&self, page: &mut Page) {
        page.table(
            ["DUE", "STATE", "KIND", "CASE", "DEPARTMENT", "CONTACT", "SUBJECT"],
            self.tasks.iter().map(|task| {
                row![
                    format!("{}{}", task.due_on.0, if task.provisional { "?" } else { "" }),
                    task.result.as_deref().unwrap_or(&task.state),
                    task.kind,
                    task.case_no,
                    task.responder_name.as_deref().unwrap_or(&task.responder),
                    task.contact,
                    task.subject,
                ]
            }),
        );
    }
}
