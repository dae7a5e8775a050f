//! Statistics over random histories that the rules allow: the counters answer what a count of every record answers, and the flows what
//! a reader of the whole log would tell.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::directory::v1;
use api::directory::v1::directory_service_server::DirectoryService;
use domain::*;
use projection::Snapshot;
use proptest::prelude::*;
use tonic::Request;

use crate::Directory;
use crate::oracle::histories::{CATEGORIES, Histories, ZONES, histories, lots, particulars};
use crate::oracle::{known, shown, stands};
use crate::outlet::standing::standings;
use crate::outlet::view::View;
use crate::rows::counter;
use crate::rows::key::outlets_of;
use crate::tell::term;
use crate::world::{World, clock, day, names, text};

pub(crate) const AREAS: [&str; 10] =
    ["", "32", "3210", "321003", "321002", "321003005", "321002401", "321003005007", "321003005000", "33"];
pub(crate) const DIGITS: [u32; 5] = [2, 4, 6, 9, 12];

/// The providers' commits, in turn as they would come.
async fn make(world: &mut World, histories: &Histories) {
    for turn in 0..histories.iter().map(Vec::len).max().unwrap_or(0) {
        for (history, number) in histories.iter().zip(0..) {
            if let Some(events) = history.get(turn) {
                world.add(number, events.clone()).await;
            }
        }
    }
}

/// A question: area, zone, category and digits, by their place in the tables above.
pub(crate) type Asked = (usize, Option<usize>, Option<usize>, usize);

pub(crate) fn asked() -> impl Strategy<Value = Asked> {
    let zone = proptest::option::weighted(0.3, 0..ZONES.len());
    let category = proptest::option::weighted(0.4, 0..CATEGORIES.len());
    (0..AREAS.len(), zone, category, 0..DIGITS.len())
}

fn named(table: &[&'static str], index: Option<usize>) -> &'static str {
    index.map_or("", |index| table[index])
}

/// Whether an outlet is in the area of a question; one that ends in zeros is the street or county itself.
fn lies(division: &str, area: usize) -> bool {
    let prefix = DivisionPrefix::parse(AREAS[area]);
    prefix.map_or(AREAS[area].is_empty(), |prefix| division.starts_with(prefix.as_str()))
}

fn cut(division: &str, digits: usize) -> String {
    division[..DIGITS[digits] as usize].to_owned()
}

fn views(rows: &Snapshot<'_>) -> Vec<View> {
    rows.scan(&outlets_of(""), None).map(|row| row.unwrap().decode().unwrap()).collect()
}

/// What `GetStatistics` tells, counted by looking at every record.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Recount {
    pub(crate) rows: BTreeMap<(String, String, i32), u64>,
    pub(crate) totals: BTreeMap<i32, u64>,
    pub(crate) providers: u64,
    pub(crate) live_providers: u64,
}

pub(crate) fn recount<'v>(
    views: impl IntoIterator<Item = &'v View>,
    (area, zone, category, digits): Asked,
    day: i32,
) -> Recount {
    let mut counted = Recount::default();
    for view in views {
        let Some((known, withheld)) = known(view, day) else { continue };
        let division = shown(known, withheld);
        if !lies(&division, area) || zone.is_some_and(|zone| known.zone != ZONES[zone]) {
            continue;
        }
        let mut standings = standings(view, day);
        standings.retain(|(c, _)| category.is_none_or(|category| c.category == CATEGORIES[category]));
        counted.providers += u64::from(!standings.is_empty());
        counted.live_providers += u64::from(standings.iter().any(|(_, (status, _))| status.is_live()));
        for (c, (status, _)) in standings {
            *counted.rows.entry((cut(&division, digits), c.category.clone(), term::status(status))).or_default() += 1;
            *counted.totals.entry(term::status(status)).or_default() += 1;
        }
    }
    counted
}

/// A certification as the log tells it.
#[derive(Debug, Default)]
struct Told {
    category: String,
    from: Option<Day>,
    to: Option<Day>,
    renewed: Vec<Renewed>,
    /// The number of the fact that made it.
    act: u32,
    ends: Vec<End>,
    /// Ends as they were before a ruling undid them, by its number.
    undone: Vec<(u32, End)>,
    /// Where among the ends those are that a ruling put back, by its number.
    again: Vec<(u32, usize)>,
    /// Stretches in which it was over by itself, as what had been added to its term was undone and put back since.
    lapses: Vec<(Day, Day)>,
}

