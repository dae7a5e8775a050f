//! Where a log on NATS is, and how it is to be kept.

use crate::error::LogError;
use domain::LogId;

/// Where the log is, and how it is kept.
#[derive(Debug, Clone)]
pub struct JetStreamConfig {
    /// Address of the server or of several, comma-separated: `nats://host:4222`.
    pub url: String,
    /// How the name of the NATS stream begins; a hyphen and the first eight digits of the log's id follow, so that what is sent to
    /// one log never reaches another that has taken its place.
    pub nats_stream: String,
    /// Make a log where there is none, instead of refusing.
    pub new_log: bool,
    /// Copies the NATS stream keeps when it is made: 1, 3 or 5.
    pub replicas: usize,
    /// Monitoring addresses of the servers, `http://host:8222`, where their sync setting is read. None means port 8222 of each
    /// host in `url`.
    pub monitors: Vec<String>,
    /// Go on where a power cut may lose acknowledged commits, with a warning, instead of refusing.
    pub accept_loss_on_power_cut: bool,
    /// Nothing is written, so how the servers sync is not asked; commits are refused.
    pub read_only: bool,
}

impl JetStreamConfig {
    /// The log of the NATS stream `PUHUI-…` on this server, which is there; made with one copy if [`Self::new_log`] is set.
    pub fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            nats_stream: "PUHUI".to_owned(),
            new_log: false,
            replicas: 1,
            monitors: Vec::new(),
            accept_loss_on_power_cut: false,
            read_only: false,
        }
    }

    /// The addresses in `url`.
    pub(crate) fn servers(&self) -> Vec<&str> {
        self.url.split(',').map(str::trim).collect()
    }

    /// The addresses without users and passwords, for people.
    pub(crate) fn shown(&self) -> String {
        let shown = |url: &str| match url.rsplit_once('@') {
            Some((before, host)) => {
                let (scheme, _) = before.split_once("//").unwrap_or_default();
                format!("{scheme}//{host}")
            }
            None => url.to_owned(),
        };
        self.servers().into_iter().map(shown).collect::<Vec<_>>().join(",")
    }

    /// The user and password in the first address that has them: the client takes none from an address by itself. In an address `%40` stands
    /// for `@`, and so on.
    pub(super) fn credentials(&self) -> Option<(String, String)> {
        self.url.split(',').find_map(|url| {
            let (before, _host) = url.rsplit_once('@')?;
            let (user, password) = before.split_once("//").map_or(before, |(_, user)| user).split_once(':')?;
            Some((spelt_out(user), spelt_out(password)))
        })
    }

    /// Why acknowledged commits may be lost, where that is accepted. What could only not be read may be read later.
    pub(super) fn accepts(&self, loss: Option<String>, is_unread: bool) -> Result<Option<String>, LogError> {
        match loss {
            Some(why) if !self.accept_loss_on_power_cut => {
                let why = format!("{why}; or accept the loss with --accept-loss-on-power-cut");
                Err(if is_unread { LogError::Unavailable(why) } else { LogError::Unsafe(why) })
            }
            other => Ok(other),
        }
    }

    pub(super) fn name(&self, id: LogId) -> String {
        format!("{}-{}", self.nats_stream, crate::id::short(id))
    }
}

/// A part of an address with what is written as `%` and two digits spelt out. What is none of UTF-8 then stays as it is.
fn spelt_out(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte =
            digits.filter(|digits| !digits.starts_with('+')).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_may_hold_what_parts_an_address() {
        for (written, meant) in
            [("p%40s%3as%25", "p@s:s%"), ("%e5%8f%a3", "口"), ("%", "%"), ("%4", "%4"), ("%+1", "%+1"), ("%ff", "%ff")]
        {
            assert_eq!(spelt_out(written), meant);
        }
    }

    #[test]
    fn addresses_are_shown_without_passwords() {
        let config = JetStreamConfig::new("nats://user:p%40ss@one:4222, nats://two:4222");
        assert_eq!(config.shown(), "nats://one:4222,nats://two:4222");
        assert_eq!(config.credentials(), Some(("user".to_owned(), "p@ss".to_owned())));
        assert_eq!(JetStreamConfig::new("nats://one:4222").credentials(), None);
    }
}
