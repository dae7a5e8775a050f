//! Given a record, when a list is taken, then this becomes of its rows. A record is made of lists that were taken before.

use domain::{CategoryCode, Day, Division, DivisionTable, ProviderId};

use super::{Act, Held, HeldEnd, Outlet, Placed, Register, Step};
use crate::lexicon::{Lexicon, carried_categories, divisions};
use crate::question::Answers;
use crate::reading::{Ending, Entry, Reading, Verdict};

const TODAY: &str = "2026-11-28";
const CERTIFIED: &str = "机构名称,统一社会信用代码,类别,所属区县,地址,联系电话,文号,认定日期,有效期起,有效期至";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn table() -> DivisionTable {
    divisions("2023", include_str!("../../../../data/tables/divisions_above_street.csv")).unwrap()
}

fn rows(text: &str) -> Vec<Reading> {
    let (categories, divisions) = (carried_categories().unwrap(), table());
    let book = crate::open::open(text.as_bytes()).unwrap();
    let lexicon = Lexicon { categories: &categories, divisions: &divisions };
    crate::read(&book, lexicon, &Answers::default()).unwrap().rows
}

/// Rows of a list of certified outlets: name, code, address, telephone, document, decided, from, to.
fn listed(rows_of: &[[&str; 8]]) -> Vec<(Entry, Verdict)> {
    let lines = rows_of.iter().map(|[name, code, address, phone, document, decided, from, to]| {
        format!("{name},{code},普惠性民办幼儿园,扬州市邗江区,{address},{phone},{document},{decided},{from},{to}")
    });
    let text = [CERTIFIED.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n");
    let entry = |row: Reading| {
        let shown = format!("{row:?}");
        row.entry.unwrap_or_else(|| panic!("{shown}"))
    };
    rows(&text).into_iter().map(|row| (entry(row), Verdict::Certified)).collect()
}

fn said(answers: &[(&str, &str)]) -> Answers {
    let mut said = Answers::default();
    for (id, answer) in answers {
        said.set(id, answer);
    }
    said
}

/// A record: a list that was taken and is read again, with numbers for its acts.
#[derive(Default, Clone)]
struct Record(Register);

impl Record {
    fn take(&mut self, rows: &[(Entry, Verdict)], answers: &[(&str, &str)]) -> Vec<Placed> {
        let answers = said(answers);
        for (entry, _) in rows {
            self.0.claim(entry);
        }
        let placed = rows.iter().map(|(entry, verdict)| self.0.place(entry, verdict, &answers, day(TODAY))).collect();
        self.recorded();
        placed
    }

    /// What was to be recorded is on record.
    fn recorded(&mut self) {
        let mut anew = Register::default();
        for mut outlet in self.0.outlets.clone() {
            outlet.of_this_list = false;
            for (held, act) in outlet.held.iter_mut().flatten().zip(2..) {
                held.act = act;
            }
            anew.enter(outlet);
        }
        self.0 = anew;
    }
}

/// The acts of a row in short.
fn short(placed: &Placed) -> String {
    let day = |day: &Option<Day>| day.map_or_else(|| "?".to_owned(), |day| day.to_string());
    let number = placed.id.as_ref().map(|id| id.as_str()[19..].to_owned()).unwrap_or_default();
    match &placed.step {
        Step::Already => format!("{number} already"),
        Step::Nothing => "nothing".to_owned(),
        Step::Refused(said) => format!("{number} {}", said.rule),
        Step::Asks(question) => format!("asks {}", question.id),
        Step::Record(acts) => {
            let acts = acts.iter().map(|act| match act {
                Act::Identify { uscc, .. } => format!("identify {uscc}"),
                Act::Fill { address, phone, .. } => {
                    format!("fill{}{}", if *address { " address" } else { "" }, if *phone { " phone" } else { "" })
                }
                Act::Certification { new, valid_from } => {
                    format!("{} from {}", if *new { "new" } else { "next" }, day(valid_from))
                }
                Act::Correct { act, right, .. } => {
                    format!("correct {act} to {}..{}", day(&right.valid_from), day(&right.valid_to))
                }
                Act::End { kind, decided_on } => format!("end {kind:?} {}", day(decided_on)),
            });
            format!("{number} {}", acts.collect::<Vec<_>>().join(", "))
        }
    }
}

const ROUND: &str = "扬邗教〔2023〕20号";
const CODE: &str = "52321003585300008H";

/// A row of 样例甲幼儿园 without code and particulars.
fn plain<'a>(document: &'a str, decided: &'a str, from: &'a str, to: &'a str) -> [&'a str; 8] {
    ["样例甲幼儿园", "", "", "", document, decided, from, to]
}

