//! What is known of the certifications.

use std::sync::Arc;

use crate::ending::state::{Elsewhere, End, RevocationNotice};
use crate::refusal::Refusal;
use crate::standing::{
    Ahead, Bearing, Spans, Standing, Status, ahead, held_until, is_about, is_live, lapses_between, standing,
};
use crate::supervision::state::{Order, Review, Suspension};
use crate::value::{Act, CategoryCode, Day, DocumentNumber, NoticeWindow, Ordinal, Word, is_same_document};

/// Every certification, in the order they were recorded.
pub(crate) type Certifications = Vec<Arc<Certification>>;

/// A certification, with all that was recorded of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certification {
    /// The fact that made it.
    pub act: Act,
    /// Its category.
    pub category: CategoryCode,
    /// Which of the category.
    pub ordinal: Ordinal,
    /// Day of the decision, where known.
    pub decided_on: Option<Day>,
    /// First day of the first term, where known.
    pub valid_from: Option<Day>,
    /// First day of the running term, where known.
    pub term_from: Option<Day>,
    /// Last day of the running term; `None`: the published list states none.
    pub valid_to: Option<Day>,
    /// Number of the deciding document, where known.
    pub document_number: Option<DocumentNumber>,
    /// The public notice it rests on; `None` where it was back-entered.
    pub notice: Option<NoticeWindow>,
    /// The same four as they were recorded, before any correction: by these it is known when it is sent again.
    pub recorded_as: Arc<Decision>,
    /// Whether it was back-entered (补录).
    pub back_entered: bool,
    /// Every order to mend a breach.
    pub orders: Vec<Order>,
    /// Every suspension.
    pub suspensions: Vec<Suspension>,
    /// Every notice of an intended revocation.
    pub notices: Vec<RevocationNotice>,
    /// Every decided end.
    pub ends: Vec<End>,
    /// What was told of those that another body decided.
    pub elsewhere: Vec<Elsewhere>,
    /// The fact by which the end of the running term was written down.
    pub expiry_recorded: Option<Act>,
    /// Every yearly review.
    pub reviews: Vec<Review>,
    /// Every renewal.
    pub renewals: Vec<Renewal>,
}

/// A term that was added (延续).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewal {
    /// The fact that it is.
    pub act: Act,
    /// Day of the decision.
    pub decided_on: Day,
    /// The term that it added: its first day, and its last.
    pub term: (Day, Day),
    /// The term before it: its first day, and its last.
    pub before: (Option<Day>, Option<Day>),
    /// What rulings made of it.
    pub rulings: Spans,
}

impl Renewal {
    /// Since when it is so by this fact, and when that was undone: by its own or by a ruling on it.
    pub(crate) fn held(&self, act: Act) -> Option<(Day, Option<Day>)> {
        self.rulings.held((self.act, self.decided_on), act)
    }

    /// Whether this act is what added the term, or a ruling on that.
    pub(crate) fn is_about(&self, act: Act) -> bool {
        is_about(self.act, &self.rulings, act)
    }

    /// Whether it stands, as far as the rulings go.
    pub fn stands(&self) -> bool {
        self.rulings.undone_on().is_none()
    }

    /// The stretches in which the certification was over because it was undone, before it was put back.
    fn lapses(&self) -> impl Iterator<Item = (Day, Day)> + Clone + '_ {
        let over = self.before.1.map(|last| last.plus_days(1));
        // Put back after its last day it changes nothing of the days since.
        let lapses = over.into_iter().flat_map(|over| lapses_between(self.rulings.days(), over));
        lapses.filter(|(_, back)| *back <= self.term.1)
    }
}

/// What a certification was decided as.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// Day of the decision.
    pub decided_on: Option<Day>,
    /// First day of the term.
    pub valid_from: Option<Day>,
    /// Last day of the term.
    pub valid_to: Option<Day>,
    /// Number of the deciding document.
    pub document_number: Option<DocumentNumber>,
}

impl Decision {
    /// Whether it is the same decision, however the number of its document is typed.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let days = |of: &Self| (of.decided_on, of.valid_from, of.valid_to);
        let is_same_number = match (&self.document_number, &other.document_number) {
            (Some(one), Some(other)) => is_same_document(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        days(self) == days(other) && is_same_number
    }
}

impl Certification {
    /// As it is when it was just recorded.
    pub(crate) fn new(
        act: Act,
        category: CategoryCode,
        ordinal: Ordinal,
        decision: Decision,
        back_entered: bool,
    ) -> Self {
        Self {
            act,
            category,
            ordinal,
            decided_on: decision.decided_on,
            valid_from: decision.valid_from,
            term_from: decision.valid_from.or(decision.decided_on),
            valid_to: decision.valid_to,
            document_number: decision.document_number.clone(),
            notice: None,
            recorded_as: Arc::new(decision),
            back_entered,
            orders: Vec::new(),
            suspensions: Vec::new(),
            notices: Vec::new(),
            ends: Vec::new(),
            elsewhere: Vec::new(),
            expiry_recorded: None,
            reviews: Vec::new(),
            renewals: Vec::new(),
        }
    }