/// A term that was added.
#[derive(Debug)]
struct Renewed {
    act: u32,
    first: Day,
    last: Day,
    /// The last day of the term before.
    before: Option<Day>,
    /// Rulings on it by number and day: the first undoes it, the next puts it back.
    rulings: Vec<(u32, Day)>,
}

/// Of an end the number, the kind, the day it takes effect, the day it was overturned and the day it was decided.
type End = (u32, usize, Day, Option<Day>, Day);

const CERTIFIED: usize = 0;
const RENEWED: usize = 1;
const CANCELLED: usize = 2;
const ANNULLED: usize = 3;
const WITHDRAWN: usize = 4;
const EXPIRED: usize = 5;
const DEREGISTERED: usize = 6;
const NOT_RETURNED: usize = 7;
const BROKEN: usize = 8;
const OVERTURNED: usize = 9;
const RESTORED: usize = 10;
const ORDERED: usize = 11;
const SUSPENDED: usize = 12;
const NOTICED: usize = 13;

impl Told {
    /// What becomes of it by a ruling on an act that may be its own.
    fn overturned(&mut self, ruling: u32, act: u32, on: Day) {
        if self.act == act {
            self.ends.push((ruling, OVERTURNED, on, None, on));
        }
        // Of one that stands again the last time.
        let again = || self.again.iter().rfind(|(by, _)| *by == act).map(|(_, at)| *at);
        if let Some(at) = self.ends.iter().rposition(|(ending, ..)| *ending == act).or_else(again) {
            let end = &mut self.ends[at];
            self.undone.push((ruling, *end));
            // It was so from its decision until the ruling.
            (end.2, end.3) = (end.2.max(end.4), Some(on));
        } else if let Some((_, end)) = self.undone.iter().rfind(|(by, end)| *by == act && !self.is_by_renewal(end)) {
            // The ruling that undid it is undone: it stands again, and reaches back where it did.
            let (number, kind, effective_on, _, decided_on) = *end;
            let again = if effective_on < decided_on { effective_on } else { effective_on.max(on) };
            self.again.push((ruling, self.ends.len()));
            self.ends.push((number, kind, again, None, on));
        }
        self.ruled_on_renewal(ruling, act, on);
    }

    /// Whether it had been over by a day, by what had been decided by then.
    fn was_over_on(&self, day: Day) -> bool {
        let by_then = |(_, _, from, until, decided): &End| {
            *decided <= day && *from <= day && until.is_none_or(|until| day < until)
        };
        let lapsed = self.lapses.iter().any(|(over, back)| (*over..*back).contains(&day));
        self.ends.iter().any(by_then) || lapsed || self.to.is_some_and(|last| day > last)
    }

    /// Whether an end came of a ruling on a renewal, which becomes of the renewal what is ruled next.
    fn is_by_renewal(&self, (number, ..): &End) -> bool {
        self.renewed.iter().any(|renewed| renewed.rulings.iter().any(|(ruling, _)| ruling == number))
    }

    fn ruled_on_renewal(&mut self, ruling: u32, act: u32, on: Day) {
        let about = |renewed: &&mut Renewed| renewed.act == act || renewed.rulings.iter().any(|(by, _)| *by == act);
        let Some(renewed) = self.renewed.iter_mut().find(about) else { return };
        let back = renewed.rulings.last().copied();
        renewed.rulings.push((ruling, on));
        if renewed.rulings.len() % 2 == 0 {
            // After its last day it changes nothing.
            if on <= renewed.last {
                let ran_out = renewed.before.map(|last| last.plus_days(1)).filter(|over| *over >= back.unwrap().1);
                self.lapses.extend(ran_out.filter(|over| *over < on).map(|over| (over, on)));
                self.to = self.to.max(Some(renewed.last));
            }
            return;
        }
        // What was put back on that day, or after its last, was there on no day since it was undone before.
        let mut until = renewed.rulings.iter().rev().step_by(2).zip(renewed.rulings.iter().rev().skip(1).step_by(2));
        let real =
            until.find(|((_, gone), (_, back))| back < gone && *back <= renewed.last).map(|((_, gone), _)| *gone);
        let ruling_day = real.unwrap_or(renewed.rulings[0].1).plus_days(-1);
        let before = renewed.before;
        // Nothing else had ended it, and nothing was left of it.
        if before.is_some_and(|last| last < ruling_day) && self.to.is_some_and(|last| last > ruling_day) {
            self.ends.push((ruling, OVERTURNED, on, None, on));
        }
        // It was live until the ruling, and no longer than it would have been without.
        let held = self.to.map_or(ruling_day, |last| last.min(ruling_day));
        self.to = before.map(|last| last.max(held));
    }
}

