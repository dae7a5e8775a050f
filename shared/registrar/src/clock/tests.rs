use super::*;

/// Noon of a day in China.
fn noon(day: &str) -> Instant {
    let days = u64::try_from(Day::parse(day).unwrap().number()).unwrap();
    Instant(days * DAY_MS + 4 * 3600 * 1000)
}

fn later(at: Instant, seconds: i64) -> Instant {
    Instant(at.0.saturating_add_signed(seconds * 1000))
}

/// What the log and the machine know; the clock; what is said of it.
#[test]
fn a_clock_is_judged_by_what_is_known() {
    let (never, november, january) = (Instant(0), noon("2026-11-26"), noon("2027-01-05"));
    let known = |newest, right| Known { newest, right, vouched: None, held: false };
    let vouched = |known, day| Known { vouched: Some(Day::parse(day).unwrap()), ..known };
    let held = |known| Known { held: true, ..known };
    for (given, known, now, expected) in [
        ("an empty log, any day of the program", known(never, never), january, Ok(())),
        ("an empty log, a dead battery", known(never, never), noon("2000-01-01"), Err("CLOCK_BEHIND")),
        ("no clock at all", known(never, never), never, Err("CLOCK_BEHIND")),
        (
            "nobody vouches for a day before the program",
            vouched(known(never, never), "2000-01-01"),
            noon("2000-01-01"),
            Err("CLOCK_BEHIND"),
        ),
        ("the next moment", known(november, november), later(november, 1), Ok(())),
        ("another machine is a little ahead", known(november, november), later(november, -60), Ok(())),
        ("more than a minute behind", known(november, november), later(november, -61), Err("CLOCK_BEHIND")),
        ("a dead battery", known(november, november), noon("2000-01-01"), Err("CLOCK_BEHIND")),
        ("the clock went back, but not before the log", known(november, january), later(november, 1), Ok(())),
        ("quiet for a month", known(november, never), later(november, 31 * 86_400), Ok(())),
        ("and a second", known(november, never), later(november, 31 * 86_400 + 1), Err("CLOCK_AHEAD")),
        ("quiet for 40 days, but the machine was on", known(november, noon("2027-01-04")), january, Ok(())),
        ("the year 2031", known(november, november), noon("2031-01-01"), Err("CLOCK_AHEAD")),
        (
            "the year 2031, and the machine knew better",
            known(november, january),
            noon("2031-01-01"),
            Err("CLOCK_AHEAD"),
        ),
        ("no time to come overflows", known(november, november), Instant(u64::MAX), Err("CLOCK_AHEAD")),
        ("off for the holidays", vouched(known(november, never), "2027-01-05"), january, Ok(())),
        ("the word of another day", vouched(known(november, never), "2027-01-04"), january, Err("CLOCK_AHEAD")),
        (
            "the word does not cover another year",
            vouched(known(november, never), "2027-01-05"),
            noon("2031-01-01"),
            Err("CLOCK_AHEAD"),
        ),
        ("the log is ahead, an operator says", vouched(known(january, november), "2026-11-26"), november, Ok(())),
        ("and it is still, the day after", held(known(january, november)), noon("2026-11-27"), Ok(())),
        (
            "but the clock is held against itself",
            held(known(january, november)),
            later(november, -61),
            Err("CLOCK_BEHIND"),
        ),
    ] {
        let said = judge(now, known).map_err(|fault| fault.reason());
        assert_eq!(said, expected, "{given}");
    }
}

#[test]
fn a_fault_names_both_times_in_both_languages() {
    let fault = ClockFault { now: noon("2031-01-01"), against: later(noon("2026-11-26"), 61) };
    for said in [fault.zh(), fault.en()] {
        for part in ["2031-01-01 12:00:00", "2026-11-26 12:01:01", "31", "--accept-clock 2031-01-01"] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }
}

#[test]
fn a_clock_that_was_mended_is_well_again() {
    let guard = ClockGuard::default();
    let (watch, now) = (guard.watch(), noon("2026-11-26"));
    assert_eq!(guard.check(now, Instant(0)), Ok(()));
    assert!(guard.check(noon("2031-01-01"), now).is_err());
    assert!(!watch.state().is_well());
    assert!(guard.check(noon("2000-01-01"), now).is_err());
    assert_eq!(guard.check(later(now, 5), now), Ok(()));
    assert!(watch.state().is_well());
}

/// A quiet registry: nothing is recorded for a year, and the machine is on; then it is off for a season.
#[test]
fn a_quiet_registry_asks_nobody_unless_the_machine_was_off() {
    let folder = tempfile::tempdir().unwrap();
    let guard = |vouched| ClockGuard::new(folder.path().join("clock"), vouched);
    let last = noon("2026-01-05");
    let mut now = last;
    for week in 0..52 {
        now = later(last, week * 7 * 86_400);
        // Started anew each week.
        let guard = guard(None);
        assert_eq!(guard.check(now, last), Ok(()), "week {week}");
        guard.due().map_or(Ok(()), Keeping::write).unwrap();
    }
    let back = later(now, 90 * 86_400);
    let fault = guard(None).check(back, last).unwrap_err();
    assert_eq!((fault.reason(), fault.against), ("CLOCK_AHEAD", now));
    let vouching = guard(Some(Day::of(back)));
    assert_eq!(vouching.check(back, last), Ok(()));
    vouching.due().map_or(Ok(()), Keeping::write).unwrap();
    assert_eq!(guard(None).check(later(back, 86_400), last), Ok(()), "the word is needed once");
    std::fs::write(folder.path().join("clock"), "no number").unwrap();
    assert!(guard(None).check(back, last).is_err(), "what cannot be read says nothing");
}
