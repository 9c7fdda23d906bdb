//! What a process holds, by Linux's `/proc`.

use std::time::Duration;

use anyhow::{Context, Result};

/// Between two looks at a process that comes to rest, and most of them.
const LOOK: Duration = Duration::from_millis(200);
const LOOKS: usize = 25;

/// Memory and files of a process at an instant.
#[derive(Clone, Copy)]
pub(super) struct Footprint {
    /// Resident memory in MiB.
    pub(super) resident_mb: f64,
    /// Open file descriptors.
    pub(super) descriptors: i64,
}

impl Footprint {
    /// That of a process once it has closed what its last callers left open:
    /// between two looks, it holds the same descriptors. Looks for 5 s at most.
    ///
    /// # Errors
    /// As of [`Self::of`].
    pub(super) fn at_rest(pid: u32) -> Result<Self> {
        let mut last = Self::of(pid)?;
        for _ in 0..LOOKS {
            std::thread::sleep(LOOK);
            let now = Self::of(pid)?;
            if now.descriptors == last.descriptors {
                return Ok(now);
            }
            last = now;
        }
        Ok(last)
    }

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
