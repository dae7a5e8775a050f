//! Where a certification stands on a day, and which of several a day is about: pure functions of what is recorded, for decisions, lists,
//! counters, cards and plaque checks alike.
//!
//! What holds on a day holds in a stretch of days. A certification has not begun before its first day. It has ended from the earliest of the
//! ends that hold, and from the day after its last one. While it is live it is suspended where a suspension holds, else being rectified where
//! an order does, else valid.

use crate::value::{Act, Day, Word};

/// Where a certification stands. Those that are live come first, the best of them before the others; of two ends of one day that counts which
/// comes first, so that what was decided is told before a term that ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// 有效.
    Valid,
    /// 限期整改.
    Rectifying,
    /// 暂停.
    Suspended,
    /// 取消 or 撤销.
    Revoked,
    /// 自愿退出.
    Withdrawn,
    /// 注销.
    Deregistered,
    /// 到期.
    Expired,
}

impl Status {
    /// Whether a certification that stands so is live.
    pub fn is_live(self) -> bool {
        match self {
            Self::Valid | Self::Rectifying | Self::Suspended => true,
            Self::Revoked | Self::Withdrawn | Self::Expired | Self::Deregistered => false,
        }
    }

    /// What it is called.
    pub fn called(self) -> Word {
        let (zh, en) = match self {
            Self::Valid => ("有效", "valid"),
            Self::Rectifying => ("限期整改", "ordered to mend a breach"),
            Self::Suspended => ("暂停", "suspended"),
            Self::Revoked => ("已取消、撤销", "revoked"),
            Self::Withdrawn => ("自愿退出", "withdrawn by the provider"),
            Self::Expired => ("到期", "expired"),
            Self::Deregistered => ("注销", "deregistered"),
        };
        Word::new(zh, en)
    }
}

/// A status, and the first day of it where the record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<D = Day> {
    /// Where the certification stands.
    pub status: Status,
    /// Since which day; `None` where the record does not say when it began.
    pub since: Option<D>,
}

/// What bears on where a certification stands, from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bearing<D = Day> {
    /// What it makes of the certification: an end, an order or a suspension.
    pub status: Status,
    /// First day on which it holds.
    pub from: D,
    /// First day on which it holds no more: an order was met, a suspension lifted, an end overturned.
    pub until: Option<D>,
}

/// Whether what was undone on a day, if it was, still held on another: what review or a court overturns and what is lifted held until then, and
/// whatever is of an earlier day goes by that, whenever it is recorded.
pub(crate) fn held_on<D: Copy + Ord>(undone_on: Option<D>, day: D) -> bool {
    undone_on.is_none_or(|undone| day < undone)
}

impl<D: Copy + Ord> Bearing<D> {
    /// Whether it holds on `day`.
    pub fn holds_on(&self, day: D) -> bool {
        self.from <= day && held_on(self.until, day)
    }

    fn over_by(&self, day: D) -> Option<D> {
        self.until.filter(|until| self.from < *until && *until <= day)
    }
}

/// What rulings made of an act, each from its day on: it was so until the first, is so again from the second, which undid that one, and so on. No
/// ruling is of an earlier day than the one before it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans {
    rulings: Vec<(Act, Day)>,
}

impl Spans {
    /// Whether it was so on a day, as far as the rulings go.
    pub fn hold_on(&self, day: Day) -> bool {
        unruled_on(self.days(), day)
    }

    /// Their numbers.
    pub(crate) fn acts(&self) -> impl Iterator<Item = Act> + '_ {
        self.rulings.iter().map(|(by, _)| *by)
    }

    /// Their days.
    pub(crate) fn days(&self) -> impl Iterator<Item = Day> + Clone + '_ {
        self.rulings.iter().map(|(_, on)| *on)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.rulings.len()
    }

    /// Since when it is undone for good, if it is.
    pub fn undone_on(&self) -> Option<Day> {
        self.rulings.last().filter(|_| !self.rulings.len().is_multiple_of(2)).map(|(_, on)| *on)
    }

    /// The ruling by which it is undone, if it is.
    pub(crate) fn undone_by(&self) -> Option<Act> {
        self.undone_on().and(self.rulings.last()).map(|(by, _)| *by)
    }

    /// Whether an act is one of the rulings.
    pub fn are_by(&self, act: Act) -> bool {
        self.rulings.iter().any(|(by, _)| *by == act)
    }

    /// One more ruling: it undoes what stood, or puts back what was undone.
    pub(crate) fn turn(&mut self, by: Act, on: Day) {
        self.rulings.push((by, on));
    }

    /// Since when something is so by this fact, and when that was undone: of the act itself, which was made on a day, or of one of the rulings on it.
    pub(crate) fn held(&self, made: (Act, Day), act: Act) -> Option<(Day, Option<Day>)> {
        if let Some(at) = self.rulings.iter().position(|(by, _)| *by == act) {
            return Some((self.rulings[at].1, self.rulings.get(at + 1).map(|(_, on)| *on)));
        }
        // Of what stands again nothing is undone before it does.
        let last = self.rulings.last().map_or(made.1, |(_, on)| *on);
        (act == made.0).then(|| (if self.undone_on().is_some() { made.1 } else { last }, self.undone_on()))
    }
}

