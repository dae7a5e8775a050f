//! A bureau's work list: what follows from the rows and the day, nothing that would have to be kept.

use api::directory::v1::{Task, TaskKind};
use api::registry::v1::{CaseStage, PlaqueStatus, PledgeStatus};
use domain::{OperatorCode, ProviderId};

use crate::present::day;
use crate::sentences::sentence;
use crate::status::{self, Status};
use crate::view::View;

struct List<'a> {
    id: &'a ProviderId,
    view: &'a View,
    today: i32,
    /// Last day that is looked at.
    horizon: i32,
    tasks: Vec<Task>,
}

impl List<'_> {
    fn add(&mut self, kind: TaskKind, on: Option<i32>, category: &str, number: &str, zh: &str, en: &str) {
        if on.is_some_and(|on| on > self.horizon) {
            return;
        }
        let task = Task {
            kind: kind.into(),
            // Where there is no term, the day it came up: it is there to be done today.
            due_on: day(on.unwrap_or(self.today)),
            overdue: on.is_some_and(|on| on < self.today),
            provider_id: self.id.to_string(),
            name: self.view.name.clone(),
            category: category.to_owned(),
            subject: number.to_owned(),
            sentence: sentence(zh, en),
        };
        self.tasks.push(task);
    }
}

/// What is to be done about one provider, looking `within_days` ahead.
pub(crate) fn of(id: &ProviderId, view: &View, today: i32, within_days: i32) -> Vec<Task> {
    let mut list = List { id, view, today, horizon: today + within_days, tasks: Vec::new() };
    cases(&mut list);
    certifications(&mut list);
    plaques(&mut list);
    pledges(&mut list);
    if matches!(id.operator(), OperatorCode::ToBeCompleted(_)) && view.operator_uscc.is_none() {
        let (zh, en) = ("补全运营主体的统一社会信用代码", "supply the operator's credit code");
        list.add(TaskKind::OperatorToIdentify, None, "", "", zh, en);
    }
    list.tasks
}

/// The first day on which there may be something to be done about a provider; `None` while there is nothing to come. Whatever
/// [`of`] tells on a day that none of the recorded facts lies behind, it tells for days that look ahead to this one or past it.
pub(crate) fn first_day(id: &ProviderId, view: &View) -> Option<i32> {
    let mut days = Vec::new();
    for case in &view.cases {
        days.extend(case.notice.map(|(_, end)| end + 1));
        days.extend(case.papers_due);
    }
    for c in &view.certifications {
        days.extend(c.valid_to);
        days.extend(c.rectification_due);
        days.extend(c.noticed.as_ref().map(|(_, until, _)| until + 1));
        if c.back_entered && !view.pledges.iter().any(|p| binds(p.status)) {
            days.push(i32::MIN);
        }
    }
    for plaque in view.plaques.iter().filter(|plaque| is_out(plaque.status)) {
        // It is to come back when nothing is certified any more, or before anything is.
        let ends = view.certifications.iter().flat_map(|c| {
            let decided = c.spans.iter().filter(|span| !span.status.is_live()).map(|span| span.from);
            decided.chain(c.valid_to.map(|last| last + 1))
        });
        let begun =
            |day: i32| view.certifications.iter().any(|c| c.valid_from.or(c.decided_on).is_none_or(|from| from <= day));
        days.extend(plaque.recovery_due);
        days.extend(ends);
        if !begun(plaque.since) {
            days.push(i32::MIN);
        }
    }
    days.extend(view.pledges.iter().filter_map(|pledge| pledge.valid_until).map(|until| until + 1));
    if matches!(id.operator(), OperatorCode::ToBeCompleted(_)) && view.operator_uscc.is_none() {
        days.push(i32::MIN);
    }
    days.into_iter().min()
}

fn cases(list: &mut List<'_>) {
    for case in &list.view.cases {
        match (CaseStage::try_from(case.stage), case.notice, case.papers_due) {
            (Ok(CaseStage::Publicised), Some((_, end)), _) if end < list.today && !case.objections.contains(&None) => {
                let (zh, en) = ("公示期满,请作出认定或不予认定", "the notice has ended: decide");
                list.add(TaskKind::NoticeEnded, Some(end + 1), &case.category, "", zh, en);
            }
            (Ok(CaseStage::Returned), _, Some(due)) if due < list.today => {
                let (zh, en) = ("补正逾期,请催办或终止", "the missing papers are overdue");
                list.add(TaskKind::CaseReturned, Some(due), &case.category, "", zh, en);
            }
            _ => {}
        }
    }
}

fn certifications(list: &mut List<'_>) {
    for (c, (status, _)) in status::standings(list.view, list.today) {
        if !status.is_live() {
            continue;
        }
        if let Some(last) = c.valid_to.filter(|_| c.end.is_none()) {
            let zh = format!("认定将于{}到期", day(last));
            let en = format!("the certification ends on {}", day(last));
            list.add(TaskKind::CertificationExpiring, Some(last), &c.category, "", &zh, &en);
        }
        if let Some(due) = c.rectification_due.filter(|_| status == Status::Rectifying) {
            let zh = format!("整改期限{},请验收", day(due));
            let en = format!("the rectification is due on {}: check it", day(due));
            list.add(TaskKind::RectificationDue, Some(due), &c.category, "", &zh, &en);
        }
        if let Some((_, until, _)) = c.noticed.as_ref().filter(|(_, until, _)| *until < list.today) {
            let until = *until;
            let (zh, en) = ("陈述申辩期满,请作出决定", "the time to state its case is over: decide");
            list.add(TaskKind::HearingEnded, Some(until + 1), &c.category, "", zh, en);
        }
        if c.back_entered && !list.view.pledges.iter().any(|p| binds(p.status)) {
            let (zh, en) = ("补录的认定没有信用承诺,请补签", "back-entered without a pledge: have one made");
            list.add(TaskKind::PledgeToCheck, None, &c.category, "", zh, en);
        }
    }
}

fn binds(status: i32) -> bool {
    let binding = [PledgeStatus::UnderSupervision, PledgeStatus::Fulfilled];
    binding.iter().any(|wanted| i32::from(*wanted) == status)
}

/// Whether a plaque is in somebody's hands who may have to give it back.
fn is_out(status: i32) -> bool {
    let out = [PlaqueStatus::Issued, PlaqueStatus::Hung, PlaqueStatus::NotReturned];
    out.iter().any(|wanted| i32::from(*wanted) == status)
}

fn plaques(list: &mut List<'_>) {
    let certified = status::standings(list.view, list.today).iter().any(|(_, (status, _))| status.is_live());
    for plaque in &list.view.plaques {
        if !is_out(plaque.status) {
            continue;
        }
        // A term that ended by itself orders the plaque back at the next touch; the list does not wait for it.
        if plaque.recovery_due.is_some() || !certified {
            let (zh, en) = ("收回牌匾", "recover the plaque");
            list.add(TaskKind::PlaqueToRecover, plaque.recovery_due, "", &plaque.number, zh, en);
        }
    }
}

fn pledges(list: &mut List<'_>) {
    for pledge in &list.view.pledges {
        let open = pledge.status == i32::from(PledgeStatus::UnderSupervision);
        if let Some(until) = pledge.valid_until.filter(|until| open && *until < list.today) {
            let (zh, en) = ("承诺到期,请认定履行状态", "the pledge's term is over: determine its fulfilment");
            list.add(TaskKind::PledgeToCheck, Some(until + 1), "", &pledge.number, zh, en);
        }
    }
}
