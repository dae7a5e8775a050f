//! The parts of a record that a fact changes, found by what the fact names, and what they are at first.

use domain::{Act, ActOverturned, CategoryCode, Day, GroundCode, PledgeForm};

use super::case::RefusalView;
use super::choice::{CaseStage, EndKind, PlaqueStatus, PledgeStatus, PromisorClass};
use super::ruling::OverturnedView;
use super::standing::was_certified;
use super::status::{Measure, Status};
use super::view::{
    BasisView, CaseView, CertificationView, EndView, NoticedView, PlaqueMove, PlaqueView, PledgeView, PriceView, View,
};

impl View {
    /// The case of a category that a step of a day is of.
    pub(super) fn case(&mut self, category: &CategoryCode, day: Day, change: impl FnOnce(&mut CaseView)) {
        let day = day.number();
        let of = |case: &CaseView| case.category == category.as_str();
        // Of a category one is open at a time; what is typed late is of the one of its day.
        let then = self.cases.iter().rposition(|case| of(case) && case.was_open_on(day));
        let at = then.or_else(|| self.cases.iter().rposition(of));
        if let Some(case) = at.and_then(|at| self.cases.get_mut(at)) {
            change(case);
        }
    }

    /// The certification that a fact made.
    pub(super) fn on(&mut self, act: Act, change: impl FnOnce(&mut CertificationView)) {
        if let Some(certification) = self.certifications.iter_mut().find(|c| c.act == act.get()) {
            change(certification);
        }
    }

    /// An order or a suspension is over from a day on.
    pub(super) fn over(&mut self, act: Act, day: Day) {
        let by = self.acts;
        for c in &mut self.certifications {
            let measures = c.measures.iter_mut().zip(&mut c.bases);
            for (measure, basis) in measures.filter(|(measure, _)| measure.act == act.get()) {
                (measure.until, basis.over) = (Some(day.number()), Some((by, day.number())));
            }
        }
    }

    /// What was open of a certification that had been over by the day of it never was.
    pub(super) fn fell(&mut self, act: Act) {
        let by = self.acts;
        for c in &mut self.certifications {
            let measures = c.measures.iter_mut().zip(&mut c.bases);
            for (measure, basis) in measures.filter(|(measure, _)| measure.act == act.get()) {
                (measure.until, basis.fell) = (Some(measure.from), by);
            }
            c.notices.iter_mut().filter(|notice| notice.act == act.get()).for_each(|notice| notice.fell = by);
        }
    }

    /// What fell stands again where a ruling, or a term that was added, says that its certification was live on its day after all (the domain's rule).
    pub(super) fn stand_again(&mut self) {
        for c in &mut self.certifications {
            let back = |(measure, basis): (&Measure, &BasisView)| basis.fell != 0 && was_certified(c, measure.from);
            let back: Vec<bool> = c.measures.iter().zip(&c.bases).map(back).collect();
            let is_back = |notice: &NoticedView| notice.fell != 0 && was_certified(c, notice.noticed_on);
            let told_again: Vec<bool> = c.notices.iter().map(is_back).collect();
            let measures = c.measures.iter_mut().zip(&mut c.bases).zip(back);
            for ((measure, basis), _) in measures.filter(|(_, is_back)| *is_back) {
                (measure.until, basis.fell) = (basis.over.map(|(_, on)| on), 0);
            }
            let notices = c.notices.iter_mut().zip(told_again);
            notices.filter(|(_, is_back)| *is_back).for_each(|(notice, _)| notice.fell = 0);
        }
    }

