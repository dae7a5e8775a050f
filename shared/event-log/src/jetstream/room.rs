//! Whether the servers, and the account on them, may store more of the log.
//!
//! A server that has reached its limit (`max_file_store`), or that of the account (`max_file`), refuses each publish with an error and answers
//! every question. Whether there is room again it says of itself only to its monitoring, of the account to whoever asks. Until one of
//! them says so, nothing is sent: commands are refused before they are begun. Where neither can be asked, one commit now and then finds out.

use std::time::{Duration, Instant};

use async_nats::jetstream::account::Account;
use async_nats::{Client, jetstream};

/// What a message takes of a server's store beside its payload, at most, in bytes: subject, headers and the server's own.
const MESSAGE_MORE_BYTES_MAX: u64 = 1024;
/// Longest wait for what is said of the account.
const ASKED_MAX: Duration = Duration::from_secs(1);
/// Pause between two commits that are sent to find out whether there is room, where nothing else says.
const TRIED_PAUSE: Duration = Duration::from_secs(3);

/// Whose limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// That of the account the services use.
    Account,
    /// That of the servers which keep the NATS stream.
    Servers,
}

/// What a look says of one limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// There is room for what was refused.
    Room,
    /// There is none, for the operator.
    Full(String),
    /// It could not be asked.
    Unknown,
}

/// What one look says of both.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) account: Seen,
    pub(super) servers: Seen,
}

/// That there is no room.
#[derive(Debug)]
struct Full {
    limit: Limit,
    why: String,
    /// Bytes that were refused.
    needed: u64,
    /// When a commit was last sent to find out, where a look does not tell.
    tried: Option<Instant>,
}

/// What publishes and looks have shown of it.
#[derive(Debug, Default)]
pub(super) struct Room {
    full: Option<Full>,
    /// Commits that were refused for want of it: a look that was begun before one of them says nothing of it.
    refused: u64,
}

/// What is known of it before a look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sought {
    /// Bytes that there has to be room for.
    pub(super) needed: u64,
    refused: u64,
}

impl Room {
    /// Why nothing more is stored.
    pub(super) fn why(&self) -> Option<&String> {
        self.full.as_ref().map(|full| &full.why)
    }

    /// Why a commit is not begun; none where it is to find out whether there is room.
    pub(super) fn refusal(&mut self) -> Option<String> {
        let full = self.full.as_mut()?;
        if full.tried.is_some_and(|tried| tried.elapsed() >= TRIED_PAUSE) {
            full.tried = Some(Instant::now());
            return None;
        }
        Some(full.why.clone())
    }

    /// A commit of so many bytes, or several together, were refused.
    pub(super) fn refused(&mut self, limit: Limit, said: &str, bytes: u64) {
        self.refused += 1;
        let needed = bytes.max(self.full.as_ref().map_or(0, |full| full.needed));
        let tried = self.full.as_ref().and_then(|full| full.tried);
        let why =
            self.full.take().filter(|full| full.limit == limit).map_or_else(|| told(limit, said), |full| full.why);
        self.full = Some(Full { limit, why, needed, tried });
    }

    /// Something was stored.
    pub(super) fn stored(&mut self) {
        self.full = None;
    }

    pub(super) fn sought(&self) -> Sought {
        Sought { needed: self.full.as_ref().map_or(0, |full| full.needed), refused: self.refused }
    }

    /// What a look has found that sought this.
    pub(super) fn looked(&mut self, sought: Sought, look: Look) {
        if self.refused != sought.refused {
            return;
        }
        let (limit, why) = match look {
            Look { account: Seen::Full(why), .. } => (Limit::Account, why),
            Look { servers: Seen::Full(why), .. } => (Limit::Servers, why),
            Look { account, servers } => {
                let Some(full) = &mut self.full else { return };
                let seen = if full.limit == Limit::Account { account } else { servers };
                match seen {
                    Seen::Room => self.full = None,
                    _ => full.tried = full.tried.or_else(|| Some(Instant::now())),
                }
                return;
            }
        };
        let why = told(limit, &why);
        self.full = Some(Full { limit, why, needed: sought.needed, tried: None });
    }
}

/// What the operator is told.
fn told(limit: Limit, said: &str) -> String {
    match limit {
        Limit::Account => format!(
            "NATS 账户的存储已达上限,请腾出空间或放宽该账户的上限 / the NATS account has stored as much as it may: free room, or raise its limit \
             (max_file of its jetstream block): {said}"
        ),
        Limit::Servers => format!(
            "NATS 服务器的存储已达上限,请腾出空间或放宽其上限 / the NATS server has stored as much as it may: free room on it, or raise its limit \
             (max_file_store of its jetstream block): {said}"
        ),
    }
}

/// How much a server has stored, and how much it may, in bytes, as its monitoring says.
pub(super) type Usage<'a> = (&'a str, Option<(u64, u64)>);