type Case<'a> = (Vec<[&'a str; 8]>, [&'a str; 8], &'a [(&'a str, &'a str)], &'a str);

/// Each case: lists that were taken one after the other, a row, answers, and what becomes of it. Taken once more, nothing is left to do.
fn becomes(cases: Vec<Case<'_>>) {
    for (before, row, answers, expected) in cases {
        let mut record = Record::default();
        for row in &before {
            record.take(&listed(&[*row]), &[]);
        }
        let placed = record.take(&listed(&[row]), answers);
        assert_eq!(short(&placed[0]), expected, "{before:?} then {row:?}");
        if matches!(placed[0].step, Step::Record(_)) {
            assert_eq!(
                short(&record.take(&listed(&[row]), answers)[0]),
                "001 already",
                "{before:?} then {row:?} again"
            );
            for own in &before {
                let again = short(&record.take(&listed(&[*own]), &[])[0]);
                assert!(again == "001 already" || again == "asks differs", "{before:?}, {row:?}, {own:?}: {again}");
            }
        }
    }
}

#[test]
fn a_term_is_held_against_those_on_record() {
    let base = plain(ROUND, "2023-08-20", "2023-09-01", "2026-08-31");
    becomes(vec![
        // Nothing on record.
        (vec![], base, &[][..], "001 new from 2023-09-01"),
        // The same again, with other brackets, saying less.
        (vec![base], base, &[], "001 already"),
        (vec![base], plain("扬邗教[2023]020号", "2023-08-20", "2023-09-01", "2026-08-31"), &[], "001 already"),
        (vec![base], plain("", "2023-08-20", "", ""), &[], "001 already"),
        (vec![base], plain(ROUND, "", "", ""), &[], "001 already"),
        (vec![base], plain("", "", "", ""), &[], "001 already"),
        (vec![base], plain("", "", "2023-09-01", "2026-08-31"), &[], "001 already"),
        // Earlier, later, next before the end, and then taken again.
        (
            vec![base],
            plain("扬邗教〔2020〕15号", "2020-09-01", "2020-09-01", "2023-08-31"),
            &[],
            "001 next from 2020-09-01",
        ),
        (
            vec![base],
            plain("扬邗教〔2026〕1号", "2026-09-01", "2026-09-01", "2029-08-31"),
            &[],
            "001 next from 2026-09-01",
        ),
        (
            vec![base],
            plain("扬邗教〔2026〕1号", "2026-07-20", "2026-07-01", "2029-08-31"),
            &[],
            "001 next from 2026-09-01",
        ),
        (
            vec![base, plain("扬邗教〔2026〕1号", "2026-07-20", "2026-07-01", "2029-08-31")],
            plain("扬邗教〔2026〕1号", "2026-07-20", "2026-07-01", "2029-08-31"),
            &[],
            "001 already",
        ),
        // The one before comes after it: both orders leave one record.
        (
            vec![plain("扬邗教〔2026〕1号", "2026-07-20", "2026-07-01", "2029-08-31")],
            base,
            &[],
            "001 correct 2 to 2026-09-01..2029-08-31, next from 2023-09-01",
        ),
    ]);
}

#[test]
fn what_is_open_is_filled_and_what_differs_is_asked() {
    let base = plain(ROUND, "2023-08-20", "2023-09-01", "2026-08-31");
    becomes(vec![
        // What the record leaves open is filled.
        (vec![plain(ROUND, "2023-08-20", "", "")], base, &[], "001 correct 2 to 2023-09-01..2026-08-31"),
        (vec![plain("", "", "2023-09-01", "2026-08-31")], base, &[], "001 correct 2 to 2023-09-01..2026-08-31"),
        (vec![plain("", "", "", "")], base, &[], "001 correct 2 to 2023-09-01..2026-08-31"),
        // What it has otherwise is asked, and corrected or kept.
        (vec![base], plain(ROUND, "2023-08-20", "2023-09-01", "2027-08-31"), &[], "asks differs"),
        (
            vec![base],
            plain(ROUND, "2023-08-20", "2023-09-01", "2027-08-31"),
            &[("differs", "correct")],
            "001 correct 2 to 2023-09-01..2027-08-31",
        ),
        (vec![base], plain(ROUND, "2023-08-20", "2023-09-01", "2027-08-31"), &[("differs", "keep")], "001 already"),
        (
            vec![base],
            plain(ROUND, "2023-08-20", "2023-09-01", "2027-08-31"),
            &[("differs", "correct"), ("differs:样例甲幼儿园", "keep")],
            "001 already",
        ),
        (vec![base], plain(ROUND, "2023-08-21", "2023-09-01", "2026-08-31"), &[], "asks differs"),
        // One number, used for the lists of several years.
        (vec![base], plain(ROUND, "2026-08-20", "2026-09-01", "2029-08-31"), &[], "001 next from 2026-09-01"),
        // Behind a term without an end nothing is put by guessing.
        (
            vec![plain(ROUND, "2020-08-20", "2020-09-01", "")],
            plain("扬邗教〔2023〕1号", "2023-08-20", "2023-09-01", "2026-08-31"),
            &[],
            "asks unended",
        ),
        (
            vec![plain(ROUND, "2020-08-20", "2020-09-01", "")],
            plain("扬邗教〔2023〕1号", "2023-08-20", "2023-09-01", "2026-08-31"),
            &[("unended", "followed")],
            "001 correct 2 to 2020-09-01..2023-08-31, next from 2023-09-01",
        ),
        // One within another is told, not guessed.
        (vec![base], plain("扬邗教〔2024〕1号", "2024-01-05", "2024-02-01", "2025-01-31"), &[], "001 TERMS_OVERLAP"),
    ]);
}

/// A row whose last day is worked out from these words.
fn worked_out(row: [&str; 8], words: &str) -> Vec<(Entry, Verdict)> {
    let mut rows = listed(&[row]);
    rows[0].0.worked_out = Some(words.to_owned());
    rows
}

#[test]
fn what_was_worked_out_stays_marked() {
    let stated = |from, to| listed(&[plain(ROUND, "2023-08-20", from, to)]);
    let counted = |from, to| worked_out(plain(ROUND, "2023-08-20", from, to), "三年");
    for (before, rows, answers, expected, mark) in [
        // The last day comes later, worked out; and what is filled of another leaves the mark.
        (stated("", ""), counted("", "2026-08-19"), &[][..], "001 correct 2 to ?..2026-08-19", Some("三年")),
        (
            counted("", "2026-08-19"),
            stated("2023-09-01", ""),
            &[],
            "001 correct 2 to 2023-09-01..2026-08-19",
            Some("三年"),
        ),
        // Stated comes later: the same day is on record; another is asked about, and a correction takes the mark away.
        (counted("", "2026-08-19"), stated("", "2026-08-19"), &[], "001 already", Some("三年")),
        (counted("", "2026-08-19"), stated("", "2026-08-31"), &[], "asks differs", Some("三年")),
        (
            counted("", "2026-08-19"),
            stated("", "2026-08-31"),
            &[("differs", "correct")],
            "001 correct 2 to ?..2026-08-31",
            None,
        ),
        // Worked out later, or from other words: the record says it already.
        (stated("", "2026-08-31"), counted("", "2026-08-19"), &[], "001 already", None),
        (
            counted("", "2026-08-19"),
            worked_out(plain(ROUND, "2023-08-20", "", "2026-08-19"), "36个月"),
            &[],
            "001 already",
            Some("三年"),
        ),
    ] {
        let mut record = Record::default();
        record.take(&before, &[]);
        let placed = record.take(&rows, answers);
        assert_eq!(short(&placed[0]), expected, "{before:?} then {rows:?}");
        let held = record.0.outlets[0].held.as_ref().unwrap();
        assert_eq!(held[0].worked_out.as_deref(), mark, "{before:?} then {rows:?}");
    }
}

/// Name, code, address, telephone.
fn outlet<'a>(name: &'a str, code: &'a str, address: &'a str, phone: &'a str) -> [&'a str; 8] {
    [name, code, address, phone, ROUND, "2023-08-20", "2023-09-01", "2026-08-31"]
}

