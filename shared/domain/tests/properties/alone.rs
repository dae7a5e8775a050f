//! On no day are two certifications of one category live: in whatever order certifications, their ends, renewals, rulings and corrections are typed,
//! each of any day before or after those on record.

use super::*;

/// What is typed: which kind, of which day, how many days on it takes effect or runs, and which act or shape of several.
type Dice = (u8, i64, i64, u8);

pub(super) fn today() -> Day {
    day("2026-07-01")
}

fn number() -> PledgeNumber {
    PledgeNumber::parse("32100320231201000001").unwrap()
}

/// An outlet that is on record and pledged since 2023.
pub(super) fn opened() -> [Command; 2] {
    [register(), pledge_as(PledgeForm { number: number(), made_on: day("2023-12-01"), ..pledge_form(1) })]
}

fn certify_from(decided: Day, from: Day, to: Day) -> Command {
    certify_as(|c| {
        (c.decided_on, c.valid_from, c.valid_to) = (decided, from, to);
        c.pledge_number = number();
        c.document_number = text(&format!("认定{decided}"));
        c.notice = NoticeWindow::new(decided.plus_days(-9), decided.plus_days(-1)).ok();
    })
}

fn ended(kind: EndingKind, decided_on: Option<Day>, effective_on: Option<Day>) -> Ended {
    let (document_number, bar_until) = (None, None);
    let (deciding_body, source) = (text("教育局"), text("公告第3号"));
    Ended { kind, decided_on, effective_on, document_number, deciding_body, source, bar_until }
}

fn listed((_, on, span, shape): Dice) -> Command {
    let from = day("2024-01-01").plus_days(on);
    back_enter_as(|c| {
        (c.decided_on, c.valid_from) = match shape % 4 {
            0 => (None, None),
            1 => (Some(from), None),
            _ => (None, Some(from)),
        };
        c.document_number = Some(text(&format!("名单{on}")));
        c.valid_to = (shape % 5 > 0).then(|| from.plus_days(span));
        let kind = [EndingKind::Withdrawn, EndingKind::Annulled, EndingKind::Cancelled][usize::from(shape % 3)];
        let over = from.plus_days(if kind == EndingKind::Annulled { 0 } else { span / 2 });
        c.ended = (shape % 7 < 2).then(|| Box::new(ended(kind, None, Some(over))));
    })
}

/// What a provider's category is asked for next.
pub(super) fn of_dice(dice: Dice, state: &Provider) -> Command {
    let (kind, on, span, shape) = dice;
    let of = day("2024-01-01").plus_days(on);
    let held = state.of_category(&category(CARE)).nth(usize::from(shape) % state.certifications.len().max(1));
    let begin = held.and_then(Certification::begin).unwrap_or(of);
    match kind % 12 {
        0 | 1 => certify_from(of, of.plus_days(span % 90), of.plus_days(span % 90 + span)),
        2 | 3 => listed(dice),
        4 => withdraw(&of.to_string(), &of.plus_days(span / 4).to_string()),
        5 => deregister(&of.to_string()),
        6 => record_ending(|c| {
            c.kind = [EndingKind::Withdrawn, EndingKind::Annulled, EndingKind::Cancelled][usize::from(shape % 3)];
            c.decided_on = (shape % 2 == 0).then_some(of);
            c.effective_on = Some(if c.kind == EndingKind::Annulled { begin } else { of.plus_days(span / 4) });
        }),
        7 => Command::NoticeRevocation(NoticeRevocation {
            certification: held.map(|of| of.act),
            category: category(CARE),
            ground: ground(if shape % 2 == 0 { "deceit" } else { "conditions-lost" }),
            detail: text("情形"),
            noticed_on: of,
            hearing_until: of.plus_days(9),
            legal_basis: text("第十一条"),
            document_number: text(&format!("告知{on}")),
        }),
        8 => {
            let notice = state.certifications.iter().flat_map(|of| &of.notices).last();
            revoke_as(|c| {
                let annuls = notice.is_some_and(|notice| notice.kind == RevocationKind::Annulled);
                let told = state.certifications.iter().find(|of| of.notices.iter().any(|known| Some(known) == notice));
                let begin = told.and_then(|of| of.begin()).unwrap_or(of);
                c.decided_on = notice.map_or(of, |notice| notice.hearing_ends_on.plus_days(1 + span % 20));
                c.notice = notice.map(|notice| notice.act);
                c.kind = if annuls { RevocationKind::Annulled } else { RevocationKind::Cancelled };
                c.ground = ground(if annuls { "deceit" } else { "conditions-lost" });
                c.effective_on = if annuls { begin } else { c.decided_on.plus_days(span / 8) };
                c.document_number = text(&format!("取消{on}"));
            })
        }
        9 => {
            let last = held.and_then(|held| held.valid_to).unwrap_or(of);
            let last = if last > today() { of } else { last };
            let (from, to) = (last.plus_days(1), last.plus_days(1 + span));
            Command::Renew(Renew {
                category: category(CARE),
                decided_on: last.plus_days(-(span % 60)),
                valid_from: from,
                valid_to: to,
                document_number: text(&format!("延续{on}")),
                pledge_number: number(),
                deciding_body: None,
            })
        }
        _ => {
            // Rulings on what ends, and on rulings: those are the last.
            let act = state.acts.saturating_sub(u32::from(shape) % 6).max(3);
            overturn(act, &of.to_string())
        }
    }
}

