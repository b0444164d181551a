//! What Linux knows about a running process.

use std::fs;
use std::io;
use std::time::Duration;

/// Clock ticks a second in `/proc`, on every architecture of Linux that Rust compiles for.
const TICKS: u64 = 100;

/// The memory of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Memory {
    /// In RAM now (`VmRSS`), in KiB.
    pub(crate) resident: u32,
    /// The most that was ever in RAM (`VmHWM`), in KiB.
    pub(crate) peak: u32,
}

pub(crate) fn memory(pid: u32) -> io::Result<Memory> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    parse_memory(&status).ok_or_else(|| unreadable(pid, "status"))
}

/// What it has computed so far, in user and in kernel mode, all threads together.
pub(crate) fn cpu_time(pid: u32) -> io::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    parse_cpu_time(&stat).ok_or_else(|| unreadable(pid, "stat"))
}

fn unreadable(pid: u32, file: &str) -> io::Error {
    io::Error::other(format!("failed to read /proc/{pid}/{file}: not as expected"))
}

fn parse_memory(status: &str) -> Option<Memory> {
    let kib =
        |key: &str| status.lines().find_map(|line| line.strip_prefix(key)?.trim().strip_suffix(" kB")?.parse().ok());
    Some(Memory { resident: kib("VmRSS:")?, peak: kib("VmHWM:")? })
}

/// `utime` and `stime` are the 14th and 15th field; the second, the name in parentheses, may hold anything.
fn parse_cpu_time(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut ticks = fields.split(' ').skip(11).map(str::parse::<u64>);
    let (user, system) = (ticks.next()?.ok()?, ticks.next()?.ok()?);
    Some(Duration::from_millis((user + system) * 1_000 / TICKS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_in_kib() {
        let status = "Name:\tsh\nVmPeak:\t  99999 kB\nVmHWM:\t   12340 kB\nVmRSS:\t    9876 kB\nThreads:\t3\n";
        assert_eq!(parse_memory(status), Some(Memory { resident: 9876, peak: 12340 }));
        assert_eq!(parse_memory("Name:\tzombie\n"), None);
    }

    #[test]
    fn the_times_of_user_and_kernel_are_added() {
        let stat = "42 (a) odd (name) S 1 42 42 0 -1 4194560 100 0 0 0 123 45 0 0 20 0 3 0 1000 1 2 3";
        assert_eq!(parse_cpu_time(stat), Some(Duration::from_millis(1680)));
        assert_eq!(parse_cpu_time("42 (sh) S 1"), None);
    }

    #[test]
    fn a_process_knows_about_itself() {
        let memory = memory(std::process::id()).unwrap();
        assert!(memory.peak >= memory.resident && memory.resident > 500, "{memory:?}");
        cpu_time(std::process::id()).unwrap();
    }
}