#[test]
fn an_outlet_is_known_by_code_name_and_place() {
    let street = |name: &'static str, street: &str| {
        let mut rows = listed(&[outlet(name, "", "", "")]);
        rows[0].0.street = Some(street.to_owned());
        rows
    };
    let named = |name, code, address| listed(&[outlet(name, code, address, "")]);
    for (before, rows, answers, expected) in [
        // By name and county, whatever the width; joined with saying so.
        (named("甲园(总园)", "", ""), named("甲园（总园）", "", ""), &[][..], "001 already"),
        // Two streets, two outlets; the same street, one.
        (street("为民超市", "蒋王街道"), street("为民超市", "双桥街道"), &[], "002 new from 2023-09-01"),
        (street("为民超市", "蒋王街道"), street("为民超市", "邗江区蒋王街道"), &[], "001 already"),
        (street("为民超市", "蒋王街道"), named("为民超市", "", "扬州市邗江区蒋王街道何桥路3号"), &[], "001 already"),
        (
            street("为民超市", "蒋王街道"),
            named("为民超市", "", "邗江区双桥街道文汇路8号"),
            &[],
            "002 new from 2023-09-01",
        ),
        // One address in several forms, and another.
        (
            named("甲园", "", "邗江中路100号"),
            named("甲园", "", "江苏省扬州市邗江区邗江中路100号1楼"),
            &[],
            "001 already",
        ),
        (named("甲园", "", "邗江中路100号"), named("甲园", "", "文汇西路8号"), &[], "asks outlet"),
        (named("甲园", "", "邗江中路100号"), named("甲园", "", "文汇西路8号"), &[("outlet", "same")], "001 already"),
        (
            named("甲园", "", "邗江中路100号"),
            named("甲园", "", "文汇西路8号"),
            &[("outlet", "new")],
            "002 new from 2023-09-01",
        ),
        (
            named("甲园", "", "邗江中路100号"),
            named("甲园", "", "文汇西路8号"),
            &[("outlet", "new"), ("outlet:甲园", "same")],
            "001 already",
        ),
        // An address that comes later fills; it does not overwrite.
        (named("甲园", "", ""), named("甲园", "", "文汇西路8号"), &[], "001 fill address"),
        (
            named("甲园", "", ""),
            listed(&[outlet("甲园", "", "文汇西路8号", "0514-80000000")]),
            &[],
            "001 fill address phone",
        ),
        // A code that comes later is completed; a list without one finds the outlet that has it.
        (named("甲园", "", ""), named("甲园", CODE, ""), &[], "001 identify 52321003585300008H"),
        (named("甲园", CODE, ""), named("甲园", "", ""), &[], "001 already"),
        (named("甲园", "", "邗江中路100号"), named("甲园", CODE, "文汇西路8号"), &[], "asks outlet"),
        // Renamed where it stands; another outlet of the operator elsewhere; not told.
        (named("甲园", CODE, "邗江中路100号"), named("乙园", CODE, "邗江中路100号"), &[], "001 already"),
        (named("甲园", CODE, "邗江中路100号"), named("乙园", CODE, "文汇西路8号"), &[], "002 new from 2023-09-01"),
        (named("甲园", CODE, ""), named("乙园", CODE, ""), &[], "asks outlet:乙园"),
        (named("甲园", CODE, ""), named("乙园", CODE, ""), &[("outlet:乙园", "new")], "002 new from 2023-09-01"),
        (named("甲园", CODE, ""), named("乙园", CODE, ""), &[("outlet:乙园", "52321003585300008H-001")], "001 already"),
        // One name under two codes is two operators.
        (named("甲园", CODE, ""), named("甲园", "92141127MA0KD1Y64A", ""), &[], "001 new from 2023-09-01"),
    ] {
        let mut record = Record::default();
        record.take(&before, &[]);
        let placed = record.take(&rows, answers);
        assert_eq!(short(&placed[0]), expected, "{:?} then {:?}: {:?}", before[0].0, rows[0].0, placed[0].because);
    }
}