    /// What review or a court undid held until then, and is so again once that is undone; orders that had followed from it are over with it.
    pub(super) fn overturned(&mut self, e: &ActOverturned) {
        let (by, act, day) = (self.acts, e.act.get(), e.overturned_on.number());
        let overturned = OverturnedView {
            act: by,
            overturned_on: day,
            body: e.body.to_string(),
            document_number: e.document_number.to_string(),
        };
        self.undone.push((act, overturned.clone()));
        self.reopened(act, &overturned);
        self.prices.iter_mut().for_each(|price| price.overturned(act, &overturned));
        self.pledges.iter_mut().for_each(|pledge| pledge.overturn(act, &overturned));
        for c in &mut self.certifications {
            // The ruling that undid an end: it stands again.
            let undoes = |end: &&EndView| end.overturned.as_ref().is_some_and(|ruling| ruling.act == act);
            // That a term was over by a ruling on its renewal is told with that ruling, and what becomes of it with the renewal.
            let is_by = |end: &&EndView| end.kind != EndKind::RenewalOverturned && undoes(end);
            if let Some(again) = c.ends.iter().rfind(is_by).map(|end| end.standing_again(by, day)) {
                c.ends.push(again);
                continue;
            }
            if c.act == act {
                let plain = EndView::plain(Status::Revoked, EndKind::Overturned, e.overturned_on, e.overturned_on);
                let (body, document_number) = (e.body.to_string(), e.document_number.to_string());
                c.ends.push(EndView { act: by, body, document_number, ..plain });
            }
            for (measure, basis) in c.measures.iter().zip(&mut c.bases) {
                if basis.rulings.are_about(measure.act, act) {
                    basis.rulings.turn(&overturned);
                }
                if basis.cause.are_about(measure.because, act) {
                    basis.cause.turn(&overturned);
                }
            }
            for notice in c.notices.iter_mut().filter(|notice| notice.rulings.are_about(notice.act, act)) {
                notice.rulings.turn(&overturned);
            }
            // Of one that stood again the last time.
            if let Some(end) = c.ends.iter_mut().rfind(|end| end.act == act || end.again == act) {
                end.overturned = Some(overturned.clone());
            }
            for review in c.reviews.iter_mut().filter(|review| review.rulings.are_about(review.act, act)) {
                review.rulings.turn(&overturned);
            }
            for renewal in c.renewals.iter_mut().filter(|renewal| renewal.rulings.are_about(renewal.act, act)) {
                let stood = renewal.stands();
                renewal.rulings.turn(&overturned);
                if !stood {
                    c.valid_to = renewal.put_back(c.valid_to, day);
                    continue;
                }
                let rulings = renewal.rulings.days().count();
                let ruling = renewal.held_to(rulings);
                // Else it runs to its end, or had run to it by then.
                let cut = renewal.before.filter(|last| *last < ruling && c.valid_to.is_none_or(|held| held > ruling));
                c.valid_to = renewal.undone(c.valid_to, rulings);
                if let Some(last) = cut.and_then(|last| Day::from_number(last).ok()) {
                    let kind = EndKind::RenewalOverturned;
                    let plain = EndView::plain(Status::Expired, kind, e.overturned_on, e.overturned_on);
                    let (body, document_number) = (e.body.to_string(), e.document_number.to_string());
                    let reason = format!("延续前的有效期至{last}届满");
                    c.ends.push(EndView { act: by, body, document_number, reason, ..plain });
                }
            }
        }
        self.stand_again();
    }

    /// A decision against an application was overturned, if this act is one or a ruling on one: where none stands any more, no other application
    /// took its place, and the category was not certified without one, it goes on; where one stands again, it is decided by that.
    fn reopened(&mut self, act: u32, ruling: &OverturnedView) {
        let is_about = |refusal: &RefusalView| refusal.rulings.are_about(refusal.act, act);
        let holds = |case: &CaseView| case.refusals.iter().position(is_about);
        let Some((index, at)) = self.cases.iter().enumerate().find_map(|(index, case)| Some((index, holds(case)?)))
        else {
            return;
        };
        let is_last = self.cases[index + 1..].iter().all(|later| later.category != self.cases[index].category);
        let granted = |c: &CertificationView| was_certified(c, ruling.overturned_on);
        let mut of_category = self.certifications.iter().filter(|c| c.category == self.cases[index].category);
        let is_overtaken = !is_last || of_category.any(granted);
        let case = &mut self.cases[index];
        case.refusals[at].rulings.turn(ruling);
        if case.refusals.iter().any(|refusal| refusal.rulings.undoing().is_none()) {
            case.decided_again(ruling.overturned_on);
        } else if !is_overtaken && case.stage == CaseStage::Refused {
            case.reopened(ruling.overturned_on);
        }
    }

    /// Nothing more follows from a notice of revocation.
    pub(super) fn close(&mut self, act: Act, on: Day) {
        let by = self.acts;
        let notices = self.certifications.iter_mut().flat_map(|c| &mut c.notices);
        for notice in notices.filter(|notice| notice.act == act.get()) {
            notice.closed = Some((by, on.number()));
        }
    }

