//! `creditgate signers`: whose signatures a host accepts. The keys themselves are the vendors' own; a host knows
//! their public halves.

use clap::Args;
use creditgate_wire::pages::Signers;
use creditgate_wire::signers::{NewSigner, RevokeSigner, RevokedSigner, SignerBody};
use creditgate_wire::time::Day;

use super::command::{AtHost, Call, Page, Show, asks, commands, day, details, local_time, row, short_digest};

commands! {
    /// Register, list and revoke the keys vendors sign components with
    pub(super) enum SignersCommand {
        Add(AtHost<AddCommand>),
        List(AtHost<ListCommand>),
        Revoke(AtHost<RevokeCommand>),
    }
}

/// Register a vendor's key for one department
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate signers add --department market-regulation --name '示例软件有限公司' \\
      --public-key d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a \\
      --valid-until 2028-12-31 --server http://127.0.0.1:8480 --key-file admin.key

A vendor's `creditgate plugin keygen` shows the public key.")]
pub(super) struct AddCommand {
    /// The department whose components it may sign
    #[arg(long, value_name = "CODE")]
    department: String,
    /// Whose key it is, for people
    #[arg(long)]
    name: String,
    /// The public key: 64 hexadecimal digits
    #[arg(long, value_name = "KEY")]
    public_key: String,
    /// First day on which it counts [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    valid_from: Option<Day>,
    /// Last day on which it counts; without one it counts until it is revoked
    #[arg(long, value_name = "DATE", value_parser = day)]
    valid_until: Option<Day>,
}

/// List the keys of vendors, revoked ones too
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate signers list --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate signers list --config creditgate.toml --json")]
pub(super) struct ListCommand {}

/// Revoke a vendor's key, and list what runs that was signed with it
///
/// From then on nothing signed with it is pushed or activated.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate signers revoke 21fe31dfa154a261 --reason 'the laptop with it was stolen' \\
      --server http://127.0.0.1:8480 --key-file admin.key

What serves goes on serving: `creditgate rollback` takes a binding back.")]
pub(super) struct RevokeCommand {
    /// Id of the key
    id: String,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
}

asks!(AddCommand, SignerBody, |AddCommand { department, name, public_key, valid_from, valid_until }| {
    let body = NewSigner { name, department, public_key, valid_from, valid_until };
    Call::post(&["v1", "admin", "signers"]).json(&body)
});

asks!(ListCommand, Signers, |_| Call::list(&["v1", "admin", "signers"], "signers"));

asks!(RevokeCommand, RevokedSigner, |command| {
    let body = RevokeSigner { reason: command.reason };
    Call::delete(&["v1", "admin", "signers", &command.id]).json(&body)
});

impl Show for SignerBody {
    fn show(&self, page: &mut Page) {
        let rows = details().row("key", &self.id).row("vendor", &self.name);
        page.details(rows.row("department", &self.department).row("valid", validity(self)));
    }
}

impl Show for Signers {
    fn show(&self, page: &mut Page) {
        page.table(
            ["KEY", "VENDOR", "DEPARTMENT", "VALID", "REVOKED"],
            self.signers.iter().map(|signer| {
                let revoked = signer.revoked.as_ref();
                let revoked = revoked.map(|end| format!("{} {}", local_time(end.at), end.reason));
                row![signer.id, signer.name, signer.department, validity(signer), revoked]
            }),
        );
    }
}

impl Show for RevokedSigner {
    fn show(&self, page: &mut Page) {
        page.line(format!("key {} is revoked", self.signer.id));
        if self.running.is_empty() {
            return page.line("nothing that was signed with it is in use");
        }
        page.line("signed with it and still in use:");
        page.table(
            ["BINDING", "PLUG-IN", "VERSION", "DIGEST"],
            self.running.iter().map(|running| {
                row![running.binding, running.plugin, running.version, short_digest(&running.digest)]
            }),
        );
    }
}

fn validity(signer: &SignerBody) -> String {
    let until = signer.valid_until.map_or_else(String::new, |day| day.0.to_string());
    format!("{}..{until}", signer.valid_from.0)
}