/// The certification that a fact made.
fn made(told: &mut [Told], act: Act) -> &mut Told {
    told.iter_mut().find(|told| told.act == act.get()).unwrap()
}

/// Particulars in the order they were recorded, each with the day from which it holds.
type Versions = Vec<(Option<Day>, Particulars)>;

/// Plaques that were found not to have been returned, by the day.
#[derive(Default)]
struct Withheld {
    missing: BTreeMap<PlaqueNumber, Day>,
    due: BTreeMap<PlaqueNumber, Day>,
}

impl Withheld {
    /// Whoever may keep it after all withheld nothing, nor who is to bring it back later.
    fn follow(&mut self, event: &Event) {
        match event {
            Event::PlaqueNotReturned(e) if self.due.get(&e.plaque_number).is_some_and(|due| *due < e.recorded_on) => {
                self.missing.insert(e.plaque_number.clone(), e.recorded_on);
            }
            Event::PlaqueRecoveryLifted(e) => {
                self.due.remove(&e.plaque_number);
                self.missing.remove(&e.plaque_number);
            }
            Event::PlaqueRecoveryOrdered(e) => {
                self.due.insert(e.plaque_number.clone(), e.due_on);
                if self.missing.get(&e.plaque_number).is_some_and(|found| *found <= e.due_on) {
                    self.missing.remove(&e.plaque_number);
                }
            }
            Event::PlaqueRecovered(e) => drop(self.missing.remove(&e.plaque_number)),
            Event::PlaqueLost(e) => drop(self.missing.remove(&e.plaque_number)),
            Event::PlaqueDestroyed(e) => drop(self.missing.remove(&e.plaque_number)),
            _ => {}
        }
    }
}

/// Breaches of pledges, by their acts, and the days on which they were determined.
#[derive(Default)]
struct Broken {
    told: BTreeMap<u32, Day>,
    /// By the ruling that undid it.
    undone: BTreeMap<u32, (u32, Day)>,
    /// By the rulings that put a breach back the breach.
    back: BTreeMap<u32, u32>,
}

impl Broken {
    /// What was determined and undone is told of nobody, and what was put back is.
    fn ruled(&mut self, ruling: u32, on: u32) {
        if let Some((breach, day)) = self.undone.remove(&on) {
            self.told.insert(breach, day);
            self.back.insert(ruling, breach);
        } else {
            let breach = self.back.get(&on).copied().unwrap_or(on);
            self.undone.extend(self.told.remove(&breach).map(|day| (ruling, (breach, day))));
        }
    }
}

