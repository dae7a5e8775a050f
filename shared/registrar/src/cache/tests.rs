use domain::{
    Commit, Day, Event, Instant, OperatorCode, PledgeForm, PledgeMade, PledgeNumber, PledgeType, Position,
    PromisorClass, ProviderId, PublicationScope, RequestId, Revision, Text, Uscc,
};
use event_log::Tail;

use super::*;

fn uscc(number: u32) -> Uscc {
    Uscc::synthetic("91", "321003", &format!("{number:08}")).unwrap()
}

fn stream(number: u32) -> StreamId {
    StreamId::Provider(ProviderId::new(OperatorCode::Uscc(uscc(number)), 1).unwrap())
}

/// A provider with as many pledges, each of two statements of so many characters.
fn pledged(number: u32, pledges: u32, characters: usize) -> Arc<History> {
    let statement = || Text::parse(&"诺".repeat(characters)).unwrap();
    let form = |pledge| PledgeForm {
        number: PledgeNumber::parse(&format!("32100320260302{pledge:06}")).unwrap(),
        promisor_name: Text::parse("合成主体").unwrap(),
        promisor_class: PromisorClass::Organisation,
        promisor_uscc: Some(uscc(number)),
        pledge_type: PledgeType::Voluntary,
        other_type: None,
        reason: Text::parse("合成").unwrap(),
        content: statement(),
        liability: statement(),
        made_on: Day::parse("2026-03-02").unwrap(),
        valid_until: None,
        accepting_unit: Text::parse("合成单位").unwrap(),
        accepting_unit_uscc: uscc(number),
        publication: PublicationScope::Public,
        remarks: None,
    };
    let commits = (1..=pledges).map(|pledge| Commit {
        id: RequestId::from_bytes(u128::from(pledge).to_be_bytes()),
        digest: domain::RequestDigest::from_bytes([7; 20]),
        bureau: domain::BureauId::parse("health").unwrap(),
        officer: domain::OfficerId::parse("hj-1").unwrap(),
        recorded_at: Instant(0),
        scheme: Text::parse("test").unwrap(),
        rules: domain::Position(0),
        events: vec![Event::from(PledgeMade { pledge: form(pledge) })],
    });
    let tail = Tail { revision: Revision(1), position: Position(1) };
    Arc::new(commits.fold(History::default(), |history, commit| history.then(&commit, tail).unwrap()))
}

/// Resident memory of this process, in bytes.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
fn the_bound_is_one_of_bytes_whatever_the_states_are() {
    for (count, pledges, characters) in [(300, 3, 4_000), (30, 100, 1_000), (5_000, 1, 1)] {
        const BYTES_MAX: usize = 4 * 1024 * 1024;
        let mut cache = Cache::new(BYTES_MAX);
        let one = pledged(0, pledges, characters).weight();
        for number in 0..count {
            cache.put(stream(number), pledged(number, pledges, characters));
            assert!(cache.bytes() <= BYTES_MAX);
        }
        let sum: usize = cache.kept.iter().map(|(_, kept)| kept.history.as_ref().unwrap().weight() + PLACE_BYTES).sum();
        assert_eq!(cache.bytes(), sum);
        // Full but for less than one more, those that came last, whole.
        assert!(cache.bytes() + one + PLACE_BYTES > BYTES_MAX || cache.kept.len() == count as usize);
        assert_eq!(cache.get(&stream(count - 1)), Some(pledged(count - 1, pledges, characters)));
        let first = cache.get(&stream(0)).is_some();
        assert_eq!(first, cache.kept.len() == count as usize);
        for number in 0..count {
            cache.forget(&stream(number));
        }
        assert_eq!((cache.bytes(), cache.kept.len()), (0, 0));
    }
}

#[test]
fn what_is_used_stays_and_what_is_too_large_is_not_kept() {
    let state = |number| pledged(number, 1, 100);
    let mut cache = Cache::new(3 * (state(0).weight() + PLACE_BYTES));
    for number in 0..3 {
        cache.put(stream(number), state(number));
    }
    cache.get(&stream(0)).unwrap();
    cache.put(stream(3), state(3));
    let there = |cache: &mut Cache| (0..4).map(|number| cache.get(&stream(number)).is_some()).collect::<Vec<_>>();
    assert_eq!(there(&mut cache), [true, false, true, true]);
    // A state that grew takes the room it needs; one that has outgrown all of it leaves its place.
    cache.put(stream(3), pledged(3, 2, 100));
    assert_eq!(there(&mut cache), [false, false, true, true]);
    cache.put(stream(3), pledged(3, 3, 4_000));
    assert_eq!(there(&mut cache), [false, false, true, false]);
}

/// What is counted is what is taken, as the system tells. In a process of its own: others' memory is not to be counted.
#[test]
fn a_weight_is_what_memory_is_taken() {
    const ALONE: &str = "PUHUI_WEIGHT_ALONE";
    if std::env::var_os(ALONE).is_none() {
        let mut own = std::process::Command::new(std::env::current_exe().unwrap());
        let ended = own.args(["--exact", "cache::tests::a_weight_is_what_memory_is_taken"]).env(ALONE, "1").output();
        let ended = ended.unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
        return;
    }
    // Kept to the end, so that nothing is taken from what was given back.
    let mut caches = Vec::new();
    for (count, pledges, characters) in [(500, 3, 4_000), (10_000, 2, 10), (20_000, 0, 0)] {
        let before = resident();
        let mut cache = Cache::new(usize::MAX);
        for number in 0..count {
            cache.put(stream(number), pledged(number, pledges, characters));
        }
        let (taken, counted) = (resident() - before, cache.bytes());
        assert!(taken < counted * 5 / 4 && taken > counted * 3 / 4, "{count}: {taken} bytes taken, {counted} counted");
        caches.push(cache);
    }
}
