//! What is to be done, as the message and in words.

use api::directory::v1;

use super::{Names, day, sentence, term};
use crate::outlet::due::{Due, Kind};

/// A task of a work list made for `today`, of an outlet of this name; `whose` a bar is, by name, that is not the outlet's own.
pub(crate) fn task(id: &str, (name, whose): (&str, &str), due: &Due, names: &Names, today: i32) -> v1::Task {
    let is_ahead = today < due.begins;
    let (zh, en) = words(due, whose, is_ahead);
    let ground_name = if due.ground.is_empty() { String::new() } else { names.ground(&due.ground) };
    v1::Task {
        kind: term::task(due.kind),
        due_on: day(due.on),
        overdue: due.has_term && due.on < today,
        provider_id: id.to_owned(),
        name: name.to_owned(),
        category: due.category.clone(),
        category_name: if due.category.is_empty() { String::new() } else { names.category(&due.category) },
        not_before: if is_ahead { day(due.begins) } else { String::new() },
        subject: due.subject.clone(),
        other_provider_ids: due.others.clone(),
        sentence: sentence(&zh, en.as_str()),
        act: due.act,
        ground: due.ground.clone(),
        ground_name,
    }
}

fn words(due: &Due, whose: &str, is_ahead: bool) -> (String, String) {
    let (zh, en) = match due.kind {
        Kind::NoticeEnded => ("公示期满,请作出认定或不予认定", "the notice has ended: decide"),
        Kind::CertificationExpiring => {
            return (format!("认定将于{}到期", day(due.on)), format!("the certification ends on {}", day(due.on)));
        }
        Kind::PlaqueToRecover if is_ahead => {
            let (begins, on) = (day(due.begins), day(due.on));
            return (
                format!("已定于{begins}起终止,届时收回牌匾,期限至{on}止(含当日)"),
                format!("by a decision on record the certification ends on {begins}: recover the plaque then, by {on}"),
            );
        }
        Kind::PlaqueToRecover if due.has_term => {
            let on = day(due.on);
            return (format!("收回牌匾,期限至{on}止(含当日)"), format!("recover the plaque by {on}"));
        }
        Kind::PlaqueToRecover => ("收回牌匾,尚未责令", "recover the plaque: its return is not ordered yet"),
        Kind::ObjectionOpen => {
            ("异议未处理,处理前不得认定", "the objection is open: nothing is certified before it is resolved")
        }
        Kind::RectificationDue => {
            return (
                format!("整改期限{},请验收", day(due.on)),
                format!("the rectification is due on {}: check it", day(due.on)),
            );
        }
        Kind::PledgeToCheck if due.subject.is_empty() => {
            ("补录的认定没有履行中的信用承诺,请补签", "back-entered, with no pledge in force: have one made")
        }
        Kind::PledgeToCheck => ("承诺到期,请认定履行状态", "the pledge's term is over: determine its fulfilment"),
        Kind::OperatorToIdentify => ("补全运营主体的统一社会信用代码", "supply the operator's credit code"),
        Kind::HearingEnded => ("陈述申辩期满,请作出决定", "the time to state its case is over: decide"),
        Kind::PledgeDoubled => {
            let (number, others) = (&due.subject, due.others.join("、"));
            return (
                format!("承诺编码{number}与网点{others}的重复,请核对原件,更正录错的一件"),
                format!(
                    "pledge number {number} is also that of {others}: look at the papers and correct the one entered wrong"
                ),
            );
        }
        Kind::WithinBar => {
            // By its code where its record says no name.
            let whose = if whose.is_empty() { due.subject.as_str() } else { whose };
            let (zh, en) = match (due.subject.as_str(), due.others.is_empty()) {
                ("", _) => ("本网点".to_owned(), "the outlet".to_owned()),
                (_, true) => (format!("运营主体{whose}"), format!("the operator {whose}")),
                (_, false) => (format!("同一运营主体的网点{whose}"), format!("{whose}, of the same operator,")),
            };
            return (
                format!("第{}项的决定日在{zh}的禁入期内,请核查并决定如何处理", due.act),
                format!(
                    "no. {} was decided while {en} was barred: look into it and decide what becomes of it",
                    due.act
                ),
            );
        }
        Kind::LastDayToState => (
            "补录的认定没有有效期截止日,请核对认定文件,更正补录以补全有效期",
            "back-entered, with no last day of its term: look at the document and correct the entry",
        ),
        Kind::CaseReturned => ("补正逾期,请催办或终止", "the missing papers are overdue"),
    };
    (zh.to_owned(), en.to_owned())
}