/// What happened to an outlet, read off its events alone: category, what, day.
fn read_off<'e>(events: impl Iterator<Item = &'e Event>) -> (Versions, Vec<(String, usize, Day)>) {
    let (mut versions, mut told, mut facts) = (Versions::new(), Vec::<Told>::new(), Vec::new());
    let (mut withheld, mut broken) = (Withheld::default(), Broken::default());
    // Orders, suspensions and notices, and those that fell.
    let (mut measures, mut fell) = (BTreeMap::new(), BTreeMap::<u32, (Act, (String, usize, Day))>::new());
    let begin = |told: &mut Vec<Told>, act, category: &CategoryCode, from, to| {
        told.push(Told { category: category.to_string(), from, to, act, ..Told::default() });
    };
    let events: Vec<&Event> = events.collect();
    for (number, act) in (0..events.len()).zip(1_u32..) {
        let Some(event) = stands(&events, number) else { continue };
        withheld.follow(event);
        match event {
            Event::ProviderRegistered(e) => versions.push((None, e.particulars.clone())),
            Event::ParticularsAmended(e) => versions.push((Some(e.effective_on), e.particulars.clone())),
            Event::Certified(e) => begin(&mut told, act, &e.category, Some(e.valid_from), Some(e.valid_to)),
            Event::CertificationRecorded(e) => {
                begin(&mut told, act, &e.category, e.valid_from.or(e.decided_on), e.valid_to);
            }
            Event::CertificationRenewed(e) => {
                let told = made(&mut told, e.certification);
                let (first, last, before) = (e.valid_from, e.valid_to, told.to);
                told.renewed.push(Renewed { act, first, last, before, rulings: Vec::new() });
                told.to = Some(e.valid_to);
            }
            Event::CertificationRevoked(e) => {
                let kind = if e.kind == RevocationKind::Annulled { ANNULLED } else { CANCELLED };
                made(&mut told, e.certification).ends.push((act, kind, e.effective_on, None, e.decided_on));
            }
            Event::CertificationWithdrawn(e) => {
                made(&mut told, e.certification).ends.push((act, WITHDRAWN, e.effective_on, None, e.requested_on));
            }
            Event::EndingRecorded(e) => {
                let kind = match e.kind {
                    EndingKind::Annulled => ANNULLED,
                    EndingKind::Cancelled => CANCELLED,
                    EndingKind::Withdrawn => WITHDRAWN,
                    EndingKind::Deregistered => DEREGISTERED,
                };
                made(&mut told, e.certification).ends.push((act, kind, e.ends_on(), None, e.decided_by()));
            }
            Event::CertificationDeregistered(e) => {
                made(&mut told, e.certification).ends.push((
                    act,
                    DEREGISTERED,
                    e.deregistered_on,
                    None,
                    e.deregistered_on,
                ));
            }
            Event::ActOverturned(e) => {
                for told in &mut told {
                    told.overturned(act, e.act.get(), e.overturned_on);
                }
                broken.ruled(act, e.act.get());
            }
            Event::RectificationOrdered(e) => {
                measures.insert(act, (e.category.to_string(), ORDERED, e.ordered_on));
            }
            Event::CertificationSuspended(e) => {
                measures.insert(act, (e.category.to_string(), SUSPENDED, e.suspended_on));
            }
            // It bound nobody on any day.
            Event::MeasureFell(e) => {
                let fell_now = measures.remove(&e.measure.get());
                fell.extend(fell_now.map(|measure| (e.measure.get(), (e.certification, measure))));
            }
            Event::RevocationNoticed(e) => {
                measures.insert(act, (e.category.to_string(), NOTICED, e.noticed_on));
            }
            Event::PledgeBroken(e) => drop(broken.told.insert(act, e.determined_on)),
            Event::PledgeRepaired(e) => drop(broken.told.remove(&e.breach.get())),
            _ => {}
        }
        if matches!(event, Event::ActOverturned(_) | Event::CertificationRenewed(_)) {
            let mut is_back = |(of, (_, _, day)): &(Act, (String, usize, Day))| !made(&mut told, *of).was_over_on(*day);
            measures.extend(fell.extract_if(.., |_, fell| is_back(fell)).map(|(act, (_, measure))| (act, measure)));
        }
    }
    for told in &told {
        became(told, &mut facts);
    }
    facts.extend(measures.into_values());
    facts.extend(withheld.missing.into_values().map(|day| (String::new(), NOT_RETURNED, day)));
    facts.extend(broken.told.into_values().map(|day| (String::new(), BROKEN, day)));
    (versions, facts)
}