/// The first day on which two certifications of one category are live.
pub(super) fn two_on(p: &Provider) -> Option<(Day, Act, Act)> {
    let days = (-2000..1600).map(|days| today().plus_days(days));
    for on in days {
        let mut live =
            p.certifications.iter().filter(|of| of.standing(on).is_some_and(|standing| standing.status.is_live()));
        if let (Some(one), Some(other)) = (live.next(), live.next()) {
            return Some((on, one.act, other.act));
        }
    }
    None
}

proptest! {
    // 600, or as many more as PROPTEST_CASES says.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(600), ..ProptestConfig::default() })]

    #[test]
    fn on_no_day_two_certifications_of_one_category_are_live(
        dice in proptest::collection::vec((any::<u8>(), 0_i64..912, 1_i64..800, any::<u8>(), 0_u8..4, any::<prop::sample::Index>()), 2..16),
    ) {
        let world = World::new();
        let mut history = History::default();
        for command in opened() {
            let events = history.decide(&world, "everything", today(), &command.into()).unwrap();
            history.record("everything", today(), events);
        }
        for (kind, on, span, shape, how, which) in dice {
            let command = of_dice((kind, on, span, shape), &history.state());
            let asked = if how > 0 {
                command.into()
            } else {
                // An act on record is put right: to another of its kind, or to none.
                let facts: Vec<Event> = history.facts().cloned().collect();
                let at = 2 + which.index(facts.len() - 1);
                let right = facts.get(at - 1).and_then(|fact| redated(fact, (kind, on, span, shape), &history.state()));
                correct(u32::try_from(at).unwrap(), right.filter(|_| shape % 5 > 0))
            };
            let taken = ["everything", "lists"].into_iter().find_map(|bureau| {
                let facts = history.decide(&world, bureau, today(), &asked).ok()?;
                (!facts.is_empty()).then_some((bureau, facts))
            });
            let Some((bureau, facts)) = taken else { continue };
            history.record(bureau, today(), facts);
            let two = two_on(&history.state());
            prop_assert!(two.is_none(), "{:?} after {:#?}", two, history.facts().collect::<Vec<_>>());
        }
    }
}

/// Another act of the kind of this one.
fn redated(fact: &Event, (_, on, span, shape): Dice, state: &Provider) -> Option<Command> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what else there is says nothing of a term")]
    let kind = match fact {
        Event::Certified(_) => 0,
        Event::CertificationRecorded(_) => 2,
        Event::CertificationWithdrawn(_) => 4,
        Event::CertificationDeregistered(_) => 5,
        Event::EndingRecorded(_) => 6,
        Event::CertificationRevoked(_) => 8,
        Event::CertificationRenewed(_) => 9,
        Event::ActOverturned(_) => 10,
        _ => return None,
    };
    let mut right = of_dice((kind, on, span, shape), state);
    if let (Command::Overturn(c), Event::ActOverturned(e)) = (&mut right, fact) {
        c.act = e.act;
    }
    Some(right)
}
