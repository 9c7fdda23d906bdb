//! Seccomp: this thread, and those it starts, make no calls of the kernel but
//! those that computing, reading and answering need. Any other fails as not
//! permitted, so that a library which can do without goes on.

use std::collections::BTreeMap;
use std::process;

use seccompiler::{
    BackendError, BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch, apply_filter,
};

/// Calls that may be made with any arguments: none of them names anything
/// outside the process.
const ANY: &[i64] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_membarrier,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getcpu,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_restart_syscall,
    libc::SYS_getrandom,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Calls that write, to a descriptor that is the first argument.
const WRITING: &[i64] = &[libc::SYS_write, libc::SYS_writev];
/// Descriptors that may be written to: the answer, and standard error.
const WRITTEN: &[u64] = &[1, 2];

/// Gives up every call but those above, and starting threads where it is not
/// allowed. False where the kernel has no seccomp, or is for a processor that the
/// filter is not made for.
pub(crate) fn give_up(threads: bool) -> Result<bool, Error> {
    let Ok(processor) = TargetArch::try_from(std::env::consts::ARCH) else { return Ok(false) };
    if threads {
        // Its arguments lie in memory, where no filter looks: whoever calls it is told that it is not there,
        // and takes the older call. Of two filters the stricter one counts.
        let newer = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
        let filter = SeccompFilter::new(newer, SeccompAction::Allow, errno(libc::ENOSYS), processor)?;
        if !is_applied(filter)? {
            return Ok(false);
        }
    }
    is_applied(SeccompFilter::new(rules(threads)?, errno(libc::EPERM), SeccompAction::Allow, processor)?)
}

fn is_applied(filter: SeccompFilter) -> Result<bool, Error> {
    let program = BpfProgram::try_from(filter)?;
    match apply_filter(&program) {
        Ok(()) => Ok(true),
        // The kernel is built without it, or somebody around this process forbids it.
        Err(Error::Seccomp(error))
            if matches!(error.raw_os_error(), Some(libc::ENOSYS | libc::EINVAL | libc::EPERM)) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

fn rules(threads: bool) -> Result<BTreeMap<i64, Vec<SeccompRule>>, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ANY.iter().map(|call| (*call, Vec::new())).collect();
    for call in WRITING {
        let written = WRITTEN.iter().map(|to| where_argument(0, SeccompCmpOp::Eq, *to));
        rules.insert(*call, written.collect::<Result<_, _>>()?);
    }
    // Memory that is shared with others counts for no limit.
    let (kind, private) = (bits(libc::MAP_TYPE), bits(libc::MAP_PRIVATE));
    rules.insert(libc::SYS_mmap, vec![where_argument(3, SeccompCmpOp::MaskedEq(kind), private)?]);
    // Names of threads.
    rules.insert(libc::SYS_prctl, vec![where_argument(0, SeccompCmpOp::Eq, bits(libc::PR_SET_NAME))?]);
    // Signals to itself, by which it aborts.
    rules.insert(libc::SYS_tgkill, vec![where_argument(0, SeccompCmpOp::Eq, process::id().into())?]);
    if threads {
        let thread = bits(libc::CLONE_THREAD);
        rules.insert(libc::SYS_clone, vec![where_argument(0, SeccompCmpOp::MaskedEq(thread), thread)?]);
        // The other filter answers it.
        rules.insert(libc::SYS_clone3, Vec::new());
    }
    Ok(rules)
}

fn where_argument(index: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(vec![SeccompCondition::new(index, SeccompCmpArgLen::Dword, operator, value)?])
}

const fn errno(number: i32) -> SeccompAction {
    SeccompAction::Errno(number.unsigned_abs())
}

/// A constant of the C library, which has flags as signed numbers.
fn bits(flags: i32) -> u64 {
    u64::from(flags.cast_unsigned())
}