/// When it began, was added to, ended, was restored and ran out.
fn became(told: &Told, facts: &mut Vec<(String, usize, Day)>) {
    // Ended on a day: it came to be over before, and was not restored since.
    let is_over = |day: Day| {
        let held = |(_, _, from, until, _): &End| *from <= day && until.is_none_or(|until| day < until);
        let lapsed = told.lapses.iter().any(|(over, back)| (*over..*back).contains(&day));
        told.ends.iter().any(held) || lapsed || told.to.is_some_and(|last| day > last)
    };
    let mut add = |kind, day| facts.push((told.category.clone(), kind, day));
    if let Some(from) = told.from.filter(|from| has_begun(&told.ends, *from, is_over)) {
        add(CERTIFIED, from);
    }
    for renewed in told.renewed.iter().filter(|renewed| renewed.rulings.len() % 2 == 0) {
        let after_begin = told.from.is_none_or(|from| renewed.first >= from);
        if after_begin && !is_over(renewed.first) {
            add(RENEWED, renewed.first);
        }
    }
    for (over, back) in &told.lapses {
        add(EXPIRED, *over);
        add(RESTORED, *back);
    }
    let mut lapsed = told.to.map(|last| told.from.map_or(last.plus_days(1), |from| from.max(last.plus_days(1))));
    for (_, kind, from, until, decided_on) in &told.ends {
        add(*kind, *decided_on);
        match until {
            Some(until) => add(RESTORED, *until),
            // What stands had ended it before its term did.
            None => lapsed = lapsed.filter(|over| from > over),
        }
    }
    if let Some(over) = lapsed {
        add(EXPIRED, over);
    }
}

/// Whether a certification began on its first day: not where it was ended before, and was not restored since.
fn has_begun(ends: &[End], first: Day, is_over: impl Fn(Day) -> bool) -> bool {
    let ended = |(_, _, effective, until, decided): &End| {
        *decided < first && *effective <= first && until.is_none_or(|until| until >= first)
    };
    let again = ends.iter().filter_map(|(_, _, _, until, _)| *until).filter(|until| *until >= first);
    !ends.iter().any(ended) || again.chain([first]).any(|day| !is_over(day))
}

/// Where an outlet was on a day: its division, as the public may see it, and its zone.
fn place_on(versions: &Versions, day: Day) -> (String, Option<&ZoneCode>) {
    let begun = versions.iter().enumerate().filter(|(_, (from, _))| from.is_none_or(|from| from <= day));
    let (act, (from, particulars)) = begun.max_by_key(|(act, (from, _))| (*from, *act)).unwrap();
    let since = |(other, (begins, _)): &(usize, &(Option<Day>, Particulars))| (*begins, *other) >= (*from, act);
    let withheld = versions.iter().enumerate().filter(since).any(|(_, (_, later))| later.withhold_address);
    let whole = particulars.division.to_string();
    (if withheld { format!("{}000", &whole[..9]) } else { whole }, particulars.zone.as_ref())
}

pub(crate) type FlowRows = BTreeMap<(String, String, String), [u64; 14]>;

pub(crate) fn read_flows(
    histories: &Histories,
    (area, zone, category, digits): Asked,
    months: (&str, &str),
) -> FlowRows {
    let mut rows = FlowRows::new();
    for history in histories {
        let (versions, facts) = read_off(history.iter().flatten());
        for (of, kind, day) in facts {
            let (division, code) = place_on(&versions, day);
            let in_zone = |zone: usize| code.is_some_and(|code| code.as_str() == ZONES[zone]);
            if !lies(&division, area) || !zone.is_none_or(in_zone) {
                continue;
            }
            let month = day.to_string()[..7].to_owned();
            let wanted = of.is_empty() || category.is_none_or(|category| of == CATEGORIES[category]);
            if wanted && (months.0..=months.1).contains(&month.as_str()) {
                rows.entry((month, cut(&division, digits), of)).or_default()[kind] += 1;
            }
        }
    }
    rows
}

async fn statistics(world: &World, (area, zone, category, digits): Asked, as_of: &str) -> Recount {
    let request = v1::GetStatisticsRequest {
        division: AREAS[area].to_owned(),
        zone: named(&ZONES, zone).to_owned(),
        category: named(&CATEGORIES, category).to_owned(),
        as_of: as_of.to_owned(),
        group_digits: DIGITS[digits],
        ..Default::default()
    };
    counted(world.directory().await, request).await.0
}

