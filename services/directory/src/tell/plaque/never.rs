//! Numbers under which no plaque stands: what no number can be, what was never given, and what was corrected to none.

use std::collections::BTreeSet;

use api::directory::v1::{PlaqueVerdict, VerifyPlaqueResponse};
use domain::PlaqueNumber;

use super::super::{day, sentence};
use crate::outlet::standing::{best, standings};
use crate::outlet::view::{CorrectionView, View};

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

/// What orders a plaque, as a correction names it.
const ORDERED: &str = "PlaqueOrdered";

/// No plaque stands under this number: it was never given, or was entered wrong and corrected to none. What that says of the outlet that the
/// number names is nothing: where it is certified, that is said.
pub(super) fn not_on_record(number: &PlaqueNumber, view: Option<&View>, today: i32) -> VerifyPlaqueResponse {
    let certified = view.filter(|view| best(view, today).is_some_and(|((status, _), _)| status.is_live()));
    let unstated = certified.is_some_and(|view| {
        let mut live = standings(view, today).into_iter().filter(|(_, (status, _))| status.is_live());
        live.all(|(c, _)| c.states_no_end())
    });
    let (until_zh, until_en) =
        if unstated { ("(有效期未载明)", " (for a term of which no last day is stated)") } else { ("", "") };
    let certified = certified.map(|view| view.name_on(today));
    if let Some(correction) = view.and_then(|view| corrected_away(number, view)) {
        let (on, act) = (day(correction.corrected_on), correction.act);
        let (also_zh, also_en) = certified.map_or_else(Default::default, |name| {
            (
                format!("编号所指网点“{name}”的认定有效{until_zh}。"),
                format!(" The outlet that it names, {name}, is certified{until_en}."),
            )
        });
        return never_issued(
            &format!("此编号曾登记,已于{on}更正为无(第{act}项)。{also_zh}"),
            &format!("This number was on record and was corrected to none on {on} (no. {act}).{also_en}"),
        );
    }
    match certified {
        Some(name) => never_issued(
            &format!(
                "从未发放过此编号的牌匾。编号所指网点“{name}”的认定有效{until_zh},但此编号不是其牌匾的编号,可向当地主管部门反映。"
            ),
            &format!(
                "No plaque with this number was ever issued. The outlet that it names, {name}, is certified{until_en}, and this is no number of \
                 its plaques. Report it to the local bureau."
            ),
        ),
        None => never_issued(
            "从未发放过此编号的牌匾。悬挂此牌匾的网点未经认定,可向当地主管部门反映。",
            "No plaque with this number was ever issued. Report it to the local bureau.",
        ),
    }
}

/// The correction by which a number that was on record is none any more. Numbers are given in the order of the acts that order a plaque, and
/// none is given again.
fn corrected_away<'v>(number: &PlaqueNumber, view: &'v View) -> Option<&'v CorrectionView> {
    let corrected = view.corrections.iter().filter(|correction| correction.fact == ORDERED);
    let stand = view.plaques.iter().filter_map(|plaque| plaque.moves.first());
    let orders: BTreeSet<u32> = stand.map(|ordered| ordered.act).chain(corrected.map(|one| one.corrected)).collect();
    // After the last hyphen, before the check character.
    let (_, tail) = number.as_str().rsplit_once('-')?;
    let ordinal: usize = tail.get(..tail.len().checked_sub(1)?)?.parse().ok()?;
    let ordered = *orders.iter().nth(ordinal.checked_sub(1)?)?;
    view.corrections.iter().rfind(|correction| correction.corrected == ordered && correction.to_none)
}
