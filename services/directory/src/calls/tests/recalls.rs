//! What is told of a plaque of each day is the same in whatever order was typed why it is to come back; by when it is, rests on an order, which is told from
//! the day on which it went out.

use domain::*;

use super::endings::act;
use super::then::noon;
use crate::world::{World, care, certified, day, id, registered, second, text};

fn plaque(serial: u16) -> PlaqueNumber {
    PlaqueNumber::new(id(1), serial).unwrap()
}

fn ordered(serial: u16, on: &str, replaces: Option<u16>) -> Event {
    PlaqueOrdered { plaque_number: plaque(serial), ordered_on: day(on), replaces: replaces.map(plaque), place: None }
        .into()
}

fn issued(serial: u16, on: &str) -> Event {
    PlaqueIssued { plaque_number: plaque(serial), issued_on: day(on), design_version: text("1") }.into()
}

fn left(on: &str) -> Event {
    let (category, certification) = (care(), second());
    let (requested_on, effective_on) = (day(on), day(on));
    CertificationWithdrawn { category, certification, requested_on, effective_on, reason: text("停业") }.into()
}

/// To be back in the fifteen days after it is told.
fn recalled() -> Event {
    PlaqueRecoveryOrdered { plaque_number: plaque(1), due_on: day("2026-07-16") }.into()
}

fn lifted(on: &str) -> Event {
    PlaqueRecoveryLifted { plaque_number: plaque(1), lifted_on: day(on) }.into()
}

fn elsewhere(from: &str) -> Event {
    let Event::Certified(c) = certified(from, "2029-06-30") else { unreachable!() };
    Certified { category: CategoryCode::parse("community-health").unwrap(), ..c }.into()
}

fn back(on: &str) -> Event {
    PlaqueRecovered { plaque_number: plaque(1), recovered_on: day(on) }.into()
}

fn lost(on: &str) -> Event {
    PlaqueLost { plaque_number: plaque(1), lost_on: day(on), statement: text("声明") }.into()
}

fn destroyed(on: &str) -> Event {
    PlaqueDestroyed { plaque_number: plaque(1), destroyed_on: day(on), reason: text("破损") }.into()
}

/// An outlet with a plaque since January; all that came later was typed on 2026-07-01, a commit an act.
async fn typed(commits: Vec<Vec<Event>>) -> World {
    let mut world = World::new();
    world.recorded_at = noon("2026-01-25");
    let begun = vec![registered("网点", "321003"), certified("2026-01-05", "2028-12-31")];
    world.add(1, [begun, vec![ordered(1, "2026-01-10", None), issued(1, "2026-01-20")]].concat()).await;
    world.recorded_at = noon("2026-07-01");
    for commit in commits {
        world.add(1, commit).await;
    }
    world
}

/// What is told of a day: where the plaque is and since when, since when it is to come back, by when, what took its place, and in words.
async fn told(world: &World, on: &str) -> [String; 6] {
    let checked = world.verify(plaque(1).as_str(), on).await;
    let shown = world.get(1, on).await.plaques.remove(0);
    let status = format!("{:?}", shown.status());
    let words = checked.sentence.unwrap().zh;
    [status, shown.status_since, shown.due_back_since, shown.recovery_due, shown.replaced_by, words]
}

