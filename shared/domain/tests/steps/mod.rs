//! Random steps: any command at all, or one that moves on what the state holds.

#![allow(dead_code, reason = "each test crate uses a part of it")]
#![expect(clippy::unwrap_used, reason = "a value of the table that is not one ends the test")]

mod further;
mod onward;

use domain::command::*;
use domain::*;
use proptest::prelude::*;

use crate::world::*;
use onward::onward;

/// A day of 2026 to 2029.
pub(crate) fn any_day() -> impl Strategy<Value = Day> {
    (0_i64..1400).prop_map(|days| day("2026-01-05").plus_days(days))
}

/// A day near `today`, mostly not after it: so that many commands are taken.
pub(crate) fn near(today: Day, offset: i64) -> Day {
    today.plus_days(-offset)
}

/// Which command, with numbers that its days and choices are made of.
pub(crate) fn any_step() -> impl Strategy<Value = (u8, u8, bool, u8)> {
    (0_u8..88, 0_u8..30, any::<bool>(), 0_u8..4)
}

#[expect(clippy::too_many_lines, reason = "one arm a command")]
pub(crate) fn command(step: (u8, u8, bool, u8), today: Day) -> Command {
    let (which, offset, flag, choice) = step;
    let past = |days: i64| near(today, days + i64::from(offset % 3));
    // Mostly one category, so that its end often leaves nothing live.
    let code = if flag || offset % 4 > 0 { CARE } else { "domestic" };
    let of = category(code);
    let serial = u32::from(choice) + 1;
    let number = PledgeNumber::parse(&format!("321003{}{serial:06}", past(0).to_string().replace('-', ""))).ok();
    let plaque_number = plaque(u16::from(choice) + 1);
    let (item, price) = (text("全日托"), price(100_000 + u32::from(offset) * 3_000, PriceUnit::Month));
    let document_number: DocumentNumber = text("文号");
    match which {
        0 => register(),
        1 => amend(
            Particulars { name: text("改名"), address: flag.then(|| text("新址")), ..particulars() },
            "2026-01-05",
            flag.then_some("2026-01-05"),
        ),
        2 => identify("914403001922038216"),
        3 => Command::Apply(Apply { particulars: Some(particulars()), category: of, applied_on: past(0) }),
        4 => Command::ReturnCase(ReturnCase {
            category: of,
            missing: text("缺件"),
            returned_on: past(0),
            due_on: today.plus_days(5),
        }),
        5 => Command::SupplementCase(SupplementCase { category: of, supplemented_on: past(0) }),
        6 => Command::AcceptCase(AcceptCase { category: of, accepted_on: past(0) }),
        7 => Command::RecordInspection(RecordInspection {
            category: of,
            inspected_on: past(0),
            passed: choice > 0,
            findings: text("情况"),
        }),
        8 => Command::OpenNotice(OpenNotice {
            category: of,
            notice: NoticeWindow::new(past(0), today.plus_days(9)).unwrap(),
            published_at: None,
        }),
        9 => Command::RaiseObjection(RaiseObjection {
            category: of,
            objection_number: text(&format!("异议{today}-{offset}")),
            raised_on: past(0),
            summary: text("异议"),
        }),
        10 => Command::ResolveObjection(ResolveObjection {
            category: of,
            objection: flag.then(|| Act::new(serial * 4).unwrap()),
            resolved_on: past(0),
            upheld: choice == 0,
            finding: text("结论"),
        }),
        11 => Command::RefuseCase(RefuseCase {
            category: of,
            decided_on: past(0),
            explanation: text("理由"),
            document_number,
        }),
        12 => Command::WithdrawCase(WithdrawCase { category: of, withdrawn_on: past(0), reason: None }),
        13..=16 => {
            let decided_on = past(0);
            let notice = (which > 13)
                .then(|| NoticeWindow::new(near(decided_on, 12), near(decided_on, i64::from(choice))).unwrap());
            Command::Certify(Certify {
                particulars: Some(particulars()),
                category: of,
                decided_on,
                valid_from: decided_on,
                valid_to: decided_on.plus_days(30 + i64::from(offset) * 30),
                document_number: text(&format!("认定{decided_on}")),
                pledge_number: pledge_number(serial),
                notice,
                deciding_body: None,
            })
        }
        17 => back_enter_as(|c| {
            c.category = of;
            c.valid_to = flag.then(|| today.plus_days(20));
            // One that fills what is empty on record, and one that says less.
            if let Some(particulars) = &mut c.particulars {
                particulars.phone = (choice == 1).then(|| Phone::parse("0514-87341234").unwrap());
                particulars.address = particulars.address.take().filter(|_| choice != 2);
            }
        }),
        18 => Command::OrderRectification(OrderRectification {
            category: of,
            ground: ground("overcharging"),
            detail: text("情形"),
            ordered_on: past(0),
            due_on: today.plus_days(7),
            legal_basis: text("第十一条"),
            document_number,
        }),
        19 => Command::AcceptRectification(AcceptRectification {
            order: None,
            category: of,
            accepted_on: past(0),
            findings: text("已整改"),
        }),
        20 => Command::Suspend(Suspend {
            category: of,
            ground: ground("overcharging"),
            detail: text("情形"),
            suspended_on: past(0),
            legal_basis: text("第十一条"),
            document_number,
        }),
        21 => Command::Resume(Resume { suspension: None, category: of, resumed_on: past(0) }),
        22 | 23 => Command::NoticeRevocation(NoticeRevocation {
            certification: None,
            category: of,
            ground: revocation_ground(choice == 0, flag),
            detail: text("情形"),
            noticed_on: past(10),
            hearing_until: near(past(10), -7),
            legal_basis: text("第十一条"),
            document_number,
        }),
        24 => Command::LiftRevocationNotice(LiftRevocationNotice {
            notice: None,
            category: of,
            lifted_on: past(0),
            reason: text("已整改"),
        }),
        25 | 26 => Command::Revoke(Revoke {
            certification: None,
            notice: None,
            category: of,
            kind: if choice == 0 { RevocationKind::Annulled } else { RevocationKind::Cancelled },
            ground: revocation_ground(choice == 0, flag),
            legal_basis: text("第十二条"),
            document_number,
            decided_on: past(0),
            effective_on: past(0).plus_days(i64::from(choice)),
            bar_until: None,
        }),
        27 => Command::Withdraw(Withdraw {
            category: of,
            requested_on: past(0),
            effective_on: past(0).plus_days(i64::from(offset)),
            reason: text("停业"),
        }),
        28 => Command::RecordExpiry(RecordExpiry { category: of }),
        29 if flag => record_ending(|c| {
            c.category = of;
            c.kind = [EndingKind::Cancelled, EndingKind::Annulled, EndingKind::Withdrawn][usize::from(choice % 3)];
            c.decided_on = (choice > 0).then(|| past(0));
        }),
        29 => Command::Deregister(Deregister {
            category: of,
            deregistered_on: past(0),
            reason: text("注销"),
            document_number: None,
        }),
        30 => Command::Renew(Renew {
            category: of,
            decided_on: past(0),
            valid_from: today.plus_days(i64::from(offset)),
            valid_to: today.plus_days(300),
            document_number,
            pledge_number: pledge_number(1 + u32::from(choice)),
            deciding_body: None,
        }),
        31 => Command::RecordReview(RecordReview {
            category: of,
            year: Year::new(2026 + u32::from(choice)).unwrap(),
            result: if flag { ReviewResult::Failed } else { ReviewResult::Passed },
            reviewed_on: past(0),
            note: None,
        }),
        32 | 33 => Command::Overturn(Overturn {
            act: Act::new(u32::from(offset) + u32::from(choice) + 1).unwrap(),
            overturned_on: past(0),
            body: text("法院"),
            document_number,
            explanation: text("理由"),
        }),
        34 => Command::ProposePrice(ProposePrice { category: of, item, price, proposed_on: past(0) }),
        35 => Command::ApprovePrice(ApprovePrice {
            category: of,
            item,
            proposal: flag.then(|| Act::new(serial * 5).unwrap()),
            decided_on: past(0),
            effective_on: today,
            document_number: None,
        }),
        36 => Command::RejectPrice(RejectPrice {
            category: of,
            item,
            proposal: None,
            rejected_on: past(0),
            reason: text("过高"),
        }),
        37 => match number {
            Some(number) if choice == 0 => pledge_as(PledgeForm { number, made_on: past(0), ..pledge_form(1) }),
            _ => pledge_as(pledge_form(serial)),
        },
        38 => Command::RecordFulfilment(RecordFulfilment {
            pledge_number: pledge_number(serial),
            determined_on: past(0),
            determining_unit: None,
            determining_unit_uscc: None,
        }),
        39 => Command::RecordBreach(RecordBreach {
            pledge_number: pledge_number(serial),
            extent: BreachExtent::Wholly,
            severity: BreachSeverity::Minor,
            unperformed: text("未履行"),
            consequence: text("整改"),
            determined_on: past(0),
            determining_unit: None,
            determining_unit_uscc: None,
        }),
        40 => {
            let place = (choice > 0).then(|| text(&format!("{choice}号门")));
            Command::OrderPlaque(OrderPlaque {
                ordered_on: past(0),
                replaces: (offset > 25).then_some(plaque_number),
                place,
            })
        }
        41 => Command::IssuePlaque(IssuePlaque { plaque_number, issued_on: past(0), design_version: text("2026") }),
        42 => Command::HangPlaque(HangPlaque { plaque_number, hung_on: past(0) }),
        _ => match choice {
            0 => Command::RecoverPlaque(RecoverPlaque { plaque_number, recovered_on: past(0) }),
            1 => {
                Command::ReportPlaqueLost(ReportPlaqueLost {
                    plaque_number, lost_on: past(0), statement: text("声明")
                })
            }
            2 => Command::DestroyPlaque(DestroyPlaque { plaque_number, destroyed_on: past(0), reason: text("破损") }),
            _ => Command::RecordPlaqueNotReturned(RecordPlaqueNotReturned {
                plaque_number,
                recorded_on: past(0),
                detail: text("失联"),
            }),
        },
    }
}

/// The command of a step: any at all, or every second time one that moves on what the state holds, so that deep states are reached.
pub(crate) fn of_step(step: (u8, u8, bool, u8), state: &Provider, today: Day) -> Command {
    let onward = (step.0 >= 44).then(|| onward(step, state, today)).flatten();
    let mut asked = onward.unwrap_or_else(|| command((step.0 % 44, step.1, step.2, step.3), today));
    if let Command::Revoke(c) = &mut asked
        && c.kind == RevocationKind::Annulled
    {
        // Back to where it began, whenever that was.
        let begin = state.standing(&c.category, today).and_then(|(held, _)| held.begin());
        c.effective_on = begin.unwrap_or(c.effective_on);
    }
    asked
}

/// A ground of the scheme for either act.
pub(crate) fn revocation_ground(annuls: bool, conditions: bool) -> GroundCode {
    ground(match (annuls, conditions) {
        (true, _) => "deceit",
        (false, true) => "conditions-lost",
        (false, false) => "overcharging",
    })
}
