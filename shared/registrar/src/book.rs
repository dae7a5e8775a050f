//! The rules that decisions are taken under, as the log says them: followed, swapped as a whole, and never older than those of an answer
//! that this process has given.
//!
//! A command holds the rules it is decided under until its commit is stored; rules are exchanged when nobody holds any. So the rules' positions
//! never fall along the commits that one process writes, and each commit is decided under exactly the rules up to the position it names. What
//! another process adopts is found by a look at where the rules' stream ends, at most every [`RULES_LOOK_PAUSE`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::{Commit, Day, Position, StreamId};
use event_log::{EventLog, Loaded};
use parts::{Part, Watch};
use rulebook::Editions;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, watch};
use tokio::time::Instant;

use crate::bounds::CALENDAR_AHEAD_DAYS_MIN;
use crate::submission::SubmitError;

/// How old a look at where the rules' stream ends may be when a command is decided. A rule is in force everywhere within a second of its
/// adoption; this leaves the log the rest of it.
pub const RULES_LOOK_PAUSE: Duration = Duration::from_millis(200);

/// The rules and where their stream ended when they were read.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) editions: Arc<Editions>,
    tail: Position,
}

/// The rules of one process.
#[derive(Debug)]
pub(crate) struct Book {
    known: RwLock<Known>,
    told: watch::Sender<Arc<Editions>>,
    /// When the log was last asked; `None` where it has to be asked anew. `follows` is false where no log says the rules.
    looked: Mutex<Option<Instant>>,
    turn: tokio::sync::Mutex<()>,
    follows: bool,
    rules: Part,
    calendar: Part,
}

impl Book {
    pub(crate) fn fixed(editions: Editions) -> Self {
        let editions = Arc::new(editions);
        Self {
            told: watch::Sender::new(Arc::clone(&editions)),
            known: RwLock::new(Known { editions, tail: Position(0) }),
            follows: false,
            ..Self::followed()
        }
    }

    pub(crate) fn followed() -> Self {
        Self {
            known: RwLock::default(),
            told: watch::Sender::new(Arc::default()),
            looked: Mutex::new(None),
            turn: tokio::sync::Mutex::new(()),
            follows: true,
            rules: Part::new("rules"),
            calendar: Part::new("calendar"),
        }
    }

    pub(crate) fn parts(&self) -> Vec<Watch> {
        if self.follows { vec![self.rules.watch(), self.calendar.watch()] } else { Vec::new() }
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Arc<Editions>> {
        self.told.subscribe()
    }

    /// The newest rules, held: none are exchanged until they are let go of.
    pub(crate) async fn hold(&self, log: &impl EventLog) -> Result<RwLockReadGuard<'_, Known>, SubmitError> {
        self.look(log).await?;
        Ok(self.known.read().await)
    }

    /// The rules up to where their stream ends, `loaded`, held by one who is to add to them: no command is decided meanwhile.
    pub(crate) async fn hold_to_adopt(&self) -> RwLockWriteGuard<'_, Known> {
        self.known.write().await
    }

    /// Puts the rules of these commits in the place of those that are held, where they are newer.
    pub(crate) fn catch_up(&self, held: &mut Known, loaded: &Loaded) -> Result<(), SubmitError> {
        if loaded.tail.position > held.tail {
            let known = held.editions.position();
            let more = loaded.iter().filter(|recorded| recorded.position > known);
            let mut editions = Arc::clone(&held.editions);
            for recorded in more {
                let next = editions.then(recorded.position, &recorded.commit);
                editions = Arc::new(next.map_err(|error| self.unreadable(&error))?);
            }
            self.exchange(held, editions, loaded.tail.position);
        }
        self.rules.well();
        Ok(())
    }

    /// What was just stored is in force here.
    pub(crate) fn adopted(&self, held: &mut Known, position: Position, commit: &Commit) -> Result<(), SubmitError> {
        let next = held.editions.then(position, commit).map_err(|error| self.unreadable(&error))?;
        self.exchange(held, Arc::new(next), position);
        Ok(())
    }

    fn exchange(&self, held: &mut Known, editions: Arc<Editions>, tail: Position) {
        *held = Known { editions: Arc::clone(&editions), tail };
        self.told.send_replace(editions);
    }

    fn unreadable(&self, error: &rulebook::UnreadableRules) -> SubmitError {
        self.rules.unwell(error.to_string());
        SubmitError::RulesUnreadable(error.to_string())
    }

    /// The log is to be asked before anything else is decided.
    pub(crate) fn doubt(&self) {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn is_due(&self) -> bool {
        let looked = *self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        looked.is_none_or(|looked| looked.elapsed() >= RULES_LOOK_PAUSE)
    }

    /// Looks whether there are newer rules, unless somebody has just looked.
    pub(crate) async fn look(&self, log: &impl EventLog) -> Result<(), SubmitError> {
        if !self.follows || !self.is_due() {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        if !self.is_due() {
            return Ok(());
        }
        // What is adopted while it is asked may be missed, so the moment is the one before.
        let began = Instant::now();
        let tail = log.tail(&StreamId::Rules).await?;
        if tail.position > self.known.read().await.tail {
            let loaded = log.load(&StreamId::Rules).await?;
            self.catch_up(&mut *self.known.write().await, &loaded)?;
        }
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(began);
        Ok(())
    }

    /// Tells health for how long working days are known from `today` on.
    pub(crate) fn look_ahead(&self, today: Day) {
        let editions = self.told.borrow().clone();
        if editions.is_empty() {
            return;
        }
        let needed = today.plus_days(CALENDAR_AHEAD_DAYS_MIN);
        match editions.calendar().covered_from(today) {
            Some(until) if until >= needed => self.calendar.well(),
            Some(until) => self.calendar.warns(format!("working days are known until {until}")),
            None => self.calendar.warns(format!("working days of {today} are not known")),
        }
    }

    /// Days from `today` on for which working days are known.
    pub(crate) fn days_ahead(&self, today: Day) -> i64 {
        let until = self.told.borrow().calendar().covered_from(today);
        until.map_or(0, |until| i64::from(until.number()) - i64::from(today.number()))
    }
}
