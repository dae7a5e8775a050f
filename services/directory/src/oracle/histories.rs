//! Random histories of outlets that the rules allow, each command decided as a bureau's would be.

use std::ops::Range;
use std::sync::Arc;

use domain::command::*;
use domain::*;
use proptest::prelude::*;

use crate::world::{day, id, text};

pub(crate) const CATEGORIES: [&str; 2] = ["childcare", "retail"];
pub(crate) const ZONES: [&str; 2] = ["eco-tech-city", "shugang-shouxihu"];
/// A community, its street, its county, a neighbour community, and one of another county.
const PLACES: [&str; 5] = ["321003005007", "321003005", "321003", "321003005008", "321002401001"];

/// The step that corrects an act.
const CORRECTS: u8 = 22;

/// Which command, three numbers that its days and choices are made of, and the days since the step before.
pub(crate) type Step = (u8, u8, u8, u8, u8);

/// The city's rules, with one bureau for everything and no waiting: so that most commands are taken.
struct Rules {
    scheme: Scheme,
    calendar: Calendar,
    divisions: DivisionTable,
    bureau: BureauId,
}

impl Rules {
    fn new() -> Self {
        let mut scheme = serve::reference::scheme(serve::reference::YANGZHOU_SCHEME).unwrap().scheme;
        let bureau = BureauId::parse("everything").unwrap();
        let everything = Bureau {
            name: text("单位"),
            areas: vec![Area::Everywhere],
            categories: Vec::new(),
            every_category: true,
            former_names: Vec::new(),
            until: None,
            successors: Vec::new(),
            winds_up: Vec::new(),
            adopts_rules: false,
            back_enters: true,
            bars_operators: false,
            keeps_pledges: false,
        };
        scheme.bureaus.insert(bureau.clone(), everything);
        scheme.in_force_from = day("2020-01-01");
        let zone = scheme.zones.get_mut(&ZoneCode::parse(ZONES[1]).unwrap()).unwrap();
        zone.areas = vec![DivisionPrefix::parse(PLACES[3]).unwrap()];
        for rules in scheme.categories.values_mut() {
            (rules.notice_days, rules.notice_count) = (1, DayCount::Calendar);
            (rules.renewal_window_days, rules.hearing_days) = (2000, 1);
        }
        for ground in scheme.grounds.values_mut() {
            ground.bar_months = 0;
        }
        let divisions = serve::reference::divisions();
        let calendar = Calendar::covering(day("2020-01-01"), day("2040-12-31"), []);
        Self { scheme, calendar, divisions, bureau }
    }

    fn decide(&self, number: u32, state: &Provider, today: Day, command: &Command) -> Vec<Event> {
        decide(state, command, &self.context(&id(number), today)).unwrap_or_default()
    }

    fn context<'a>(&'a self, provider: &'a ProviderId, today: Day) -> Context<'a> {
        Context {
            scheme: &self.scheme,
            beside: Beside::default(),
            calendar: &self.calendar,
            divisions: &self.divisions,
            bureau: &self.bureau,
            today,
            provider,
            operator_bars: [&[], &[]],
            confirmed: &[],
        }
    }

    /// Corrects one of the acts: to nothing, or to what it is one day later, or takes a correction back.
    fn correct(&self, number: u32, commits: &[Vec<Event>], days: &[Day], (a, b): (u8, u8)) -> Option<Vec<Event>> {
        let (provider, today) = (id(number), *days.last()?);
        let record: Vec<Entry<'_>> = (1..)
            .zip(commits.iter().zip(days))
            .map(|(position, (events, day))| Entry {
                position: Position(position),
                recorded_on: *day,
                bureau: &self.bureau,
                corrects: false,
                events,
            })
            .collect();
        let facts: Vec<&Event> = commits.iter().flatten().collect();
        let at = facts.len().checked_sub(1 + usize::from(a) * 3 % facts.len())?;
        let fact = facts[at];
        let right = (b % 3 > 0).then(|| command_of(std::slice::from_ref(fact)).ok()).flatten().map(|made| made.made_by);
        let right = right.filter(|made| matches!(made, MadeBy::Provider(_))).map(|made| Box::new(later(made)));
        let command = CorrectAct {
            act: Act::new(u32::try_from(at).ok()? + 1).ok()?,
            corrected_on: today,
            reason: text("录入有误"),
            document_number: None,
            right,
        };
        decide_correction(&record, &command, &Of(self, &provider), &self.context(&provider, today)).ok()
    }
}

