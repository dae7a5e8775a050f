//! What ends a certification, the bars that ends bring, and the notices that come before them.

use super::terms::{EndingKind, RevocationKind};
use crate::standing::{Bearing, Spans, Status, held_on, unruled_on};
use crate::value::{Act, Day, DocumentNumber, GroundCode};

/// A decided end of a certification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// The fact that it is.
    pub act: Act,
    /// Which end.
    pub kind: EndKind,
    /// Day of the decision, or of the request it follows.
    pub decided_on: Day,
    /// First day the certification is not live any more.
    pub effective_on: Day,
    /// On which ground, where it is one of the scheme.
    pub ground: Option<GroundCode>,
    /// The deciding document, where there is one.
    pub document_number: Option<DocumentNumber>,
    /// Last day of the bar it brings.
    pub bar_until: Option<Day>,
    /// Day on which it was overturned: it held until then.
    pub overturned_on: Option<Day>,
    /// The fact by which it was.
    pub overturned_by: Option<Act>,
    /// Where it stands again since the ruling that undid it was undone itself: the fact by which it does. The days of decision and effect are of that.
    pub again: Option<Act>,
}

/// From when an end that was decided on a day with effect from another stands again, where the ruling that undid it is undone: from that day on, or
/// its own where that lies ahead. What said that there never was a certification says so again.
pub fn effective_again<D: Copy + Ord>((decided_on, effective_on): (D, D), on: D) -> D {
    if effective_on < decided_on { effective_on } else { effective_on.max(on) }
}

/// Kinds of decided end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndKind {
    /// 取消 or 撤销.
    Revoked,
    /// 自愿退出.
    Withdrawn,
    /// 注销.
    Deregistered,
    /// 撤销原决定: the certification itself was overturned by review or court.
    Overturned,
}

/// What was told of an end that another body decided: one of its decisions is one end, though one list says less of it than another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The fact that it is.
    pub act: Act,
    /// Which end.
    pub kind: EndingKind,
    /// Day of the decision, where told.
    pub decided_on: Option<Day>,
    /// Day of its effect, where told.
    pub effective_on: Option<Day>,
    /// The deciding document, where told.
    pub document_number: Option<DocumentNumber>,
}

impl Elsewhere {
    /// Whether what is told now can only be of this decision: both tell the same of something, and nothing differently.
    pub(crate) fn is_of(&self, told: &Self) -> bool {
        let days = [(self.decided_on, told.decided_on), (self.effective_on, told.effective_on)];
        let days = days.map(|(known, told)| known.zip(told).map(|(known, told)| known == told));
        let documents = self.document_number.as_ref().zip(told.document_number.as_ref());
        let document = documents.map(|(known, told)| known == told);
        let mut both = days.into_iter().chain([document]).flatten().peekable();
        self.kind == told.kind && both.peek().is_some() && both.all(|is_same| is_same)
    }
}

impl End {
    /// Whether it stands by this fact: its own, or the one by which it stands again.
    pub(crate) fn is_by(&self, act: Act) -> bool {
        self.act == act || self.again == Some(act)
    }

    /// Whether it was not overturned by a day.
    pub(crate) fn stood_on(&self, day: Day) -> bool {
        held_on(self.overturned_on, day)
    }

    /// As it stands again once the ruling that undid it is undone on a day, by this fact.
    pub(crate) fn standing_again(&self, by: Act, on: Day) -> Self {
        let effective_on = effective_again((self.decided_on, self.effective_on), on);
        let (overturned_on, overturned_by) = (None, None);
        Self { decided_on: on, effective_on, overturned_on, overturned_by, again: Some(by), ..self.clone() }
    }

    pub(crate) fn bearing(&self) -> Bearing {
        let status = match self.kind {
            EndKind::Revoked | EndKind::Overturned => Status::Revoked,
            EndKind::Withdrawn => Status::Withdrawn,
            EndKind::Deregistered => Status::Deregistered,
        };
        // An annulment that reached back reaches back no more once it is overturned: it was so from its decision until the ruling.
        let from =
            if self.overturned_on.is_some() { self.effective_on.max(self.decided_on) } else { self.effective_on };
        Bearing { status, from, until: self.overturned_on }
    }
}

/// A notice of an intended revocation (拟取消告知、拟撤销告知). It is open until it is dropped or overturned, or a revocation rests on it; and that of a
/// cancellation fell where the certification had been over by its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationNotice {
    /// The fact that it is.
    pub act: Act,
    /// On which ground.
    pub ground: GroundCode,
    /// Which act is intended.
    pub kind: RevocationKind,
    /// Day of the notice.
    pub noticed_on: Day,
    /// Last day to state one's case, as the document says it.
    pub hearing_until: Day,
    /// The same as it is counted: where that day is off, the next one that is worked.
    pub hearing_ends_on: Day,
    /// Day of the decision that rests on it.
    pub decided_on: Option<Day>,
    /// Day on which it was dropped.
    pub lifted_on: Option<Day>,
    /// What rulings made of it.
    pub rulings: Spans,
    /// The fact by which it fell, as its certification had been over by its day; none where it stands again.
    pub fell: Option<Act>,
}

/// Whether a notice hangs over a certification on a day: from its own on, until the first of what it may come to, and not while it is undone.
pub fn is_open_on<D: Copy + Ord>(
    noticed_on: D,
    over: impl IntoIterator<Item = Option<D>>,
    rulings: impl Iterator<Item = D>,
    day: D,
) -> bool {
    noticed_on <= day && over.into_iter().all(|over| held_on(over, day)) && unruled_on(rulings, day)
}

impl RevocationNotice {
    /// Whether it hung over the certification on a day.
    pub fn is_open_on(&self, day: Day) -> bool {
        self.fell.is_none() && is_open_on(self.noticed_on, [self.decided_on, self.lifted_on], self.rulings.days(), day)
    }

    /// Whether it falls with a certification that had been over by its day: of that nothing was left to cancel. An annulment reaches back.
    pub(crate) fn falls_with_it(&self) -> bool {
        self.kind == RevocationKind::Cancelled
    }

    /// Whether nothing became of it yet.
    pub(crate) fn is_unanswered(&self) -> bool {
        self.decided_on.is_none() && self.lifted_on.is_none() && self.fell.is_none()
    }

    /// Whether something could be decided on it on a day: one that was dropped or overturned later was open still, and on one notice one
    /// decision rests.
    pub(crate) fn may_carry(&self, day: Day) -> bool {
        self.fell.is_none() && self.decided_on.is_none() && held_on(self.lifted_on, day) && self.rulings.hold_on(day)
    }

    /// Whether it could be dropped on a day: once, and not where a decision of that day or before rests on it. One of a later day was taken without
    /// knowing of it, and is asked again.
    pub(crate) fn may_be_lifted(&self, day: Day) -> bool {
        self.fell.is_none() && self.lifted_on.is_none() && held_on(self.decided_on, day) && self.rulings.hold_on(day)
    }

    /// Whether it could be overturned by itself on a day: what a decision of that day or before rests on is not, nor what was dropped by then.
    pub(crate) fn may_be_undone(&self, day: Day) -> bool {
        held_on(self.decided_on, day) && held_on(self.lifted_on, day)
    }
}