#[test]
fn a_code_that_was_completed_since_finds_the_outlet_under_its_key() {
    let mut record = Record::default();
    let first = record.take(&listed(&[plain(ROUND, "2023-08-20", "2023-09-01", "2026-08-31")]), &[]);
    let id = first[0].id.clone().unwrap();
    // A bureau supplied the code; it was renamed since.
    let mut known = record.0.outlet(&id).unwrap().clone();
    known.code = Some(CODE.to_owned());
    known.names = vec!["样例新幼儿园".to_owned(), "样例甲幼儿园".to_owned()];
    record.0.enter(known);
    let next =
        listed(&[["样例甲幼儿园", CODE, "", "", "扬邗教〔2026〕31号", "2026-09-01", "2026-09-01", "2029-08-31"]]);
    let placed = record.take(&next, &[]);
    assert_eq!((placed[0].id.as_ref(), short(&placed[0]).as_str()), (Some(&id), "001 next from 2026-09-01"));
}

#[test]
fn rows_of_one_list_are_placed_in_their_order() {
    let mut record = Record::default();
    let rows = listed(&[
        outlet("为民超市", "", "邗江中路100号", ""),
        outlet("为民超市", "", "文汇西路8号", ""),
        outlet("为民超市", "", "邗江中路100号", ""),
        outlet("甲店", CODE, "", ""),
        outlet("乙店", CODE, "", ""),
    ]);
    let told: Vec<String> = record.take(&rows, &[]).iter().map(short).collect();
    let new = |number: &str| format!("{number} new from 2023-09-01");
    assert_eq!(told, [new("001"), new("002"), "001 already".to_owned(), new("001"), new("002")]);
    // Interrupted after any of its rows, and taken again in any order, it leaves the same outlets and asks nothing.
    for done in 1..rows.len() {
        let mut interrupted = Record::default();
        interrupted.take(&rows[..done], &[]);
        for turned in [rows.clone(), rows.iter().rev().cloned().collect()] {
            let mut again = interrupted.clone();
            let told: Vec<String> = again.take(&turned, &[]).iter().map(short).collect();
            assert!(!told.iter().any(|told| told.contains("asks")), "{done}: {told:?}");
            assert_eq!(again.0.outlets.len(), 4, "{done}: {told:?}");
        }
    }
    let again: Vec<String> = record.take(&rows, &[]).iter().map(short).collect();
    assert_eq!(again, ["001 already", "002 already", "001 already", "001 already", "002 already"]);
}