/// The rules for one provider.
struct Of<'a>(&'a Rules, &'a ProviderId);

impl InTheirDay for Of<'_> {
    fn context<'a>(&'a self, entry: &Entry<'a>, _: Option<&Uscc>) -> Context<'a> {
        Context { bureau: entry.bureau, ..self.0.context(self.1, entry.recorded_on) }
    }
}

/// What was asked for, a day before what it says, or with other words.
fn later(made: MadeBy) -> MadeBy {
    let MadeBy::Provider(mut command) = made else { return made };
    match &mut command {
        Command::RegisterProvider(c) => c.particulars = particulars(1, 2),
        Command::AmendParticulars(c) => c.particulars = particulars(2, 1),
        Command::Certify(c) => c.valid_to = c.valid_to.plus_days(-1),
        Command::RecordCertification(c) => c.valid_to = c.valid_to.map(|last| last.plus_days(-3)),
        Command::Renew(c) => c.valid_to = c.valid_to.plus_days(-2),
        Command::Withdraw(c) => c.effective_on = c.effective_on.plus_days(2),
        Command::Revoke(c) => c.effective_on = c.effective_on.plus_days(1),
        Command::OrderRectification(c) => c.due_on = c.due_on.plus_days(-1),
        Command::RecordBreach(c) => c.extent = BreachExtent::Wholly,
        _ => {}
    }
    MadeBy::Provider(command)
}

const NAMES: [&str; 5] = ["网点", "文昌托育", "托育文昌路店", "Happy托育", "HAPPY 托育园"];

/// One of some places, in a zone or none, under one of some names, mostly with a point; every third is a home.
pub(crate) fn particulars(place: u8, zone: u8) -> Particulars {
    let (north, east) = (i32::from(zone % 4), i32::from(place % 4));
    Particulars {
        name: text(NAMES[usize::from(place + zone) % NAMES.len()]),
        operator_name: text("主体"),
        division: Division::parse(PLACES[usize::from(place) % PLACES.len()]).unwrap(),
        // As the table has it, so that whoever sends it says the same.
        zone: match usize::from(place) % PLACES.len() {
            3 => Some(ZoneCode::parse(ZONES[1]).unwrap()),
            4 => Some(ZoneCode::parse(ZONES[0]).unwrap()),
            _ => None,
        },
        address: Some(text(&format!("文昌西路{zone}号"))),
        phone: None,
        location: (zone % 4 < 3).then(|| Point::new(32_390_000 + 2000 * north, 119_410_000 + 1500 * east).unwrap()),
        withhold_address: place.is_multiple_of(3),
        operator_class: None,
    }
}

fn pledge(number: u32, serial: usize, made_on: Day) -> Command {
    let OperatorCode::Uscc(uscc) = id(number).operator().clone() else { unreachable!() };
    let compact = made_on.to_string().replace('-', "");
    Command::MakePledge(MakePledge {
        pledge: PledgeForm {
            number: PledgeNumber::parse(&format!("321003{compact}{serial:06}")).unwrap(),
            promisor_name: text("主体"),
            promisor_class: PromisorClass::Organisation,
            promisor_uscc: Some(uscc),
            pledge_type: PledgeType::Voluntary,
            other_type: None,
            reason: text("认定"),
            content: text("按价收费"),
            liability: text("整改"),
            made_on,
            valid_until: None,
            accepting_unit: text("单位"),
            accepting_unit_uscc: Uscc::parse("914403001922038216").unwrap(),
            publication: PublicationScope::Public,
            remarks: None,
        },
    })
}

