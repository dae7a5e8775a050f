//! What is said of a plaque whose number was corrected to none, that was typed late, or whose recall lies ahead.

use api::directory::v1::PlaqueVerdict;
use api::registry::v1::PlaqueStatus;
use domain::*;

use super::endings::act;
use super::then::noon;
use crate::world::{World, care, certified, day, id, registered, second, text};

fn plaque(serial: u16) -> PlaqueNumber {
    PlaqueNumber::new(id(1), serial).unwrap()
}

fn ordered(serial: u16, on: &str) -> Event {
    PlaqueOrdered { plaque_number: plaque(serial), ordered_on: day(on), replaces: None, place: None }.into()
}

fn issued(on: &str) -> Event {
    PlaqueIssued { plaque_number: plaque(1), issued_on: day(on), design_version: text("1") }.into()
}

fn recalled(due: &str) -> Event {
    PlaqueRecoveryOrdered { plaque_number: plaque(1), due_on: day(due) }.into()
}

fn left(requested_on: &str, effective_on: &str) -> Event {
    let (category, certification) = (care(), second());
    let (requested_on, effective_on) = (day(requested_on), day(effective_on));
    CertificationWithdrawn { category, certification, requested_on, effective_on, reason: text("停业") }.into()
}

fn to_none(of: u32) -> Event {
    let (corrected_on, reason) = (day("2026-05-20"), text("误录"));
    ActCorrected { act: act(of), corrected_on, reason, document_number: None, fact: None }.into()
}

async fn said(world: &World, serial: u16, on: &str) -> (PlaqueVerdict, PlaqueStatus, String) {
    let told = world.verify(plaque(serial).as_str(), on).await;
    (told.verdict(), told.plaque_status(), told.sentence.unwrap().zh)
}

#[tokio::test]
async fn a_number_that_was_corrected_to_none_says_nothing_of_the_outlet() {
    let mut world = World::new();
    world.recorded_at = noon("2026-01-25");
    let orders = vec![ordered(1, "2026-01-10"), ordered(2, "2026-01-11"), ordered(3, "2026-01-12")];
    let begun = vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")];
    world.add(1, [begun, orders].concat()).await;
    world.recorded_at = noon("2026-05-20");
    world.add(1, vec![to_none(4)]).await;
    let corrected = "此编号曾登记,已于2026-05-20更正为无(第6项)。";
    for on in ["", "2026-03-01"] {
        let (verdict, _, told) = said(&world, 2, on).await;
        assert_eq!((verdict, told), (PlaqueVerdict::NeverIssued, format!("{corrected}编号所指网点“网点”的认定有效。")));
    }
    // After its term nothing is said of the certification.
    assert_eq!(said(&world, 2, "2029-01-01").await.2, corrected);
    // Those beside it are what they are, and one that was never given is told as that.
    assert_eq!(said(&world, 3, "").await.0, PlaqueVerdict::NotYetIssued);
    let (_, _, never) = said(&world, 4, "").await;
    assert!(never.starts_with("从未发放过此编号的牌匾") && never.contains("“网点”的认定有效"), "{never}");
    assert!(said(&world, 4, "2029-01-01").await.2.contains("未经认定"));
    // The correction is taken back: the number is on record again.
    world.add(1, vec![to_none(6)]).await;
    assert_eq!(said(&world, 2, "").await.0, PlaqueVerdict::NotYetIssued);
}

#[tokio::test]
async fn what_was_typed_late_does_not_hide_what_came_after_it() {
    let mut world = World::new();
    world.recorded_at = noon("2026-05-10");
    let withheld =
        PlaqueNotReturned { plaque_number: plaque(1), recorded_on: day("2026-06-08"), detail: text("失联") };
    let hung = PlaqueHung { plaque_number: plaque(1), hung_on: day("2026-03-19") };
    let begun = vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")];
    let plaque = vec![ordered(1, "2026-01-10"), issued("2026-01-20"), left("2026-05-01", "2026-05-01")];
    world.add(1, [begun, plaque, vec![recalled("2026-05-25")]].concat()).await;
    world.recorded_at = noon("2026-06-30");
    world.add(1, vec![withheld.into(), hung.into()]).await;
    for (on, status) in [
        ("2026-06-10", PlaqueStatus::NotReturned),
        ("2026-06-08", PlaqueStatus::NotReturned),
        ("2026-06-07", PlaqueStatus::Hung),
        ("2026-03-19", PlaqueStatus::Hung),
        ("2026-03-18", PlaqueStatus::Issued),
        ("", PlaqueStatus::NotReturned),
    ] {
        assert_eq!(said(&world, 1, on).await.1, status, "{on}");
    }
}