/// Whether what is overturned is an act, or what an earlier ruling made of it.
pub(crate) fn is_about(made: Act, rulings: &Spans, overturned: Act) -> bool {
    made == overturned || rulings.are_by(overturned)
}

/// Whether something was so on a day, as far as rulings of these days go, each of which undoes what the one before it made of it.
pub fn unruled_on<D: Copy + Ord>(rulings: impl Iterator<Item = D>, day: D) -> bool {
    rulings.filter(|on| *on <= day).count().is_multiple_of(2)
}

/// The first day of the stretch that a day lies in, on all days of which something is so; `None` where that was so ever before. `turns` are the days
/// on which it may come to be so.
pub fn stretch_begins<D: Copy + Ord>(
    turns: impl Iterator<Item = D>,
    is_so: impl Fn(D) -> bool,
    day_before: impl Fn(D) -> D,
    day: D,
) -> Option<D> {
    turns.filter(|turn| *turn <= day && is_so(*turn) && !is_so(day_before(*turn))).max()
}

/// The stretches in which something holds that is so from a day on: all that the rulings leave, those on it and those on what it follows from.
pub fn stretches_of<D: Copy + Ord, I: Iterator<Item = D> + Clone, const N: usize>(
    from: D,
    rulings: [I; N],
) -> impl Iterator<Item = (D, Option<D>)> + Clone {
    let turns = rulings.clone().into_iter().flatten();
    let holds = move |day: &D| rulings.iter().all(|rulings| unruled_on(rulings.clone(), *day));
    let begins = std::iter::once(from).chain(turns.clone().filter(move |on| from < *on)).filter(holds.clone());
    begins.map(move |begin| (begin, turns.clone().filter(|on| begin < *on && !holds(on)).min()))
}

/// The stretches in which what had been added to a term was undone and is so again since: of the rulings on it every second one put it back. `over` is
/// the day after the term that it had been added to, which ran on by itself.
pub fn lapses_between<D: Copy + Ord>(
    rulings: impl Iterator<Item = D> + Clone,
    over: D,
) -> impl Iterator<Item = (D, D)> + Clone {
    let pairs = rulings.clone().zip(rulings.skip(1)).step_by(2);
    let mut lapses: Vec<(D, D)> = Vec::new();
    for (from, back) in pairs.map(|(undone, back)| (over.max(undone), back)).filter(|(from, back)| from < back) {
        match lapses.last_mut() {
            // Put back and undone on one day, it was so on none: that is one stretch.
            Some((_, until)) if *until == from => *until = back,
            _ => lapses.push((from, back)),
        }
    }
    lapses.into_iter()
}

/// The day since which what had been added to a term until `last` was undone the last time that it had been so until then: put back on the very day of
/// the next ruling, or after its last one, it was so on no day.
pub fn held_until<D: Copy + Ord>(rulings: impl Iterator<Item = D>, last: D) -> Option<D> {
    let (mut held, mut back) = (None, None);
    for (at, on) in rulings.enumerate() {
        if !at.is_multiple_of(2) {
            back = Some(on);
        } else if back.is_none_or(|back| back < on && back <= last) {
            held = held.max(Some(on));
        }
    }
    held
}