/// What all pages tell together, and how many there were.
pub(crate) async fn counted(directory: &Directory, request: v1::GetStatisticsRequest) -> (Recount, usize) {
    let (mut whole, mut page_token, mut pages) = (Recount::default(), String::new(), 0);
    loop {
        let asked = v1::GetStatisticsRequest { page_token, ..request.clone() };
        let answer = directory.get_statistics(Request::new(asked)).await.unwrap().into_inner();
        page_token = answer.next_page_token.clone();
        let Recount { rows, totals, providers, live_providers } = told(answer);
        for (row, count) in rows {
            *whole.rows.entry(row).or_default() += count;
        }
        for (status, count) in totals {
            *whole.totals.entry(status).or_default() += count;
        }
        (whole.providers, whole.live_providers) = (whole.providers + providers, whole.live_providers + live_providers);
        pages += 1;
        if page_token.is_empty() {
            return (whole, pages);
        }
    }
}

fn told(answer: v1::GetStatisticsResponse) -> Recount {
    assert!(answer.rows.iter().all(|row| row.count > 0) && answer.totals.iter().all(|row| row.count > 0));
    let told = answer.rows.len();
    let rows: BTreeMap<_, _> =
        answer.rows.into_iter().map(|row| ((row.division, row.category, row.status), row.count)).collect();
    assert_eq!(told, rows.len(), "a row is told twice");
    Recount {
        rows,
        totals: answer.totals.into_iter().map(|row| (row.status, row.count)).collect(),
        providers: answer.providers,
        live_providers: answer.live_providers,
    }
}

pub(crate) async fn flows(
    world: &World,
    (area, zone, category, digits): Asked,
    (from_month, to_month): (&str, &str),
) -> FlowRows {
    let request = v1::GetFlowsRequest {
        from_month: from_month.to_owned(),
        to_month: to_month.to_owned(),
        division: AREAS[area].to_owned(),
        zone: named(&ZONES, zone).to_owned(),
        category: named(&CATEGORIES, category).to_owned(),
        group_digits: DIGITS[digits],
        ..Default::default()
    };
    let counts = |row: &v1::FlowsRow| {
        [
            row.certified,
            row.renewed,
            row.cancelled,
            row.annulled,
            row.withdrawn,
            row.expired,
            row.deregistered,
            row.plaques_not_returned,
            row.pledges_broken,
            row.overturned,
            row.restored,
            row.ordered,
            row.suspended,
            row.noticed,
        ]
    };
    let (mut rows, mut page_token) = (FlowRows::new(), String::new());
    loop {
        let asked = v1::GetFlowsRequest { page_token, ..request.clone() };
        let answer = world.directory().await.get_flows(Request::new(asked)).await.unwrap().into_inner();
        page_token = answer.next_page_token;
        for row in answer.rows {
            let numbers = counts(&row);
            let sums = rows.entry((row.month, row.division, row.category)).or_default();
            for (sum, number) in sums.iter_mut().zip(numbers) {
                *sum += number;
            }
        }
        if page_token.is_empty() {
            return rows;
        }
    }
}

