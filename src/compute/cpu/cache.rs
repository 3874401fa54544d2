//! Packed weights of frozen layers, kept up to a bound.
//!
//! A key names a set of values that nobody can write to (`FrozenId`), so a pack can never be stale; when the last owner of
//! the values goes, so do its packs. Where the bound is reached, packs that nobody used for a while make room; packs in use
//! are not driven out, or a network larger than the bound would pack everything anew at each pass.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Pack;

/// Bytes that are kept unless somebody sets another bound.
const LIMIT: usize = 1 << 30;

/// A pack that was used within this time is not driven out.
const RECENT: Duration = Duration::from_secs(10);

/// One layout of one set of frozen values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) id: u64,
    pub(super) layout: super::Layout,
}

struct Entry {
    pack: Arc<Pack>,
    bytes: usize,
    used: Instant,
}

struct Cache {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    limit: usize,
}

static CACHE: LazyLock<Mutex<Cache>> =
    LazyLock::new(|| Mutex::new(Cache { entries: HashMap::new(), bytes: 0, limit: LIMIT }));

/// A panic elsewhere leaves the map whole: nothing here panics between its changes.
fn cache() -> MutexGuard<'static, Cache> {
    CACHE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The pack for `key`, made by `make` where it is not there yet.
pub(super) fn get(key: Key, make: impl FnOnce() -> Pack) -> Arc<Pack> {
    if let Some(entry) = cache().entries.get_mut(&key) {
        entry.used = Instant::now();
        return Arc::clone(&entry.pack);
    }
    // Made without the lock: others may go on meanwhile.
    let pack = Arc::new(make());
    cache().insert(key, Arc::clone(&pack));
    pack
}

/// Drops every pack of one set of values.
pub(in super::super) fn forget(id: u64) {
    let mut cache = cache();
    let bytes: usize = cache.entries.iter().filter(|(key, _)| key.id == id).map(|(_, entry)| entry.bytes).sum();
    cache.entries.retain(|key, _| key.id != id);
    cache.bytes -= bytes;
}

/// Bytes of packed weights that are kept at present.
pub fn packed_bytes() -> usize {
    cache().bytes
}

/// Sets how many bytes of packed weights are kept, and drops the oldest packs beyond that.
pub fn set_packed_limit(bytes: usize) {
    let mut cache = cache();
    cache.limit = bytes;
    cache.shrink(bytes, None);
}

impl Cache {
    fn insert(&mut self, key: Key, pack: Arc<Pack>) {
        let (bytes, now) = (pack.bytes(), Instant::now());
        if self.entries.contains_key(&key) || bytes > self.limit {
            return;
        }
        self.shrink(self.limit - bytes, Some(now));
        if self.bytes + bytes <= self.limit {
            self.entries.insert(key, Entry { pack, bytes, used: now });
            self.bytes += bytes;
        }
    }

    /// Drops packs, the oldest first, until `target` bytes are left; with a time, only those that are not recent.
    fn shrink(&mut self, target: usize, now: Option<Instant>) {
        while self.bytes > target {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(key, entry)| (*key, entry.used));
            let Some((key, used)) = oldest else { return };
            if now.is_some_and(|now| now - used <= RECENT) {
                return;
            }
            self.bytes -= self.entries.remove(&key).map_or(0, |entry| entry.bytes);
        }
    }
}