/// A rule, the commits in either order, and since when the plaque is to come back on some days.
type Pair = (&'static str, [Vec<Vec<Event>>; 2], Vec<(&'static str, &'static str)>);

/// What is typed in either order, as the domain records it.
fn pairs() -> Vec<Pair> {
    let plain = |events: &[Event]| events.iter().map(|event| vec![event.clone()]).collect::<Vec<_>>();
    vec![
        (
            "a replacement, and an end of later",
            [
                vec![vec![left("2026-06-20"), recalled()], vec![ordered(2, "2026-06-10", Some(1))]],
                vec![vec![ordered(2, "2026-06-10", Some(1)), recalled()], vec![left("2026-06-20")]],
            ],
            vec![("2026-06-09", ""), ("2026-06-10", "2026-06-10"), ("2026-06-25", "2026-06-10")],
        ),
        (
            "two ends",
            [
                vec![vec![left("2026-06-20"), recalled()], vec![left("2026-06-10")]],
                vec![vec![left("2026-06-10"), recalled()], vec![left("2026-06-20")]],
            ],
            vec![("2026-06-09", ""), ("2026-06-10", "2026-06-10"), ("2026-06-20", "2026-06-10")],
        ),
        (
            "a gap between two certifications",
            [
                vec![vec![left("2026-05-01"), recalled()], vec![elsewhere("2026-06-01"), lifted("2026-06-01")]],
                plain(&[elsewhere("2026-06-01"), left("2026-05-01")]),
            ],
            vec![("2026-04-30", ""), ("2026-05-01", "2026-05-01"), ("2026-05-31", "2026-05-01"), ("2026-06-01", "")],
        ),
        (
            "one that came back",
            [
                vec![vec![left("2026-06-10"), recalled()], vec![back("2026-06-25")]],
                plain(&[back("2026-06-25"), left("2026-06-10")]),
            ],
            vec![("2026-06-09", ""), ("2026-06-10", "2026-06-10"), ("2026-06-24", "2026-06-10"), ("2026-06-25", "")],
        ),
        (
            "one that was lost",
            [
                vec![vec![left("2026-06-10"), recalled()], vec![lost("2026-06-25")]],
                plain(&[lost("2026-06-25"), left("2026-06-10")]),
            ],
            vec![("2026-06-09", ""), ("2026-06-24", "2026-06-10"), ("2026-06-25", "")],
        ),
        (
            "one that was destroyed",
            [
                vec![vec![left("2026-06-10"), recalled()], vec![destroyed("2026-06-25")]],
                plain(&[destroyed("2026-06-25"), left("2026-06-10")]),
            ],
            vec![("2026-06-09", ""), ("2026-06-24", "2026-06-10"), ("2026-06-25", "")],
        ),
    ]
}

#[tokio::test]
async fn why_a_plaque_is_to_come_back_is_told_alike_in_whatever_order_it_was_typed() {
    for (rule, [one, other], since) in pairs() {
        let (one, other) = (typed(one).await, typed(other).await);
        for on in (0..60).map(|days| day("2026-04-25").plus_days(days * 2).to_string()) {
            assert_eq!(told(&one, &on).await, told(&other, &on).await, "{rule} on {on}");
        }
        for (on, since) in since {
            assert_eq!(told(&one, on).await[2], since, "{rule} on {on}");
            assert_eq!(told(&other, on).await, told(&one, on).await, "{rule} on {on}");
        }
    }
}

/// Before the order went out it is told that it was to come back, and that nobody had said so; each act is told with its day and that of its reason.
#[tokio::test]
async fn an_order_to_return_is_told_from_the_day_on_which_it_went_out() {
    let commits = vec![vec![left("2026-06-20"), recalled()], vec![left("2026-06-10")]];
    let world = typed(commits).await;
    let words = async |on: &str| told(&world, on).await[5].clone();
    assert!(words("2026-06-30").await.ends_with("此牌匾自2026-06-10起应予收回,至所问日期尚未责令。"));
    assert!(words("2026-07-01").await.ends_with("此牌匾已责令收回,期限至2026-07-16止(含当日)。"));
    let days = async |on: &str, number: u32| {
        let acts = world.get(1, on).await.plaques.remove(0).acts;
        acts.into_iter().find(|act| act.act == number).map(|act| (act.on, act.since, act.due_on))
    };
    let of = |on: &str, since: &str, due: &str| Some((on.to_owned(), since.to_owned(), due.to_owned()));
    assert_eq!(days("2026-06-30", 6).await, None);
    assert_eq!(days("2026-07-01", 6).await, of("2026-07-01", "2026-06-10", "2026-07-16"));
    let mut lapse = typed(vec![vec![left("2026-05-01"), recalled()]]).await;
    lapse.add(1, vec![elsewhere("2026-06-01"), lifted("2026-06-01")]).await;
    let acts = lapse.get(1, "").await.plaques.remove(0).acts;
    let shown: Vec<_> = acts[2..].iter().map(|act| (act.act, &*act.on, &*act.since)).collect();
    assert_eq!(shown, [(6, "2026-07-01", "2026-05-01"), (8, "2026-07-01", "2026-06-01")]);
}

/// Found on 07-20 not to have been returned by 07-16; then what it was to come back for turns out to have been later, and it was to be back by 08-03.
#[tokio::test]
async fn that_it_was_not_returned_is_marked_where_it_holds_no_more() {
    let mut world = typed(vec![vec![left("2026-06-10"), recalled()]]).await;
    world.recorded_at = noon("2026-07-20");
    let found = PlaqueNotReturned { plaque_number: plaque(1), recorded_on: day("2026-07-20"), detail: text("失联") };
    world.add(1, vec![found.into()]).await;
    let marks = async |world: &World| {
        let shown = world.get(1, "2026-07-25").await.plaques.remove(0);
        let found = shown.acts.iter().find(|act| act.act == 7).unwrap().not_so;
        (format!("{:?}", shown.status()), found)
    };
    assert_eq!(marks(&world).await, ("NotReturned".to_owned(), false));
    let right = Event::from(PlaqueRecoveryOrdered { plaque_number: plaque(1), due_on: day("2026-08-03") });
    let (corrected_on, reason) = (day("2026-07-21"), text("误录"));
    let corrected =
        ActCorrected { act: act(6), corrected_on, reason, document_number: None, fact: Some(Box::new(right)) };
    world.recorded_at = noon("2026-07-21");
    world.add(1, vec![corrected.into()]).await;
    assert_eq!(marks(&world).await, ("Issued".to_owned(), true));
}
