//! Page tokens: where the page before ended, bound to its question and to this directory, so that none can be made up or moved
//! to another question.

use std::path::Path;

use sha2::{Digest, Sha256};

const MARK_BYTES: usize = 16;
/// Longest token taken, in characters: two a byte, and a name of 200 characters may have 800 bytes.
const TOKEN_CHARS_MAX: usize = 4096;

/// Makes and reads tokens. The key lies in the data folder, so that tokens outlive a restart.
#[derive(Debug, Clone)]
pub(crate) struct Tokens([u8; 32]);

impl Tokens {
    pub(crate) fn open(folder: &Path) -> std::io::Result<Self> {
        let path = folder.join("page-token.key");
        if let Ok(bytes) = std::fs::read(&path)
            && let Ok(key) = <[u8; 32]>::try_from(bytes)
        {
            return Ok(Self(key));
        }
        let mut key = [0; 32];
        key[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        key[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        std::fs::create_dir_all(folder)?;
        std::fs::write(&path, key)?;
        Ok(Self(key))
    }

    fn mark(&self, question: &str, end: &[u8]) -> [u8; MARK_BYTES] {
        // The question's length stands before it, so that no part of it can pass for part of the end.
        let hash = Sha256::new()
            .chain_update(self.0)
            .chain_update((question.len() as u64).to_be_bytes())
            .chain_update(question)
            .chain_update(end)
            .chain_update(self.0)
            .finalize();
        let mut mark = [0; MARK_BYTES];
        mark.copy_from_slice(&hash[..MARK_BYTES]);
        mark
    }

    /// The token for the page after `end` of `question`.
    pub(crate) fn make(&self, question: &str, end: &[u8]) -> String {
        serve::hex(&[&self.mark(question, end), end].concat())
    }

    /// The token for the page that follows, if one does.
    pub(crate) fn next(&self, question: &str, end: Option<&PageEnd>) -> String {
        end.map(|end| self.make(question, &end.bytes())).unwrap_or_default()
    }

    /// The end the token was made of; `None` when it was not made here for this question.
    pub(crate) fn read(&self, question: &str, token: &str) -> Option<Vec<u8>> {
        if token.len() > TOKEN_CHARS_MAX || !token.len().is_multiple_of(2) || !token.is_ascii() {
            return None;
        }
        let bytes: Option<Vec<u8>> =
            (0..token.len()).step_by(2).map(|i| u8::from_str_radix(&token[i..i + 2], 16).ok()).collect();
        let bytes = bytes?;
        let (mark, end) = bytes.split_at_checked(MARK_BYTES)?;
        (mark == self.mark(question, end)).then(|| end.to_vec())
    }
}

/// Where a page ended; the pages that follow keep its day and the position it was of.
#[derive(Debug)]
pub(crate) struct PageEnd {
    pub(crate) day: i32,
    /// 0: whatever is there, and the beginning of the log.
    pub(crate) position: u64,
    pub(crate) place: Vec<u8>,
}

impl PageEnd {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let (day, rest) = bytes.split_first_chunk()?;
        let (position, place) = rest.split_first_chunk()?;
        let (day, position) = (i32::from_be_bytes(*day), u64::from_be_bytes(*position));
        Some(Self { day, position, place: place.to_vec() })
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        [&self.day.to_be_bytes(), self.position.to_be_bytes().as_slice(), &self.place].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_question_alone_and_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let token = Tokens::open(folder.path()).unwrap().make("321003|childcare", b"end");
        let tokens = Tokens::open(folder.path()).unwrap();
        assert_eq!(tokens.read("321003|childcare", &token), Some(b"end".to_vec()));
        assert_eq!(tokens.read("321002|childcare", &token), None);
        let tampered = format!("{}00", &token[..token.len() - 2]);
        assert_eq!(tokens.read("321003|childcare", &tampered), None);
        for junk in ["", "zz", "é", "0", &"0".repeat(5000)] {
            assert_eq!(tokens.read("321003|childcare", junk), None);
        }
    }
}