/// Whether any of the servers that hold a copy may store more. One that may not leaves its lead to another.
pub(super) fn of_servers(holders: &[Usage<'_>]) -> Seen {
    let mut full = None;
    for (server, usage) in holders {
        match usage {
            // So far it stores, and once beyond it does not.
            Some((used, may)) if used <= may => return Seen::Room,
            Some((used, may)) => full = Some(format!("{server}, {used} of {may} bytes")),
            None => return Seen::Unknown,
        }
    }
    full.map_or(Seen::Unknown, Seen::Full)
}

/// Whether the account that `client` uses may store so many bytes more in so many copies.
pub(super) async fn of_account(client: &Client, needed: u64, copies: usize) -> Seen {
    let context = jetstream::new(client.clone());
    match tokio::time::timeout(ASKED_MAX, context.query_account()).await {
        Ok(Ok(account)) => judge(&account, needed, copies),
        Ok(Err(_)) | Err(_) => Seen::Unknown,
    }
}

/// An account has one limit, which counts each copy, or one a number of copies, which counts none.
fn judge(account: &Account, needed: u64, copies: usize) -> Seen {
    let copies_of = |count: usize| u64::try_from(count.max(1)).unwrap_or(u64::MAX);
    let (storage, limits, times) = match account.tiers.get(&format!("R{}", copies.max(1))) {
        Some(tier) => (tier.storage, tier.limits, copies_of(copies)),
        None => (account.storage, account.limits, 1),
    };
    let Some(may) = limits.max_storage.and_then(|may| u64::try_from(may).ok()) else { return Seen::Room };
    let may = may.saturating_mul(times);
    let needed = needed.saturating_add(MESSAGE_MORE_BYTES_MAX).saturating_mul(copies_of(copies));
    match storage.saturating_add(needed) {
        then if then <= may => Seen::Room,
        _ => Seen::Full(format!("{storage} of {may} bytes")),
    }
}

#[cfg(test)]
mod tests {
    use async_nats::jetstream::account::{Limits, Tier};

    use super::*;

    fn look(account: Seen, servers: Seen) -> Look {
        Look { account, servers }
    }

    #[test]
    fn it_stands_until_a_look_at_the_same_limit_finds_room() {
        let mut room = Room::default();
        assert_eq!(room.refusal(), None);
        let early = room.sought();
        room.refused(Limit::Servers, "insufficient resources", 300);
        assert!(room.refusal().is_some_and(|why| why.contains("max_file_store")));
        room.looked(early, look(Seen::Room, Seen::Room));
        assert!(room.refusal().is_some(), "a look from before ended it");
        let sought = room.sought();
        assert_eq!(sought.needed, 300);
        room.looked(sought, look(Seen::Room, Seen::Full("a, 2 of 1 bytes".to_owned())));
        assert!(room.refusal().is_some_and(|why| why.contains("a, 2 of 1 bytes")));
        room.looked(room.sought(), look(Seen::Unknown, Seen::Room));
        assert_eq!(room.refusal(), None);
        room.looked(room.sought(), look(Seen::Full("9 of 9 bytes".to_owned()), Seen::Room));
        assert!(room.refusal().is_some_and(|why| why.contains("max_file of")), "nobody has to be refused first");
        room.stored();
        assert_eq!(room.refusal(), None);
    }

    #[test]
    fn where_no_look_tells_one_commit_now_and_then_does() {
        let mut room = Room::default();
        room.refused(Limit::Servers, "insufficient resources", 300);
        room.looked(room.sought(), look(Seen::Room, Seen::Unknown));
        assert!(room.refusal().is_some(), "it was refused a moment ago");
        let late = Instant::now().checked_sub(TRIED_PAUSE).expect("later");
        room.full.as_mut().expect("full").tried = Some(late);
        assert_eq!(room.refusal(), None);
        assert!(room.refusal().is_some(), "one finds out, and not those that come with it");
        room.refused(Limit::Servers, "insufficient resources", 300);
        assert!(room.refusal().is_some());
    }

    #[test]
    fn one_of_several_servers_has_room_for_all() {
        let (full, roomy) = (("a", Some((11, 10))), ("b", Some((10, 10))));
        assert!(matches!(of_servers(&[full]), Seen::Full(why) if why == "a, 11 of 10 bytes"));
        assert_eq!(of_servers(&[roomy]), Seen::Room);
        assert_eq!(of_servers(&[full, roomy, full]), Seen::Room);
        assert_eq!(of_servers(&[full, ("b", None)]), Seen::Unknown);
        assert_eq!(of_servers(&[]), Seen::Unknown);
    }

    #[test]
    fn an_accounts_limit_counts_copies() {
        let limits = |bytes| Limits { max_storage: bytes, ..Limits::default() };
        let more = i64::try_from(MESSAGE_MORE_BYTES_MAX).expect("small");
        let flat = |bytes| Account { storage: 1_000, limits: limits(bytes), ..Account::default() };
        assert_eq!(judge(&flat(None), 100, 1), Seen::Room);
        assert_eq!(judge(&flat(Some(1_100 + more)), 100, 1), Seen::Room);
        assert!(matches!(judge(&flat(Some(1_099 + more)), 100, 1), Seen::Full(_)));
        assert!(matches!(judge(&flat(Some(1_100 + more)), 100, 3), Seen::Full(_)));
        let tier = Tier { storage: 3_000, limits: limits(Some(1_100 + more)), ..Tier::default() };
        let tiered = Account { tiers: [("R3".to_owned(), tier)].into(), ..Account::default() };
        assert_eq!(judge(&tiered, 100, 3), Seen::Room);
        assert!(matches!(judge(&tiered, 101, 3), Seen::Full(_)));
    }
}
