//! Plaques, gone through commit by commit: where each is, and by when it is to come back. That follows from the certifications after each
//! commit; the facts that say so are not read.

use std::collections::BTreeMap;

use super::days::Number;
use super::painted::{ends, stretches, terms};
use super::table::Says;

/// Days a plaque may take to come back, in the scheme of these tests.
const RETURN_DAYS: i64 = 15;

/// A plaque: where it is, since when, whether another was ordered instead, by when it is to come back, and where it hangs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) word: &'static str,
    pub(crate) since: Number,
    pub(crate) replaced: bool,
    /// The plaque it was ordered instead of, and the day of the order.
    pub(crate) instead_of: Option<String>,
    pub(crate) ordered: Number,
    pub(crate) due: Option<Number>,
    pub(crate) place: String,
    /// Where it was before it was found withheld.
    kept: Option<(&'static str, Number)>,
    /// The days from which it may stay after all.
    pub(crate) stays: Vec<Number>,
}

impl Piece {
    pub(crate) fn is_out(&self) -> bool {
        ["issued", "hung"].contains(&self.word)
    }

    /// Whether it may have to come back.
    fn is_held(&self) -> bool {
        self.is_out() || self.word == "not returned"
    }

    /// Nobody withholds what is not to come back, or not yet: it is where it was.
    fn is_not_withheld(&mut self) {
        if let Some((word, since)) = self.kept.take().filter(|_| self.word == "not returned") {
            (self.word, self.since) = (word, since);
        }
    }
}

type Rows<'r> = &'r [(u32, usize, Says)];

/// Whether some certification is live on a day: within a term of its own, from its first day on, and no end holds.
fn is_covered(rows: Rows<'_>, day: Number) -> bool {
    rows.iter().any(|(act, _, says)| {
        let Says::Certified { decided, from, last, .. } = says else { return false };
        let begin = from.or(*decided);
        let is_begun = begin.is_none_or(|begin| begin <= day);
        let spans = terms(rows, *act, begin, *last);
        let in_term =
            spans.iter().any(|(from, last)| from.is_none_or(|from| from <= day) && last.is_none_or(|last| day <= last));
        let ended =
            ends(rows, *act).iter().any(|(from, _, _, until)| *from <= day && until.is_none_or(|until| day < until));
        is_begun && in_term && !ended
    })
}

/// Of an end that stands at last, the day of the decision and that of its effect.
fn standing(rows: Rows<'_>, act: u32, decided: Number, from: Number) -> Option<(Number, Number)> {
    let last = stretches(rows, act, decided, from).pop()?;
    last.2.is_none().then_some((last.0, last.1))
}

/// By when what is to come back from a day on is to be there: the days count from when that is told, if it is told later.
fn last_day(from: Number, told: Number) -> Number {
    if from < told { told + RETURN_DAYS } else { from + RETURN_DAYS }
}

/// The first day from `today` on that no certification covers: an end that was decided counts ahead of its day, one by the clock does not.
fn bare_from(rows: Rows<'_>, today: Number) -> Option<Number> {
    if !is_covered(rows, today) {
        return Some(bare_since(rows, today));
    }
    let decided = rows.iter().filter_map(|(number, _, says)| match says {
        Says::Ended { decided, from, .. } => standing(rows, *number, *decided, *from).map(|(_, from)| from),
        _ => None,
    });
    decided.filter(|day| *day > today && !is_covered(rows, *day)).min()
}

/// The day after the last one that was covered: of each certification the first of its ends, which counts from its decision at the earliest.
fn bare_since(rows: Rows<'_>, today: Number) -> Number {
    let mut last_over = None;
    for (act, _, says) in rows {
        let Says::Certified { decided, from, last, .. } = says else { continue };
        let begin = from.or(*decided);
        if begin.is_some_and(|begin| begin > today) {
            continue;
        }
        let spans = terms(rows, *act, begin, *last);
        let endless = spans.iter().any(|(_, last)| last.is_none());
        let mut over: Vec<Number> = if endless {
            Vec::new()
        } else {
            spans.iter().filter_map(|(_, last)| *last).max().map(|last| last + 1).into_iter().collect()
        };
        for (number, _, says) in rows {
            match says {
                Says::Ended { certification, decided, from, .. } if certification == act => {
                    over.extend(standing(rows, *number, *decided, *from).map(|(decided, from)| decided.max(from)));
                }
                Says::Overturned { act: other, on } if other == act => {
                    over.extend(standing(rows, *number, *on, *on).map(|(decided, from)| decided.max(from)));
                }
                _ => {}
            }
        }
        last_over = last_over.max(over.into_iter().min());
    }
    last_over.map_or(today, |day| day.min(today))
}

