//! Page tokens: where the page before ended, bound to its question and to the log it was asked of, so that none is taken for another's by
//! mistake: positions of one log mean nothing in another.
//!
//! Nothing in a token is secret, and what it says is checked as the fields of a request are; so it needs no key, and serves every directory
//! of one log.

use domain::Day;
use event_log::LogId;
use prost::Message;
use sha2::{Digest, Sha256};

const CHECKSUM_BYTES: usize = 16;
/// Longest token taken, in characters: two a byte, and a name of 200 characters may have 800 bytes.
const TOKEN_CHARS_MAX: usize = 4096;

/// What is asked, page after page, of a log.
#[derive(Debug)]
pub(crate) struct Question {
    log: LogId,
    asked: Vec<u8>,
}

impl Question {
    /// A question of a kind. What it asks for is all of its request that is not of one page alone: a field that is new is another question
    /// without being named here.
    pub(crate) fn new(log: LogId, kind: &'static str, asked: &impl Message) -> Self {
        let mut bytes = [kind.as_bytes(), b"|"].concat();
        bytes.extend(asked.encode_to_vec());
        Self { log, asked: bytes }
    }

    fn checksum(&self, end: &[u8]) -> [u8; CHECKSUM_BYTES] {
        // The question's length stands before it, so that no part of it can pass for part of the end.
        let hash = Sha256::new()
            .chain_update(self.log.as_bytes())
            .chain_update((self.asked.len() as u64).to_be_bytes())
            .chain_update(&self.asked)
            .chain_update(end)
            .finalize();
        let mut checksum = [0; CHECKSUM_BYTES];
        checksum.copy_from_slice(&hash[..CHECKSUM_BYTES]);
        checksum
    }

    /// The token for the page that follows on `end`, if one does.
    pub(crate) fn token(&self, end: Option<&PageEnd>) -> String {
        let token = |end: &PageEnd| {
            let end = end.bytes();
            serve::hex(&[&self.checksum(&end), end.as_slice()].concat())
        };
        end.map(token).unwrap_or_default()
    }

    /// The end a token was made of; `None` when it was not made for this question to this log.
    pub(crate) fn end(&self, token: &str) -> Option<PageEnd> {
        if token.len() > TOKEN_CHARS_MAX || !token.len().is_multiple_of(2) || !token.is_ascii() {
            return None;
        }
        let bytes: Option<Vec<u8>> =
            (0..token.len()).step_by(2).map(|i| u8::from_str_radix(&token[i..i + 2], 16).ok()).collect();
        let bytes = bytes?;
        let (given, end) = bytes.split_at_checked(CHECKSUM_BYTES)?;
        if given != self.checksum(end) {
            return None;
        }
        PageEnd::read(end).filter(|end| Day::from_number(end.day).is_ok())
    }
}

/// Where a page ended; the pages that follow keep its day and the position it was of.
#[derive(Debug)]
pub(crate) struct PageEnd {
    pub(crate) day: i32,
    /// 0: the beginning of the log.
    pub(crate) position: u64,
    pub(crate) place: Vec<u8>,
}

impl PageEnd {
    fn read(bytes: &[u8]) -> Option<Self> {
        let (day, rest) = bytes.split_first_chunk()?;
        let (position, place) = rest.split_first_chunk()?;
        let (day, position) = (i32::from_be_bytes(*day), u64::from_be_bytes(*position));
        Some(Self { day, position, place: place.to_vec() })
    }

    fn bytes(&self) -> Vec<u8> {
        [&self.day.to_be_bytes(), self.position.to_be_bytes().as_slice(), &self.place].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_question_to_its_log_alone_and_in_every_directory() {
        let of = |log: u8, asked: &str| Question::new(LogId::from_bytes([log; 16]), "list", &asked.to_owned());
        let end = PageEnd { day: 20_000, position: 7, place: b"end".to_vec() };
        let question = of(1, "321003|childcare");
        let token = question.token(Some(&end));
        // Nothing but the log, the question and the end goes into it.
        assert_eq!(token, of(1, "321003|childcare").token(Some(&end)));
        assert_eq!(question.end(&token).unwrap().place, b"end");
        assert!(of(1, "321002|childcare").end(&token).is_none());
        assert!(of(2, "321003|childcare").end(&token).is_none());
        let other = Question::new(LogId::from_bytes([1; 16]), "tasks", &"321003|childcare".to_owned());
        assert!(other.end(&token).is_none());
        let tampered = format!("{}00", &token[..token.len() - 2]);
        assert!(question.end(&tampered).is_none());
        for junk in ["", "zz", "é", "0", &"0".repeat(5000)] {
            assert!(question.end(junk).is_none());
        }
        let never = question.token(Some(&PageEnd { day: i32::MAX, position: 7, place: Vec::new() }));
        assert!(question.end(&never).is_none(), "no such day");
    }
}
