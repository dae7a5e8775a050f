//! The term of a certification, what ends it and what came after that, in words. Every part that is not on record is left out with its words.

use api::directory::v1::{Act, Certification, CertificationEnd, EndKind};
use api::registry::v1::CertificationStatus;
use api::words::called;

use super::super::ended::came_to_be;

/// A value with what it is called before it; nothing where there is none.
pub(super) fn with(name: &str, value: &str) -> String {
    if value.is_empty() { String::new() } else { format!("{name}{value}") }
}

/// The parts that there are, one after the other.
pub(super) fn listed(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(",")
}

/// The days of a term, as far as the record says them.
pub(super) fn term(c: &Certification) -> String {
    let words = &c.valid_to_worked_out_from;
    let worked_out = if words.is_empty() { String::new() } else { format!("(止日据“{words}”推算)") };
    match (c.valid_from.as_str(), c.valid_to.as_str()) {
        ("", "") => "期限未载明".to_owned(),
        ("", to) => format!("至 {to}(起日未载明){worked_out}"),
        (from, "") => format!("自 {from} 起(止日未载明)"),
        (from, to) => format!("{from} — {to}{worked_out}"),
    }
}

/// What ends a certification, and what came after it: of ends that hold the first one is how it stands. One that lies ahead of the day is
/// decided all the same, and one that left nothing to begin ended it when it was decided.
pub(super) fn end(c: &Certification, day: &str) -> String {
    let mut standing: Vec<&CertificationEnd> = c.ends.iter().filter(|end| end.overturned.is_none()).collect();
    standing.sort_by_key(|end| since(c, end));
    // A term that was left by the ruling on its renewal did not run out by itself.
    let by_ruling =
        |end: &&CertificationEnd| end.kind() == EndKind::RenewalOverturned && end.effective_on == c.status_since;
    let is_lapsed = c.status() == CertificationStatus::Expired && !standing.iter().any(by_ruling);
    let mut told: Vec<String> = is_lapsed.then(|| format!("到期({})", c.status_since)).into_iter().collect();
    for end in standing {
        let decided = decided(c, end, (told.is_empty(), day));
        told.push(listed(std::iter::once(decided).chain(particulars_of(end))));
    }
    told.extend(c.ends.iter().filter_map(|end| undone(c, end)));
    told.join(";")
}

/// By which act an end stands again.
pub(super) fn again(act: &Act) -> String {
    format!("撤销该决定的裁决已被撤销,该决定恢复(第{}项)", act.number)
}

/// Whether nothing of the certification was left to begin once this was decided.
pub(super) fn never_began(c: &Certification, end: &CertificationEnd) -> bool {
    !end.decided_on.is_empty() && end.decided_on < c.valid_from && end.effective_on <= c.valid_from
}

/// Since when it ends the certification.
fn since<'a>(c: &Certification, end: &'a CertificationEnd) -> &'a str {
    if never_began(c, end) { &end.decided_on } else { &end.effective_on }
}

fn act_of(end: &CertificationEnd) -> u32 {
    end.act.as_ref().map_or(0, |act| act.number)
}

/// An end and its day, told of a day: the first that holds by its name, another by what it made of the certification.
fn decided(c: &Certification, end: &CertificationEnd, (is_first, day): (bool, &str)) -> String {
    let what = if is_first { called::<EndKind>(end.kind).zh } else { came_to_be(end.kind()) };
    let (then, on, act) = (if is_first { "" } else { "其后" }, since(c, end), act_of(end));
    let begins = if never_began(c, end) { ",未及生效" } else { "" };
    match (is_first, on > day) {
        (_, true) => format!("{then}将于 {on} {what}(第{act}项){begins}"),
        (true, false) => format!("{on} {what}(第{act}项){begins}"),
        (false, false) => format!("{then} {on} {what}(第{act}项){begins}"),
    }
}

/// An end that was undone: it held until then, or not at all where it had not taken effect.
fn undone(c: &Certification, end: &CertificationEnd) -> Option<String> {
    let ruling = end.overturned.as_ref()?;
    let by = ruling.act.as_ref().map_or(0, |act| act.number);
    let (on, act) = (&ruling.overturned_on, act_of(end));
    let bar = if end.bar_until.is_empty() {
        String::new()
    } else {
        format!(",原定至 {} 止(含当日)不得再次申报,已随之撤销", end.bar_until)
    };
    let ruled = format!("由{}撤销原决定(第{by}项){bar}", ruling.body);
    // An annulment reaches back; it was so from its decision on.
    let from = since(c, end).max(&end.decided_on);
    Some(if on.as_str() <= from {
        format!("原定 {from} {}(第{act}项),生效前已于 {on} {ruled}", called::<EndKind>(end.kind).zh)
    } else {
        format!("{from} {}(第{act}项),已于 {on} {ruled}", came_to_be(end.kind()))
    })
}