#[test]
fn an_ending_is_of_what_is_on_record() {
    let base = plain(ROUND, "2023-08-20", "2023-09-01", "2026-08-31");
    let ended = |kind, on: Option<&str>| {
        let mut rows = listed(&[plain("", on.unwrap_or_default(), "", "")]);
        rows[0].1 = Verdict::Ended { kind, decided_on: on.map(day) };
        rows
    };
    for (before, row, expected) in [
        (vec![], ended(Ending::Revoked, Some("2024-10-29")), " NOT_ON_RECORD"),
        (vec![base], ended(Ending::Revoked, Some("2024-10-29")), "001 end Cancelled 2024-10-29"),
        (vec![base], ended(Ending::Withdrawn, Some("2024-10-29")), "001 end Withdrawn 2024-10-29"),
        (vec![base], ended(Ending::Deregistered, Some("2026-09-29")), "001 already"),
        (vec![base], ended(Ending::Annulled, Some("2026-09-29")), "001 end Annulled 2026-09-29"),
        (vec![base], ended(Ending::Revoked, Some("2022-10-29")), "001 NOT_ON_RECORD"),
        (vec![base], ended(Ending::Expired, None), "001 already"),
        (vec![base], ended(Ending::Expired, Some("2025-08-31")), "001 TERM_NOT_ENDED"),
        (vec![plain(ROUND, "2023-08-20", "", "")], ended(Ending::Expired, None), "001 TERM_UNSTATED"),
        (
            vec![plain(ROUND, "2023-08-20", "", "")],
            ended(Ending::Expired, Some("2026-08-19")),
            "001 correct 2 to ?..2026-08-19",
        ),
    ] {
        let mut record = Record::default();
        for row in &before {
            record.take(&listed(&[*row]), &[]);
        }
        let placed = record.take(&row, &[]);
        assert_eq!(short(&placed[0]), expected, "{before:?} then {:?}", row[0].1);
        if matches!(placed[0].step, Step::Record(_)) {
            assert_eq!(short(&record.take(&row, &[])[0]), "001 already", "{before:?} then {:?} again", row[0].1);
        }
    }
    // Certified and ended in one file, and the older list once more.
    let mut record = Record::default();
    let mut rows = listed(&[base]);
    rows.extend(ended(Ending::Revoked, Some("2024-10-29")));
    let told: Vec<String> = record.take(&rows, &[]).iter().map(short).collect();
    assert_eq!(told, ["001 new from 2023-09-01", "001 end Cancelled 2024-10-29"]);
    assert_eq!(short(&record.take(&listed(&[base]), &[])[0]), "001 already");
    // After it another begins within what its term would have been.
    let anew = plain("扬邗教〔2025〕1号", "2025-03-01", "2025-03-01", "2028-02-29");
    assert_eq!(short(&record.take(&listed(&[anew]), &[])[0]), "001 next from 2025-03-01");
}

#[test]
fn proposals_and_refusals_are_not_recorded() {
    let mut record = Record::default();
    let mut rows = listed(&[outlet("甲园", "", "", ""), outlet("乙园", "", "", "")]);
    rows[0].1 = Verdict::Proposed { window: None };
    rows[1].1 = Verdict::Refused;
    assert!(record.take(&rows, &[]).iter().all(|placed| placed.step == Step::Nothing && placed.id.is_none()));
    assert!(record.0.outlets.is_empty());
}

#[test]
fn what_was_decided_in_the_registry_is_not_changed_by_a_list() {
    let mut record = Record::default();
    let placed = record.take(&listed(&[plain(ROUND, "2023-08-20", "2023-09-01", "2026-08-31")]), &[]);
    let id = placed[0].id.clone().unwrap();
    let mut known = record.0.outlet(&id).unwrap().clone();
    known.held.as_mut().unwrap()[0].back_entered = false;
    record.0.enter(known);
    let differs = listed(&[plain(ROUND, "2023-08-20", "2023-09-01", "2027-08-31")]);
    assert_eq!(short(&record.take(&differs, &[("differs", "correct")])[0]), "001 DECISION_DIFFERS");
    let same = listed(&[plain(ROUND, "2023-08-20", "2023-09-01", "2026-08-31")]);
    assert_eq!(short(&record.take(&same, &[])[0]), "001 already");
}

