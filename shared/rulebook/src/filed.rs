//! What was adopted, one commit after another, and what of it stands as of a position.

use std::sync::Arc;

use domain::{
    BureauId, Calendar, Commit, Day, DivisionPrefix, DivisionTable, DocumentNumber, Event, Name, OfficerId, Position,
    Sha256,
};

use crate::error::ReferenceError;
use crate::scheme::draft::{Reading, SchemeDraft};

/// What an edition is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A scheme, of this area (none: the whole registry), in force from this day.
    Scheme {
        /// Where it holds.
        area: Option<DivisionPrefix>,
        /// Its first day.
        in_force_from: Day,
    },
    /// Working days, of the days from the first to the last.
    Calendar {
        /// The first day it speaks of.
        from: Day,
        /// The last.
        until: Day,
    },
    /// A table of places.
    Places,
}

impl Kind {
    /// Whether both are schemes, working days, or tables of places.
    pub(crate) fn is_alike(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// One edition, as it was adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// What it is of.
    pub kind: Kind,
    /// Where the commit stands that adopted it.
    pub position: Position,
    /// Where the edition stands that it corrects (更正), which was entered wrong.
    pub corrects: Option<Position>,
    /// Where the edition stands that corrects it.
    pub corrected_by: Option<Position>,
    /// Version of a scheme, edition of a table, source of a calendar.
    pub version: String,
    /// The hash of its text.
    pub sha256: Sha256,
    /// Day it was adopted.
    pub adopted_on: Day,
    /// The body that adopted it.
    pub adopted_by: Option<Name>,
    /// Number of the document that carries it.
    pub document_number: Option<DocumentNumber>,
    /// Day it was entered.
    pub entered_on: Day,
    /// The bureau that entered it.
    pub bureau: BureauId,
    /// Staff number of the officer who entered it.
    pub officer: OfficerId,
    /// The hash of all that the command says that adopted it, by which it is known when it is sent again.
    pub(crate) said: Option<Sha256>,
}

/// What a commit adopted.
#[derive(Debug, Clone)]
pub(crate) enum What {
    Scheme(Arc<SchemeDraft>),
    Calendar(Arc<Calendar>),
    Places(Arc<DivisionTable>),
}

impl What {
    fn is_of_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// One edition, and in whose place it is where it corrects one.
#[derive(Debug, Clone)]
pub(crate) struct Filed {
    pub(crate) position: Position,
    pub(crate) corrects: Option<Position>,
    pub(crate) what: What,
}

/// Those that stand: what a later one corrects stands no more, and where it stood the later one does.
pub(crate) fn standing(filed: &[Filed]) -> Vec<&Filed> {
    let mut standing: Vec<&Filed> = Vec::with_capacity(filed.len());
    for one in filed {
        let corrected = one.corrects.and_then(|position| {
            standing.iter().position(|other| other.position == position && other.what.is_of_kind(&one.what))
        });
        match corrected {
            // Tables are laid over one another in order, so the right one goes where the wrong one was.
            Some(at) => standing[at] = one,
            None => standing.push(one),
        }
    }
    standing
}

/// What a fact files; `None` where it is none of the rules.
pub(crate) fn file(
    position: Position,
    commit: &Commit,
    event: &Event,
    said: Option<Sha256>,
) -> Result<Option<(Filed, Adopted)>, ReferenceError> {
    macro_rules! adopted {
        ($fact:ident, $kind:expr, $version:ident) => {
            Adopted {
                kind: $kind,
                position,
                corrects: $fact.corrects,
                corrected_by: None,
                version: $fact.$version.to_string(),
                sha256: $fact.sha256,
                adopted_on: $fact.adopted_on,
                adopted_by: $fact.adopted_by.clone(),
                document_number: $fact.document_number.clone(),
                entered_on: Day::of(commit.recorded_at),
                bureau: commit.bureau.clone(),
                officer: commit.officer.clone(),
                said,
            }
        };
    }
    let (what, adopted) = match event {
        Event::SchemeAdopted(fact) => {
            let kind = Kind::Scheme { area: fact.area.clone(), in_force_from: fact.in_force_from };
            let draft = SchemeDraft::of(fact.text.as_str(), Reading::OnRecord)?;
            (What::Scheme(Arc::new(draft)), adopted!(fact, kind, version))
        }
        Event::CalendarAdopted(fact) => {
            let kind = Kind::Calendar { from: fact.covered_from, until: fact.covered_until };
            let days = crate::calendar::calendar(fact.text.as_str(), fact.covered_from, fact.covered_until)?;
            (What::Calendar(Arc::new(days)), adopted!(fact, kind, source))
        }
        Event::PlacesAdopted(fact) => {
            let table = crate::places::places(&fact.edition, fact.text.as_str())?;
            (What::Places(Arc::new(table)), adopted!(fact, Kind::Places, edition))
        }
        // Nothing else is a rule.
        _ => return Ok(None),
    };
    Ok(Some((Filed { position, corrects: adopted.corrects, what }, adopted)))
}