/// On what an end rests, and what it brought.
fn particulars_of(end: &CertificationEnd) -> Vec<String> {
    let mut parts: Vec<String> = end.again.iter().map(again).collect();
    parts.extend([with("事由 ", &end.ground_name), with("文号 ", &end.document_number), with("理由 ", &end.reason)]);
    if end.back_entered {
        let dated = if end.undated { "(日期未载明)" } else { "" };
        parts.push(format!("补录{dated}"));
    }
    parts.extend([with("决定单位 ", &end.deciding_body), with("来源 ", &end.source)]);
    if !end.bar_until.is_empty() {
        parts.push(format!("至 {} 止(含当日)不得再次申报", end.bar_until));
    }
    parts
}

#[cfg(test)]
mod tests {
    use api::directory::v1::Overturning;

    use super::*;

    fn act(number: u32) -> Act {
        Act { number, ..Act::default() }
    }

    fn ended(kind: EndKind, number: u32, (decided_on, effective_on): (&str, &str)) -> CertificationEnd {
        CertificationEnd {
            kind: kind.into(),
            decided_on: decided_on.to_owned(),
            effective_on: effective_on.to_owned(),
            act: Some(act(number)),
            ..CertificationEnd::default()
        }
    }

    fn ruling(on: &str) -> Overturning {
        let (body, document_number) = ("法院".to_owned(), "判1号".to_owned());
        Overturning { overturned_on: on.to_owned(), body, document_number, act: Some(act(9)) }
    }