#[test]
fn only_what_may_be_there_is_looked_up() {
    use super::Lookup;
    let code = listed(&[outlet("甲园", CODE, "", "")]).remove(0).0;
    let plain = listed(&[outlet("甲园", "", "", "")]).remove(0).0;
    let mut register = Register::default();
    assert_eq!(register.needs(&code), []);
    let other = Outlet {
        id: ProviderId::parse("914403001922038216-001").unwrap(),
        names: vec!["丙园".to_owned()],
        division: Division::parse("321003005007").unwrap(),
        address: None,
        has_phone: false,
        has_point: false,
        code: None,
        live: Vec::new(),
        held: None,
        of_this_list: false,
    };
    register.enter(other.clone());
    let county = "321003".to_owned();
    let name = Lookup::Name { county, name: "甲园".to_owned() };
    assert_eq!(register.needs(&plain), std::slice::from_ref(&name));
    assert_eq!(register.needs(&code), [Lookup::Code(CODE.to_owned()), name.clone()]);
    register.looked(name);
    assert_eq!(register.needs(&plain), []);
    // Found by a name that it bore: all of it is asked for, and then nothing more.
    register.enter(Outlet { names: vec!["丙园".to_owned(), "甲园".to_owned()], ..other.clone() });
    assert_eq!(register.needs(&plain), [Lookup::Outlet(other.id.clone())]);
    let held = Held {
        act: 2,
        category: CategoryCode::parse("kindergarten").unwrap(),
        decided_on: None,
        valid_from: None,
        valid_to: None,
        worked_out: None,
        document: None,
        body: String::new(),
        source: String::new(),
        back_entered: true,
        end: Some(HeldEnd { effective_on: None, annulled: false }),
    };
    register.enter(Outlet { held: Some(vec![held]), ..other.clone() });
    assert_eq!(register.needs(&plain), []);
    // A page that tells less does not take it away.
    register.enter(other);
    assert_eq!(register.needs(&plain), []);
}

type Named<'a> = (Vec<(Entry, Verdict)>, Vec<(Entry, Verdict)>, &'a [(&'a str, &'a str)], &'a str);

/// Each case: a list that was taken, a row, answers, and what becomes of it.
fn known_as(cases: Vec<Named<'_>>) {
    for (before, rows, answers, expected) in cases {
        let mut record = Record::default();
        record.take(&before, &[]);
        let placed = record.take(&rows, answers);
        let (known, own) = (&before[0].0, &rows[0].0);
        assert_eq!(short(&placed[0]), expected, "{:?} then {:?}: {:?}", known.name, own.name, placed[0].because);
        if known.name != own.name && known.uscc.is_none() && placed[0].step == Step::Already {
            assert!(!placed[0].because.is_empty(), "joined without saying so: {:?}", own.name);
        }
        if matches!(placed[0].step, Step::Record(_)) {
            let again = short(&record.take(&rows, answers)[0]);
            assert!(again.ends_with(" already"), "{:?} again: {again}", own.name);
        }
    }
}

fn called(name: &str, code: &str, address: &str) -> Vec<(Entry, Verdict)> {
    listed(&[outlet(name, code, address, "")])
}

/// A name in many forms at one place is one outlet, said so; where no place tells it, it is asked.
#[test]
fn an_outlet_is_known_however_its_name_is_written() {
    known_as(vec![
        (called("新盛托育园", "", "新盛路1号"), called("邗江区新盛托育园", "", "新盛路1号"), &[][..], "001 already"),
        (
            called("邗江区新盛托育园", "", "扬州市邗江区新盛路1号"),
            called("扬州市邗江区新盛托育园有限公司", "", "新盛路1号"),
            &[],
            "001 already",
        ),
        (
            called("新盛托育园", "", "新盛路1号"),
            called("扬州新盛托育园(普通合伙)", CODE, "新盛路1号"),
            &[],
            "001 identify 52321003585300008H",
        ),
        (called("新盛托育园", CODE, "新盛路1号"), called("邗江区新盛托育园", CODE, ""), &[], "001 already"),
        (
            called("新盛托育园", CODE, "新盛路1号"),
            called("邗江区新盛托育园", "92141127MA0KD1Y64A", "新盛路1号"),
            &[],
            "001 new from 2023-09-01",
        ),
        // No place tells it.
        (called("新盛托育园", "", ""), called("邗江区新盛托育园", "", "新盛路1号"), &[], "asks alike"),
        (called("新盛托育园", "", "新盛路1号"), called("邗江区新盛托育园", "", ""), &[], "asks alike"),
        (
            called("新盛托育园", "", ""),
            called("邗江区新盛托育园", "", "新盛路1号"),
            &[("alike", "same")],
            "001 fill address",
        ),
        (
            called("新盛托育园", "", ""),
            called("邗江区新盛托育园", "", "新盛路1号"),
            &[("alike", "new")],
            "001 new from 2023-09-01",
        ),
        (
            called("新盛托育园", "", ""),
            called("邗江区新盛托育园", "", ""),
            &[("alike", "new"), ("alike:邗江区新盛托育园", "same")],
            "001 already",
        ),
        // Another place: another outlet, and that is said.
        (
            called("新盛托育园", "", "新盛路1号"),
            called("邗江区新盛托育园", "", "文汇西路8号"),
            &[],
            "001 new from 2023-09-01",
        ),
    ]);
}

