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
    let named = VerifyPlaqueResponse {
        outlet_name: view.name.clone(),
        address: view.shown_address().to_owned(),
        provider_id: number.provider().to_string(),
        ..on_record
    };
    let (note_zh, note_en) = note(plaque);
    let Some(((status, since), categories)) = best(view, today) else {
        let zh = format!("此牌匾发放给“{}”,其认定在所问日期尚未生效。{note_zh}", view.name);
        let en = format!("This plaque was issued to {}, whose certification was not in force. {note_en}", view.name);
        let verdict = PlaqueVerdict::NotInForce.into();
        return VerifyPlaqueResponse { verdict, sentence: sentence(&zh, en.trim_end()), ..named };
    };
    let verdict = verdict(status);
    let Word { zh: called_zh, en: called_en } = verdict.called();
    let since_zh = since.map(|since| format!("(自{}起)", day(since))).unwrap_or_default();
    let since_en = since.map(|since| format!(" since {}", day(since))).unwrap_or_default();
    let zh = format!(
        "此牌匾发放给“{}”,其认定{called_zh}{since_zh}。请核对店名和地址是否与所在网点一致。{note_zh}",
        view.name,
    );
    let en = format!(
        "This plaque was issued to {}, which is {called_en}{since_en}. Compare name and address with the shop. {note_en}",
        view.name,
    );
    VerifyPlaqueResponse {
        verdict: verdict.into(),
        since: optional_day(since),
        categories: categories.into_iter().map(str::to_owned).collect(),
        sentence: sentence(&zh, en.trim_end()),
        ..named
    }
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
