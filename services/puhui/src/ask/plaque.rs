//! `puhui plaque`: whether one is genuine and what it stands for.

use api::directory::v1::{EndKind, PlaqueStanding, PlaqueVerdict, VerifyPlaqueRequest, VerifyPlaqueResponse};
use api::registry::v1::{CertificationStatus, PlaqueStatus};
use api::words::{Called, called};
use puhui::print::Column;

use super::ended::{for_a_term, last_day};
use super::rows::Rows;
use super::to::{at, directory};
use crate::client::{Failure, Servers};
use crate::json;

/// Fields that say what the verdict is true of, and not what it is.
const OF_THE_ANSWER: [&str; 5] = ["position", "as_of", "true_at_ms", "digest", "log_id"];

/// `puhui plaque`.
pub(crate) async fn plaque(servers: &Servers, number: String, as_of: String, as_json: bool) -> Result<(), Failure> {
    let request = VerifyPlaqueRequest { plaque_number: number, as_of, ..Default::default() };
    let answer = directory(servers).await?.verify_plaque(request).await?.into_inner();
    let (page, verdict) = json::parted(&answer, &OF_THE_ANSWER)?;
    let mut rows = Rows::new(as_json, [Column::whole("字段"), Column::text("内容")]);
    rows.either(|| Ok(verdict.to_string()), || lines(&answer))?;
    let of = at(answer.position, answer.true_at_ms, (0, ""));
    rows.end(&page, &format!("{of};所问日期 {}", answer.as_of))?;
    if answer.verdict() == PlaqueVerdict::NotYetIssued {
        return Err(Failure::refused(
            "此编号的牌匾在所问日期尚未发放 / no plaque with this number had been issued by that day",
        ));
    }
    if answer.verdict() == PlaqueVerdict::NeverIssued {
        return Err(Failure::refused("从未发放过此编号的牌匾 / no plaque with this number was ever issued"));
    }
    Ok(())
}

fn lines(answer: &VerifyPlaqueResponse) -> Vec<Vec<String>> {
    let sentence = answer.sentence.clone().unwrap_or_default();
    let verdict = answer.verdict();
    let code = verdict.as_str_name().trim_start_matches("PLAQUE_VERDICT_");
    let fields = [
        ("结论", format!("{} {code}", concluded(answer))),
        ("说明", sentence.zh),
        ("English", sentence.en),
        ("名称", answer.outlet_name.clone()),
        ("地址", answer.address.clone()),
        ("自", answer.since.clone()),
        ("牌匾编号", answer.plaque_number.clone()),
        ("牌匾状态", called::<PlaqueStatus>(answer.plaque_status).zh.to_owned()),
        ("网点编号", answer.provider_id.clone()),
    ];
    let told = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let standings = answer.standings.iter().map(|one| vec![format!("认定 {}", one.category_name), standing(one)]);
    told.map(|(name, value)| vec![name.to_owned(), value]).chain(standings).collect()
}

/// The verdict in a word. 取消 and 撤销 are two acts in law: which it was is said where it is known.
fn concluded(answer: &VerifyPlaqueResponse) -> &'static str {
    match (answer.verdict(), answer.end_kind()) {
        (PlaqueVerdict::Revoked, EndKind::Cancelled | EndKind::Annulled | EndKind::Overturned)
        | (PlaqueVerdict::Expired, EndKind::RenewalOverturned) => answer.end_kind().called().zh,
        (verdict, _) => verdict.called().zh,
    }
}

/// How a category stands, since when, and on which ground it ended.
fn standing(one: &PlaqueStanding) -> String {
    let stands = match one.end_kind() {
        EndKind::Unspecified => {
            for_a_term(one.status, called::<CertificationStatus>(one.status).zh.to_owned(), one.valid_to_basis())
        }
        kind => kind.called().zh.to_owned(),
    };
    // Of what is over the last day of its term tells nothing.
    let is_known = one.end_kind() == EndKind::Unspecified && !one.valid_to.is_empty();
    let last = if is_known { last_day(&one.valid_to, one.valid_to_basis()) } else { String::new() };
    let also =
        [("自 ", &one.since), ("有效期至 ", &last), ("事由 ", &one.ground_name), ("文号 ", &one.document_number)];
    let also = also.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!(",{name}{value}"));
    format!("{stands}{}", also.collect::<String>())
}