#[tokio::test]
async fn an_end_that_lies_ahead_is_told_from_its_decision_on_and_recalls_from_its_day() {
    // Typed on the day of the decision, later, and when it had taken effect: it is told alike, but for the order to return, which goes out then.
    for typed in ["2026-04-02", "2026-04-20", "2026-06-20"] {
        let mut world = World::new();
        world.recorded_at = noon("2026-01-25");
        let begun = vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")];
        world.add(1, [begun, vec![ordered(1, "2026-01-10"), issued("2026-01-20")]].concat()).await;
        world.recorded_at = noon(typed);
        world.add(1, vec![left("2026-04-02", "2026-05-10"), recalled("2026-05-25")]).await;
        let ahead = |on: &str| {
            let by = if typed <= on { ",期限至2026-05-25止(含当日)" } else { "" };
            format!("其认定将于2026-05-10终止,届时收回此牌匾{by}。")
        };
        let ordered = "此牌匾已责令收回,期限至2026-05-25止(含当日)。";
        let back = if typed <= "2026-05-10" {
            ordered
        } else {
            "此牌匾自2026-05-10起应予收回,至所问日期尚未责令。"
        };
        for (on, verdict, note) in [
            ("2026-04-01", PlaqueVerdict::Valid, ""),
            ("2026-04-02", PlaqueVerdict::Valid, &*ahead("2026-04-02")),
            ("2026-05-09", PlaqueVerdict::Valid, &*ahead("2026-05-09")),
            ("2026-05-10", PlaqueVerdict::Withdrawn, back),
            ("", PlaqueVerdict::Withdrawn, ordered),
        ] {
            let (told, _, sentence) = said(&world, 1, on).await;
            assert_eq!(told, verdict, "typed {typed}, on {on}");
            assert!(
                sentence.ends_with(note) && sentence.contains("收回") != note.is_empty(),
                "{typed} {on}: {sentence}"
            );
        }
        let due = async |on: &str| {
            let shown = world.get(1, on).await.plaques.remove(0);
            (shown.due_back_since, shown.recovery_due)
        };
        let of = |since: &str, due: &str| (since.to_owned(), due.to_owned());
        assert_eq!(due("2026-05-09").await, of("", ""), "{typed}");
        let by_then = if typed <= "2026-05-10" { "2026-05-25" } else { "" };
        assert_eq!(due("2026-05-10").await, of("2026-05-10", by_then), "{typed}");
        assert_eq!(due("").await, of("2026-05-10", "2026-05-25"), "{typed}");
    }
}

#[tokio::test]
async fn of_a_day_no_end_is_told_that_was_decided_later() {
    let mut world = World::new();
    world.recorded_at = noon("2026-09-02");
    let begun = vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")];
    let plaque = vec![ordered(1, "2026-01-10"), issued("2026-01-20"), left("2026-06-20", "2026-06-22")];
    let Event::Certified(again) = certified("2026-07-01", "2029-06-30") else { unreachable!() };
    let again = Certified { ordinal: Ordinal::FIRST.next(), predecessor: Some(Ordinal::FIRST), ..again };
    // The certification is act 6, and its end was decided outside the registry.
    let ended = EndingRecorded {
        category: care(),
        certification: act(6),
        kind: EndingKind::Withdrawn,
        decided_on: Some(day("2026-09-01")),
        effective_on: Some(day("2026-09-01")),
        recorded_on: day("2026-09-02"),
        document_number: None,
        deciding_body: text("单位"),
        source: text("名单"),
        bar_until: None,
    };
    world.add(1, [begun, plaque, vec![again.into(), ended.into(), recalled("2026-09-16")]].concat()).await;
    // Nobody ordered it back for the first end: its day is told, and no term; for the second one it was on the day after.
    let ahead = "其认定将于2026-06-22终止,届时收回此牌匾。";
    let back = "此牌匾已责令收回,期限至2026-09-16止(含当日)。";
    for (on, verdict, note) in [
        ("2026-06-19", PlaqueVerdict::Valid, ""),
        ("2026-06-20", PlaqueVerdict::Valid, ahead),
        ("2026-06-21", PlaqueVerdict::Valid, ahead),
        ("2026-06-22", PlaqueVerdict::Withdrawn, "此牌匾自2026-06-22起应予收回,至所问日期尚未责令。"),
        ("2026-07-01", PlaqueVerdict::Valid, ""),
        ("2026-08-31", PlaqueVerdict::Valid, ""),
        ("2026-09-01", PlaqueVerdict::Withdrawn, "此牌匾自2026-09-01起应予收回,至所问日期尚未责令。"),
        ("2026-09-02", PlaqueVerdict::Withdrawn, back),
    ] {
        let (told, _, sentence) = said(&world, 1, on).await;
        assert_eq!(told, verdict, "{on}");
        assert!(sentence.ends_with(note) && sentence.contains("收回") != note.is_empty(), "{on}: {sentence}");
    }
}