#[test]
fn branches_are_others_and_who_was_renamed_is_asked() {
    let new = "002 new from 2023-09-01";
    known_as(vec![
        // Branches, buildings and numbers are others, at one door too.
        (
            called("新盛托育园", "", "新盛路1号"),
            called("新盛托育园二部", "", "新盛路1号"),
            &[],
            "001 new from 2023-09-01",
        ),
        (called("新盛托育园", CODE, "新盛路1号"), called("新盛托育园二部", CODE, "新盛路1号"), &[], new),
        (called("新盛托育园一部", CODE, "新盛路1号"), called("新盛托育园二部", CODE, "新盛路1号"), &[], new),
        (called("新盛幼儿园", CODE, ""), called("新盛幼儿园第一分园", CODE, ""), &[], new),
        (called("新盛托育园(3号楼)", CODE, "新盛路1号"), called("新盛托育园(5号楼)", CODE, "新盛路1号"), &[], new),
        // Renamed, as far as the list says it; asked where the names share something at one door; told where they share nothing.
        (
            called("西湖托育园", "", "西湖路1号"),
            called("西湖宝贝托育园(原西湖托育园)", "", "西湖路1号"),
            &[],
            "001 already",
        ),
        (called("西湖托育园", "", "西湖路1号"), called("西湖宝贝托育园", "", "西湖路1号"), &[], "asks renamed"),
        (
            called("西湖托育园", "", "西湖路1号"),
            called("西湖宝贝托育园", "", "西湖路1号"),
            &[("renamed", "same")],
            "001 already",
        ),
        (
            called("西湖托育园", "", "西湖路1号"),
            called("西湖宝贝托育园", "", "西湖路1号"),
            &[("renamed", "new")],
            "001 new from 2023-09-01",
        ),
        (called("西湖托育园", "", "西湖路1号"), called("阳光托育园", "", "西湖路1号"), &[], "001 new from 2023-09-01"),
    ]);
}

#[test]
fn an_ending_finds_its_outlet_however_its_name_is_written() {
    let certified = |name, address| listed(&[outlet(name, "", address, "")]);
    let ended = |name, address| {
        let mut rows = listed(&[[name, "", address, "", "", "2025-03-01", "", ""]]);
        rows[0].1 = Verdict::Ended { kind: Ending::Revoked, decided_on: Some(day("2025-03-01")) };
        rows
    };
    for (before, rows, answers, expected) in [
        (
            certified("新盛托育园", "新盛路1号"),
            ended("邗江区新盛托育园", "新盛路1号"),
            &[][..],
            "001 end Cancelled 2025-03-01",
        ),
        (certified("新盛托育园", "新盛路1号"), ended("新盛托育园(注销)", ""), &[], "001 end Cancelled 2025-03-01"),
        (certified("新盛托育园", "新盛路1号"), ended("邗江区新盛托育园", ""), &[], "asks alike"),
        (
            certified("新盛托育园", "新盛路1号"),
            ended("邗江区新盛托育园", ""),
            &[("alike", "same")],
            "001 end Cancelled 2025-03-01",
        ),
        (certified("新盛托育园", "新盛路1号"), ended("邗江区新盛托育园", ""), &[("alike", "new")], " NOT_ON_RECORD"),
        (certified("新盛托育园", "新盛路1号"), ended("邗江区新盛托育园", "文汇西路8号"), &[], " NOT_ON_RECORD"),
        (certified("新盛托育园", "新盛路1号"), ended("新盛托育园二部", "新盛路1号"), &[], " NOT_ON_RECORD"),
        (certified("瓜洲托育园", ""), ended("瓜洲托育", ""), &[], " NOT_ON_RECORD"),
    ] {
        let mut record = Record::default();
        record.take(&before, &[]);
        let placed = record.take(&rows, answers);
        assert_eq!(
            short(&placed[0]),
            expected,
            "{:?} then {:?}: {:?}",
            before[0].0.name,
            rows[0].0.name,
            placed[0].because
        );
    }
    // Of two outlets that one name may mean the one that is still certified: an earlier term that ran out is no end of it.
    let mut record = Record::default();
    let old = ["新盛托育园", "", "", "", "扬邗卫〔2021〕5号", "2021-05-01", "2021-05-01", "2024-04-30"];
    let renewed =
        ["邗江区新盛托育园", "", "新盛路1号", "", "扬邗卫〔2024〕5号", "2024-05-01", "2024-05-01", "2027-04-30"];
    record.take(&listed(&[old]), &[]);
    record.take(&listed(&[renewed]), &[("alike", "new")]);
    assert_eq!(short(&record.take(&ended("新盛托育园", ""), &[])[0]), "asks outlet:新盛托育园");
}

