//! What is withheld is withheld from filters, tasks and old changes too.

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::{Act, ActCorrected, CertificationRecorded, Division, Event, Instant, Ordinal, ParticularsAmended, Point};
use futures_util::StreamExt;
use projection::Health;
use tonic::Request;

use crate::world::{World, amended, care, certified, clock, day, id, names, registered, text};

fn home(withheld: bool) -> domain::Particulars {
    let Event::ProviderRegistered(registered) = registered("家庭托育点", "321003005007") else { unreachable!() };
    domain::Particulars { withhold_address: withheld, ..registered.particulars }
}

async fn tasks(world: &World, division: &str) -> usize {
    let request = v1::ListTasksRequest { division: division.to_owned(), ..Default::default() };
    world.directory().await.list_tasks(Request::new(request)).await.unwrap().into_inner().tasks.len()
}

async fn changes(world: &World, division: &str) -> Vec<u64> {
    let request = v1::ListChangesRequest { division: division.to_owned(), ..Default::default() };
    let answer = world.directory().await.list_changes(Request::new(request)).await.unwrap().into_inner();
    answer.changes.iter().map(|change| change.position).collect()
}

#[tokio::test]
async fn the_community_of_a_home_cannot_be_asked_for() {
    let mut world = World::new();
    let shown = domain::ProviderRegistered { particulars: home(false) };
    world.add(1, vec![shown.into(), certified("2026-01-01", "2026-08-31")]).await;
    assert_eq!((tasks(&world, "321003005007").await, changes(&world, "321003005007").await), (1, vec![1]));
    world.add(1, vec![amended(home(true))]).await;
    assert_eq!((tasks(&world, "321003005").await, changes(&world, "321003005").await), (1, vec![1, 2]));
    assert_eq!((tasks(&world, "321003005007").await, changes(&world, "321003005007").await), (0, vec![]));
    // Shown again, it is shown from then on; what was withheld meanwhile stays so.
    world.add(1, vec![amended(home(false))]).await;
    assert_eq!((tasks(&world, "321003005007").await, changes(&world, "321003005007").await), (1, vec![3]));
}

#[tokio::test]
async fn a_task_without_a_term_keeps_the_day_it_came_up_and_grows_overdue() {
    let mut world = World::new();
    let recorded = CertificationRecorded {
        category: care(),
        ordinal: Ordinal::FIRST,
        predecessor: None,
        decided_on: None,
        valid_from: None,
        valid_to: None,
        document_number: None,
        deciding_body: text("单位"),
        publicity: None,
        source: text("名单"),
        valid_to_worked_out_from: None,
    };
    world.add(6, vec![registered("补录", "321002"), recorded.into()]).await;
    let later = || Instant(clock().0 + 20 * 86_400_000);
    for (clock, overdue) in [(clock as fn() -> Instant, false), (later, true)] {
        let folder = tempfile::tempdir().unwrap();
        let started = crate::start(world.log.clone(), folder.path(), names(), clock).unwrap();
        started.progress().wait_for(|now| now.health == Health::Live).await.unwrap();
        let kinds = vec![v1::TaskKind::PledgeToCheck.into()];
        let asked = Request::new(v1::ListTasksRequest { kinds, ..Default::default() });
        let tasks = started.directory.list_tasks(asked).await.unwrap().into_inner().tasks;
        assert_eq!(
            tasks.iter().map(|task| (task.due_on.as_str(), task.overdue)).collect::<Vec<_>>(),
            [("2026-07-01", overdue)]
        );
    }
}

/// The home: its community, its street, and its door.
const HOME: &str = "321003005007";
const STREET: &str = "321003005";
const DOOR: &str = "文昌西路1号";
/// Other places.
const SHOP: &str = "321002401001";
const FIRM: &str = "321002401002";

fn door() -> Point {
    Point::new(32_390_000, 119_410_000).unwrap()
}

fn stood(division: &str, withhold_address: bool) -> domain::Particulars {
    let particulars = home(withhold_address);
    // Another place is another door; a home that is withheld has none on record.
    let address = match (division == HOME, withhold_address) {
        (true, false) => DOOR,
        (_, true) => "文昌西路",
        (false, false) => "四望亭路9号",
    };
    let location = (division == HOME && !withhold_address).then(door);
    let division = Division::parse(division).unwrap();
    domain::Particulars { division, address: Some(text(address)), location, ..particulars }
}

/// From a day on it stands somewhere, shown or withheld.
fn stands(division: &str, withheld: bool, from: &str) -> Event {
    let Event::ParticularsAmended(amended) = amended(stood(division, withheld)) else { unreachable!() };
    ParticularsAmended { effective_on: day(from), ..amended }.into()
}

/// From a day on it stands in the community of the home, behind another door.
fn nearby(from: &str) -> Event {
    let particulars = domain::Particulars { division: Division::parse(HOME).unwrap(), ..stood(SHOP, false) };
    let Event::ParticularsAmended(amended) = amended(particulars) else { unreachable!() };
    ParticularsAmended { effective_on: day(from), ..amended }.into()
}

