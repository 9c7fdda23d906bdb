//! `creditgate catalogue review` and `publish`.

use clap::Args;
use creditgate_credit::catalogue::state::{ReviewKind, ReviewResult};
use creditgate_wire::catalogue::{Edition, EditionReview};

use crate::cli::command::{Call, asks, explained};

/// Record a review of an edition
///
/// The normative review comes first, then the legal one; nobody reviews what they imported.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate catalogue review 示例市2024版 --kind normative --result passed \\
      --server http://127.0.0.1:8480 --key-file chief.key
  creditgate catalogue review 示例市2024版 --kind legal --result returned \\
      --comment '第12项措施依据已失效' --operator legal-office --config creditgate.toml")]
pub(in crate::cli) struct ReviewCommand {
    /// Name of the edition
    edition: String,
    /// What was looked at
    #[arg(long, value_parser = explained(KINDS))]
    kind: ReviewKind,
    /// What was found; an edition that is returned is a draft again
    #[arg(long, value_parser = explained(RESULTS))]
    result: ReviewResult,
    /// What the reviewer says of it; needed where it is returned
    #[arg(long, default_value = "")]
    comment: String,
}

const KINDS: &[(ReviewKind, &str)] = &[
    (ReviewKind::Normative, "规范性审核: form, wording, completeness"),
    (ReviewKind::Legal, "合法性审核: whether the law carries it"),
];

const RESULTS: &[(ReviewResult, &str)] =
    &[(ReviewResult::Passed, "It may go on"), (ReviewResult::Returned, "It goes back to its maker")];

/// Publish an edition that was reviewed
///
/// It serves the checks of its days from then on, and never changes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate catalogue publish 示例市2024版 --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate catalogue publish 示例市2024版 --config creditgate.toml --json")]
pub(in crate::cli) struct PublishCommand {
    /// Name of the edition
    edition: String,
}

asks!(ReviewCommand, Edition, |command| {
    let review = EditionReview { kind: command.kind, result: command.result, comment: command.comment };
    Call::post(&["v1", "admin", "catalogue", &command.edition, "reviews"]).json(&review)
});

asks!(PublishCommand, Edition, |command| Call::post(&[
    "v1",
    "admin",
    "catalogue",
    &command.edition,
    "publication"
]));
