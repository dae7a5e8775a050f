//! The streams of an OLE2 container, which old Office files and those with a password are.

/// A stream that does not end, or one of a sector beyond the file, ends where that shows.
const FREE: u32 = 0xFFFF_FFFA;
/// Most entries of the directory.
const ENTRIES_MAX: usize = 4_096;

/// A container.
pub(super) struct Ole<'a> {
    bytes: &'a [u8],
    /// A sector's size as a power of two.
    shift: u32,
    fat: Vec<u32>,
    mini_fat: Vec<u32>,
    mini: Vec<u8>,
    /// Streams up to this size are kept in the mini stream.
    mini_cutoff: u32,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    first: u32,
    size: usize,
}

impl<'a> Ole<'a> {
    /// Whether bytes begin as one does.
    pub(super) fn is(bytes: &[u8]) -> bool {
        bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
    }

    /// Reads the directory. `None` where it cannot be read.
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let shift = u32::from(u16_at(bytes, 30)?);
        if !(7..=12).contains(&shift) {
            return None;
        }
        let mini_cutoff = u32_at(bytes, 56)?;
        let mut ole = Self {
            bytes,
            shift,
            fat: Vec::new(),
            mini_fat: Vec::new(),
            mini: Vec::new(),
            mini_cutoff,
            entries: Vec::new(),
        };
        ole.fat = ole.read_fat()?;
        ole.mini_fat = words(&ole.chain(u32_at(bytes, 60)?, usize::MAX));
        let directory = ole.chain(u32_at(bytes, 48)?, ENTRIES_MAX * 128);
        for (at, entry) in directory.chunks_exact(128).enumerate() {
            let width = usize::from(u16_at(entry, 64)?).clamp(2, 64) - 2;
            let name: Vec<u16> =
                entry[..width].chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            let name = String::from_utf16_lossy(&name);
            let (first, size) = (u32_at(entry, 116)?, u32_at(entry, 120)?);
            let size = usize::try_from(size).ok()?;
            match entry[66] {
                // The root's stream holds the small ones.
                5 if at == 0 => ole.mini = ole.chain(first, size),
                2 => ole.entries.push(Entry { name, first, size }),
                _ => {}
            }
        }
        Some(ole)
    }

    /// The names of its streams.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// A stream by its name, and whether all of it is there.
    pub(super) fn stream(&self, name: &str) -> Option<(Vec<u8>, bool)> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        let small = entry.size < usize::try_from(self.mini_cutoff).ok()?;
        let bytes = if small { self.mini_chain(entry.first, entry.size) } else { self.chain(entry.first, entry.size) };
        let whole = bytes.len() >= entry.size;
        Some((bytes, whole))
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let size = 1_usize << self.shift;
        let from = (usize::try_from(number).ok()?.checked_add(1)?).checked_mul(size)?;
        let sector = self.bytes.get(from..)?;
        // The last one may be shorter, in what some programs write.
        Some(&sector[..sector.len().min(size)]).filter(|sector| !sector.is_empty())
    }

    fn read_fat(&self) -> Option<Vec<u32>> {
        let mut of_fat: Vec<u32> = words(self.bytes.get(76..512)?);
        let per_sector = (1_usize << self.shift) / 4;
        let sectors = self.bytes.len() >> self.shift;
        let mut next = u32_at(self.bytes, 68)?;
        while next < FREE && of_fat.len() < sectors + per_sector {
            let Some(sector) = self.sector(next) else { break };
            let mut more = words(sector);
            next = more.pop()?;
            of_fat.extend(more);
        }
        let mut fat = Vec::new();
        for number in of_fat.into_iter().filter(|number| *number < FREE) {
            let Some(sector) = self.sector(number) else { continue };
            fat.extend(words(sector));
            // No more than tell of every sector there is.
            if fat.len() > sectors + per_sector {
                break;
            }
        }
        Some(fat)
    }

    fn chain(&self, first: u32, most: usize) -> Vec<u8> {
        let mut found = Vec::new();
        let mut at = first;
        // A chain that goes in a circle is no longer than the file.
        while at < FREE && found.len() < most.min(self.bytes.len()) {
            let Some(sector) = self.sector(at) else { break };
            found.extend_from_slice(sector);
            match usize::try_from(at).ok().and_then(|at| self.fat.get(at)) {
                Some(next) => at = *next,
                None => break,
            }
        }
        found.truncate(most);
        found
    }

    fn mini_chain(&self, first: u32, most: usize) -> Vec<u8> {
        let mut found = Vec::new();
        let mut at = first;
        while at < FREE && found.len() < most.min(self.mini.len()) {
            let Ok(number) = usize::try_from(at) else { break };
            let Some(sector) = self.mini.get(number.saturating_mul(64)..) else { break };
            found.extend_from_slice(&sector[..sector.len().min(64)]);
            match self.mini_fat.get(number) {
                Some(next) => at = *next,
                None => break,
            }
        }
        found.truncate(most);
        found
    }
}

fn words(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]])).collect()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes([pair[0], pair[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    words(bytes.get(at..at + 4)?).first().copied()
}