/// What is next for the outlet's last plaque, or another one.
fn plaque_command(state: &Provider, today: Day, again: bool) -> Command {
    let place = (!state.plaques.is_empty()).then(|| text(&format!("{}号门", state.plaques.len())));
    let order = Command::OrderPlaque(OrderPlaque { ordered_on: today, replaces: None, place });
    let Some((number, plaque)) = state.plaques.last_key_value() else { return order };
    let plaque_number = number.clone();
    let overdue = plaque.recovery_due.is_some_and(|due| due < today);
    match plaque.status {
        PlaqueStatus::Ordered => {
            Command::IssuePlaque(IssuePlaque { plaque_number, issued_on: today, design_version: text("1") })
        }
        PlaqueStatus::Issued | PlaqueStatus::Hung if overdue => {
            Command::RecordPlaqueNotReturned(RecordPlaqueNotReturned {
                plaque_number,
                recorded_on: today,
                detail: text("失联"),
            })
        }
        PlaqueStatus::Issued => Command::HangPlaque(HangPlaque { plaque_number, hung_on: today }),
        PlaqueStatus::NotReturned if again => {
            Command::RecoverPlaque(RecoverPlaque { plaque_number, recovered_on: today })
        }
        // One comes to light as lost, another where it was kept.
        PlaqueStatus::NotReturned if state.plaques.len().is_multiple_of(2) => {
            Command::ReportPlaqueLost(ReportPlaqueLost {
                plaque_number, lost_on: today, statement: text("遗失声明")
            })
        }
        PlaqueStatus::NotReturned => {
            Command::DestroyPlaque(DestroyPlaque {
                plaque_number, destroyed_on: today, reason: text("查获后销毁")
            })
        }
        PlaqueStatus::Hung | PlaqueStatus::Recovered | PlaqueStatus::Lost | PlaqueStatus::Destroyed => order,
    }
}

/// The notice that a revocation rests on, which comes before it, where none is open.
fn heard(revoke: &Command, state: &Provider, today: Day) -> Option<Command> {
    let Command::Revoke(c) = revoke else { return None };
    let held = state.of_category(&c.category).last()?;
    if held.notices.iter().any(|notice| notice.ground == c.ground && notice.is_open_on(today)) {
        return None;
    }
    let noticed_on = held.begin().map_or(today.plus_days(-9), |begin| begin.max(today.plus_days(-9)));
    Some(Command::NoticeRevocation(NoticeRevocation {
        certification: Some(held.act),
        category: c.category.clone(),
        ground: c.ground.clone(),
        detail: text("情形"),
        noticed_on,
        hearing_until: noticed_on.plus_days(4),
        legal_basis: text("第十二条"),
        document_number: text(&format!("告知{today}")),
    }))
}