/// Two rows of one list are of one outlet only where they say the same of everything, persons included, or where an officer says so.
#[test]
fn rows_of_one_list_that_say_different_things_are_two_or_asked() {
    const SHOPS: &str = "名称,经营者,运营单位,所属街道,地址,类别,所属区县,认定日期";
    let shops = |rows_of: &[&str]| {
        let lines = rows_of.iter().map(|row| format!("{row},普惠性民办幼儿园,扬州市邗江区,2024-01-01"));
        let text = [SHOPS.to_owned()].into_iter().chain(lines).collect::<Vec<_>>().join("\n");
        let mut out: Vec<(Entry, Verdict)> = Vec::new();
        for row in rows(&text) {
            let shown = format!("{row:?}");
            out.push((row.entry.unwrap_or_else(|| panic!("{shown}")), Verdict::Certified));
        }
        out
    };
    for (list, alone) in [
        // Persons, of whom nothing is kept.
        (["惠民超市,张三,,,一路1号", "惠民超市,李四,,,一路1号"], false),
        (["惠民超市,张三,,,一路1号", "惠民超市,王五,,,"], false),
        (["惠民超市,张三,,,", "惠民超市,王五,,,"], false),
        // Operators.
        (["惠民超市,,扬州甲公司,,一路1号", "惠民超市,,扬州乙公司,,一路1号"], false),
        (["助餐点,,仪化社区,,", "助餐点,,胥浦社区,,"], false),
        // Addresses of one door.
        (["惠民超市,张三,,,二路1号", "惠民超市,张三,,,二路1号2楼"], false),
        (["惠民超市,,,,一路3号", "惠民超市,,,,一路3号附1号"], false),
        (["惠民超市,,,蒋王街道,一路3号", "惠民超市,,,,一路3号"], false),
        (["惠民超市,,,,一路3号", "惠民超市,,,,"], false),
        // Names.
        (["新盛超市,,,,一路3号", "邗江区新盛超市,,,,一路3号"], false),
        // Plainly two.
        (["星星超市,,,,", "邗江区蒋王街道星星超市,,,,"], true),
        (["惠民超市,,,,一路3号", "惠民超市,,,,二路5号"], true),
        // Streets that the record keeps of neither.
        (["惠民超市,张三,,蒋王街道,一路3号", "惠民超市,张三,,汊河街道,一路3号"], false),
        (["新盛超市,张三,,,一路3号", "新盛超市二店,张三,,,一路3号"], true),
    ] {
        let rows = shops(&list);
        let told: Vec<String> = Record::default().take(&rows, &[]).iter().map(short).collect();
        if alone {
            assert!(told.iter().all(|told| told.contains(" new ")), "{list:?}: {told:?}");
            continue;
        }
        assert_eq!(told, ["asks twice", "asks twice"], "{list:?}");
        let mut record = Record::default();
        let answer = &[("twice", "new")];
        let told: Vec<String> = record.take(&rows, answer).iter().map(short).collect();
        assert!(told.iter().all(|told| told.contains(" new ")), "{list:?}: {told:?}");
        assert_eq!(record.0.outlets.len(), 2, "{list:?}");
        let told: Vec<String> = record.take(&rows, answer).iter().map(short).collect();
        assert!(told.iter().all(|told| told.ends_with(" already")), "{list:?} again: {told:?}");
        assert_eq!(record.0.outlets.len(), 2, "{list:?}");
        // Interrupted after the first.
        let mut record = Record::default();
        record.take(&rows[..1], &[]);
        record.take(&rows, answer);
        assert_eq!(record.0.outlets.len(), 2, "{list:?} interrupted");
        // The officer says that they are one.
        let mut record = Record::default();
        let told: Vec<String> = record.take(&rows, &[("twice", "same"), ("alike", "same")]).iter().map(short).collect();
        assert_eq!(record.0.outlets.len(), 1, "{list:?}: {told:?}");
        let own = format!("twice:{}", rows[0].0.name);
        if rows[0].0.name == rows[1].0.name {
            assert!(Record::default().take(&rows, &[(own.as_str(), "new")]).iter().all(|placed| placed.id.is_some()));
        }
    }
    // The same of everything: once.
    let rows = shops(&["惠民超市,张三,,,一路1号", "惠民超市,张三,,,一路1号"]);
    let told: Vec<String> = Record::default().take(&rows, &[]).iter().map(short).collect();
    assert_eq!(told[1], "001 already", "{told:?}");
}
