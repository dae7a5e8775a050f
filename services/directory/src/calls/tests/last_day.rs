//! A list that states no last day makes no certification without an end, and one that was worked out is told as that: wherever a term is told.

use api::directory::v1::directory_service_server::DirectoryService;
use api::directory::v1::{self, LastDayBasis, TaskKind};
use api::registry::v1::CertificationStatus;
use domain::*;
use tonic::Request;

use super::then::noon;
use crate::world::{World, care, day, id, recorded, registered, second, text};

/// Of a list, with the last day of its term, and what that was worked out from.
fn listed(valid_to: Option<&str>, worked_out_from: Option<&str>) -> Event {
    let Event::CertificationRecorded(of_list) = recorded() else { unreachable!() };
    CertificationRecorded {
        decided_on: Some(day("2024-03-01")),
        valid_to: valid_to.map(day),
        valid_to_worked_out_from: worked_out_from.map(text),
        ..of_list
    }
    .into()
}

fn plaque(number: u32) -> Vec<Event> {
    let plaque_number = PlaqueNumber::new(id(number), 1).unwrap();
    let ordered = PlaqueOrdered {
        plaque_number: plaque_number.clone(),
        ordered_on: day("2024-04-01"),
        replaces: None,
        place: None,
    };
    vec![ordered.into(), PlaqueIssued { plaque_number, issued_on: day("2024-04-10"), design_version: text("1") }.into()]
}

fn corrected_to(fact: Event) -> Event {
    ActCorrected {
        act: second(),
        corrected_on: day("2026-06-20"),
        reason: text("核对文件,补全有效期"),
        document_number: None,
        fact: Some(Box::new(fact)),
    }
    .into()
}

/// Outlet 1 has no last day, 2 one that was worked out, 3 one that is stated.
async fn three() -> World {
    let mut world = World::new();
    world.recorded_at = noon("2026-05-10");
    for (number, of_list) in
        [(1, listed(None, None)), (2, listed(Some("2027-02-28"), Some("三年"))), (3, listed(Some("2027-02-28"), None))]
    {
        let begun = vec![registered(&format!("网点{number}"), "321003"), of_list];
        world.add(number, [begun, plaque(number)].concat()).await;
    }
    world
}

async fn work(world: &World) -> Vec<String> {
    let asked = v1::ListTasksRequest { kinds: vec![TaskKind::LastDayToState.into()], ..Default::default() };
    let answer = world.directory().await.list_tasks(Request::new(asked)).await.unwrap().into_inner();
    assert!(answer.tasks.iter().all(|task| !task.overdue && task.act == 2 && task.due_on == "2026-05-10"));
    answer.tasks.into_iter().map(|task| task.provider_id).collect()
}

async fn counted(world: &World, group_digits: u32, as_of_position: u64) -> (u64, u64, u64) {
    let asked = v1::GetStatisticsRequest { group_digits, as_of_position, ..Default::default() };
    let answer = world.directory().await.get_statistics(Request::new(asked)).await.unwrap().into_inner();
    let [row] = &answer.rows[..] else { panic!("{:?}", answer.rows) };
    let [total] = &answer.totals[..] else { panic!("{:?}", answer.totals) };
    assert_eq!((row.count, row.last_day_not_stated), (total.count, total.last_day_not_stated));
    (total.count, total.last_day_not_stated, answer.live_providers)
}

#[tokio::test]
async fn a_last_day_is_told_as_stated_worked_out_or_not_stated() {
    use LastDayBasis::{NotStated, Stated, WorkedOut};
    let world = three().await;
    let list = world.list(v1::ListProvidersRequest::default()).await.providers;
    let of_list: Vec<_> = list.iter().map(|provider| &provider.certifications[0]).collect();
    let expected = [("", NotStated, ""), ("2027-02-28", WorkedOut, "三年"), ("2027-02-28", Stated, "")];
    assert_eq!(of_list.len(), expected.len());
    for (number, (of_list, (last, basis, words))) in (1..).zip(of_list.into_iter().zip(expected)) {
        let told = (&*of_list.valid_to, of_list.valid_to_basis(), &*of_list.valid_to_worked_out_from);
        assert_eq!((told, of_list.status()), ((last, basis, words), CertificationStatus::Valid));
        let of_record = world.get(number, "").await.certifications.remove(0);
        let told = (&*of_record.valid_to, of_record.valid_to_basis(), &*of_record.valid_to_worked_out_from);
        assert_eq!(told, (last, basis, words));
        let verdict = world.verify(PlaqueNumber::new(id(number), 1).unwrap().as_str(), "").await;
        let standing = &verdict.standings[0];
        assert_eq!((&*standing.valid_to, standing.valid_to_basis()), (last, basis));
        let said = verdict.sentence.unwrap();
        assert_eq!(said.zh.contains("有效(自2024-03-01起),有效期未载明"), basis == NotStated, "{}", said.zh);
        assert_eq!(said.en.contains("no last day is stated"), basis == NotStated, "{}", said.en);
        // Of a number that is none of its plaques the outlet is told the same way.
        let said = world.verify(PlaqueNumber::new(id(number), 2).unwrap().as_str(), "").await.sentence.unwrap();
        assert_eq!(said.zh.contains("认定有效(有效期未载明)"), basis == NotStated, "{}", said.zh);
    }
}

#[tokio::test]
async fn what_states_no_last_day_is_counted_and_stands_in_the_work_list_until_it_does() {
    let mut world = three().await;
    assert_eq!(work(&world).await, [id(1).to_string()]);
    for digits in [2, 6, 9] {
        assert_eq!(counted(&world, digits, 0).await, (3, 1, 3));
    }
    world.recorded_at = noon("2026-06-20");
    let position = world.add(1, vec![corrected_to(listed(Some("2027-02-28"), None))]).await;
    assert_eq!(work(&world).await, [""; 0]);
    assert_eq!(counted(&world, 6, 0).await, (3, 0, 3));
    assert_eq!(counted(&world, 6, position.0 - 1).await, (3, 1, 3), "as it was on record before");
    assert_eq!(world.get(1, "").await.certifications[0].valid_to_basis(), LastDayBasis::Stated);
}

/// What is over is over since a day: nobody takes it to hold.
#[tokio::test]
async fn of_what_has_ended_the_last_day_is_not_missed() {
    let mut world = three().await;
    let ended = CertificationWithdrawn {
        category: care(),
        certification: second(),
        requested_on: day("2026-05-20"),
        effective_on: day("2026-06-01"),
        reason: text("停业"),
    };
    world.add(1, vec![ended.into()]).await;
    assert_eq!(work(&world).await, [""; 0]);
    let asked = v1::GetStatisticsRequest::default();
    let answer = world.directory().await.get_statistics(Request::new(asked)).await.unwrap().into_inner();
    let told: Vec<_> =
        answer.totals.iter().map(|total| (total.status(), total.count, total.last_day_not_stated)).collect();
    assert_eq!(told, [(CertificationStatus::Valid, 2, 0), (CertificationStatus::Withdrawn, 1, 0)]);
    let said = world.verify(PlaqueNumber::new(id(1), 1).unwrap().as_str(), "").await.sentence.unwrap().zh;
    assert!(!said.contains("未载明"), "{said}");
}