/// Where a certification stands on `day` that began on `begin` and whose term is over on `over`, the day after its last; `None` where it had
/// not begun. Days are whatever is in their order: a reader keeps them as numbers.
pub fn standing<D: Copy + Ord>(
    begin: Option<D>,
    over: Option<D>,
    bearings: &(impl Iterator<Item = Bearing<D>> + Clone),
    day: D,
) -> Option<Standing<D>> {
    if has_not_begun(begin, day) {
        return None;
    }
    let holding = || bearings.clone().filter(|bearing| bearing.holds_on(day));
    if let Some((from, status)) = ended(over, bearings.clone(), day) {
        // What ends before it begins is over on the day it begins.
        return Some(Standing { status, since: Some(begin.map_or(from, |begin| from.max(begin))) });
    }
    let measure = |status| holding().filter(move |bearing| bearing.status == status).map(|bearing| bearing.from).min();
    let measured =
        [Status::Suspended, Status::Rectifying].into_iter().find_map(|status| Some((status, measure(status)?)));
    // Since then nothing that weighs more has held.
    let rank = measured.map_or(Status::Valid, |(status, _)| status);
    let weighs_more = |bearing: &Bearing<D>| !bearing.status.is_live() || bearing.status > rank;
    let freed = bearings.clone().filter(weighs_more).filter_map(|bearing| bearing.over_by(day)).max();
    let (status, from) = match measured {
        Some((status, from)) => (status, Some(from)),
        None => (Status::Valid, None),
    };
    // What was decided before it began bears on it from the day it begins.
    Some(Standing { status, since: begin.max(from).max(freed) })
}

fn has_not_begun<D: Copy + Ord>(begin: Option<D>, day: D) -> bool {
    begin.is_some_and(|begin| day < begin)
}

/// What ended it, and from when, where its term is over on `over`: of all that holds on `day` what did so first.
fn ended<D: Copy + Ord>(over: Option<D>, bearings: impl Iterator<Item = Bearing<D>>, day: D) -> Option<(D, Status)> {
    let ends = bearings.filter(|bearing| !bearing.status.is_live() && bearing.holds_on(day));
    let lapse = over.filter(|over| day >= *over).map(|over| (over, Status::Expired));
    ends.map(|end| (end.from, end.status)).chain(lapse).min()
}

/// Whether what [`standing`] tells is live. Most that is asked is that alone, which only ends bear on.
pub(crate) fn is_live<D: Copy + Ord>(
    begin: Option<D>,
    over: Option<D>,
    bearings: impl Iterator<Item = Bearing<D>>,
    day: D,
) -> bool {
    !has_not_begun(begin, day) && ended(over, bearings, day).is_none()
}

/// Of certifications of one category, in the order they were recorded, each with its first day and how it stands: the one a day is about. Of
/// those begun by the day a live one, else the one begun last; of several the one recorded last.
pub fn of_one_category<T, D: Copy + Ord>(
    certifications: impl Iterator<Item = (T, Option<D>, Option<Standing<D>>)>,
) -> Option<(T, Standing<D>)> {
    certifications
        .filter_map(|(certification, begin, standing)| Some((certification, begin, standing?)))
        .max_by_key(|(_, begin, standing)| (standing.status.is_live(), *begin))
        .map(|(certification, _, standing)| (certification, standing))
}

/// What is to come of a certification that begins after a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ahead<T> {
    /// It is to begin.
    Begins,
    /// It ended before it began, by this end, since the day on which that was decided.
    Ended(T),
}