#[expect(clippy::too_many_lines, reason = "one arm a command")]
fn command((which, a, b, c, _): Step, number: u32, state: &Provider, today: Day) -> Option<Command> {
    let category = CategoryCode::parse(CATEGORIES[usize::from(a) % 2]).unwrap();
    let held = state.of_category(&category).last();
    let ground = GroundCode::parse("overcharging").unwrap();
    // What is open of the category, by its number.
    let (mut order, mut suspension, mut ending) = (None, None, None);
    for c in state.of_category(&category) {
        order = order.or(c.orders.iter().find(|order| order.met_on.is_none()).map(|order| order.act));
        suspension = suspension.or(c.suspensions.iter().find(|s| s.resumed_on.is_none()).map(|s| s.act));
        let mut revoked = c.ends.iter().filter(|end| end.kind == EndKind::Revoked && end.overturned_on.is_none());
        ending = ending.or(revoked.next().map(|end| end.act));
    }
    let (near, far) = (i64::from(b), i64::from(c) * 9);
    let document_number: DocumentNumber = text(&format!("{which}号{today}"));
    let detail = text("情形");
    Some(match which {
        0 | 1 => Command::AmendParticulars(AmendParticulars {
            particulars: particulars(b, c),
            // Of today, or of a day before others that are on record.
            effective_on: today.plus_days(if which == 0 { 0 } else { -far }),
            document_number: None,
            site_checked_on: Some(today.plus_days(-far)),
            release: None,
        }),
        2..=6 => {
            let decided_on = today.plus_days(-near);
            // Mostly from the day of the decision, now and then from one ahead.
            let valid_from = decided_on.plus_days(if c % 4 == 0 { near * 2 } else { 0 });
            let in_force = state.pledges.iter().find(|(_, pledge)| pledge.in_force_on(decided_on));
            Command::Certify(Certify {
                particulars: None,
                category,
                decided_on,
                valid_from,
                valid_to: valid_from.plus_days(far),
                document_number,
                pledge_number: in_force?.0.clone(),
                notice: NoticeWindow::new(decided_on.plus_days(-3), decided_on.plus_days(-1)).ok(),
                deciding_body: None,
            })
        }
        7 | 8 => Command::RecordCertification(RecordCertification {
            particulars: None,
            category,
            decided_on: (b % 2 == 0).then(|| today.plus_days(-far)),
            valid_from: (b % 3 == 0).then(|| today.plus_days(-far)),
            valid_to: (c % 4 > 0).then(|| today.plus_days(near * 3)),
            document_number: None,
            deciding_body: text("单位"),
            publicity: None,
            source: text("名单"),
            ended: None,
            valid_to_worked_out_from: (c % 4 == 1).then(|| text("三年")),
        }),
        9 => Command::OrderRectification(OrderRectification {
            category,
            ground,
            detail,
            ordered_on: today.plus_days(-near / 2),
            due_on: today.plus_days(9),
            legal_basis: text("第十一条"),
            document_number,
        }),
        10 => {
            let findings = text("已整改");
            Command::AcceptRectification(AcceptRectification { category, order, accepted_on: today, findings })
        }
        11 => Command::Suspend(Suspend {
            category,
            ground,
            detail,
            suspended_on: today.plus_days(-near / 2),
            legal_basis: text("第十一条"),
            document_number,
        }),
        12 => Command::Resume(Resume { category, suspension, resumed_on: today }),
        13..=15 => {
            let annulled = c % 2 == 0;
            Command::Revoke(Revoke {
                certification: None,
                category,
                notice: None,
                kind: if annulled { RevocationKind::Annulled } else { RevocationKind::Cancelled },
                ground: if annulled { GroundCode::parse("deceit").unwrap() } else { ground },
                legal_basis: text("第十二条"),
                document_number,
                decided_on: today,
                // Annulled back to where it began, or cancelled from a day ahead.
                effective_on: match held?.valid_from {
                    Some(from) if annulled => from,
                    _ => today.plus_days(near),
                },
                bar_until: None,
            })
        }
        16 | 17 => Command::Withdraw(Withdraw {
            category,
            requested_on: today,
            effective_on: today.plus_days(near * 3),
            reason: text("停业"),
        }),
        18 => Command::Deregister(Deregister {
            category,
            deregistered_on: today,
            reason: text("注销"),
            document_number: None,
        }),
        19..=21 => {
            let valid_from = held?.valid_to?.plus_days(1);
            let valid_to = valid_from.plus_days(far);
            Command::Renew(Renew {
                category,
                decided_on: today,
                valid_from,
                valid_to,
                document_number,
                pledge_number: state.pledges.last_key_value()?.0.clone(),
                deciding_body: None,
            })
        }
        // An end, or whatever was recorded: where that is a ruling, what it undid stands again.
        23 | 24 => Command::Overturn(Overturn {
            act: ending
                .filter(|_| which == 23)
                .or_else(|| Act::new((u32::from(b) * 13 + u32::from(c)) % state.acts.max(1) + 1).ok())?,
            overturned_on: today,
            body: text("法院"),
            document_number,
            explanation: text("理由"),
        }),
        25 => Command::RecordExpiry(RecordExpiry { category }),
        26 => Command::RecordBreach(RecordBreach {
            pledge_number: state.pledges.last_key_value()?.0.clone(),
            extent: if c % 2 == 0 { BreachExtent::Partly } else { BreachExtent::Wholly },
            severity: BreachSeverity::Minor,
            // Two that are alike are one.
            unperformed: text(&format!("未履行{near}")),
            consequence: text("整改"),
            determined_on: today,
            determining_unit: None,
            determining_unit_uscc: None,
        }),
        27 => {
            let of = |(number, pledge): (&PledgeNumber, &Arc<Pledge>)| {
                let shown = pledge.breaches.iter().filter(|breach| breach.repair.is_none());
                shown.map(|breach| (number.clone(), breach.determination.act)).collect::<Vec<_>>()
            };
            let shown: Vec<(PledgeNumber, Act)> = state.pledges.iter().flat_map(of).collect();
            let (pledge_number, breach) = shown.get(usize::from(b) % shown.len().max(1))?.clone();
            Command::RepairPledge(RepairPledge {
                pledge_number,
                breach: Some(breach),
                repaired_on: today,
                document_number,
            })
        }
        28 => pledge(number, state.pledges.len() + 1, today),
        _ => plaque_command(state, today, b % 2 == 0),
    })
}

