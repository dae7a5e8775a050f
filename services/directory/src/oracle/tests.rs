//! Every question equals what going through the whole log finds, on random histories, of any day and as of any position; the commits are
//! applied in groups cut anywhere, by a directory that is now and then started again, with its rows or without.

use std::collections::{BTreeMap, BTreeSet};

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use api::registry::v1 as registry;
use domain::*;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use tonic::{Code, Request, Response};

use crate::ask::tests::counts::{
    AREAS, Asked, DIGITS, asked, asked_day, counted, days_of_change, flows, read_flows, recount,
};
use crate::calls::tests::then::noon;
use crate::oracle::histories::{CATEGORIES, Histories, Step, ZONES, histories, lots_of};
use crate::oracle::{Listed, Oracle, Told};
use crate::outlet::standing::standings;
use crate::outlet::status::Status;
use crate::outlet::view::{CertificationView, View};
use crate::tell::{provider, term};
use crate::world::{World, day, id, names};

const STATUSES: [Status; 7] = [
    Status::Valid,
    Status::Rectifying,
    Status::Suspended,
    Status::Revoked,
    Status::Withdrawn,
    Status::Expired,
    Status::Deregistered,
];
const TEXTS: [&str; 8] = ["托育", "happy", "文昌 托育", "网点", "西路", "路", "HAPPY托育园", "文昌托育"];
const CLASSES: [&str; 4] = ["01", "011", "07", "071"];
const ORDERS: [v1::ListOrder; 4] =
    [v1::ListOrder::Unspecified, v1::ListOrder::Name, v1::ListOrder::CertifiedOn, v1::ListOrder::Distance];

/// More pages than any list here has.
const PAGES_MAX: usize = 300;

/// Which record is asked about.
#[derive(Debug, Clone)]
enum At {
    Now,
    Position(usize),
    Day(usize),
}

/// One question of each kind, by places in tables and lists.
#[derive(Debug, Clone)]
struct Question {
    asked: Asked,
    /// The day, and whether it is said.
    when: (usize, i64),
    says_day: bool,
    at: At,
    /// A bit each, and one for what is yet to begin.
    statuses: u8,
    class: Option<usize>,
    text: Option<usize>,
    /// Of a certification, a pledge or a plaque.
    number: Option<usize>,
    operator: Option<usize>,
    near: Option<(i32, i32, u32)>,
    order: usize,
    page_size: u32,
    which: usize,
}

fn question() -> impl Strategy<Value = Question> {
    let at = prop_oneof![
        3 => Just(At::Now),
        3 => any::<usize>().prop_map(At::Position),
        1 => any::<usize>().prop_map(At::Day),
    ];
    let seldom = proptest::option::weighted(0.12, any::<usize>());
    let named = (seldom.clone(), seldom, proptest::option::weighted(0.1, 0..CLASSES.len()));
    let text = proptest::option::weighted(0.3, 0..TEXTS.len());
    let near = proptest::option::weighted(0.2, (32_389_000..32_396_000_i32, 119_409_000..119_416_000_i32, 1_u32..1500));
    let when = ((any::<usize>(), -4_i64..5), any::<bool>(), at);
    let statuses = prop_oneof![Just(0_u8), Just(255_u8), 1_u8..=255];
    // Most lists are of a place that holds most outlets.
    let asked = prop_oneof![asked(), asked().prop_map(|(area, _, _, digits)| (area % 3, None, None, digits))];
    let page = (0..ORDERS.len(), 1_u32..6, any::<usize>());
    (asked, when, statuses, named, text, near, page).prop_map(
        |(asked, (when, says_day, at), statuses, (number, operator, class), text, near, (order, page_size, which))| {
            Question {
                asked,
                when,
                says_day,
                at,
                statuses,
                class,
                text,
                number,
                operator,
                near,
                order,
                page_size,
                which,
            }
        },
    )
}

