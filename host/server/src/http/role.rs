//! Roles of API keys, and the words in which the table of calls says who may make a
//! call, on what, and what the call costs. Which call needs which is in `calls`.

use creditgate_credit::vocabulary;

vocabulary! {
    /// What an API key may do.
    pub enum Role {
        /// An approval system: checks and dispositions of its departments.
        Caller = "caller",
        /// A maker of plug-ins: pushes components.
        Vendor = "vendor",
        /// Brings data and releases into force.
        Publisher = "publisher",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
        /// Everything.
        Admin = "admin",
    }
}

impl Role {
    /// Whether people ask with keys of this role, and not systems.
    pub(crate) const fn is_of_people(self) -> bool {
        matches!(self, Self::Publisher | Self::Auditor | Self::Admin)
    }
}

/// Who may make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody who can reach the host; the answer holds nothing of any case.
    Open,
    /// Keys of these roles.
    Roles(&'static [Role]),
}

/// How long a call may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// `http.request_timeout_ms`.
    Request,
    /// `http.admin_timeout_ms`.
    Administration,
}

/// What a call costs others, and so how many there may be at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Load {
    /// `http.max_in_flight`, like every call.
    Usual,
    /// A long read: `http.max_reports` too.
    Report,
    /// Takes a file in: `http.max_uploads` too.
    Upload,
}

/// What a call may bring along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Brings {
    /// A document, of `http.body_limit_bytes`.
    Document,
    /// A component, of `http.plugin_limit_bytes`.
    Component,
    /// A file that is held in memory as a whole, of `http.import_limit_bytes` or less.
    File,
    /// A file that is read from the disk, of `http.import_limit_bytes`.
    FileOnDisk,
}

/// The object a changing call is held to, beside the role of the key: what a key
/// that is for some departments may change, and nothing else. Keys that are for no
/// department in particular may change any such object, unless it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// Changes nothing.
    Nothing,
    /// The department the request names is the key's.
    Department,
    /// The check the request names is of a department of the key's.
    Check,
    /// The commitment was asked for by a check of a department of the key's.
    Commitment,
    /// The publicity is owed by a department of the key's.
    Publicity,
    /// The entry stands in the evidence of the check the request names, or of a
    /// check of the case it names, of a department of the key's. A caller's key
    /// names one even if it is for every department; publishers and administrators
    /// may name any entry.
    EntryInEvidence,
    /// The objection came up in a check of a department of the key's.
    Objection,
    /// The component that is pushed, or made a release of, is of a department of the
    /// key's.
    Component,
    /// Everything: no key that is for some departments may make the call.
    Host,
}
