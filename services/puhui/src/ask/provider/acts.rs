//! What was decided about a provider, act by act: former names and places, orders, suspensions, notices, ends and renewals.

use api::directory::v1::{
    Act, Certification, CertificationEnd, EndKind, Overturning, Provider, Review, RevocationNotice,
};
use api::registry::v1::{Release, ReviewResult, RevocationKind};
use api::words::called;
use puhui::print::Column;

use super::super::code::called as called_code;
use super::ends::{again, listed, never_began};
use super::section::Section;

/// The number of an act as people say it.
pub(super) fn number(act: Option<&Act>) -> String {
    let Some(act) = act else { return String::new() };
    match act.corrected_by {
        0 => format!("第{}项", act.number),
        by => format!("第{}项(经第{by}项更正)", act.number),
    }
}

/// Who recorded an act, by the name of that day.
pub(super) fn by(act: Option<&Act>) -> String {
    act.map(|act| act.bureau_name.clone()).unwrap_or_default()
}

/// Until when an outlet states its case: the document's day, and where that is off the one on which the time ends.
pub(super) fn hearing(notice: &RevocationNotice) -> String {
    let (until, ends_on) = (&notice.hearing_until, &notice.hearing_ends_on);
    if until == ends_on { until.clone() } else { format!("{until}(顺延至{ends_on})") }
}

/// The versions of the particulars, where there is more than one.
pub(super) fn versions(record: &Provider) -> Section {
    let columns = [
        Column::whole("第几项"),
        Column::whole("自"),
        Column::whole("至(不含当日)"),
        Column::text("名称"),
        Column::text("运营主体"),
        Column::text("区划"),
        Column::text("地址"),
        Column::whole("文号"),
        Column::text("登记"),
        Column::text("迁出函"),
    ];
    let mut things: Vec<Vec<String>> = Vec::new();
    for version in &record.versions {
        let of = version.particulars.clone().unwrap_or_default();
        let until = if version.until.is_empty() { "今" } else { version.until.as_str() };
        // One that another of its day took the place of.
        let until = if version.from == version.until && !version.from.is_empty() { "(未施行)" } else { until };
        things.push(vec![
            number(version.act.as_ref()),
            version.from.clone(),
            until.to_owned(),
            of.name,
            of.operator_name,
            version.division_name.clone(),
            of.address,
            version.document_number.clone(),
            recorded(version.act.as_ref()),
            version
                .release
                .as_ref()
                .map(|release| given_up(release, &version.releasing_bureau_name))
                .unwrap_or_default(),
        ]);
    }
    if let Some(operator) = &record.operator_identification {
        let mut thing = vec![number(operator.act.as_ref()), operator.identified_on.clone()];
        thing.resize(columns.len(), String::new());
        thing[4] = format!("补全代码 {} {}", operator.operator_name, operator.operator_uscc);
        thing[7].clone_from(&operator.document_number);
        thing[8] = recorded(operator.act.as_ref());
        things.push(thing);
    }
    if things.len() < 2 {
        things.clear();
    }
    Section::new("网点信息历次", columns, things)
}

/// The document by which a bureau gave the outlet up to another's place.
fn given_up(release: &Release, bureau: &str) -> String {
    format!("{bureau} {}({})", release.document_number, release.released_on)
}

/// Who recorded an act, and when.
fn recorded(act: Option<&Act>) -> String {
    act.map(|act| format!("{} {}", act.recorded_on, act.bureau_name)).unwrap_or_default()
}

/// An act about a certification.
struct Decided<'a> {
    act: Option<&'a Act>,
    what: String,
    on: &'a str,
    until: String,
    ground: &'a str,
    document: &'a str,
    basis: &'a str,
    /// What came of it.
    then: String,
}

/// Everything that was decided about the certifications, in the order it was recorded.
pub(super) fn acts(record: &Provider) -> Section {
    let columns = [
        Column::whole("第几项"),
        Column::whole("类别与次"),
        Column::whole("事项"),
        Column::whole("日期"),
        Column::whole("期限"),
        Column::text("事由"),
        Column::whole("文号"),
        Column::text("法律依据"),
        Column::text("结果"),
        Column::text("登记"),
        Column::whole("办法"),
    ];
    let mut things = Vec::new();
    for certification in record.certifications.iter().chain(&record.certifications_ahead) {
        let of =
            format!("{}#{}", called_code(&certification.category, &certification.category_name), certification.ordinal);
        for decided in decided(certification) {
            let scheme = decided.act.map(|act| act.scheme.clone()).unwrap_or_default();
            let cells = vec![
                number(decided.act),
                of.clone(),
                decided.what,
                decided.on.to_owned(),
                decided.until,
                decided.ground.to_owned(),
                decided.document.to_owned(),
                decided.basis.to_owned(),
                decided.then,
                recorded(decided.act),
                scheme,
            ];
            things.push((decided.act.map_or(0, |act| act.number), cells));
        }
    }
    things.sort_by_key(|(number, _)| *number);
    Section::new("办理事项", columns, things.into_iter().map(|(_, cells)| cells).collect())
}

