//! Where certifications stand, painted on a strip of days: a cell a stretch of days between two that matter. What comes later in the list of
//! colours lies over what was painted before.

use super::days::Number;
use super::table::Says;

/// What a cell shows: a word, and the day that put it there where one is known.
pub(crate) type Cell = Option<(&'static str, Option<Number>)>;

/// One certification: its act, its category, its first day, and its strip.
#[derive(Debug, Clone)]
pub(crate) struct Strip {
    pub(crate) act: u32,
    pub(crate) category: String,
    pub(crate) begin: Option<Number>,
    pub(crate) cells: Vec<Cell>,
}

/// Words of a certification that stands.
pub(crate) const LIVE: [&str; 3] = ["valid", "rectifying", "suspended"];

/// The stretches in which an act was undone: from each ruling on, but for those in which that ruling was undone itself.
pub(crate) fn undone(rows: &[(u32, usize, Says)], act: u32) -> Vec<(Number, Option<Number>)> {
    let mut stretches: Vec<(Number, Option<Number>)> = Vec::new();
    for (ruling, _, says) in rows {
        let Says::Overturned { act: other, on } = says else { continue };
        if *other != act {
            continue;
        }
        let mut from = Some(*on);
        for (begins, ends) in undone(rows, *ruling) {
            stretches.extend(from.map(|from| (from, Some(begins))));
            from = ends;
        }
        stretches.extend(from.map(|from| (from, None)));
    }
    // One that has no end comes behind one that begins and ends on its first day.
    stretches.sort_unstable_by_key(|(from, until)| (*from, until.unwrap_or(Number::MAX)));
    stretches
}

/// Whether an act was not undone on a day.
pub(crate) fn held(rows: &[(u32, usize, Says)], act: u32, day: Number) -> bool {
    undone(rows, act).into_iter().all(|(gone, back)| day < gone || back.is_some_and(|back| back <= day))
}

/// What is left of a stretch of days once others are cut out of it. Undone and put back on one day it was undone on none.
pub(crate) fn cut(
    (from, until): (Number, Option<Number>),
    holes: impl IntoIterator<Item = (Number, Option<Number>)>,
) -> Vec<(Number, Option<Number>)> {
    let end = |day: Option<Number>| day.unwrap_or(Number::MAX);
    let mut left = vec![(from, end(until))];
    for (gone, back) in holes.into_iter().filter(|(gone, back)| *back != Some(*gone)) {
        left = left
            .into_iter()
            .flat_map(|(from, until)| [(from, until.min(gone)), (from.max(end(back)), until)])
            .collect();
        left.retain(|(from, until)| from < until);
    }
    left.into_iter().map(|(from, until)| (from, Some(until).filter(|until| *until < Number::MAX))).collect()
}

/// An end with the stretches in which it stands: `(decided, from, until)`, where what stands again was decided by who undid the ruling. What was
/// undone never reached back.
pub(crate) fn stretches(
    rows: &[(u32, usize, Says)],
    act: u32,
    decided: Number,
    from: Number,
) -> Vec<(Number, Number, Option<Number>)> {
    let mut standing = Vec::new();
    let mut begins = Some(decided);
    for (gone, back) in undone(rows, act) {
        standing.extend(begins.map(|begins| (begins, begins.max(from), Some(gone))));
        begins = back;
    }
    standing.extend(begins.map(|begins| {
        let reaches_back = from < decided;
        (begins, if begins == decided || reaches_back { from } else { begins.max(from) }, None)
    }));
    standing
}

/// Whether a measure fell with its certification, which no ruling made live again before the measure's day.
pub(crate) fn fell(rows: &[(u32, usize, Says)], act: u32) -> bool {
    let fallen = rows.iter().any(|(_, _, says)| matches!(says, Says::Fell { measure } if *measure == act));
    let of = rows.iter().find_map(|(number, _, says)| match says {
        Says::Measure { certification, from, .. } if *number == act => Some((*certification, *from)),
        _ => None,
    });
    fallen && of.is_some_and(|(certification, from)| was_over(rows, certification, from))
}

/// Whether a certification that had begun was over on a day, by what had been decided by then.
fn was_over(rows: &[(u32, usize, Says)], act: u32, day: Number) -> bool {
    let ended = rows.iter().any(|(number, _, says)| {
        let standing = match says {
            Says::Ended { certification, decided, from, .. } if *certification == act => {
                stretches(rows, *number, *decided, *from)
            }
            Says::Overturned { act: other, on } if *other == act => stretches(rows, *number, *on, *on),
            _ => return false,
        };
        standing
            .into_iter()
            .any(|(decided, from, until)| decided <= day && from <= day && until.is_none_or(|until| day < until))
    });
    let term = rows.iter().find_map(|(number, _, says)| match says {
        Says::Certified { decided, from, last, .. } if *number == act => Some((from.or(*decided), *last)),
        _ => None,
    });
    let in_term = term.is_some_and(|(begin, last)| {
        begin.is_some_and(|begin| day < begin)
            || terms(rows, act, begin, last)
                .into_iter()
                .any(|(from, last)| from.is_none_or(|from| from <= day) && last.is_none_or(|last| day <= last))
    });
    ended || !in_term
}

fn least(days: impl IntoIterator<Item = Option<Number>>) -> Option<Number> {
    days.into_iter().flatten().min()
}

/// The strips of all certifications, on cells that begin on these days.
pub(crate) fn strips(rows: &[(u32, usize, Says)], axis: &[Number]) -> Vec<Strip> {
    let certified = rows.iter().filter_map(|(act, _, says)| match says {
        Says::Certified { category, decided, from, last, .. } => {
            Some((*act, category.clone(), from.or(*decided), *last))
        }
        _ => None,
    });
    let painted = certified.map(|(act, category, begin, last)| {
        let cells = painted(rows, axis, act, begin, last);
        Strip { act, category, begin, cells }
    });
    painted.collect()
}

/// The terms of a certification, each with its last day as it was held: an overturned one until the day before, and again once it was put back.
pub(crate) fn terms(
    rows: &[(u32, usize, Says)],
    act: u32,
    begin: Option<Number>,
    last: Option<Number>,
) -> Vec<(Option<Number>, Option<Number>)> {
    let mut terms = vec![(begin, last)];
    for (number, _, says) in rows {
        if let Says::Renewed { certification, from, last, .. } = says
            && *certification == act
        {
            // One that was overturned before its first day, and never put back, was never a term.
            let held = cut((*from, Some(last + 1)), undone(rows, *number)).into_iter();
            terms.extend(held.map(|(from, over)| (Some(from), over.map(|over| over - 1))));
        }
    }
    terms
}

/// The decided ends of a certification: `(from, rank, word, until)`.
pub(crate) fn ends(rows: &[(u32, usize, Says)], act: u32) -> Vec<(Number, u8, &'static str, Option<Number>)> {
    let rank = |word: &str| ["revoked", "withdrawn", "deregistered"].iter().position(|known| *known == word);
    let mut ends = Vec::new();
    for (number, _, says) in rows {
        match says {
            Says::Ended { word, certification, decided, from, .. } if *certification == act => {
                let rank = u8::try_from(rank(word).unwrap()).unwrap();
                let standing = stretches(rows, *number, *decided, *from);
                ends.extend(standing.into_iter().map(|(_, from, until)| (from, rank, *word, until)));
            }
            Says::Overturned { act: other, on } if *other == act => {
                let standing = stretches(rows, *number, *on, *on);
                ends.extend(standing.into_iter().map(|(_, from, until)| (from, 0, "revoked", until)));
            }
            _ => {}
        }
    }
    ends
}

fn painted(
    rows: &[(u32, usize, Says)],
    axis: &[Number],
    act: u32,
    begin: Option<Number>,
    last: Option<Number>,
) -> Vec<Cell> {
    let mut cells: Vec<Cell> = vec![None; axis.len()];
    // Cells whose days lie from the one day to before the other.
    let within = |from: Option<Number>, until: Option<Number>| {
        let first = from.map_or(0, |from| axis.partition_point(|day| *day < from));
        let end = until.map_or(axis.len(), |until| axis.partition_point(|day| *day < until));
        first..end.max(first)
    };
    let terms = terms(rows, act, begin, last);
    for (from, last) in &terms {
        cells[within(*from, last.map(|last| last + 1))].fill(Some(("valid", begin)));
    }
    // Measures, the earliest over the later ones, a suspension over an order; on what is live.
    for word in ["rectifying", "suspended"] {
        let mut spans: Vec<(Number, Option<Number>)> = Vec::new();
        for (number, _, says) in rows {
            if let Says::Measure { word: known, certification, from, because } = says
                && (*known, *certification) == (word, act)
                && !fell(rows, *number)
            {
                let met = rows.iter().filter_map(|(_, _, says)| match says {
                    Says::Over { measure, on } if measure == number => Some(*on),
                    _ => None,
                });
                let holes = because.map(|cause| undone(rows, cause)).into_iter().flatten().chain(undone(rows, *number));
                spans.extend(cut((*from, least(met.map(Some))), holes));
            }
        }
        spans.sort_unstable();
        for (from, until) in spans.into_iter().rev() {
            for cell in cells[within(Some(from), until)].iter_mut().filter(|cell| cell.is_some()) {
                *cell = Some((word, Some(from)));
            }
        }
    }
    // Ends, the earliest over the later ones; that the last term is over is one of them, and weighs least.
    let mut all = ends(rows, act);
    if let Some(last) = terms.iter().map(|(_, last)| *last).reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b))).flatten() {
        all.push((last + 1, u8::MAX, "expired", None));
    }
    // While a term was undone, and before it was put back, what it had been added to ran out.
    let mut in_order = terms.clone();
    in_order.sort_unstable();
    let mut reached = None;
    for (from, last) in in_order {
        if let (Some(over), Some(from)) = (reached.map(|reached: Number| reached + 1), from)
            && over < from
        {
            all.push((over, u8::MAX, "expired", Some(from)));
        }
        reached = reached.max(last);
    }
    all.sort_unstable();
    for (from, _, word, until) in all.into_iter().rev() {
        let since = begin.map_or(from, |begin| from.max(begin));
        cells[within(Some(from), until)].fill(Some((word, Some(since))));
    }
    cells[within(None, begin.or(Some(Number::MIN)))].fill(None);
    cells
}

/// Where a category stands in a cell: which certification, the word, and since which day.
pub(crate) fn category_in(
    strips: &[Strip],
    axis: &[Number],
    category: &str,
    cell: usize,
) -> Option<(u32, &'static str, Option<Number>)> {
    let of_category = strips.iter().filter(|strip| strip.category == category && strip.cells[cell].is_some());
    // Live before ended, begun later before begun sooner, recorded later before recorded sooner.
    let weight = |strip: &&Strip| {
        let live = strip.cells[cell].is_some_and(|(word, _)| LIVE.contains(&word));
        (live, strip.begin.unwrap_or(Number::MIN), strip.act)
    };
    let strip = of_category.max_by_key(weight)?;
    let (word, from) = strip.cells[cell]?;
    if !LIVE.contains(&word) {
        return Some((strip.act, word, from));
    }
    // It has shown this word since the first cell of the run.
    let run = strip.cells[..cell].iter().rposition(|before| before.is_none_or(|(other, _)| other != word));
    let run = match run {
        Some(before) => Some(axis[before + 1]),
        None => strip.begin,
    };
    Some((strip.act, word, run.max(from)))
}