/// What is to come, by what had been decided by `day`, of a certification that begins after it; `None` where it has begun by then or was not known
/// yet. Each end is whatever the reader calls it, with the day of its decision. One that leaves nothing to begin ends the certification as soon
/// as it is decided, from whatever day it takes effect: what never was in force needs no day to be out of it. Of several the first that was decided,
/// of one day the graver.
pub fn ahead<T, D: Copy + Ord>(
    (begin, known_since): (Option<D>, Option<D>),
    ends: impl Iterator<Item = (T, D, Bearing<D>)>,
    day: D,
) -> Option<Ahead<T>> {
    let begin = begin.filter(|begin| day < *begin)?;
    if known_since.is_some_and(|since| day < since) {
        return None;
    }
    let leaves_nothing =
        |(_, decided_on, end): &(T, D, Bearing<D>)| *decided_on <= day && end.from <= begin && held_on(end.until, day);
    let first = ends.filter(leaves_nothing).min_by_key(|(_, decided_on, end)| (*decided_on, end.status));
    Some(first.map_or(Ahead::Begins, |(end, _, _)| Ahead::Ended(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i32) -> Day {
        Day::from_number(20_000 + number).unwrap()
    }

    fn bearing((status, from, until): (Status, i32, Option<i32>)) -> Bearing {
        Bearing { status, from: day(from), until: until.map(day) }
    }

    #[test]
    fn the_status_of_a_day_follows_from_what_is_recorded() {
        use Status::{Deregistered, Expired, Rectifying, Revoked, Suspended, Valid, Withdrawn};
        type Recorded = &'static [(Status, i32, Option<i32>)];
        type Expected = Option<(Status, i32)>;
        let table: &[(Recorded, i32, Expected)] = &[
            (&[], 99, None),
            (&[], 100, Some((Valid, 100))),
            (&[], 200, Some((Valid, 100))),
            (&[], 201, Some((Expired, 201))),
            (&[(Rectifying, 120, None)], 119, Some((Valid, 100))),
            (&[(Rectifying, 120, None)], 120, Some((Rectifying, 120))),
            (&[(Rectifying, 120, Some(130))], 125, Some((Rectifying, 120))),
            (&[(Rectifying, 120, Some(130))], 150, Some((Valid, 130))),
            // Two orders: one met, the other not.
            (&[(Rectifying, 120, Some(130)), (Rectifying, 125, None)], 150, Some((Rectifying, 125))),
            // An order under a suspension is there when that is over.
            (&[(Suspended, 120, Some(140)), (Rectifying, 125, None)], 130, Some((Suspended, 120))),
            (&[(Suspended, 120, Some(140)), (Rectifying, 125, None)], 150, Some((Rectifying, 140))),
            (&[(Suspended, 120, None)], 201, Some((Expired, 201))),
            // An end that lies ahead, and an order recorded after it.
            (&[(Withdrawn, 180, None), (Rectifying, 120, None)], 150, Some((Rectifying, 120))),
            (&[(Withdrawn, 180, None), (Rectifying, 120, None)], 190, Some((Withdrawn, 180))),
            // Of two ends the earlier one, whichever was recorded first.
            (&[(Withdrawn, 180, None), (Revoked, 150, None)], 190, Some((Revoked, 150))),
            (&[(Withdrawn, 150, None), (Revoked, 180, None)], 190, Some((Withdrawn, 150))),
            // An end that was overturned held until then, and the other one stands.
            (&[(Withdrawn, 180, None), (Revoked, 150, Some(160))], 155, Some((Revoked, 150))),
            (&[(Withdrawn, 180, None), (Revoked, 150, Some(160))], 170, Some((Valid, 160))),
            (&[(Withdrawn, 180, None), (Revoked, 150, Some(160))], 190, Some((Withdrawn, 180))),
            // Overturned before it took effect.
            (&[(Revoked, 150, Some(140))], 160, Some((Valid, 100))),
            // The term ended before the withdrawal took effect.
            (&[(Withdrawn, 250, None)], 300, Some((Expired, 201))),
            // On the very day after its last one: what was decided, whatever it was, and of two decisions the graver.
            (&[(Deregistered, 201, None)], 201, Some((Deregistered, 201))),
            (&[(Withdrawn, 201, None)], 300, Some((Withdrawn, 201))),
            (&[(Deregistered, 150, None), (Withdrawn, 150, None)], 150, Some((Withdrawn, 150))),
            (&[(Withdrawn, 150, None), (Revoked, 150, None)], 150, Some((Revoked, 150))),
            // Annulled from before the beginning.
            (&[(Rectifying, 120, None), (Revoked, 90, None)], 110, Some((Revoked, 100))),
            // Free of two measures since the last of them ended.
            (&[(Rectifying, 120, Some(130)), (Suspended, 140, Some(150))], 160, Some((Valid, 150))),
            // Met on the day it was ordered: it never held.
            (&[(Rectifying, 120, Some(120))], 150, Some((Valid, 100))),
            // Ordered between the decision and the first day.
            (&[(Rectifying, 90, None)], 110, Some((Rectifying, 100))),
            (&[(Suspended, 90, None)], 100, Some((Suspended, 100))),
        ];
        for (recorded, on, expected) in table {
            let bearings = recorded.iter().copied().map(bearing);
            let got = standing(Some(day(100)), Some(day(201)), &bearings, day(*on));
            let got = got.map(|standing| (standing.status, standing.since.unwrap()));
            assert_eq!(got, expected.map(|(status, since)| (status, day(since))), "{recorded:?} on {on}");
        }
    }

    /// Decided on 50, for a term from 100.
    #[test]
    fn what_ends_before_it_begins_ended_when_that_was_decided() {
        use Ahead::{Begins, Ended};
        use Status::{Deregistered, Revoked, Withdrawn};
        // How, decided when, from when until when.
        type Decided = &'static [(Status, i32, i32, Option<i32>)];
        let table: &[(Decided, i32, Option<Ahead<usize>>)] = &[
            (&[], 49, None),
            (&[], 50, Some(Begins)),
            (&[], 99, Some(Begins)),
            (&[], 100, None),
            // At once, from a later day, from the very day on which it would begin, and an annulment, which reaches back no further.
            (&[(Revoked, 60, 60, None)], 59, Some(Begins)),
            (&[(Revoked, 60, 60, None)], 60, Some(Ended(0))),
            (&[(Withdrawn, 60, 80, None)], 60, Some(Ended(0))),
            (&[(Revoked, 60, 100, None)], 60, Some(Ended(0))),
            (&[(Revoked, 60, 100, None)], 100, None),
            // After it has begun: an end that lies ahead of a term ahead.
            (&[(Withdrawn, 60, 101, None)], 99, Some(Begins)),
            // Undone by review, before and after the day on which it was to take effect.
            (&[(Revoked, 60, 80, Some(70))], 69, Some(Ended(0))),
            (&[(Revoked, 60, 80, Some(70))], 70, Some(Begins)),
            (&[(Revoked, 60, 80, Some(90))], 89, Some(Ended(0))),
            (&[(Revoked, 60, 80, Some(90))], 90, Some(Begins)),
            // Of two the first one decided, whichever takes effect first, and of one day the graver.
            (&[(Withdrawn, 70, 75, None), (Revoked, 60, 100, None)], 80, Some(Ended(1))),
            (&[(Withdrawn, 70, 75, None), (Revoked, 60, 100, Some(72))], 80, Some(Ended(0))),
            (&[(Deregistered, 60, 60, None), (Revoked, 60, 100, None)], 80, Some(Ended(1))),
        ];
        for (decided, on, expected) in table {
            let ends = decided.iter().enumerate().map(|(at, (status, decided_on, from, until))| {
                (at, day(*decided_on), bearing((*status, *from, *until)))
            });
            let got = ahead((Some(day(100)), Some(day(50))), ends, day(*on));
            assert_eq!(got, *expected, "{decided:?} on {on}");
        }
        assert_eq!(ahead((None, None), std::iter::empty::<((), Day, Bearing)>(), day(5)), None);
    }

    #[test]
    fn a_list_that_states_no_days_is_valid_without_end() {
        let valid = Standing { status: Status::Valid, since: None };
        assert_eq!(standing(None, None, &std::iter::empty(), day(5)), Some(valid));
    }

    #[test]
    fn a_day_is_about_a_live_one_else_the_one_begun_last() {
        let of = |status, since| Some(Standing { status, since: Some(day(since)) });
        let about = |all: &[(u8, i32, Option<Standing>)]| {
            of_one_category(all.iter().map(|(name, begin, standing)| (*name, Some(day(*begin)), *standing))).unwrap().0
        };
        // An old list taken late hides no revocation.
        assert_eq!(about(&[(1, 500, of(Status::Revoked, 600)), (2, 100, of(Status::Expired, 400))]), 1);
        assert_eq!(about(&[(1, 100, of(Status::Valid, 100)), (2, 500, of(Status::Revoked, 500))]), 1);
        assert_eq!(about(&[(1, 100, of(Status::Valid, 100)), (2, 900, None)]), 1);
        assert_eq!(about(&[(1, 100, of(Status::Expired, 200)), (2, 100, of(Status::Revoked, 150))]), 2);
    }

    #[test]
    fn what_is_ruled_on_twice_a_day_is_as_it_was() {
        let of_rulings = |on: &'static [i32]| stretches_of(10, [on.iter().copied()]).collect::<Vec<_>>();
        assert_eq!(of_rulings(&[]), [(10, None)]);
        assert_eq!(of_rulings(&[10, 10]), [(10, None)]);
        assert_eq!(of_rulings(&[12, 15]), [(10, Some(12)), (15, None)]);
        let lapses = |on: &'static [i32]| lapses_between(on.iter().copied(), 10).collect::<Vec<_>>();
        assert_eq!((lapses(&[12, 15]), lapses(&[12, 12]), lapses(&[5, 15])), (vec![(12, 15)], vec![], vec![(10, 15)]));
        assert_eq!((lapses(&[12, 15, 15, 20]), lapses(&[12, 15, 16, 20])), (vec![(12, 20)], vec![(12, 15), (16, 20)]));
        assert_eq!((lapses(&[12, 15, 15, 15]), lapses(&[12, 15, 15, 15, 15, 20])), (vec![(12, 15)], vec![(12, 20)]));
    }

    #[test]
    fn rulings_are_counted() {
        let mut rulings = Spans::default();
        let counts = [1, 2, 3].map(|act| {
            rulings.turn(Act::new(act).unwrap(), day(1));
            rulings.count()
        });
        assert_eq!((Spans::default().count(), counts), (0, [1, 2, 3]));
    }
}