fn decided(c: &Certification) -> Vec<Decided<'_>> {
    let became = |act: Option<&Act>, what: &str, on: &str, (back, overturned): (Option<&Act>, Option<&Overturning>)| {
        let over = act.map(|act| format!("{on} {what}(第{}项)", act.number));
        over.into_iter().chain(back.map(again)).chain(overturned.map(ruling)).collect::<Vec<_>>().join(";")
    };
    let orders = c.orders.iter().map(|order| Decided {
        act: order.act.as_ref(),
        what: "限期整改".to_owned(),
        on: &order.ordered_on,
        until: order.due_on.clone(),
        ground: &order.ground_name,
        document: &order.document_number,
        basis: &order.legal_basis,
        then: listed([
            became(order.met.as_ref(), "整改合格", &order.met_on, (order.again.as_ref(), order.overturned.as_ref())),
            fell(order.fell.as_ref()),
        ]),
    });
    let suspensions = c.suspensions.iter().map(|suspension| Decided {
        act: suspension.act.as_ref(),
        what: "暂停".to_owned(),
        on: &suspension.suspended_on,
        until: String::new(),
        ground: &suspension.ground_name,
        document: &suspension.document_number,
        basis: &suspension.legal_basis,
        then: listed([
            became(
                suspension.resumed.as_ref(),
                "恢复",
                &suspension.resumed_on,
                (suspension.again.as_ref(), suspension.overturned.as_ref()),
            ),
            fell(suspension.fell.as_ref()),
        ]),
    });
    let notices = c.notices.iter().map(|notice| Decided {
        act: notice.act.as_ref(),
        what: intended(notice),
        on: &notice.noticed_on,
        until: hearing(notice),
        ground: &notice.ground_name,
        document: &notice.document_number,
        basis: &notice.legal_basis,
        then: listed([
            became(
                notice.closed.as_ref(),
                "已办结",
                &notice.closed_on,
                (notice.again.as_ref(), notice.overturned.as_ref()),
            ),
            fell(notice.fell.as_ref()),
            nothing_left(notice),
        ]),
    });
    let renewals = c.renewals.iter().map(|renewal| Decided {
        act: renewal.act.as_ref(),
        what: "延续".to_owned(),
        on: &renewal.decided_on,
        until: format!("{} — {}", renewal.valid_from, renewal.valid_to),
        ground: "",
        document: &renewal.document_number,
        basis: "",
        then: std::iter::once(format!("承诺 {}", renewal.pledge_number))
            .chain(renewal.overturned.as_ref().map(ruling).or_else(|| renewal.again.as_ref().map(again)))
            .collect::<Vec<_>>()
            .join(";"),
    });
    let ends = c.ends.iter().map(|end| Decided {
        act: end.act.as_ref(),
        what: called::<EndKind>(end.kind).zh.to_owned(),
        on: &end.decided_on,
        until: if never_began(c, end) { "未及生效".to_owned() } else { format!("{} 起", end.effective_on) },
        ground: if end.ground_name.is_empty() { &end.reason } else { &end.ground_name },
        document: &end.document_number,
        basis: &end.legal_basis,
        then: came_of(end),
    });
    let reviews = c.reviews.iter().map(reviewed);
    orders.chain(suspensions).chain(notices).chain(renewals).chain(ends).chain(reviews).collect()
}

/// That an order, a suspension or a notice fell with its certification.
fn fell(act: Option<&Act>) -> String {
    act.map(|act| format!("当日认定已终止,失效(第{}项)", act.number)).unwrap_or_default()
}

/// That a notice of cancellation hangs over nothing any more, as its certification is over since.
fn nothing_left(notice: &RevocationNotice) -> String {
    let became = notice.closed.is_some() || notice.overturned.is_some() || notice.fell.is_some();
    if notice.is_closed && !became { "认定已终止,无可取消".to_owned() } else { String::new() }
}

/// 拟取消 or 拟撤销, as the notice says.
pub(super) fn intended(notice: &RevocationNotice) -> String {
    format!("拟{}告知", called::<RevocationKind>(notice.kind).zh)
}

fn reviewed(review: &Review) -> Decided<'_> {
    let result = called::<ReviewResult>(review.result).zh.to_owned();
    Decided {
        act: review.act.as_ref(),
        what: format!("{}年度复核", review.year),
        on: &review.reviewed_on,
        until: String::new(),
        ground: &review.note,
        document: "",
        basis: "",
        then: std::iter::once(result)
            .chain(review.again.as_ref().map(again))
            .chain(review.overturned.as_ref().map(ruling))
            .collect::<Vec<_>>()
            .join(";"),
    }
}

/// What an end brought, and whether it was overturned.
fn came_of(end: &CertificationEnd) -> String {
    let bar = (!end.bar_until.is_empty()).then(|| format!("至 {} 止(含当日)不得再次申报", end.bar_until));
    let body = (!end.deciding_body.is_empty()).then(|| format!("决定单位 {}", end.deciding_body));
    let again = end.again.as_ref().map(again);
    again.into_iter().chain(body).chain(bar).chain(end.overturned.as_ref().map(ruling)).collect::<Vec<_>>().join(";")
}

/// By whom a decision was undone.
pub(super) fn ruling(ruling: &Overturning) -> String {
    let act = ruling.act.as_ref().map_or(0, |act| act.number);
    format!("{} 由{}撤销原决定({},第{act}项)", ruling.overturned_on, ruling.body, ruling.document_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_decided_about_a_certification_ahead_is_told() {
        let end = CertificationEnd {
            kind: EndKind::Annulled.into(),
            decided_on: "2026-06-20".to_owned(),
            effective_on: "2026-09-01".to_owned(),
            act: Some(Act { number: 5, ..Act::default() }),
            ..CertificationEnd::default()
        };
        let valid_from = "2026-09-01".to_owned();
        let ahead = Certification { ends: vec![end], valid_from, ..Certification::default() };
        let record = Provider { certifications_ahead: vec![ahead], ..Provider::default() };
        let told: Vec<String> = acts(&record).lines().into_iter().flatten().collect();
        for part in ["第5项", "撤销", "2026-06-20", "未及生效"] {
            assert!(told.iter().any(|cell| cell == part), "{part}: {told:?}");
        }
    }
}
