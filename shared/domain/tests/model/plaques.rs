//! Plaques, gone through commit by commit: where each is, and by when it is to come back. That follows from the certifications after each
//! commit; the facts that say so are not read.

use std::collections::BTreeMap;

use super::days::Number;
use super::painted::{ends, overturned, terms};
use super::table::Says;

/// Days a plaque may take to come back, in the scheme of these tests.
const RETURN_DAYS: i64 = 15;

/// A plaque: where it is, since when, whether another was ordered instead, by when it is to come back, and where it hangs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) word: &'static str,
    pub(crate) since: Number,
    pub(crate) replaced: bool,
    pub(crate) due: Option<Number>,
    pub(crate) place: String,
}

impl Piece {
    pub(crate) fn is_out(&self) -> bool {
        ["issued", "hung"].contains(&self.word)
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

/// The first day from `today` on that no certification covers: an end that was decided counts ahead of its day, one by the clock does not.
fn bare_from(rows: Rows<'_>, today: Number) -> Option<Number> {
    if !is_covered(rows, today) {
        return Some(today);
    }
    let decided = rows.iter().filter_map(|(number, _, says)| match says {
        Says::Ended { from, .. } if overturned(rows, *number).is_none() => Some(*from),
        _ => None,
    });
    decided.filter(|day| *day > today && !is_covered(rows, *day)).min()
}

/// Every plaque after the commits, each of which was recorded on its day.
pub(crate) fn pieces(rows: Rows<'_>, commits: &[Number]) -> BTreeMap<String, Piece> {
    let mut pieces: BTreeMap<String, Piece> = BTreeMap::new();
    for (commit, &today) in commits.iter().enumerate() {
        for (_, _, says) in rows.iter().filter(|(_, of, _)| *of == commit) {
            match says {
                Says::Ordered { plaque, on, instead_of, place } => {
                    let piece = Piece { word: "ordered", since: *on, replaced: false, due: None, place: place.clone() };
                    pieces.insert(plaque.clone(), piece);
                    if let Some(old) = instead_of.as_ref().and_then(|old| pieces.get_mut(old)) {
                        old.replaced = true;
                    }
                }
                Says::Step { plaque, word, on } => {
                    if let Some(piece) = pieces.get_mut(plaque) {
                        (piece.word, piece.since) = (word, *on);
                    }
                }
                _ => {}
            }
        }
        if !pieces.values().any(Piece::is_out) {
            continue;
        }
        let by_now = &rows[..rows.partition_point(|(_, of, _)| *of <= commit)];
        let bare = bare_from(by_now, today);
        for piece in pieces.values_mut().filter(|piece| piece.is_out()) {
            // Told once, it is to come back by that day; told anew where it is to come back sooner, or later for another reason only.
            let from = if piece.replaced { Some(today) } else { bare };
            piece.due = match (from, piece.due) {
                (None, _) => None,
                (Some(from), Some(due)) if from == today => Some(due.min(today + RETURN_DAYS)),
                (Some(from), _) => Some(from + RETURN_DAYS),
            };
        }
    }
    pieces
}