    /// From 2026-09-01 to 2029-08-31.
    fn certified(status: CertificationStatus, since: &str, ends: Vec<CertificationEnd>) -> Certification {
        Certification {
            status: status.into(),
            status_since: since.to_owned(),
            valid_from: "2026-09-01".to_owned(),
            valid_to: "2029-08-31".to_owned(),
            ends,
            ..Certification::default()
        }
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "one row a case")]
    fn an_end_is_told_by_the_day_since_which_it_ends() {
        use CertificationStatus::{Expired, Revoked, Unspecified, Valid, Withdrawn};
        use EndKind::{Annulled, Cancelled, RenewalOverturned};
        let undone = |end: CertificationEnd, on: &str| vec![CertificationEnd { overturned: Some(ruling(on)), ..end }];
        let left = || ended(EndKind::Withdrawn, 5, ("2027-01-01", "2027-02-01"));
        let cancelled = || ended(Cancelled, 6, ("2027-01-10", "2027-03-01"));
        let table = [
            // Before the term begins.
            (
                Revoked,
                "2026-07-01",
                vec![ended(Annulled, 5, ("2026-07-01", "2026-09-01"))],
                "2026-07-15",
                "2026-07-01 撤销(第5项),未及生效",
            ),
            (
                Revoked,
                "2026-07-01",
                vec![ended(Cancelled, 5, ("2026-07-01", "2026-08-01"))],
                "2026-07-15",
                "2026-07-01 取消(第5项),未及生效",
            ),
            (
                Revoked,
                "2026-09-01",
                vec![ended(Annulled, 5, ("2026-07-01", "2026-09-01"))],
                "2026-10-01",
                "2026-07-01 撤销(第5项),未及生效",
            ),
            // An end that lies ahead, also of a term ahead.
            (Unspecified, "", vec![left()], "2026-07-15", "将于 2027-02-01 自愿退出(第5项)"),
            (
                Valid,
                "2026-09-01",
                vec![left(), cancelled()],
                "2027-01-20",
                "将于 2027-02-01 自愿退出(第5项);其后将于 2027-03-01 被取消(第6项)",
            ),
            (
                Withdrawn,
                "2027-02-01",
                vec![left(), cancelled()],
                "2027-02-20",
                "2027-02-01 自愿退出(第5项);其后将于 2027-03-01 被取消(第6项)",
            ),
            (
                Withdrawn,
                "2027-02-01",
                vec![left(), cancelled()],
                "2027-03-01",
                "2027-02-01 自愿退出(第5项);其后 2027-03-01 被取消(第6项)",
            ),
            // Undone before it took effect, on that day, and after it.
            (
                Valid,
                "2026-09-01",
                undone(cancelled(), "2027-02-10"),
                "2027-04-01",
                "原定 2027-03-01 取消(第6项),生效前已于 2027-02-10 由法院撤销原决定(第9项)",
            ),
            (
                Valid,
                "2026-09-01",
                undone(cancelled(), "2027-03-01"),
                "2027-04-01",
                "原定 2027-03-01 取消(第6项),生效前已于 2027-03-01 由法院撤销原决定(第9项)",
            ),
            (
                Valid,
                "2027-03-10",
                undone(cancelled(), "2027-03-10"),
                "2027-04-01",
                "2027-03-01 被取消(第6项),已于 2027-03-10 由法院撤销原决定(第9项)",
            ),
            // The bar that it brought went with it.
            (
                Valid,
                "2027-03-10",
                undone(CertificationEnd { bar_until: "2029-01-10".to_owned(), ..cancelled() }, "2027-03-10"),
                "2027-04-01",
                "2027-03-01 被取消(第6项),已于 2027-03-10 由法院撤销原决定(第9项),原定至 2029-01-10 止(含当日)不得再次申报,已随之撤销",
            ),
            (
                Valid,
                "2027-03-10",
                undone(ended(Annulled, 6, ("2027-02-01", "2026-09-01")), "2027-03-10"),
                "2027-04-01",
                "2027-02-01 被撤销(第6项),已于 2027-03-10 由法院撤销原决定(第9项)",
            ),
            // One entry for the day of a ruling on a renewal.
            (
                Expired,
                "2030-01-05",
                vec![ended(RenewalOverturned, 9, ("2030-01-05", "2030-01-05"))],
                "2030-02-01",
                "2030-01-05 延续被撤销(第9项)",
            ),
            (
                Expired,
                "2029-09-01",
                vec![ended(Annulled, 6, ("2029-10-01", "2029-10-01"))],
                "2030-02-01",
                "到期(2029-09-01);其后 2029-10-01 被撤销(第6项)",
            ),
        ];
        for (status, since, ends, day, expected) in table {
            assert_eq!(end(&certified(status, since, ends), day), expected, "on {day}");
        }
    }

    /// No blank stands twice, before a mark or at an end, and no word waits for what is not on record.
    fn is_sound(text: &str) -> bool {
        let odd = [
            "  ",
            " ,",
            " ;",
            " )",
            ",,",
            ",;",
            ";;",
            "(,",
            "()",
            "(第项)",
            "于 ,",
            "于 ;",
            "自 起",
            "自  ",
            "由撤销",
            "至 止",
        ];
        text.trim() == text && !text.ends_with([',', ';', '于', '自']) && !odd.iter().any(|odd| text.contains(odd))
    }

    #[test]
    fn no_sentence_has_an_empty_part() {
        let kinds = [
            EndKind::Cancelled,
            EndKind::Annulled,
            EndKind::Withdrawn,
            EndKind::Deregistered,
            EndKind::Overturned,
            EndKind::RenewalOverturned,
        ];
        let days = ["2026-07-01", "2026-09-01", "2027-03-01", "2030-03-01"];
        let mut told = 0;
        for (kind, other) in kinds.iter().flat_map(|kind| kinds.iter().map(move |other| (*kind, *other))) {
            for (decided_on, effective_on) in days.iter().flat_map(|one| days.iter().map(move |two| (*one, *two))) {
                for (undone, filled) in (0..4).map(|bits| (bits & 1 == 1, bits & 2 == 2)) {
                    let text = |text: &str| if filled { text.to_owned() } else { String::new() };
                    let one = CertificationEnd {
                        ground_name: text("乱收费"),
                        document_number: text("取1号"),
                        reason: text("停业"),
                        deciding_body: text("单位"),
                        source: text("名单"),
                        bar_until: text("2031-01-01"),
                        back_entered: true,
                        undated: filled,
                        again: filled.then(|| act(7)),
                        overturned: undone.then(|| ruling("2027-03-01")),
                        ..ended(kind, 5, (if filled { decided_on } else { "" }, effective_on))
                    };
                    let two = ended(other, 6, (effective_on, "2027-06-01"));
                    for (status, on) in [
                        (CertificationStatus::Unspecified, "2026-08-01"),
                        (CertificationStatus::Valid, "2027-03-01"),
                        (CertificationStatus::Expired, "2030-01-01"),
                    ] {
                        let c = certified(status, on, vec![one.clone(), two.clone()]);
                        let text = end(&c, on);
                        assert!(is_sound(&text), "{text}");
                        told += 1;
                    }
                }
            }
        }
        assert_eq!(told, 6 * 6 * 4 * 4 * 4 * 3);
        for (from, to) in [("", ""), ("2026-09-01", ""), ("", "2029-08-31"), ("2026-09-01", "2029-08-31")] {
            let (valid_from, valid_to) = (from.to_owned(), to.to_owned());
            let valid_to_worked_out_from = if to.is_empty() { "" } else { "三年" }.to_owned();
            let stated = Certification { valid_from, valid_to, ..Certification::default() };
            let worked_out = Certification { valid_to_worked_out_from, ..stated.clone() };
            assert!(is_sound(&term(&stated)) && is_sound(&term(&worked_out)), "{}", term(&worked_out));
            assert_eq!(term(&worked_out) == term(&stated), to.is_empty());
        }
    }
}