/// The facts of each provider, one list a commit.
pub(crate) type Histories = Vec<Vec<Vec<Event>>>;

/// What came of the steps of each.
pub(crate) fn histories(lots: &[Vec<Step>]) -> Histories {
    let rules = Rules::new();
    let history = |(steps, number): (&Vec<Step>, u32)| {
        let (mut today, mut state) = (day("2026-01-01"), Provider::default());
        let (mut commits, mut days) = (Vec::<Vec<Event>>::new(), Vec::new());
        let place = u8::try_from(number).unwrap();
        let opening = [
            Command::RegisterProvider(RegisterProvider { particulars: particulars(place, place / 2) }),
            pledge(number, 1, day("2025-11-01")),
        ];
        let asked =
            opening.into_iter().map(|command| (Some(command), None)).chain(steps.iter().map(|s| (None, Some(*s))));
        for (command_given, step) in asked {
            today = today.plus_days(step.map_or(0, |step| i64::from(step.4)));
            let command_given = command_given.or_else(|| {
                let step = step.filter(|step| step.0 != CORRECTS)?;
                let asked = command(step, number, &state, today)?;
                if let Some(notice) = heard(&asked, &state, today) {
                    let noticed = rules.decide(number, &state, today, &notice);
                    if !noticed.is_empty() {
                        commits.push(noticed);
                        days.push(today);
                        state = replay(commits.iter().flatten());
                    }
                }
                Some(asked)
            });
            let events = match (command_given, step) {
                (Some(command), _) => rules.decide(number, &state, today, &command),
                (None, Some(step)) if step.0 == CORRECTS => {
                    let until_today: Vec<Day> = days.iter().copied().chain([today]).collect();
                    rules.correct(number, &commits, &until_today, (step.1, step.2)).unwrap_or_default()
                }
                (None, _) => Vec::new(),
            };
            if !events.is_empty() {
                commits.push(events);
                days.push(today);
            }
            state = replay(commits.iter().flatten());
        }
        commits
    };
    lots.iter().zip(0..).map(history).collect()
}

/// The steps of each outlet.
pub(crate) fn lots() -> impl Strategy<Value = Vec<Vec<Step>>> {
    lots_of(1..6, 1..24, 0..40)
}

/// The steps of this many outlets, this many each, with so many days between.
pub(crate) fn lots_of(
    outlets: Range<usize>,
    steps: Range<usize>,
    days: Range<u8>,
) -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = (0_u8..34, 0_u8..8, 0_u8..13, 0_u8..40, days);
    proptest::collection::vec(proptest::collection::vec(step, steps), outlets)
}
