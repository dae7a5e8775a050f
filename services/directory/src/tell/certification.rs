//! A certification with everything that was decided about it, each with its act.

use api::directory::v1;
use domain::Ahead;
use serve::terms::Transit;

use super::act::act;
use super::{Names, day, optional_day, term};
use crate::outlet::ruling::OverturnedView;
use crate::outlet::standing::on;
use crate::outlet::status::{Measure, Standing, Status};
use crate::outlet::view::{BasisView, CertificationView, EndView, NoticedView, RenewalView, ReviewView, View};

/// What tells of one outlet's acts.
#[derive(Clone, Copy)]
struct Teller<'a> {
    view: &'a View,
    names: &'a Names,
    today: i32,
}

/// A certification on a day; `None` where it had not begun.
pub(super) fn certification(
    (view, c): (&View, &CertificationView),
    names: &Names,
    today: i32,
) -> Option<v1::Certification> {
    Some(told((view, c), names, today, on(c, today)?))
}

/// One that was decided by a day and begins after it: it has no status yet, unless it ended before it could begin.
pub(super) fn ahead((view, c): (&View, &CertificationView), names: &Names, today: i32) -> Option<v1::Certification> {
    let told = |standing| told((view, c), names, today, standing);
    Some(match c.ahead(today)? {
        Ahead::Begins => v1::Certification { status: 0, ..told((Status::Valid, None)) },
        Ahead::Ended(end) => told((end.status, Some(end.decided_on))),
    })
}

fn told(
    (view, c): (&View, &CertificationView),
    names: &Names,
    today: i32,
    (status, since): Standing,
) -> v1::Certification {
    let teller = Teller { view, names, today };
    let when = |wanted: Status, value: String| if status == wanted { value } else { String::new() };
    let of = |wanted: Status| c.measures.iter().zip(&c.bases).filter(move |(measure, _)| measure.status == wanted);
    v1::Certification {
        category: c.category.clone(),
        category_name: names.category(&c.category),
        ordinal: c.ordinal,
        predecessor: c.predecessor,
        status: term::status(status),
        status_since: optional_day(since),
        valid_from: optional_day(c.valid_from),
        valid_to: optional_day(c.last_by_document()),
        decided_on: optional_day(c.decided_on),
        document_number: c.document_number.clone(),
        deciding_body: c.deciding_body.clone(),
        basis: c.basis.map(domain::CertificationBasis::from).transit(),
        back_entered: c.back_entered,
        source: c.source.clone(),
        rectification_due: when(Status::Rectifying, optional_day(c.rectification_due(today))),
        suspended_since: when(Status::Suspended, optional_day(since)),
        revocation_notice: c
            .open_notices(today)
            .max_by_key(|notice| (notice.noticed_on, notice.act))
            .map(|notice| teller.notice(c, notice)),
        end: c.end().map(|end| teller.end(end)),
        overturned: c
            .ends
            .iter()
            .rev()
            .find_map(|end| end.overturned.as_ref())
            .map(|overturned| teller.overturning(overturned)),
        reviews: c.reviews.iter().map(|review| teller.review(review)).collect(),
        act: act(view, names, c.act),
        orders: of(Status::Rectifying).map(|(measure, basis)| teller.order(*measure, basis)).collect(),
        suspensions: of(Status::Suspended).map(|(measure, basis)| teller.suspension(*measure, basis)).collect(),
        notices: c.notices.iter().map(|notice| teller.notice(c, notice)).collect(),
        ends: c.ends.iter().map(|end| teller.end(end)).collect(),
        renewals: c.renewals.iter().map(|renewal| teller.renewal(renewal)).collect(),
        valid_to_basis: term::last_day(c.last_by_document(), c.last_worked_out_from()),
        valid_to_worked_out_from: c.last_worked_out_from().to_owned(),
    }
}