fn enters(division: &str, withheld: bool) -> Event {
    domain::ProviderRegistered { particulars: stood(division, withheld) }.into()
}

fn corrects(act: u32, fact: Option<Event>) -> Event {
    ActCorrected {
        act: Act::new(act).unwrap(),
        corrected_on: day("2026-06-20"),
        reason: text("误录"),
        document_number: None,
        fact: fact.map(Box::new),
    }
    .into()
}

/// What leads to the home when the outlet is asked for as of a position and a day, and whether it is found by its street then.
async fn told(world: &World, as_of_position: u64, as_of: &str) -> (Vec<&'static str>, bool) {
    let directory = world.directory().await;
    let (as_of, mut told) = (as_of.to_owned(), Vec::new());
    let request = v1::GetProviderRequest {
        provider_id: id(1).to_string(),
        as_of: as_of.clone(),
        as_of_position,
        ..Default::default()
    };
    let one = format!("{:?}", directory.get_provider(Request::new(request)).await.unwrap().into_inner());
    if [DOOR, HOME, "Point {"].iter().any(|secret| one.contains(secret)) {
        told.push("the outlet");
    }
    let plain = v1::ListProvidersRequest { as_of, as_of_position, ..Default::default() };
    let near = v1::Near {
        point: Some(api::registry::v1::Point {
            latitude_microdegrees: 32_390_000,
            longitude_microdegrees: 119_410_000,
        }),
        within_metres: 100,
    };
    for (what, request) in [
        ("by its community", v1::ListProvidersRequest { division: HOME.to_owned(), ..plain.clone() }),
        ("by words", v1::ListProvidersRequest { text: DOOR.to_owned(), ..plain.clone() }),
        ("nearby", v1::ListProvidersRequest { near: Some(near), ..plain.clone() }),
    ] {
        if !world.list(request).await.providers.is_empty() {
            told.push(what);
        }
    }
    for order in [v1::ListOrder::Unspecified, v1::ListOrder::Name] {
        let all = world.list(v1::ListProvidersRequest { order: order.into(), ..plain.clone() }).await.providers;
        assert_eq!(all.len(), 1, "it is lost at {as_of_position}");
        if [DOOR, HOME, "Point {"].iter().any(|secret| format!("{all:?}").contains(secret)) {
            told.push("a list");
        }
    }
    let counts =
        v1::GetStatisticsRequest { as_of: plain.as_of.clone(), as_of_position, group_digits: 12, ..Default::default() };
    let counted = directory.get_statistics(Request::new(counts)).await.unwrap().into_inner();
    if format!("{counted:?}").contains(HOME) {
        told.push("counts");
    }
    let mut found = Vec::new();
    for order in [v1::ListOrder::Unspecified, v1::ListOrder::Name] {
        let request = v1::ListProvidersRequest { division: STREET.to_owned(), order: order.into(), ..plain.clone() };
        found.push(world.list(request).await.providers.len());
    }
    assert_eq!(found[0], found[1], "another order finds another number at {as_of_position}");
    (told, found[0] == 1)
}

/// The positions that whoever watches the home's community is told of.
async fn watched(world: &World) -> Vec<u64> {
    let request = v1::WatchRequest { division: HOME.to_owned(), ..Default::default() };
    let mut stream = world.directory().await.watch(Request::new(request)).await.unwrap().into_inner();
    let (mut told, mut at) = (Vec::new(), 0);
    while at < u64::try_from(world.commits).unwrap() {
        let message = stream.next().await.unwrap().unwrap();
        at = message.position;
        told.extend(message.change.map(|change| change.position));
    }
    told
}

