//! Pages of lists. Each has its rows under a name of its own, and says where the next
//! page begins; so a list is one line of the table here. What has more to say than
//! its rows stands with them.

use creditgate_credit::list_type::ListType;
use creditgate_gate::Binding;
use creditgate_gate::ports::Component;
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::act::Recheck;
use crate::admin::{AuditEvent, FeedbackItem, Key, ListSource};
use crate::approval::Approval;
use crate::catalogue::Edition;
use crate::connector::Connector;
use crate::event::EventItem;
use crate::local_entry::LocalEntryBody;
use crate::pull::PullBody;
use crate::signers::SignerBody;
use crate::task::Task;

macro_rules! pages {
    ($($(#[$says:meta])* $page:ident { $rows:ident: $row:ident })+) => {$(
        $(#[$says])*
        #[skip_serializing_none]
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
        pub struct $page {
            $(#[$says])*
            pub $rows: Vec<$row>,
            /// Where the next page begins, if there is one: to be given as `cursor`.
            pub next: Option<String>,
        }
    )+};
}

pages! {
    /// Changes that wait for a second person, or had one; newest first.
    Approvals { approvals: Approval }
    /// The audit trail: its events, newest first.
    AuditTrail { audit: AuditEvent }
    /// All bindings.
    Bindings { bindings: Binding }
    /// All components that are kept, newest first.
    Components { plugins: Component }
    /// Every connector that can be asked at check time, by name.
    Connectors { connectors: Connector }
    /// Every edition, by name.
    Editions { editions: Edition }
    /// Events, newest first.
    Events { events: EventItem }
    /// Messages to the credit platform, oldest first.
    FeedbackQueue { feedback: FeedbackItem }
    /// All keys.
    Keys { keys: Key }
    /// Every source of list entries, by name.
    ListSources { sources: ListSource }
    /// All kinds of lists.
    ListTypes { list_types: ListType }
    /// Entries that are kept here, the newest proposal first.
    LocalEntries { entries: LocalEntryBody }
    /// Every pull, in the order of the configuration.
    Pulls { pulls: PullBody }
    /// Checks to be made again, oldest first.
    Rechecks { rechecks: Recheck }
    /// All keys of vendors in the order of their registration, revoked ones too.
    Signers { signers: SignerBody }
    /// Tasks, the first due first.
    Tasks { tasks: Task }
}
