//! Is this plaque genuine, and what stands behind it: an answer a citizen understands, never merely "not found".

mod never;
mod record;

use api::directory::v1::{self, PlaqueVerdict, VerifyPlaqueResponse};
use api::words::{Called, Word};
use domain::{Ahead, PlaqueNumber};

use super::{Names, day, optional_day, sentence, term};
use crate::outlet::choice::{EndKind, PlaqueStatus};
use crate::outlet::ended::{Ended, ended, ended_as_a_whole};
use crate::outlet::standing::{best, standings};
use crate::outlet::status::{Standing, Status};
use crate::outlet::view::{Back, CertificationView, EndView, PlaqueView, View};
use never::not_on_record;

pub(crate) use never::unreadable;
pub(crate) use record::on_record;

/// What stands behind a well-formed number.
pub(crate) fn verify(number: &PlaqueNumber, view: Option<&View>, names: &Names, today: i32) -> VerifyPlaqueResponse {
    let plaque = view.and_then(|view| view.plaques.iter().find(|plaque| plaque.number == number.as_str()));
    let (Some(view), Some(plaque)) = (view, plaque) else { return not_on_record(number, view, today) };
    let coming = view.recall_to_come(plaque, today);
    // What became of it later is no answer about the day.
    let plaque = view.plaque_of(plaque, today);
    let of_day = VerifyPlaqueResponse {
        plaque_status: plaque.as_ref().map_or(0, |plaque| term::plaque(plaque.status())),
        plaque_status_since: plaque.as_ref().map(|plaque| day(plaque.since())).unwrap_or_default(),
        plaque_number: number.to_string(),
        ..VerifyPlaqueResponse::default()
    };
    let issued = plaque.and_then(|plaque| {
        let on = plaque.issued_on()?;
        Some((plaque, on))
    });
    let Some((plaque, issued_on)) = issued else { return not_yet_issued(of_day) };
    let (name, issued_to) = (view.name_on(today), view.name_on(issued_on));
    let (called_zh, called_en) = called(view, name, issued_to);
    let of_outlet = VerifyPlaqueResponse {
        outlet_name: name.to_owned(),
        issued_to_name: if issued_to == name { String::new() } else { issued_to.to_owned() },
        address: view.known_on(today).map(|known| known.address().to_owned()).unwrap_or_default(),
        provider_id: number.provider().to_string(),
        ..of_day
    };
    let (note_zh, note_en) = note(&plaque, coming);
    let Some(((status, since), categories)) = best(view, today) else {
        let (end_kind, (stands_zh, stands_en)) = (ended_ahead(view, today), not_in_force(view, names, today));
        let zh = format!("此牌匾发放给{called_zh},其认定{stands_zh}。{note_zh}");
        let en = format!("This plaque was issued to {called_en}, whose certification {stands_en}. {note_en}");
        let verdict = PlaqueVerdict::NotInForce.into();
        return VerifyPlaqueResponse { verdict, end_kind, sentence: sentence(&zh, en.trim_end()), ..of_outlet };
    };
    let (verdict, ended) = (verdict(status), ended_as_a_whole(view, (status, since), &categories, today));
    let each = behind(view, today);
    let (stands_zh, stands_en) = match &each[..] {
        // Of several each is told: a revocation in one category is no secret where another one is valid.
        [_, _, ..] => in_words(&each, names),
        [one] => one.with_its_term(stands(verdict, (status, since), ended)),
        [] => stands(verdict, (status, since), ended),
    };
    let zh = format!("此牌匾发放给{called_zh},其认定{stands_zh}。请核对店名和地址是否与所在网点一致。{note_zh}");
    let en = format!(
        "This plaque was issued to {called_en}, which is {stands_en}. Compare name and address with the shop. {note_en}",
    );
    VerifyPlaqueResponse {
        end_kind: ended.by.map_or(0, term::end),
        graver_end_kind: ended.graver.map_or(0, |(kind, _)| term::end(kind)),
        graver_end_on: optional_day(ended.graver.map(|(_, on)| on)),
        verdict: verdict.into(),
        since: optional_day(since),
        category_names: categories.iter().map(|code| names.category(code)).collect(),
        categories: categories.into_iter().map(str::to_owned).collect(),
        standings: each.iter().map(|one| one.told(names)).collect(),
        sentence: sentence(&zh, en.trim_end()),
        ..of_outlet
    }
}

/// What the outlet was called when the plaque was handed out, which stands on it, and what it is called on the day asked about.
fn called(view: &View, name: &str, issued_to: &str) -> (String, String) {
    if issued_to == name {
        return (format!("“{name}”"), name.to_owned());
    }
    let (then_zh, then_en) =
        if name == view.name() { ("现名", "now") } else { ("所问日期名称", "on the day asked about") };
    (format!("“{issued_to}”({then_zh}“{name}”)"), format!("{issued_to} ({then_en} {name})"))
}

/// A number that is on record, and had not been handed out by the day: not what a forger made up.
fn not_yet_issued(of_day: VerifyPlaqueResponse) -> VerifyPlaqueResponse {
    let (zh, en) =
        ("此编号的牌匾在所问日期尚未发放。", "No plaque with this number had been issued by the day asked about.");
    VerifyPlaqueResponse { verdict: PlaqueVerdict::NotYetIssued.into(), sentence: sentence(zh, en), ..of_day }
}