    pub(super) fn price(&mut self, category: &CategoryCode, item: &str, change: impl FnOnce(&mut PriceView)) {
        let same = |p: &PriceView| p.category == category.as_str() && p.item == item;
        if !self.prices.iter().any(same) {
            self.prices.push(PriceView {
                category: category.to_string(),
                item: item.to_owned(),
                approved: Vec::new(),
                proposals: Vec::new(),
            });
        }
        if let Some(price) = self.prices.iter_mut().find(|p| same(p)) {
            change(price);
        }
    }

    pub(super) fn pledge(&mut self, number: &str, change: impl FnOnce(&mut PledgeView)) {
        if let Some(pledge) = self.pledges.iter_mut().find(|pledge| pledge.number == number) {
            change(pledge);
        }
    }

    pub(super) fn plaque(&mut self, number: &str, change: impl FnOnce(&mut PlaqueView)) {
        if let Some(plaque) = self.plaques.iter_mut().find(|plaque| plaque.number == number) {
            change(plaque);
        }
    }

    pub(super) fn moved(&mut self, number: &str, status: PlaqueStatus, on: Day) {
        let moved = PlaqueMove { act: self.acts, status, on: on.number() };
        self.plaque(number, |plaque| plaque.moves.push(moved));
    }

    /// A plaque was destroyed. One that was never handed out took no other's place: that one stays where it hangs, unless another has come there.
    pub(super) fn destroyed(&mut self, number: &str, on: Day) {
        let was_out = self.plaques.iter().any(|plaque| plaque.number == number && plaque.issued_on().is_some());
        self.moved(number, PlaqueStatus::Destroyed, on);
        let instead = |plaque: &PlaqueView| plaque.replaced.as_ref().is_some_and(|(by, _)| by == number);
        let Some(at) = self.plaques.iter().position(instead).filter(|_| !was_out) else { return };
        let holds = |other: &PlaqueView| {
            let is_there = matches!(other.status(), PlaqueStatus::Ordered | PlaqueStatus::Issued | PlaqueStatus::Hung);
            is_there && other.replaced.is_none() && other.place == self.plaques[at].place
        };
        if !self.plaques.iter().any(holds) {
            self.plaques[at].replaced = None;
        }
    }

    /// Certifications of a category are numbered by the days of their decisions, whenever they were recorded.
    pub(super) fn numbered(&mut self, category: &str) {
        let decided = |c: &CertificationView| (c.decided_on.or(c.valid_from).unwrap_or(c.recorded_on), c.act);
        let mut order: Vec<(i32, u32)> =
            self.certifications.iter().filter(|c| c.category == category).map(decided).collect();
        order.sort_unstable();
        for c in self.certifications.iter_mut().filter(|c| c.category == category) {
            let before = order.partition_point(|other| *other < decided(c));
            c.predecessor = u32::try_from(before).unwrap_or(u32::MAX);
            c.ordinal = c.predecessor.saturating_add(1);
        }
    }
}

impl BasisView {
    pub(super) fn of(ground: &GroundCode, document_number: String, legal_basis: String) -> Self {
        Self { ground: ground.to_string(), document_number, legal_basis, ..Self::default() }
    }
}

impl CertificationView {
    pub(super) fn measured(&mut self, measure: Measure, basis: BasisView) {
        self.measures.push(measure);
        self.bases.push(basis);
    }
}

impl EndView {
    pub(super) fn plain(status: Status, kind: EndKind, effective_on: Day, decided_on: Day) -> Self {
        Self {
            act: 0,
            overturned: None,
            status,
            effective_on: effective_on.number(),
            decided_on: decided_on.number(),
            kind,
            ground: String::new(),
            legal_basis: String::new(),
            document_number: String::new(),
            bar_until: None,
            reason: String::new(),
            body: String::new(),
            entered: None,
            again: 0,
        }
    }
}

impl PledgeView {
    pub(super) fn of(act: u32, form: &PledgeForm) -> Self {
        let class = PromisorClass::from(form.promisor_class);
        let natural = class == PromisorClass::NaturalPerson;
        Self {
            act,
            number: form.number.to_string(),
            status: PledgeStatus::UnderSupervision,
            pledge_type: form.pledge_type.into(),
            made_on: form.made_on.number(),
            valid_until: form.valid_until.map(Day::number),
            publication: form.publication.into(),
            promisor_name: if natural { String::new() } else { form.promisor_name.to_string() },
            promisor_class: class,
            reason: form.reason.to_string(),
            content: form.content.to_string(),
            liability: form.liability.to_string(),
            accepting_unit: form.accepting_unit.to_string(),
            fulfilled: None,
            breaches: Vec::new(),
        }
    }
}