/// Whether a sentence is there in both languages, and no part of it waits for what is not on record.
fn is_whole(sentence: Option<&v1::Sentence>) -> bool {
    let odd = [
        "  ", " ,", " ;", " .", ",,", ";;", "()", "( ", "于,", "于 ", "于起", "自起", "于被", "“”", "on ,", "since ,",
        "on  ",
    ];
    sentence.is_some_and(|sentence| {
        [&sentence.zh, &sentence.en].into_iter().all(|text| {
            let ends = text.ends_with([',', ';', '于', '自']) || text.trim() != *text || text.is_empty();
            !ends && !odd.iter().any(|odd| text.contains(odd))
        })
    })
}

/// Nothing is decided after the day the clock stands at: a work list is of that day.
fn outlets() -> impl Strategy<Value = Vec<Vec<Step>>> {
    lots_of(1..14, 1..16, 0..12)
}

/// The providers' commits in turn, two a day.
fn told_of(histories: &Histories) -> Vec<Told> {
    let mut commits = Vec::new();
    for turn in 0..histories.iter().map(Vec::len).max().unwrap_or(0) {
        for (history, provider) in histories.iter().zip(0..) {
            if let Some(events) = history.get(turn) {
                let on = Day::parse("2026-01-01").unwrap().plus_days(i64::try_from(commits.len() / 2).unwrap());
                commits.push(Told { provider, recorded_at: noon(&on.to_string()), events: events.clone() });
            }
        }
    }
    commits
}

/// Adds the commits, so many at a time, and starts the directory again where it is said: with its rows, or without.
async fn make(commits: &[Told], cuts: &[(usize, Option<bool>)]) -> World {
    let (mut world, mut rest, mut cuts) = (World::new(), commits, cuts.iter());
    while !rest.is_empty() {
        let (most, restart) = cuts.next().copied().unwrap_or((usize::MAX, None));
        let (group, later) = rest.split_at(most.min(rest.len()));
        for commit in group {
            world.recorded_at = commit.recorded_at;
            world.add(commit.provider, commit.events.clone()).await;
        }
        rest = later;
        // Now and then in the middle of what has just been added.
        if restart.is_none() || group.len() % 4 > 0 {
            world.directory().await;
        }
        if let Some(keep_rows) = restart {
            world = world.restart(keep_rows).await;
        }
    }
    world
}

/// What a question turns out to ask about, and what was on record.
struct Case<'a> {
    world: &'a World,
    oracle: Oracle<'a>,
    histories: &'a Histories,
    question: Question,
    /// As the request says it.
    as_of_position: u64,
    known_on: String,
    as_of: String,
    /// As it is to be understood.
    at: u64,
    day: Day,
    records: BTreeMap<u32, View>,
}

impl<'a> Case<'a> {
    fn of(
        world: &'a World,
        commits: &'a [Told],
        names: &'a crate::Names,
        histories: &'a Histories,
        question: Question,
    ) -> Self {
        let oracle = Oracle { commits, names };
        let head = commits.len();
        let recorded_on = |at: usize| Day::of(commits[at - 1].recorded_at);
        let (as_of_position, known_on, at) = match &question.at {
            At::Now => (0, None, head),
            At::Position(which) => (1 + which % head, None, 1 + which % head),
            At::Day(which) => {
                let on = recorded_on(1 + which % head).plus_days(question.when.1.signum());
                (0, Some(on), usize::try_from(oracle.known_on(on)).unwrap())
            }
        };
        let today = Day::of(crate::world::clock());
        let shown_on = match &question.at {
            At::Now => today,
            At::Position(_) => recorded_on(at),
            At::Day(_) => known_on.unwrap(),
        };
        let at = at as u64;
        let records = oracle.records(at);
        let asked = asked_day(&days_of_change(records.values()), question.when);
        let (day, as_of) = if question.says_day { (asked, asked.to_string()) } else { (shown_on, String::new()) };
        let known_on = known_on.map(|on| on.to_string()).unwrap_or_default();
        Self {
            world,
            oracle,
            histories,
            question,
            as_of_position: as_of_position as u64,
            known_on,
            as_of,
            at,
            day,
            records,
        }
    }

