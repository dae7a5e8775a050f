//! Plaques, gone through commit by commit: where each is, and by when it is to come back. That follows from the certifications after each
//! commit; what the facts say of it is not read. Of what was corrected since is read that a paper went out: what nobody had been told by then, nobody
//! is late for.

use std::collections::{BTreeMap, BTreeSet};

use super::days::Number;
use super::painted::{stretches, terms};
use super::table::{Row, Says};

/// What a paper about a plaque says.
pub(crate) const TO_COME_BACK: &str = "to come back";
pub(crate) const MAY_STAY: &str = "may stay";

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
    /// What happened to it, in the order it was typed.
    steps: Vec<(Number, &'static str)>,
    /// By when it was ever told to come back, and from when on it was to, as that was known then.
    told: Vec<(Number, Number)>,
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

    fn issued(&self) -> Option<Number> {
        self.steps.iter().filter(|(_, word)| *word == "issued").map(|(on, _)| *on).min()
    }

    /// The day on which it was destroyed, if it never went out.
    fn unmade(&self) -> Option<Number> {
        let gone = self.steps.iter().find(|(_, word)| *word == "destroyed")?;
        self.issued().is_none().then_some(gone.0)
    }

    /// Told once, it is to come back by that day; told anew where it is to come back sooner, or from later on. `stays` tells since when it hung by
    /// right on a day, and `went_out` which papers did.
    fn is_told(
        &mut self,
        from: Option<Number>,
        today: Number,
        stays: &dyn Fn(Number) -> Number,
        went_out: &dyn Fn(&'static str) -> bool,
    ) {
        let by_when = from.map(|from| {
            let of_it = self.told.iter().filter(|(of, due)| from <= *of || from + RETURN_DAYS <= *due);
            of_it.map(|(_, due)| *due).fold(last_day(from, today), Number::min)
        });
        let before = self.due;
        if let Some(before) = before
            && by_when.is_none_or(|due| before < due)
            && went_out(MAY_STAY)
        {
            self.due = None;
            // Not before it was to come back, nor after it is told.
            let recalled = self.told.last().map_or(Number::MIN, |(of, _)| *of);
            self.stays.push(stays(from.map_or(today, |from| from - 1)).max(recalled).min(today));
        }
        if let (Some(from), Some(due)) = (from, by_when)
            && before != by_when
            && went_out(TO_COME_BACK)
        {
            self.told.push((from, due));
            self.due = by_when;
        }
    }

    /// Goes through the steps by their days. Nobody withholds what is not to come back, or not yet.
    fn goes_through(&mut self) {
        let mut steps = self.steps.clone();
        steps.sort_by_key(|(on, _)| *on);
        (self.word, self.since) = ("ordered", self.ordered);
        for (on, word) in steps {
            if word != "not returned" || self.due.is_some_and(|due| due < on) {
                (self.word, self.since) = (word, on);
            }
        }
    }
}

/// On these days, since when a plaque is to come back: it is out, and there is no certification, or another instead of it. Without those on which it was
/// found not to have been returned by who did not have it, which goes by orders.
pub(crate) fn back_since(
    pieces: &BTreeMap<String, Piece>,
    number: &str,
    piece: &Piece,
    (axis, covered): (&[Number], &[bool]),
) -> Vec<(Number, Option<Number>)> {
    let instead: Vec<&Piece> = pieces.values().filter(|other| other.instead_of.as_deref() == Some(number)).collect();
    let mut begun = None;
    let mut told = Vec::new();
    for (day, covered) in axis.iter().zip(covered) {
        let is_replaced = instead.iter().any(|other| {
            other.ordered <= *day && (piece.replaced || other.unmade().is_none_or(|unmade| *day < unmade))
        });
        begun = if *covered && !is_replaced { None } else { begun.or(Some(*day)) };
        let mut by_now: Vec<_> = piece.steps.iter().filter(|(on, _)| on <= day).collect();
        by_now.sort_by_key(|(on, _)| *on);
        let is_found = by_now.last().is_some_and(|(_, word)| *word == "not returned");
        by_now.retain(|(_, word)| *word != "not returned");
        let is_out = by_now.last().is_some_and(|(_, word)| ["issued", "hung"].contains(word));
        let since = begun.filter(|_| is_out).map(|begun| begun.max(piece.issued().unwrap_or(begun)));
        if is_out || !is_found {
            told.push((*day, since));
        }
    }
    told
}

type Rows<'r> = &'r [(u32, usize, Says)];

/// Whether some certification was live on a day, by what had been decided by then: within a term of its own, from its first day on, and no end
/// held that was decided.
pub(crate) fn is_covered(rows: Rows<'_>, day: Number) -> bool {
    rows.iter().any(|(act, _, says)| {
        let Says::Certified { decided, from, last, .. } = says else { return false };
        let begin = from.or(*decided);
        let is_begun = begin.is_none_or(|begin| begin <= day);
        let spans = terms(rows, *act, begin, *last);
        let in_term =
            spans.iter().any(|(from, last)| from.is_none_or(|from| from <= day) && last.is_none_or(|last| day <= last));
        is_begun && in_term && !is_ended(rows, *act, day)
    })
}

fn is_ended(rows: Rows<'_>, certification: u32, day: Number) -> bool {
    rows.iter().any(|(number, _, says)| {
        let stands = match says {
            Says::Ended { certification: of, decided, from, .. } if *of == certification => {
                stretches(rows, *number, *decided, *from)
            }
            Says::Overturned { act, on } if *act == certification => stretches(rows, *number, *on, *on),
            _ => Vec::new(),
        };
        stands.iter().any(|(decided, from, until)| *decided.max(from) <= day && until.is_none_or(|until| day < until))
    })
}

/// Of an end that stands at last, the day of its effect.
fn standing(rows: Rows<'_>, act: u32, decided: Number, from: Number) -> Option<Number> {
    let last = stretches(rows, act, decided, from).pop()?;
    last.2.is_none().then_some(last.1)
}

/// By when what is to come back from a day on is to be there: the days count from when that is told, if it is told later.
fn last_day(from: Number, told: Number) -> Number {
    if from < told { told + RETURN_DAYS } else { from + RETURN_DAYS }
}

/// The days of decided ends that are to come: one by the clock is not told before.
fn ends_to_come(rows: Rows<'_>, today: Number) -> Vec<Number> {
    let decided = rows.iter().filter_map(|(number, _, says)| match says {
        Says::Ended { decided, from, .. } => standing(rows, *number, *decided, *from),
        _ => None,
    });
    decided.filter(|day| *day > today).collect()
}

/// Every plaque after the commits, each of which was recorded on its day; `recorded` is what stood in them before corrections.
pub(crate) fn pieces(rows: Rows<'_>, recorded: &[Row], commits: &[Number]) -> BTreeMap<String, Piece> {
    // What was told before the last correction was told by what was known then; that one, and what is after it, tells all there is to tell.
    let papers: BTreeSet<(usize, &str, &str)> = recorded
        .iter()
        .filter_map(|(commit, says)| match says {
            Says::Paper { plaque, word } => Some((*commit, plaque.as_str(), *word)),
            _ => None,
        })
        .collect();
    let corrected = recorded.iter().filter(|(_, says)| matches!(says, Says::Corrected { .. }));
    let corrected = corrected.map(|(commit, _)| *commit).max().unwrap_or(0);
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
                        steps: Vec::new(),
                        told: Vec::new(),
                        stays: Vec::new(),
                    };
                    pieces.insert(plaque.clone(), piece);
                    if let Some(old) = instead_of.as_ref().and_then(|old| pieces.get_mut(old)) {
                        old.replaced = true;
                    }
                }
                Says::Step { plaque, word, on } => {
                    if let Some(piece) = pieces.get_mut(plaque) {
                        piece.steps.push((*on, word));
                        piece.goes_through();
                    }
                    let unmade = *word == "destroyed" && pieces.get(plaque).is_some_and(|of| of.unmade().is_some());
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
        let instead: Vec<(String, Number, Option<Number>)> = pieces
            .values()
            .filter_map(|piece| Some((piece.instead_of.clone()?, piece.ordered, piece.unmade())))
            .collect();
        let to_come = ends_to_come(by_now, today);
        for (number, piece) in pieces.iter_mut().filter(|(_, piece)| piece.is_held()) {
            let replaced = piece.replaced;
            let is_replaced = |day: Number| {
                instead.iter().any(|(of, on, unmade)| {
                    of == number && *on <= day && (replaced || unmade.is_none_or(|unmade| day < unmade))
                })
            };
            let may_stay = |day: Number| is_covered(by_now, day) && !is_replaced(day);
            // Day by day back to where it began, no further than it is asked for.
            let back_to = |day: Number, first: Number, so: &dyn Fn(Number) -> bool| {
                let mut day = day;
                while day > first && so(day - 1) {
                    day -= 1;
                }
                day
            };
            let ordered = piece.ordered;
            let issued = piece.issued().unwrap_or(ordered);
            let from = if may_stay(today) {
                to_come.iter().copied().filter(|day| !may_stay(*day)).min()
            } else {
                Some(back_to(today, issued, &|day| !may_stay(day)).max(issued))
            };
            let stays = |day| back_to(day, ordered, &may_stay).min(today).max(ordered);
            let went_out =
                |word: &'static str| corrected <= commit || papers.contains(&(commit, number.as_str(), word));
            piece.is_told(from, today, &stays, &went_out);
            piece.goes_through();
        }
    }
    pieces
}
