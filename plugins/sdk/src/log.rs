//! Notes kept with the check, for the department's own people. Sparingly: a
//! check that logs more than its binding allows ends in a limit error. Never
//! log identity numbers.

use crate::{Level, host};

/// Detail that helps whoever maintains the plug-in.
pub fn debug(message: impl AsRef<str>) {
    host::log(Level::Debug, message.as_ref());
}

/// Something worth knowing later.
pub fn info(message: impl AsRef<str>) {
    host::log(Level::Info, message.as_ref());
}

/// Something an officer should look into.
pub fn warn(message: impl AsRef<str>) {
    host::log(Level::Warn, message.as_ref());
}

/// Something that kept the plug-in from doing its work.
pub fn error(message: impl AsRef<str>) {
    host::log(Level::Error, message.as_ref());
}