    fn area(&self) -> &'static str {
        AREAS[self.question.asked.0]
    }

    fn zone(&self) -> &'static str {
        self.question.asked.1.map_or("", |zone| ZONES[zone])
    }

    fn category(&self) -> &'static str {
        self.question.asked.2.map_or("", |category| CATEGORIES[category])
    }

    /// One of the numbers on record.
    fn number(&self) -> String {
        let Some(which) = self.question.number else { return String::new() };
        let of = |view: &View| {
            let documents = view.certifications.iter().map(|c| c.document_number.clone());
            let pledges = view.pledges.iter().map(|pledge| pledge.number.clone());
            documents.chain(pledges).chain(view.plaques.iter().map(|plaque| plaque.number.clone())).collect::<Vec<_>>()
        };
        let mut numbers: Vec<String> = self.records.values().flat_map(of).filter(|number| !number.is_empty()).collect();
        numbers.push("无此号".to_owned());
        numbers.swap_remove(which % numbers.len())
    }

    /// The list that is asked for, and how.
    fn listed(&self) -> (Listed, v1::ListProvidersRequest) {
        let q = &self.question;
        let live = STATUSES[..3].to_vec();
        let some: Vec<Status> =
            STATUSES.into_iter().enumerate().filter(|(bit, _)| q.statuses >> bit & 1 == 1).map(|(_, s)| s).collect();
        let ahead = q.statuses >> STATUSES.len() & 1 == 1;
        let order = ORDERS[if q.near.is_none() { q.order % 3 } else { q.order }];
        let outlet = |which: usize| id(u32::try_from(which % (self.histories.len() + 1)).unwrap());
        let number = self.number();
        let is_named = q.text.is_some() || q.operator.is_some() || !number.is_empty();
        let listed = Listed {
            division: self.area(),
            zone: self.zone(),
            category: self.category(),
            class: q.class.map_or("", |class| CLASSES[class]),
            statuses: if q.statuses == 0 { live } else { some.clone() },
            ahead: ahead || (q.statuses == 0 && is_named),
            text: q.text.map_or("", |text| TEXTS[text]),
            number,
            operator: q.operator.map(|which| outlet(which).operator().as_str().to_owned()),
            near: q.near.map(|(north, east, metres)| ((north, east), metres)),
            order,
        };
        let point = |north, east| registry::Point { latitude_microdegrees: north, longitude_microdegrees: east };
        let request = v1::ListProvidersRequest {
            division: listed.division.to_owned(),
            zone: listed.zone.to_owned(),
            category: listed.category.to_owned(),
            statistical_class: listed.class.to_owned(),
            statuses: some
                .iter()
                .map(|status| term::status(*status))
                .chain(ahead.then_some(registry::CertificationStatus::Ahead.into()))
                .collect(),
            text: listed.text.to_owned(),
            operator_code: listed.operator.clone().unwrap_or_default(),
            as_of: self.as_of.clone(),
            page_size: q.page_size,
            number: listed.number.clone(),
            near: q
                .near
                .map(|(north, east, within_metres)| v1::Near { point: Some(point(north, east)), within_metres }),
            order: order.into(),
            as_of_position: self.as_of_position,
            known_on: self.known_on.clone(),
            ..Default::default()
        };
        (listed, request)
    }

    async fn lists(&self) -> TestCaseResult {
        let (q, (listed, request)) = (&self.question, self.listed());
        let (mut found, mut page_token) = (Vec::new(), String::new());
        for page in 1.. {
            prop_assert!(page < PAGES_MAX, "it does not end: {:?}", request);
            let page = self.world.list(v1::ListProvidersRequest { page_token, ..request.clone() }).await;
            prop_assert!(page.providers.len() <= q.page_size as usize);
            prop_assert_eq!(&page.as_of, &self.day.to_string());
            prop_assert_eq!(page.position, self.oracle.commits.len() as u64);
            prop_assert_eq!(page.as_of_position, if matches!(q.at, At::Now) { 0 } else { self.at });
            found.extend(page.providers);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let expected = self.oracle.list(&listed, self.at, self.day.number());
        let by_id: BTreeMap<&str, _> = expected.iter().map(|(place, p)| (p.provider_id.as_str(), (place, p))).collect();
        let mut last = None;
        for provider in &found {
            let fits = by_id.get(provider.provider_id.as_str());
            prop_assert!(fits.is_some(), "{} does not fit {:?}", provider.provider_id, request);
            let (place, whole) = fits.unwrap();
            prop_assert_eq!(provider, *whole, "{:?}", request);
            prop_assert!(last.is_none_or(|last| last <= place), "{:?} after {:?} in {:?}", place, last, request);
            last = Some(place);
        }
        prop_assert_eq!(found.len(), expected.len(), "one is left out or told twice: {:?}", request);
        Ok(())
    }

    /// Which outlets the indexes have as live: from the day of their last record on, those that are on some day.
    fn live(&self) -> TestCaseResult {
        for view in self.records.values() {
            let from = view.made.last_on();
            let certified = |category: &str| view.certifications.iter().any(|c| c.category == category);
            for category in CATEGORIES.into_iter().filter(|category| certified(category)) {
                let of = |day: i32| {
                    let found = standings(view, day).into_iter().find(|(c, _)| c.category == category);
                    found.map(|(_, (status, _))| status).filter(|status| status.is_live())
                };
                let turns = view.certifications.iter().flat_map(CertificationView::turns);
                let days: BTreeSet<i32> = turns.flat_map(|day| [day - 1, day, day + 1]).chain([from]).collect();
                let live: Vec<(i32, Status)> =
                    days.into_iter().filter(|day| *day >= from).filter_map(|day| Some((day, of(day)?))).collect();
                let told = view.live(Some(category));
                prop_assert_eq!(told.is_some(), !live.is_empty());
                let Some(told) = told else { continue };
                let (first, last) = (live[0].0, live[live.len() - 1].0);
                prop_assert_eq!(told.first, first);
                prop_assert!(told.last == last || told.last == i32::MAX && of(last + 400).is_some());
                prop_assert!(told.is_measured || live.iter().all(|(_, status)| *status == Status::Valid));
            }
        }
        Ok(())
    }

    async fn counts(&self) -> TestCaseResult {
        let request = v1::GetStatisticsRequest {
            division: self.area().to_owned(),
            zone: self.zone().to_owned(),
            category: self.category().to_owned(),
            as_of: self.as_of.clone(),
            group_digits: DIGITS[self.question.asked.3],
            as_of_position: self.as_of_position,
            known_on: self.known_on.clone(),
            ..Default::default()
        };
        let directory = self.world.directory().await;
        let expected = recount(self.records.values(), self.question.asked, self.day.number());
        prop_assert_eq!(counted(directory, request.clone()).await.0, expected, "{:?}", request);
        let months = (&self.day.to_string()[..7], &self.day.plus_months(3).to_string()[..7]);
        let told = flows(self.world, self.question.asked, months).await;
        prop_assert_eq!(told, read_flows(self.histories, self.question.asked, months));
        Ok(())
    }

    async fn one(&self) -> TestCaseResult {
        // One more than there are: never registered.
        let number = u32::try_from(self.question.which % (self.histories.len() + 1)).unwrap();
        let request = v1::GetProviderRequest {
            provider_id: id(number).to_string(),
            as_of: self.as_of.clone(),
            as_of_position: self.as_of_position,
            known_on: self.known_on.clone(),
            ..Default::default()
        };
        let directory = self.world.directory().await;
        let answer = directory.get_provider(Request::new(request.clone())).await.map(Response::into_inner);
        let Some(view) = self.records.get(&number) else {
            prop_assert_eq!(answer.map_err(|error| error.code()), Err(Code::NotFound), "{:?}", request);
            return Ok(());
        };
        let view = view.clone().told_of(self.day.number()).shown_on(Day::of(crate::world::clock()).number());
        let expected = provider::provider(&id(number), &view, None, self.oracle.names, self.day.number());
        prop_assert_eq!(answer.unwrap().provider, Some(expected), "{:?}", request);
        let plaque = PlaqueNumber::new(id(number), 1).unwrap();
        let request = v1::VerifyPlaqueRequest {
            plaque_number: plaque.as_str().to_owned(),
            as_of: self.day.to_string(),
            ..Default::default()
        };
        let mut answer = directory.verify_plaque(Request::new(request)).await.unwrap().into_inner();
        (answer.position, answer.as_of, answer.true_at_ms) = (0, String::new(), 0);
        (answer.digest, answer.log_id) = (String::new(), String::new());
        prop_assert!(is_whole(answer.sentence.as_ref()), "{:?}", answer.sentence);
        prop_assert_eq!(answer, self.oracle.verdict(&plaque, self.day.number()));
        Ok(())
    }

    async fn changes(&self) -> TestCaseResult {
        let directory = self.world.directory().await;
        let (mut found, mut after_position) = (Vec::new(), self.at / 2);
        let expected = self.oracle.changes(after_position, self.area(), self.category());
        for page in 1.. {
            prop_assert!(page < PAGES_MAX, "it does not end");
            let request = v1::ListChangesRequest {
                after_position,
                page_size: self.question.page_size,
                division: self.area().to_owned(),
                category: self.category().to_owned(),
                ..Default::default()
            };
            let page = directory.list_changes(Request::new(request)).await.unwrap().into_inner();
            found.extend(page.changes);
            after_position = page.next_after_position;
            if !page.has_more {
                break;
            }
        }
        for change in &found {
            prop_assert!(is_whole(change.summary.as_ref()), "{:?}", change.summary);
        }
        prop_assert_eq!(after_position, self.oracle.commits.len() as u64);
        prop_assert_eq!(found, expected, "after {} in {:?} of {:?}", self.at / 2, self.area(), self.category());
        Ok(())
    }

    async fn tasks(&self) -> TestCaseResult {
        let bureau = ["", "everything", "321003-health", "321002-health"][self.question.which % 4];
        let bureau = if self.oracle.names.scheme.bureaus.keys().any(|id| id.as_str() == bureau) { bureau } else { "" };
        let (within_days, page_size) = (1 + u32::try_from(self.question.which % 300).unwrap(), self.question.page_size);
        let request = v1::ListTasksRequest {
            bureau_id: bureau.to_owned(),
            division: self.area().to_owned(),
            zone: self.zone().to_owned(),
            category: self.category().to_owned(),
            within_days,
            page_size,
            ..Default::default()
        };
        let (mut found, mut page_token) = (Vec::new(), String::new());
        let directory = self.world.directory().await;
        for page in 1.. {
            prop_assert!(page < PAGES_MAX, "it does not end: {:?}", request);
            let request = v1::ListTasksRequest { page_token, ..request.clone() };
            let page = directory.list_tasks(Request::new(request)).await.unwrap().into_inner();
            found.extend(page.tasks);
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        for task in &found {
            prop_assert!(is_whole(task.sentence.as_ref()), "{:?}", task.sentence);
        }
        let today = Day::of(crate::world::clock()).number();
        let within = i32::try_from(within_days).unwrap();
        let expected = self.oracle.work(bureau, self.area(), self.zone(), self.category(), today, within);
        prop_assert_eq!(found, expected, "{:?}", request);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_question_is_answered_as_by_going_through_the_whole_log(
        lots in outlets(),
        cuts in proptest::collection::vec((1_usize..40, proptest::option::weighted(0.4, any::<bool>())), 0..5),
        questions in proptest::collection::vec(question(), 8..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (histories, names) = (histories(&lots), names());
            let commits = told_of(&histories);
            let world = make(&commits, &cuts).await;
            for question in questions {
                let case = Case::of(&world, &commits, &names, &histories, question);
                case.live()?;
                case.lists().await?;
                case.counts().await?;
                case.one().await?;
                case.changes().await?;
                case.tasks().await?;
            }
            // Made anew in one go, the rows are the same.
            let digest = async |world: &World| {
                let request = v1::GetStatisticsRequest::default();
                world.directory().await.get_statistics(Request::new(request)).await.unwrap().into_inner().digest
            };
            let before = digest(&world).await;
            prop_assert_eq!(digest(&world.restart(false).await).await, before);
            TestCaseResult::Ok(())
        })?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Since when a plaque is to come back has one rule, the domain's: on each day the directory tells the same.
    #[test]
    fn a_plaque_is_to_come_back_since_the_domain_says_so(lots in lots_of(1..3, 8..30, 0..40)) {
        let (histories, names) = (histories(&lots), names());
        let commits = told_of(&histories);
        let records = Oracle { commits: &commits, names: &names }.records(commits.len() as u64);
        for (number, history) in (0_u32..).zip(&histories) {
            let state = replay(history.iter().flatten());
            let Some(view) = records.get(&number) else { continue };
            for plaque in &view.plaques {
                let of = PlaqueNumber::parse(&plaque.number).unwrap();
                for on in (0..200).map(|days| day("2025-12-01").plus_days(days * 4)) {
                    let said = to_come_back_since(&state, &of, on).map(Day::number);
                    prop_assert_eq!(view.to_come_back_since(plaque, on.number()), said, "{} on {}", of, on);
                }
            }
        }
    }
}

#[test]
fn the_questions_find_something_of_every_kind() {
    // A property over questions that find nothing would hold for nothing.
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (world, names) = (runtime.block_on(async { World::new() }), names());
    let mut found = BTreeMap::<&str, usize>::new();
    for _ in 0..40 {
        let histories = histories(&outlets().new_tree(&mut runner).unwrap().current());
        let commits = told_of(&histories);
        for _ in 0..12 {
            let question = question().new_tree(&mut runner).unwrap().current();
            let case = Case::of(&world, &commits, &names, &histories, question);
            let (listed, request) = case.listed();
            let list = case.oracle.list(&listed, case.at, case.day.number());
            let now = case.oracle.records(commits.len() as u64);
            let earlier = !matches!(case.question.at, At::Now);
            // What it would tell if nothing were taken from the public.
            let shown =
                Oracle { commits: &commits[..usize::try_from(case.at).unwrap()], names: &names }.records(case.at);
            for (what, there) in [
                ("a list", !list.is_empty()),
                ("pages", list.len() > request.page_size as usize),
                ("words", !listed.text.is_empty() && !list.is_empty()),
                ("a number", !listed.number.is_empty() && !list.is_empty()),
                ("an operator", listed.operator.is_some() && !list.is_empty()),
                ("a class", !listed.class.is_empty() && !list.is_empty()),
                ("near", listed.near.is_some() && !list.is_empty()),
                ("another order", listed.order == v1::ListOrder::Name && list.len() > 1),
                ("what is no more", earlier && case.records != now && list.len() > 1),
                ("withheld since", shown.iter().any(|(n, v)| v.versions != case.records[n].versions)),
                (
                    "another name",
                    !listed.text.is_empty() && list.iter().any(|(_, found)| !found.found_by_name.is_empty()),
                ),
                ("repaired since", shown.iter().any(|(n, v)| v.pledges != case.records[n].pledges)),
                (
                    "changes of a place",
                    !request.division.is_empty()
                        && !case.oracle.changes(0, listed.division, listed.category).is_empty(),
                ),
                (
                    "work",
                    !case
                        .oracle
                        .work("", listed.division, listed.zone, listed.category, case.day.number(), 90)
                        .is_empty(),
                ),
            ] {
                *found.entry(what).or_default() += usize::from(there);
            }
        }
    }
    println!("{found:?}");
    assert!(found.values().all(|times| *times >= 5), "{found:?}");
}