/// What is to come of the certifications of an outlet of which none has begun.
fn coming(view: &View, today: i32) -> impl Iterator<Item = (&CertificationView, Ahead<&EndView>)> {
    view.certifications.iter().filter_map(move |c| Some((c, c.ahead(today)?)))
}

/// By which end all that was to come had ended; 0 where something is to begin.
fn ended_ahead(view: &View, today: i32) -> i32 {
    let mut kinds = coming(view, today).map(|(_, ahead)| match ahead {
        Ahead::Begins => None,
        Ahead::Ended(end) => Some(end.kind),
    });
    let first = kinds.next().flatten();
    first.filter(|_| kinds.all(|kind| kind.is_some())).map_or(0, term::end)
}

/// That none of the certifications has begun, and what is to come of each.
fn not_in_force(view: &View, names: &Names, today: i32) -> (String, String) {
    let coming: Vec<_> = coming(view, today).collect();
    let told = coming.iter().map(|(c, ahead)| {
        let name = if coming.len() > 1 { names.category(&c.category) } else { String::new() };
        let (zh, en) = match ahead {
            Ahead::Begins => {
                let begin = optional_day(c.begin());
                (format!("将于{begin}起生效"), format!("is to begin on {begin}"))
            }
            Ahead::Ended(end) => {
                let (on, what) = (day(end.decided_on), came_to_be(end.kind));
                let (because_zh, because_en) = because(Some(end), names);
                (
                    format!("未及生效即于{on}{}{because_zh}", what.zh),
                    format!("was {} on {on}, before it began{because_en}", what.en),
                )
            }
        };
        (format!("{name}{zh}"), [name.as_str(), &en].join(" ").trim_start().to_owned())
    });
    let (zh, en): (Vec<_>, Vec<_>) = told.unzip();
    let (zh, en) = (zh.join(";"), en.join("; "));
    match coming.iter().any(|(_, ahead)| matches!(ahead, Ahead::Begins)) {
        true => (format!("在所问日期尚未生效,{zh}"), format!("was not in force: {en}")),
        false if zh.is_empty() => ("在所问日期尚未生效".to_owned(), "was not in force".to_owned()),
        false => (zh, en),
    }
}

/// The ground and the document of an end, as far as there are.
fn because(end: Option<&EndView>, names: &Names) -> (String, String) {
    let (ground, document) = end.map_or(("", ""), |end| (&end.ground, &end.document_number));
    let ground = if ground.is_empty() { String::new() } else { names.ground(ground) };
    let also = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!("{name}{value}") };
    (
        [also(",事由", &ground), also(",文号", document)].concat(),
        [also(", ground ", &ground), also(", document ", document)].concat(),
    )
}

/// How a category of the outlet stands, and by which end.
struct Behind<'v> {
    certification: &'v CertificationView,
    standing: Standing,
    ended: Ended,
    /// The end that is told of: the gravest that holds.
    end: Option<&'v EndView>,
}

/// Every category that a day is about, by category.
fn behind(view: &View, today: i32) -> Vec<Behind<'_>> {
    standings(view, today)
        .into_iter()
        .map(|(certification, standing)| {
            let ended = ended(&certification.endings(), standing, today);
            let kind = ended.graver.map(|(kind, _)| kind).or(ended.by);
            let holds = |end: &&EndView| Some(end.kind) == kind && end.bearing().holds_on(today);
            let end = certification.ends.iter().filter(holds).min_by_key(|end| end.bearing().from);
            Behind { certification, standing, ended, end }
        })
        .collect()
}

/// Each category with its standing, its end and the ground.
fn in_words(each: &[Behind<'_>], names: &Names) -> (String, String) {
    let told = each.iter().map(|one| {
        let name = names.category(&one.certification.category);
        let (zh, en) = one.with_its_term(stands(verdict(one.standing.0), one.standing, one.ended));
        let (because_zh, because_en) = because(one.end, names);
        (format!("{name}{zh}{because_zh}"), format!("{name} {en}{because_en}"))
    });
    let (zh, en): (Vec<_>, Vec<_>) = told.unzip();
    (format!(":{}", zh.join(";")), format!("certified: {}", en.join("; ")))
}

impl Behind<'_> {
    /// How it stands, and of one that is live, that nobody knows until when where no document says it: it does not hold without an end.
    fn with_its_term(&self, (zh, en): (String, String)) -> (String, String) {
        if !self.standing.0.is_live() || !self.certification.states_no_end() {
            return (zh, en);
        }
        (format!("{zh},有效期未载明"), format!("{en}, for a term of which no last day is stated"))
    }

    fn told(&self, names: &Names) -> v1::PlaqueStanding {
        let (category, ground) = (&self.certification.category, self.end.map_or("", |end| &*end.ground));
        v1::PlaqueStanding {
            category: category.clone(),
            category_name: names.category(category),
            status: term::status(self.standing.0),
            since: optional_day(self.standing.1),
            end_kind: self.end.map_or(0, |end| term::end(end.kind)),
            ground: ground.to_owned(),
            ground_name: if ground.is_empty() { String::new() } else { names.ground(ground) },
            document_number: self.end.map(|end| end.document_number.clone()).unwrap_or_default(),
            valid_to: optional_day(self.certification.last_by_document()),
            valid_to_basis: term::last_day(
                self.certification.last_by_document(),
                self.certification.last_worked_out_from(),
            ),
        }
    }
}

