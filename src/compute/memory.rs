//! How much memory the machine can still give.

use std::fs;

/// Bytes that can be taken without pushing anybody out, as far as the system tells: on Linux, within the limits of a container
/// too; `None` elsewhere.
#[must_use]
pub fn available_memory() -> Option<u64> {
    let machine = meminfo(&fs::read_to_string("/proc/meminfo").ok()?)?;
    let number = |name: &str| fs::read_to_string(format!("/sys/fs/cgroup/{name}")).ok()?.trim().parse::<u64>().ok();
    let group = number("memory.max").zip(number("memory.current")).map(|(most, now)| most.saturating_sub(now));
    Some(group.map_or(machine, |group| machine.min(group)))
}

/// What `/proc/meminfo` says is available, in bytes.
fn meminfo(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_available_is_read_in_kibibytes() {
        let text = "MemTotal:       24576000 kB\nMemFree:          100000 kB\nMemAvailable:   20480000 kB\n";
        assert_eq!(meminfo(text), Some(20_480_000 << 10), "not what is free or there in all");
        assert_eq!(meminfo("MemAvailable: much kB"), None, "no number");
        assert_eq!(meminfo(""), None, "an old kernel");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_has_some() {
        assert!(available_memory().is_some_and(|bytes| bytes > 1 << 20), "a mebibyte at least");
    }
}