/// Every day on which something changes, in order.
pub(crate) fn days_of_change<'v>(views: impl IntoIterator<Item = &'v View>) -> Vec<i32> {
    let certifications = views.into_iter().flat_map(|view| &view.certifications);
    let days = certifications.flat_map(|c| {
        let bearings = c.bearings().flat_map(|bearing| [Some(bearing.from), bearing.until]);
        bearings.chain([c.valid_from.or(c.decided_on), c.valid_to.map(|last| last + 1)]).flatten()
    });
    days.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The day asked about: one on which something changes, the day before or after it, or any.
pub(crate) fn asked_day(days: &[i32], (which, off): (usize, i64)) -> Day {
    match days.get(which % (days.len() + days.len() / 4 + 1)) {
        Some(day) => Day::from_number(*day).unwrap().plus_days(off.signum()),
        None => day("2026-06-01").plus_days(off * 200),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn statistics_equal_a_count_of_every_record(
        lots in lots(),
        asked in proptest::collection::vec((asked(), (any::<usize>(), -4_i64..5), 0_u32..60), 1..24),
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (mut world, histories) = (World::new(), histories(&lots));
            make(&mut world, &histories).await;
            world.directory().await;
            let (views, counters) = {
                let rows = world.started.reader().rows();
                let rows = rows.snapshot();
                (views(&rows), counter::tests::stored(&rows))
            };
            // What is kept says nothing of the way it came about, and nothing of what is no more.
            prop_assert_eq!(counters, counter::tests::made_anew(&views));
            let days = days_of_change(&views);
            for (question, when, months) in asked {
                let on = asked_day(&days, when);
                let counted = statistics(&world, question, &on.to_string()).await;
                prop_assert_eq!(counted, recount(&views, question, on.number()), "{:?} on {}", question, on);
                // Half of the time one month alone.
                let until = on.plus_months(months.saturating_sub(30));
                let (first, last) = (on.to_string()[..7].to_owned(), until.to_string()[..7].to_owned());
                let told = flows(&world, question, (&first, &last)).await;
                prop_assert_eq!(told, read_flows(&histories, question, (&first, &last)), "{:?}, {} to {}", question, first, last);
            }
            Ok(())
        })?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn rows_of_any_history_come_back_byte_for_byte(lots in lots()) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            make(&mut world, &histories(&lots)).await;
            world.directory().await;
            let position = world.started.reader().cursor();
            let other = tempfile::tempdir().unwrap();
            let rebuilt = crate::start(world.log.clone(), other.path(), names(), clock).unwrap();
            rebuilt.reader().wait_for(position, Duration::from_secs(20)).await.unwrap();
            let (ours, theirs) = (world.started.reader().rows(), rebuilt.reader().rows());
    let (ours, theirs) = (ours.snapshot(), theirs.snapshot());
            prop_assert_eq!(ours.dump().unwrap(), theirs.dump().unwrap());
                prop_assert_eq!(ours.digest(), ours.recount().unwrap());
            Ok(())
        })?;
    }
}

#[test]
fn the_histories_reach_everything_that_is_counted() {
    // A property over histories in which nothing happens would hold for nothing.
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let (mut kinds, mut hidden, mut moved) = ([0; 14], 0, 0);
    for _ in 0..400 {
        for history in histories(&lots().new_tree(&mut runner).unwrap().current()) {
            let (_, facts) = read_off(history.iter().flatten());
            for (_, kind, _) in &facts {
                kinds[*kind] += 1;
            }
            let certified: Vec<_> = facts.iter().filter(|(_, kind, _)| *kind == CERTIFIED).collect();
            hidden += usize::from(certified.iter().any(|a| certified.iter().any(|b| a.0 == b.0 && a.2 > b.2)));
            moved += history.iter().flatten().filter(|event| matches!(event, Event::ParticularsAmended(_))).count();
        }
    }
    println!("{kinds:?}, {hidden} certified more than once, {moved} moves");
    assert!(kinds.iter().all(|count| *count >= 5) && hidden >= 5 && moved >= 5, "{kinds:?} {hidden} {moved}");
}

#[tokio::test]
async fn a_list_entered_later_hides_nothing_that_happened() {
    let recorded = |from: &str, to: &str| -> Event {
        CertificationRecorded {
            category: CategoryCode::parse("childcare").unwrap(),
            ordinal: Ordinal::FIRST,
            predecessor: None,
            decided_on: None,
            valid_from: Some(day(from)),
            valid_to: Some(day(to)),
            document_number: None,
            deciding_body: text("单位"),
            publicity: None,
            source: text("名单"),
            valid_to_worked_out_from: None,
        }
        .into()
    };
    let mut world = World::new();
    world.add(1, vec![crate::world::registered("网点", "321003"), recorded("2022-03-01", "2024-02-29")]).await;
    // The years before, found in an older list.
    world.add(1, vec![recorded("2020-05-01", "2021-04-30")]).await;
    let told = flows(&world, (0, None, None, 2), ("2020-01", "2025-12")).await;
    let months: Vec<(&str, u64, u64)> =
        told.iter().map(|((month, _, _), n)| (month.as_str(), n[CERTIFIED], n[EXPIRED])).collect();
    assert_eq!(months, [("2020-05", 1, 0), ("2021-05", 0, 1), ("2022-03", 1, 0), ("2024-03", 0, 1)]);
}