    /// That its category is certified already, and until when.
    pub(crate) fn already(&self) -> Refusal {
        Refusal::AlreadyCertified { category: (&self.category).into(), term: Word::until(self.valid_to) }
    }

    /// Its first day, where the record says it.
    pub fn begin(&self) -> Option<Day> {
        self.valid_from.or(self.decided_on)
    }

    /// The day before which nothing can have happened to it, where the record says one.
    pub(crate) fn known_since(&self) -> Option<Day> {
        self.decided_on.or(self.valid_from)
    }

    /// What it is decided as, by what is known today.
    pub(crate) fn decision(&self) -> Decision {
        Decision {
            decided_on: self.decided_on,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            document_number: self.document_number.clone(),
        }
    }

    /// What bears on where it stands.
    pub fn bearings(&self) -> impl Iterator<Item = Bearing> + Clone + '_ {
        self.by_itself().chain(self.ends.iter().map(End::bearing))
    }

    /// What bears on it beside its decided ends.
    fn by_itself(&self) -> impl Iterator<Item = Bearing> + Clone + '_ {
        self.measures().chain(self.lapsed())
    }

    /// Of that what it is not live in.
    fn lapsed(&self) -> impl Iterator<Item = Bearing> + Clone + '_ {
        self.lapses().map(|(from, back)| Bearing { status: Status::Expired, from, until: Some(back) })
    }

    /// The stretches in which it was over because a renewal was undone that was put back since.
    pub(crate) fn lapses(&self) -> impl Iterator<Item = (Day, Day)> + Clone + '_ {
        self.renewals.iter().flat_map(Renewal::lapses)
    }

    /// The orders and suspensions among it.
    fn measures(&self) -> impl Iterator<Item = Bearing> + Clone + '_ {
        let orders = self.orders.iter().flat_map(Order::bearings);
        orders.chain(self.suspensions.iter().flat_map(Suspension::bearings))
    }

    /// Where it stands on `day`; `None` where it had not begun.
    pub fn standing(&self, day: Day) -> Option<Standing> {
        standing(self.begin(), self.over(), &self.bearings(), day)
    }

    /// The day after its last.
    fn over(&self) -> Option<Day> {
        self.valid_to.map(|last| last.plus_days(1))
    }

    /// The ends that had been decided by then.
    fn ends_decided_by(&self, day: Day) -> impl Iterator<Item = Bearing> + Clone + '_ {
        self.ends.iter().filter(move |end| end.decided_on <= day).map(End::bearing)
    }

    /// Where it stood on `day` by what had been decided by then: what was decided later and reaches back had not been so yet. What happens on a day
    /// is asked of that, whenever it is recorded.
    pub(crate) fn stood_on(&self, day: Day) -> Option<Standing> {
        standing(self.begin(), self.over(), &self.by_itself().chain(self.ends_decided_by(day)), day)
    }

    /// The day since which it was over on `day` by what had been decided by then, if it was.
    pub(crate) fn over_by(&self, day: Day) -> Option<Day> {
        let over = self.stood_on(day).filter(|standing| !standing.status.is_live());
        over.map(|standing| standing.since.unwrap_or(day))
    }

    /// Whether it was live on `day` by what had been decided by then.
    pub(crate) fn was_live_on(&self, day: Day) -> bool {
        is_live(self.begin(), self.over(), self.lapsed().chain(self.ends_decided_by(day)), day)
    }

    /// Whether it had been over by `day`, by what had been decided by then, and was not to begin after it: what is measured of that day fell with it.
    pub(crate) fn was_over_on(&self, day: Day) -> bool {
        !self.was_live_on(day) && !self.lies_ahead(day)
    }

    /// The notices that hang over it on a day. Once it is over, by whatever end and by what had been decided by then, nothing is left to cancel; nor is it
    /// where that end is undone since.
    pub fn open_notices(&self, day: Day) -> impl Iterator<Item = &RevocationNotice> {
        let nothing_left = self.was_over_on(day);
        self.notices.iter().filter(move |notice| notice.is_open_on(day) && !(nothing_left && notice.falls_with_it()))
    }

    /// Whether it is live on `day`: begun and not ended.
    pub fn live_on(&self, day: Day) -> bool {
        is_live(self.begin(), self.over(), self.lapsed().chain(self.ends.iter().map(End::bearing)), day)
    }

    /// Whether it begins after `day`, and nothing that had been decided by then ended it before it does.
    pub fn lies_ahead(&self, day: Day) -> bool {
        let ends = self.ends.iter().map(|end| (end, end.decided_on, end.bearing()));
        matches!(ahead((self.begin(), None), ends, day), Some(Ahead::Begins))
    }

    /// Whether it is live on some day of a stretch: on the first of those it has begun by, or again from the day on which an end was overturned or a
    /// renewal put back.
    pub(crate) fn is_live_within(&self, from: Day, to: Day) -> bool {
        self.live_first(from, to).is_some()
    }

    /// The first day of a stretch on which it is live.
    pub(crate) fn live_first(&self, from: Day, to: Day) -> Option<Day> {
        let first = self.begin().map_or(from, |begin| begin.max(from));
        let again = self.ends.iter().filter_map(|end| end.overturned_on).chain(self.lapses().map(|(_, back)| back));
        let days = again.chain([first]).filter(|day| (first..=to).contains(day));
        days.filter(|day| self.live_on(*day)).min()
    }

    /// Days on which this and another are both live: of each stretch of such days the first, among others.
    pub(crate) fn live_beside<'c>(&'c self, other: &'c Self) -> impl Iterator<Item = Day> + 'c {
        // Nothing begins to hold or to be over between these, and before the first of them all is as it was ever before.
        let turns = [self, other].into_iter().flat_map(|of| {
            let bearings = of.bearings().flat_map(|bearing| [Some(bearing.from), bearing.until]);
            let terms = of.renewals.iter().map(|renewal| Some(renewal.term.0));
            bearings.chain(terms).chain([of.begin()]).flatten()
        });
        turns.chain([Day::FIRST]).filter(|day| self.live_on(*day) && other.live_on(*day))
    }

    /// That its category is certified already on a day on which it is live, and until when that goes on by all that is on record.
    pub(crate) fn already_on(&self, day: Day) -> Refusal {
        let over = self.bearings().filter(|bearing| !bearing.status.is_live()).map(|bearing| bearing.from);
        let next = over.chain(self.over()).filter(|over| day < *over).min();
        let term = Word::until(next.map(|next| next.plus_days(-1)));
        Refusal::AlreadyCertified { category: (&self.category).into(), term }
    }

    /// What it is once one of its ends, or a ruling on a renewal of it, is overturned on a day.
    pub(crate) fn restored(&self, act: Act, day: Day) -> Self {
        let mut restored = self.clone();
        restored.rule_on_renewal(act, act, day);
        if let Some(end) = restored.ends.iter_mut().rfind(|end| end.is_by(act)) {
            end.overturned_on = Some(day);
        }
        restored
    }

    /// What a ruling of a day makes of its term that overturns a renewal, or an earlier ruling on one, if this act is that.
    pub(crate) fn rule_on_renewal(&mut self, overturned: Act, by: Act, on: Day) {
        let Some(renewal) = self.renewals.iter_mut().find(|renewal| renewal.is_about(overturned)) else { return };
        let stood = renewal.stands();
        renewal.rulings.turn(by, on);
        let (from, last) = renewal.before;
        (self.term_from, self.valid_to) = if stood {
            // It was live until the ruling, also where the term before had ended by then; and no longer than it would have been without.
            let held = held_until(renewal.rulings.days(), renewal.term.1).unwrap_or(on).plus_days(-1);
            let held = self.valid_to.map_or(held, |last| last.min(held));
            (from, last.map(|last| last.max(held)))
        } else {
            match renewal.term {
                (from, last) if on <= last => (Some(from), self.valid_to.map(|held| held.max(last))),
                _ => (self.term_from, self.valid_to),
            }
        };
        self.expiry_recorded = None;
    }

    /// The ends that stand, by whatever day they take effect.
    pub(crate) fn ends_that_stand(&self) -> impl Iterator<Item = &End> {
        self.ends.iter().filter(|end| end.overturned_on.is_none())
    }

    /// The first day it is not live any more, where that is known.
    pub fn over_since(&self) -> Option<Day> {
        let term = self.valid_to.map(|last| last.plus_days(1));
        self.ends_that_stand().map(|end| end.effective_on).chain(term).min()
    }

    /// Where it stands on `day`, in a word.
    pub(crate) fn status(&self, day: Day) -> Status {
        // One that lies ahead is as good as one that has begun: it is changed and ended like one.
        self.standing(day).map_or(Status::Valid, |standing| standing.status)
    }
}

/// Changes the certification that the fact `act` made, if there is one.
pub(crate) fn on(certifications: &mut Certifications, act: Act, change: impl FnOnce(&mut Certification)) {
    if let Some(certification) = certifications.iter_mut().find(|certification| certification.act == act) {
        change(Arc::make_mut(certification));
    }
}