/// What it is, what is recorded, a commit each; up to which position the home is kept from the public, and of which of these and of which
/// day the outlet was in the street.
type History = (&'static str, Vec<Event>, u64, &'static [(u64, &'static str)]);

#[expect(clippy::too_many_lines, reason = "a row a history")]
fn histories() -> [History; 12] {
    let (shown, withheld) = (false, true);
    let shop = || enters(SHOP, shown);
    [
        (
            "shown, then withheld",
            vec![enters(HOME, shown), stands(HOME, withheld, "2026-03-01")],
            2,
            &[(1, "2026-02-15")],
        ),
        (
            "withheld for days that were over",
            vec![enters(HOME, shown), stands(SHOP, shown, "2026-04-01"), stands(FIRM, withheld, "2026-03-01")],
            3,
            &[(1, "2026-02-15"), (2, "2026-02-15")],
        ),
        (
            "corrected to nothing, then a home elsewhere, then a shop",
            vec![
                shop(),
                stands(HOME, shown, "2026-02-01"),
                corrects(3, None),
                stands(FIRM, withheld, "2026-03-01"),
                stands(SHOP, shown, "2026-04-01"),
            ],
            5,
            &[(2, "2026-02-15")],
        ),
        (
            "corrected to nothing, then a shop, then a home for days that were over",
            vec![
                shop(),
                stands(HOME, shown, "2026-02-01"),
                corrects(3, None),
                stands(SHOP, shown, "2026-04-01"),
                stands(FIRM, withheld, "2026-03-01"),
            ],
            5,
            &[(2, "2026-02-15")],
        ),
        (
            "corrected to another place and later days, then a home in between",
            vec![
                shop(),
                stands(HOME, shown, "2026-02-01"),
                corrects(3, Some(stands(FIRM, shown, "2026-05-01"))),
                stands(FIRM, withheld, "2026-03-01"),
            ],
            4,
            &[(2, "2026-02-15")],
        ),
        (
            "corrected to another door nearby and later days, then a home in between",
            vec![
                shop(),
                stands(HOME, shown, "2026-02-01"),
                corrects(3, Some(nearby("2026-05-01"))),
                stands(FIRM, withheld, "2026-03-01"),
            ],
            2,
            &[(2, "2026-02-15")],
        ),
        (
            "entered wrong: it was to be withheld, and has moved since",
            vec![enters(HOME, shown), stands(SHOP, shown, "2026-04-01"), corrects(1, Some(enters(HOME, withheld)))],
            3,
            &[(1, "2026-02-15"), (2, "2026-02-15"), (3, "2026-02-15")],
        ),
        (
            "entered wrong, and before the days of where it is now",
            vec![
                shop(),
                stands(HOME, shown, "2026-04-01"),
                stands(SHOP, shown, "2026-03-01"),
                corrects(3, Some(stands(HOME, withheld, "2026-02-01"))),
            ],
            4,
            &[(2, "2026-04-15"), (3, "2026-04-15"), (4, "2026-02-15")],
        ),
        (
            "that it is withheld was entered wrong",
            vec![
                enters(HOME, shown),
                stands(HOME, withheld, "2026-03-01"),
                corrects(3, Some(stands(SHOP, shown, "2026-03-01"))),
            ],
            2,
            &[(1, "2026-02-15"), (2, "2026-04-15")],
        ),
        (
            "that was entered wrong, which was wrong",
            vec![
                enters(HOME, shown),
                stands(HOME, withheld, "2026-03-01"),
                corrects(3, None),
                stands(SHOP, shown, "2026-04-01"),
                corrects(4, None),
            ],
            5,
            &[(1, "2026-02-15"), (3, "2026-02-15"), (4, "2026-02-15"), (5, "2026-03-15")],
        ),
        (
            "the days of what was shown are corrected to before those of the home",
            vec![
                shop(),
                stands(FIRM, withheld, "2026-03-01"),
                stands(HOME, shown, "2026-04-01"),
                stands(SHOP, shown, "2026-05-01"),
                corrects(4, Some(stands(HOME, shown, "2026-02-01"))),
            ],
            5,
            &[(3, "2026-04-15"), (4, "2026-04-15"), (5, "2026-02-15")],
        ),
        (
            "a home, then a shop, of which the first is corrected again",
            vec![
                enters(HOME, shown),
                stands(SHOP, shown, "2026-04-01"),
                corrects(1, Some(enters(HOME, withheld))),
                corrects(1, Some(enters(FIRM, shown))),
            ],
            3,
            &[(1, "2026-02-15"), (3, "2026-02-15")],
        ),
    ]
}

/// Whatever came first, and however it was typed: once the home has been withheld, nothing leads to it as of any position before, on any day.
#[tokio::test]
async fn what_has_been_withheld_is_not_told_as_of_any_position_before() {
    let mut wrong = Vec::new();
    for (name, facts, until, in_street) in histories() {
        let mut world = World::new();
        for (at, fact) in facts.into_iter().enumerate() {
            let certified = (at == 0).then(|| certified("2026-01-01", "2028-12-31"));
            world.add(1, std::iter::once(fact).chain(certified).collect()).await;
        }
        for position in 1..=until {
            for on in ["2026-01-15", "2026-02-15", "2026-03-15", "2026-04-15", "2026-06-15"] {
                let (told, is_in_street) = told(&world, position, on).await;
                if !told.is_empty() {
                    wrong.push(format!("{name}: as of {position} on {on}: {told:?}"));
                }
                if in_street.contains(&(position, on)) && !is_in_street {
                    wrong.push(format!("{name}: as of {position} on {on}: not in its street"));
                }
            }
        }
        for anew in [false, true] {
            if anew {
                world = world.restart(false).await;
            }
            let mut found = changes(&world, HOME).await;
            found.extend(watched(&world).await);
            found.retain(|position| *position <= until);
            if !found.is_empty() {
                wrong.push(format!("{name}: changes {found:?}"));
            }
            if tasks(&world, HOME).await > 0 {
                wrong.push(format!("{name}: tasks"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