#[tokio::test]
async fn a_month_is_counted_from_its_first_day_to_its_last() {
    // Rows hold 32 days: of 96 months some begin or end on the edge of a row.
    let months: Vec<Day> = (0..96).map(|after| day("2024-01-01").plus_months(after)).collect();
    let mut world = World::new();
    for (first, number) in months.iter().zip(0..) {
        let last = first.plus_months(1).plus_days(-1);
        let registered = crate::world::registered("网点", "321003");
        world
            .add(number, vec![registered, crate::world::certified(&first.to_string(), &last.plus_days(-1).to_string())])
            .await;
    }
    for first in months {
        let month = &first.to_string()[..7];
        let told: Vec<_> = flows(&world, (0, None, None, 2), (month, month)).await.into_values().collect();
        assert_eq!(told, [[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]], "{month}");
    }
}

#[tokio::test]
async fn a_certificate_costs_a_handful_of_counters() {
    let counters = |zone: Option<&'static str>| async move {
        let mut world = World::new();
        let zone = zone.map(|code| ZoneCode::parse(code).unwrap());
        let particulars = Particulars { withhold_address: false, zone, ..particulars(0, 0) };
        world.add(1, vec![ProviderRegistered { particulars }.into()]).await;
        world.add(1, vec![crate::world::certified("2026-01-01", "2028-12-31")]).await;
        world.directory().await;
        counter::tests::stored(&world.started.reader().rows().snapshot()).len()
    };
    let (alone, in_a_zone) = (counters(None).await, counters(Some(ZONES[0])).await);
    println!("rows a certificate: {alone}, in a zone {in_a_zone}");
    assert_eq!((alone, in_a_zone), (8, 12));
}

/// Pages of counts are of whole places and categories, add up, and are told as the record was at the first page.
#[tokio::test]
async fn counts_of_many_places_come_in_pages_of_one_moment() {
    let mut world = World::new();
    for number in 0..60 {
        let division = format!("{}005007", 321_002 + number % 30);
        let registered = crate::world::registered("网点", &division);
        world.add(number, vec![registered, crate::world::certified("2026-01-01", "2028-12-31")]).await;
    }
    let whole = v1::GetStatisticsRequest { group_digits: 2, ..Default::default() };
    let (one, pages) = counted(world.directory().await, whole.clone()).await;
    assert!(pages > 3, "{pages} pages");
    assert_eq!((one.providers, one.live_providers), (60, 60));
    assert_eq!(one.rows.into_values().collect::<Vec<_>>(), [60]);
    let directory = world.directory().await.clone();
    let first = directory.get_statistics(Request::new(whole.clone())).await.unwrap().into_inner();
    assert!(!first.next_page_token.is_empty() && first.as_of_position == 0);
    // What was not counted yet goes to where all is counted, and what was, away.
    let by_county = v1::GetStatisticsRequest { group_digits: 6, ..Default::default() };
    let other = directory.get_statistics(Request::new(by_county.clone())).await.unwrap().into_inner();
    let away = |division: &str| {
        let Event::ProviderRegistered(there) = crate::world::registered("网点", division) else { unreachable!() };
        vec![crate::world::amended(there.particulars)]
    };
    for number in [27, 28, 29] {
        world.add(number, away("321002005007")).await;
    }
    world.add(0, away("321031005007")).await;
    let (new, certified) =
        (crate::world::registered("新", "321031005007"), crate::world::certified("2026-01-01", "2028-12-31"));
    world.add(70, vec![new, certified]).await;
    world.directory().await;
    for (question, first, expected) in [(whole, first, vec![60]), (by_county, other, vec![2; 30])] {
        let (mut page_token, mut sums) = (first.next_page_token, BTreeMap::<_, u64>::new());
        let (mut rows, mut providers) = (first.rows, first.providers);
        while !page_token.is_empty() {
            let asked = v1::GetStatisticsRequest { page_token, ..question.clone() };
            let page = directory.get_statistics(Request::new(asked)).await.unwrap().into_inner();
            assert_eq!((page.as_of_position, page.as_of.as_str()), (60, "2026-07-01"));
            rows.extend(page.rows);
            providers += page.providers;
            page_token = page.next_page_token;
        }
        for row in rows {
            *sums.entry(row.division).or_default() += row.count;
        }
        assert_eq!((sums.into_values().collect::<Vec<_>>(), providers), (expected, 60));
    }
}