/// Every plaque after the commits, each of which was recorded on its day.
pub(crate) fn pieces(rows: Rows<'_>, commits: &[Number]) -> BTreeMap<String, Piece> {
    let mut pieces: BTreeMap<String, Piece> = BTreeMap::new();
    for (commit, &today) in commits.iter().enumerate() {
        for (_, _, says) in rows.iter().filter(|(_, of, _)| *of == commit) {
            match says {
                Says::Ordered { plaque, on, instead_of, place } => {
                    let piece = Piece {
                        word: "ordered",
                        since: *on,
                        replaced: false,
                        instead_of: instead_of.clone(),
                        ordered: *on,
                        due: None,
                        place: place.clone(),
                        kept: None,
                        stays: Vec::new(),
                    };
                    pieces.insert(plaque.clone(), piece);
                    if let Some(old) = instead_of.as_ref().and_then(|old| pieces.get_mut(old)) {
                        old.replaced = true;
                    }
                }
                Says::Step { plaque, word, on } => {
                    let unmade =
                        pieces.get(plaque).is_some_and(|piece| piece.word == "ordered") && *word == "destroyed";
                    if let Some(piece) = pieces.get_mut(plaque) {
                        let is_due = piece.due.is_some_and(|due| due < *on);
                        let is_past = *word == "not returned" && !is_due && piece.stays.iter().any(|stays| on < stays);
                        if !is_past {
                            piece.kept = (*word == "not returned").then_some((piece.word, piece.since));
                            (piece.word, piece.since) = (word, *on);
                        }
                    }
                    // One that never went out is instead of nothing.
                    let old = pieces.get(plaque).filter(|_| unmade).and_then(|piece| piece.instead_of.clone());
                    if let Some(place) = old.as_ref().and_then(|old| pieces.get(old)).map(|old| old.place.clone()) {
                        let there = pieces.values().any(|other| {
                            !other.replaced && (other.is_out() || other.word == "ordered") && other.place == place
                        });
                        if let Some(old) = old.and_then(|old| pieces.get_mut(&old)) {
                            old.replaced = there;
                        }
                    }
                }
                _ => {}
            }
        }
        if !pieces.values().any(Piece::is_held) {
            continue;
        }
        let by_now = &rows[..rows.partition_point(|(_, of, _)| *of <= commit)];
        let bare = bare_from(by_now, today);
        let instead: Vec<(String, Number)> =
            pieces.values().filter_map(|piece| Some((piece.instead_of.clone()?, piece.ordered))).collect();
        let gone: Vec<(String, Number)> = pieces
            .values()
            .filter(|piece| piece.word == "destroyed")
            .filter_map(|piece| Some((piece.instead_of.clone()?, piece.since)))
            .collect();
        for (number, piece) in pieces.iter_mut().filter(|(_, piece)| piece.is_held()) {
            // Told once, it is to come back by that day; told anew where it is to come back sooner, or later for another reason only.
            let other = instead.iter().filter(|(of, _)| of == number).map(|(_, on)| (*on).min(today)).max();
            let from = if piece.replaced { other.or(Some(today)) } else { bare };
            // Covered since it was found withheld, it is to come back for something else.
            let anew = piece.word == "not returned" && from.is_some_and(|from| from > piece.since);
            let from = from.map(|from| from.max(piece.since));
            let before = piece.due;
            piece.due = match (from, piece.due) {
                (None, _) => None,
                (Some(from), Some(due)) if from <= today && !anew => Some(due.min(last_day(from, today))),
                (Some(from), _) => Some(last_day(from, today)),
            };
            if before.is_some() && piece.due.is_none() {
                // Covered again, or alone in its place again, some days ago perhaps: not before it was there.
                let unmade = gone.iter().filter(|(of, _)| of == number).map(|(_, on)| *on).max();
                let mut stays = today;
                while stays > piece.ordered
                    && is_covered(by_now, stays - 1)
                    && unmade.is_none_or(|unmade| unmade < stays)
                {
                    stays -= 1;
                }
                piece.stays.push(stays);
            }
            if piece.due.is_none_or(|due| due >= piece.since) {
                piece.is_not_withheld();
            }
        }
    }
    pieces
}
