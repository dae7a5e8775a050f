//! Is this plaque genuine, and what stands behind it: an answer a citizen understands, never merely "not found".

use api::directory::v1::{PlaqueVerdict, VerifyPlaqueResponse};
use api::words::{Called, Word};
use domain::PlaqueNumber;

use super::{day, optional_day, sentence, term};
use crate::outlet::choice::PlaqueStatus;
use crate::outlet::standing::best;
use crate::outlet::status::Status;
use crate::outlet::view::{PlaqueView, View};

fn never_issued(zh: &str, en: &str) -> VerifyPlaqueResponse {
    VerifyPlaqueResponse {
        verdict: PlaqueVerdict::NeverIssued.into(),
        sentence: sentence(zh, en),
        ..VerifyPlaqueResponse::default()
    }
}

/// The text is no plaque number at all.
pub(crate) fn unreadable(invalid: &domain::Invalid) -> VerifyPlaqueResponse {
    never_issued(
        &format!("从未发放过此编号的牌匾:{}。请对照牌匾核对编号;如编号无误,该牌匾不是本登记簿发放的。", invalid.zh),
        &format!("No plaque with this number was ever issued: {}. Check it against the plaque.", invalid.en),
    )
}

/// What stands behind a well-formed number.
pub(crate) fn verify(number: &PlaqueNumber, view: Option<&View>, today: i32) -> VerifyPlaqueResponse {
    let plaque = view.and_then(|view| view.plaques.iter().find(|plaque| plaque.number == number.as_str()));
    let (Some(view), Some(plaque)) = (view, plaque) else {
        return never_issued(
            "从未发放过此编号的牌匾。悬挂此牌匾的网点未经认定,可向当地主管部门反映。",
            "No plaque with this number was ever issued. Report it to the local bureau.",
        );
    };
    let on_record = VerifyPlaqueResponse {
        plaque_status: term::plaque(plaque.status),
        plaque_status_since: day(plaque.since),
        plaque_number: number.to_string(),
        ..VerifyPlaqueResponse::default()
    };
    if plaque.issued_on.is_none_or(|issued| issued > today) {
        let zh = "此编号的牌匾在所问日期尚未发放。";
        let en = "No plaque with this number had been issued by the day asked about.";
        return merge(never_issued(zh, en), on_record);
    }
    let (name, issued_to) = (name_on(view, today), name_on(view, plaque.issued_on.unwrap_or(today)));
    let (called_zh, called_en) = called(view, name, issued_to);
    let named = VerifyPlaqueResponse {
        outlet_name: name.to_owned(),
        issued_to_name: if issued_to == name { String::new() } else { issued_to.to_owned() },
        address: view.known_on(today).map(|known| known.address().to_owned()).unwrap_or_default(),
        provider_id: number.provider().to_string(),
        ..on_record
    };
    let (note_zh, note_en) = note(plaque);
    let Some(((status, since), categories)) = best(view, today) else {
        let zh = format!("此牌匾发放给{called_zh},其认定在所问日期尚未生效。{note_zh}");
        let en = format!("This plaque was issued to {called_en}, whose certification was not in force. {note_en}");
        let verdict = PlaqueVerdict::NotInForce.into();
        return VerifyPlaqueResponse { verdict, sentence: sentence(&zh, en.trim_end()), ..named };
    };
    let verdict = verdict(status);
    let Word { zh: stands_zh, en: stands_en } = verdict.called();
    let since_zh = since.map(|since| format!("(自{}起)", day(since))).unwrap_or_default();
    let since_en = since.map(|since| format!(" since {}", day(since))).unwrap_or_default();
    let zh =
        format!("此牌匾发放给{called_zh},其认定{stands_zh}{since_zh}。请核对店名和地址是否与所在网点一致。{note_zh}");
    let en = format!(
        "This plaque was issued to {called_en}, which is {stands_en}{since_en}. Compare name and address with the shop. {note_en}",
    );
    VerifyPlaqueResponse {
        verdict: verdict.into(),
        since: optional_day(since),
        categories: categories.into_iter().map(str::to_owned).collect(),
        sentence: sentence(&zh, en.trim_end()),
        ..named
    }
}

fn name_on(view: &View, day: i32) -> &str {
    view.known_on(day).map_or("", |known| known.name())
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

/// A verdict of "never issued" about a number that is on record.
fn merge(verdict: VerifyPlaqueResponse, on_record: VerifyPlaqueResponse) -> VerifyPlaqueResponse {
    VerifyPlaqueResponse { verdict: verdict.verdict, sentence: verdict.sentence, ..on_record }
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

fn note(plaque: &PlaqueView) -> (String, String) {
    let since = day(plaque.since);
    match plaque.status {
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
        PlaqueStatus::Ordered | PlaqueStatus::Issued | PlaqueStatus::Hung => match plaque.recovery_due {
            Some(due) => {
                (format!("此牌匾已责令在{}前收回。", day(due)), format!("This plaque is to come back by {}.", day(due)))
            }
            None => (String::new(), String::new()),
        },
    }
}
