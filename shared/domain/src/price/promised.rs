//! Which price binds for which certification: pure functions of what is recorded, for decisions and for what people are told alike. Days are
//! whatever is in their order: a reader keeps them as numbers.

use crate::value::Day;

/// A certification, as far as a promise rests on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promisor<D = Day> {
    /// Its first day, where the record says it.
    pub begin: Option<D>,
    /// The day of its decision, or else the first of its term, where the record says one.
    pub known_since: Option<D>,
}

/// The application of a category that was filed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied<D = Day> {
    /// Day of the application.
    pub applied_on: D,
    /// Whether it is not decided yet.
    pub is_open: bool,
}

/// Since when a price was approved that is promised on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromisedSince<D = Day> {
    /// Nothing is promised.
    Nothing,
    /// Whenever it was: the record does not say since when there is a certification.
    Ever,
    /// From this day on.
    Day(D),
}

impl<D: Copy + Ord> PromisedSince<D> {
    /// Whether what was approved on a day is promised.
    pub fn holds(self, decided_on: D) -> bool {
        match self {
            Self::Nothing => false,
            Self::Ever => true,
            Self::Day(since) => since <= decided_on,
        }
    }
}

/// Since when a price of a category must have been approved to be promised: `own` is the certification in hand on the day in question, live or to
/// begin, `others` are the first days of the other certifications of the category. What was approved for one that has ended is no promise of the
/// next one, nor of none. With an application comes a price of its own, also where it was filed before that end.
pub fn promised_since<D: Copy + Ord>(
    own: Option<Promisor<D>>,
    others: impl Iterator<Item = D>,
    applied: Option<Applied<D>>,
) -> PromisedSince<D> {
    let is_earlier = |other: &D| own.is_none_or(|own| own.begin.is_some_and(|begin| *other < begin));
    let before = others.filter(is_earlier).max();
    let applied = applied.filter(|applied| before.is_none_or(|before| before < applied.applied_on));
    match (own, applied) {
        (Some(Promisor { known_since: None, .. }), _) => PromisedSince::Ever,
        (Some(Promisor { known_since: Some(since), .. }), applied) => {
            PromisedSince::Day(applied.map_or(since, |applied| applied.applied_on.min(since)))
        }
        (None, Some(Applied { applied_on, is_open: true })) => PromisedSince::Day(applied_on),
        (None, _) => PromisedSince::Nothing,
    }
}

/// A price that was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approved<T, D = Day> {
    /// What it is.
    pub of: T,
    /// The number of the fact that approved it.
    pub act: u32,
    /// Day of the decision.
    pub decided_on: D,
    /// First day of the price.
    pub effective_on: D,
}

/// Of what was approved what is promised, in the order of the days it takes effect; of one day, in which it was recorded.
pub fn promised<T, D: Copy + Ord>(
    approved: impl Iterator<Item = Approved<T, D>>,
    since: PromisedSince<D>,
) -> Vec<Approved<T, D>> {
    let mut promised: Vec<_> = approved.filter(|approved| since.holds(approved.decided_on)).collect();
    promised.sort_by_key(|approved| (approved.effective_on, approved.act));
    promised
}

/// Of what is promised the price that is paid on a day.
pub fn paid_on<T, D: Copy + Ord>(promised: &[Approved<T, D>], day: D) -> Option<&Approved<T, D>> {
    promised.iter().rfind(|approved| approved.effective_on <= day)
}

/// Of what is promised the price that is paid next, after a day.
pub fn paid_after<T, D: Copy + Ord>(promised: &[Approved<T, D>], day: D) -> Option<&Approved<T, D>> {
    let next = promised.iter().map(|approved| approved.effective_on).find(|from| *from > day)?;
    paid_on(promised, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_promised_since_what_its_certification_began_with() {
        use PromisedSince::{Day, Ever, Nothing};
        type Own = Option<(Option<u32>, Option<u32>)>;
        type Case = (&'static str, Own, &'static [u32], Option<Applied<u32>>, PromisedSince<u32>);
        let open = |applied_on| Some(Applied { applied_on, is_open: true });
        let over = |applied_on| Some(Applied { applied_on, is_open: false });
        let table: &[Case] = &[
            ("nothing is certified", None, &[], None, Nothing),
            ("it is applied for", None, &[], open(5), Day(5)),
            ("it was", None, &[], over(5), Nothing),
            ("one has ended", None, &[3], None, Nothing),
            ("one has ended, and it is applied anew", None, &[3], open(5), Day(5)),
            ("certified on the case", Some((Some(10), Some(9))), &[], over(5), Day(5)),
            ("certified on evidence", Some((Some(10), Some(9))), &[], None, Day(9)),
            ("decided after it began", Some((Some(7), Some(9))), &[], None, Day(9)),
            ("applied for after it was decided", Some((Some(10), Some(9))), &[], open(12), Day(9)),
            ("the application was for the one before", Some((Some(10), Some(9))), &[6], over(5), Day(9)),
            ("the application was for this one", Some((Some(10), Some(9))), &[4], over(5), Day(5)),
            ("the other one began later", Some((Some(10), Some(9))), &[20], over(5), Day(5)),
            ("another began on the same day", Some((Some(10), Some(9))), &[10], over(5), Day(5)),
            ("applied for on the day on which the one before began", Some((Some(10), Some(9))), &[5], over(5), Day(9)),
            ("nobody knows when it began", Some((None, None)), &[6], over(5), Ever),
        ];
        for (case, own, others, applied, expected) in table {
            let own = own.map(|(begin, known_since)| Promisor { begin, known_since });
            assert_eq!(promised_since(own, others.iter().copied(), *applied), *expected, "{case}");
        }
    }

    #[test]
    fn of_one_day_the_price_approved_last_is_paid_and_coming() {
        let approved = [(7, 1, 10), (8, 2, 20), (9, 3, 20), (10, 0, 5)];
        let approved =
            approved.map(|(act, decided_on, effective_on)| Approved { of: (), act, decided_on, effective_on });
        let promised = promised(approved.into_iter(), PromisedSince::Day(1));
        let acts = |found: Option<&Approved<(), u32>>| found.map(|approved| approved.act);
        let on = |day| [acts(paid_on(&promised, day)), acts(paid_after(&promised, day))];
        assert_eq!(
            [9, 10, 19, 20].map(on),
            [[None, Some(7)], [Some(7), Some(9)], [Some(7), Some(9)], [Some(9), None],]
        );
    }
}