impl Teller<'_> {
    fn act(self, number: u32) -> Option<v1::Act> {
        act(self.view, self.names, number)
    }

    fn ground(self, code: &str) -> String {
        if code.is_empty() { String::new() } else { self.names.ground(code) }
    }

    fn order(self, measure: Measure, basis: &BasisView) -> v1::RectificationOrder {
        v1::RectificationOrder {
            act: self.act(measure.act),
            ground: basis.ground.clone(),
            ground_name: self.ground(&basis.ground),
            ordered_on: day(measure.from),
            due_on: optional_day(measure.due_on),
            met_on: optional_day(basis.over.map(|(_, on)| on)),
            met: basis.over.and_then(|(act, _)| self.act(act)),
            overturned: self.ruling(basis.undoing()),
            document_number: basis.document_number.clone(),
            legal_basis: basis.legal_basis.clone(),
            again: self.act(basis.again()),
            fell: self.act(basis.fell),
        }
    }

    fn suspension(self, measure: Measure, basis: &BasisView) -> v1::Suspension {
        v1::Suspension {
            act: self.act(measure.act),
            ground: basis.ground.clone(),
            ground_name: self.ground(&basis.ground),
            suspended_on: day(measure.from),
            resumed_on: optional_day(basis.over.map(|(_, on)| on)),
            resumed: basis.over.and_then(|(act, _)| self.act(act)),
            overturned: self.ruling(basis.undoing()),
            document_number: basis.document_number.clone(),
            legal_basis: basis.legal_basis.clone(),
            again: self.act(basis.again()),
            fell: self.act(basis.fell),
        }
    }

    fn notice(self, c: &CertificationView, notice: &NoticedView) -> v1::RevocationNotice {
        v1::RevocationNotice {
            noticed_on: day(notice.noticed_on),
            hearing_until: day(notice.hearing_until),
            hearing_ends_on: day(notice.hearing_ends_on),
            ground: notice.ground.clone(),
            act: self.act(notice.act),
            ground_name: self.ground(&notice.ground),
            document_number: notice.document_number.clone(),
            legal_basis: notice.legal_basis.clone(),
            is_closed: c.open_notices(self.today).all(|open| open.act != notice.act),
            closed: notice.closed.and_then(|(act, _)| self.act(act)),
            closed_on: optional_day(notice.closed.map(|(_, on)| on)),
            overturned: self.ruling(notice.rulings.undoing()),
            kind: term::intended(notice.intended),
            again: self.act(notice.rulings.again()),
            fell: self.act(notice.fell),
        }
    }

    fn review(self, review: &ReviewView) -> v1::Review {
        v1::Review {
            year: review.year,
            result: domain::ReviewResult::from(review.result).transit(),
            reviewed_on: day(review.reviewed_on),
            act: self.act(review.act),
            note: review.note.clone(),
            overturned: self.ruling(review.rulings.undoing()),
            again: self.act(review.rulings.again()),
        }
    }

    fn ruling(self, overturned: Option<&OverturnedView>) -> Option<v1::Overturning> {
        overturned.map(|overturned| self.overturning(overturned))
    }

    fn end(self, end: &EndView) -> v1::CertificationEnd {
        let entered = end.entered.as_ref();
        v1::CertificationEnd {
            kind: term::end(end.kind),
            effective_on: day(end.effective_on),
            decided_on: match entered {
                Some(entered) if end.again == 0 => optional_day(entered.decided_on),
                Some(_) | None => day(end.decided_on),
            },
            ground: end.ground.clone(),
            document_number: end.document_number.clone(),
            legal_basis: end.legal_basis.clone(),
            bar_until: optional_day(end.bar_until),
            reason: end.reason.clone(),
            act: self.act(end.act),
            ground_name: self.ground(&end.ground),
            overturned: self.ruling(end.overturned.as_ref()),
            back_entered: entered.is_some(),
            deciding_body: entered.map_or_else(|| end.body.clone(), |entered| entered.deciding_body.clone()),
            source: entered.map(|entered| entered.source.clone()).unwrap_or_default(),
            undated: entered.is_some_and(|entered| entered.is_undated && end.again == 0),
            again: self.act(end.again),
        }
    }

    fn overturning(self, overturned: &OverturnedView) -> v1::Overturning {
        super::act::overturning(self.view, self.names, overturned)
    }

    fn renewal(self, renewal: &RenewalView) -> v1::Renewal {
        v1::Renewal {
            act: self.act(renewal.act),
            decided_on: day(renewal.decided_on),
            valid_from: day(renewal.valid_from),
            valid_to: day(renewal.valid_to),
            document_number: renewal.document_number.clone(),
            pledge_number: renewal.pledge_number.clone(),
            deciding_body: renewal.deciding_body.clone(),
            overturned: self.ruling(renewal.rulings.undoing()),
            again: self.act(renewal.rulings.again()),
        }
    }
}
