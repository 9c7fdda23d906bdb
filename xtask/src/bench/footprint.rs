//! What a process holds, by Linux's `/proc`.

use anyhow::{Context, Result};

/// Memory and files of a process at an instant.
#[derive(Clone, Copy)]
pub(super) struct Footprint {
    /// Resident memory in MiB.
    pub(super) resident_mb: f64,
    /// Open file descriptors.
    pub(super) descriptors: i64,
}

impl Footprint {
    /// That of a process now.
    ///
    /// # Errors
    /// When it has ended, or `/proc` is not Linux's.
    pub(super) fn of(pid: u32) -> Result<Self> {
        let path = format!("/proc/{pid}/status");
        let status = std::fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let kilobytes = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|number| number.parse::<f64>().ok())
            .with_context(|| format!("{path} has no VmRSS"))?;
        let path = format!("/proc/{pid}/fd");
        let descriptors = std::fs::read_dir(&path).with_context(|| format!("cannot read {path}"))?.count();
        Ok(Self { resident_mb: kilobytes / 1024.0, descriptors: i64::try_from(descriptors)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_holds_memory_and_one_descriptor_more_with_every_file() {
        let before = Footprint::of(std::process::id()).unwrap();
        let files: Vec<_> = (0..100).map(|_| std::fs::File::open("/proc/self/status").unwrap()).collect();
        let after = Footprint::of(std::process::id()).unwrap();
        assert!(before.resident_mb > 1.0, "{}", before.resident_mb);
        // Other tests open and close files meanwhile, but not so many.
        assert!(after.descriptors - before.descriptors > 50, "{}", after.descriptors);
        drop(files);
    }
}
