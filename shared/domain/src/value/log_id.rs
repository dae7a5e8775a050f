//! What tells one log from another.

use std::fmt;

use super::invalid::Invalid;
use super::uuid;

/// The identity of a log: 16 random bytes made with it, shown as a UUID. A copy of a log, such as a backup, keeps it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogId([u8; 16]);

impl LogId {
    /// The id of these 16 bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// Reads a UUID in its usual form, 36 characters; outer white space is dropped.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        uuid::parse(text.trim()).map(Self).ok_or(Invalid::new(
            "FORMAT",
            "日志标识应为 UUID",
            "the id of a log is a UUID, such as 6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11",
        ))
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::show(&self.0, f)
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogId({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_shown() {
        let id = LogId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string(), "30313233-3435-3637-3839-616263646566");
        assert_eq!(format!("{id:?}"), "LogId(30313233-3435-3637-3839-616263646566)");
        assert_eq!(LogId::parse(&format!(" {id}\n")), Ok(id));
        let letters = LogId::from_bytes(std::array::from_fn(|at| u8::try_from(at * 17).unwrap_or(0)));
        assert_eq!(letters.to_string(), "00112233-4455-6677-8899-aabbccddeeff");
        for id in [id, letters] {
            assert_eq!(LogId::parse(&id.to_string().to_uppercase()), Ok(id));
            assert_eq!((LogId::parse(&id.to_string()), id.as_bytes()), (Ok(id), &id.0));
        }
        for odd in ["", "6a1f0c1e", "6a1f0c1e8a524f0e9a3b2f6f0c7b1d11", "{6a1f0c1e-8a52-4f0e-9a3b-2f6f0c7b1d11}"] {
            assert!(LogId::parse(odd).is_err(), "{odd}");
        }
    }
}