/// How the outlet stands, since when, and what graver end came beside the one that it stands by.
fn stands(verdict: PlaqueVerdict, (status, since): Standing, ended: Ended) -> (String, String) {
    let Word { zh, en } = match ended.by {
        // 取消 and 撤销 are two acts: the verdict has one word for both.
        Some(kind) if status == Status::Revoked || kind == EndKind::RenewalOverturned => came_to_be(kind),
        _ => verdict.called(),
    };
    let since_zh = since.map(|since| format!("(自{}起)", day(since))).unwrap_or_default();
    let since_en = since.map(|since| format!(" since {}", day(since))).unwrap_or_default();
    let Some((kind, on)) = ended.graver else { return (format!("{zh}{since_zh}"), format!("{en}{since_en}")) };
    let later = since.is_none_or(|since| since <= on);
    let (then_zh, then_en) = if later { ("其后", "then") } else { ("另", "also") };
    let graver = came_to_be(kind);
    (
        format!("{zh}{since_zh},{then_zh}于{}{}", day(on), graver.zh),
        format!("{en}{since_en}, {then_en} {} on {}", graver.en, day(on)),
    )
}

/// What an end made of the certification.
fn came_to_be(kind: EndKind) -> Word {
    let (zh, en) = match kind {
        EndKind::Cancelled => ("被取消", "revoked for a breach"),
        EndKind::Annulled => ("被撤销", "annulled, as it never should have been"),
        EndKind::Withdrawn => ("自愿退出", "withdrawn by the provider"),
        EndKind::Deregistered => ("被注销", "deregistered"),
        EndKind::Overturned => ("被复议或诉讼撤销", "overturned by review or court"),
        EndKind::RenewalOverturned => (
            "因延续被复议或诉讼撤销而终止",
            "ended, as its renewal was overturned by review or court after the term before had run out",
        ),
    };
    Word { zh, en }
}

fn verdict(status: Status) -> PlaqueVerdict {
    match status {
        Status::Valid => PlaqueVerdict::Valid,
        Status::Rectifying => PlaqueVerdict::Rectifying,
        Status::Suspended => PlaqueVerdict::Suspended,
        Status::Revoked => PlaqueVerdict::Revoked,
        Status::Withdrawn => PlaqueVerdict::Withdrawn,
        Status::Expired => PlaqueVerdict::Expired,
        Status::Deregistered => PlaqueVerdict::Deregistered,
    }
}

fn note(plaque: &PlaqueView, coming: Option<(i32, Option<i32>)>) -> (String, String) {
    let since = day(plaque.since());
    match plaque.status() {
        PlaqueStatus::Lost => (
            format!("注意:此牌匾已于{since}声明遗失,不应再悬挂。"),
            format!("Note: this plaque was reported lost on {since} and should not hang anywhere."),
        ),
        PlaqueStatus::Recovered => (
            format!("注意:此牌匾已于{since}收回,不应再悬挂。"),
            format!("Note: this plaque was recovered on {since} and should not hang anywhere."),
        ),
        PlaqueStatus::Destroyed => (
            format!("注意:此牌匾已于{since}销毁,所见牌匾不是原件。"),
            format!("Note: this plaque was destroyed on {since}; what you see is not the original."),
        ),
        PlaqueStatus::NotReturned => (
            format!("注意:此牌匾应收回而未交回(记录于{since})。"),
            format!("Note: this plaque was ordered back and not returned (recorded on {since})."),
        ),
        PlaqueStatus::Ordered | PlaqueStatus::Issued | PlaqueStatus::Hung => {
            match plaque.back {
                Some(Back { order: Some(order), .. }) => {
                    let due = day(order.due);
                    (
                        format!("此牌匾已责令收回,期限至{due}止(含当日)。"),
                        format!("This plaque is to come back by {due}."),
                    )
                }
                // A term that ended by itself orders it back at the next touch, and what is typed late from then on.
                Some(Back { since, order: None }) => {
                    let since = day(since);
                    (
                        format!("此牌匾自{since}起应予收回,至所问日期尚未责令。"),
                        format!("This plaque is due back since {since}; by the day asked about nobody had ordered it."),
                    )
                }
                None => coming.map_or_else(Default::default, |(from, due)| {
                    let from = day(from);
                    let (by_zh, by_en) = due.map(day).map_or_else(Default::default, |due| {
                        (format!(",期限至{due}止(含当日)"), format!(", by {due}"))
                    });
                    (
                        format!("其认定将于{from}终止,届时收回此牌匾{by_zh}。"),
                        format!("The certification is to end on {from}, and this plaque is to come back then{by_en}."),
                    )
                }),
            }
        }
    }
}
