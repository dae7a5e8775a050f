//! What can be done next with what the state holds: with a certification that is live, a price that waits, a pledge, a plaque.

use domain::command::*;
use domain::*;

use super::revocation_ground;
use crate::world::*;

/// Everything the state invites that is more than the next step of a case.
pub(super) fn further((offset, flag, choice): (u8, bool, u8), state: &Provider, today: Day) -> Vec<Command> {
    let mut invited = Vec::new();
    for case in state.cases.iter().filter(|case| case.is_open()) {
        of_case(case, choice, today, &mut invited);
    }
    for c in &state.certifications {
        if c.live_on(today) {
            of_live(c, (offset, flag, choice), today, &mut invited);
        }
        of_notices(c, (flag, choice), today, &mut invited);
    }
    for ((category, item), promise) in &state.prices {
        for pending in promise.pending() {
            let (category, item, proposal) = (category.clone(), item.clone(), Some(pending.act));
            invited.push(if choice > 0 {
                let (decided_on, effective_on) = (today, today.plus_days(i64::from(offset)));
                Command::ApprovePrice(ApprovePrice {
                    category,
                    item,
                    proposal,
                    decided_on,
                    effective_on,
                    document_number: None,
                })
            } else {
                Command::RejectPrice(RejectPrice {
                    category, item, proposal, rejected_on: today, reason: text("过高")
                })
            });
        }
    }
    for number in state.pledges.keys() {
        let (pledge_number, determined_on) = (number.clone(), today);
        let (determining_unit, determining_unit_uscc) = (None, None);
        invited.push(if flag {
            Command::RecordFulfilment(RecordFulfilment {
                pledge_number,
                determined_on,
                determining_unit,
                determining_unit_uscc,
            })
        } else {
            Command::RecordBreach(RecordBreach {
                pledge_number,
                extent: BreachExtent::Partly,
                severity: [BreachSeverity::Minor, BreachSeverity::General][usize::from(choice % 2)],
                unperformed: text("未公示"),
                consequence: text("整改"),
                determined_on,
                determining_unit,
                determining_unit_uscc,
            })
        });
    }
    of_plaques(state, choice, today, &mut invited);
    invited
}

fn of_case(case: &Case, choice: u8, today: Day, invited: &mut Vec<Command>) {
    let category = case.category.clone();
    match choice {
        0 => invited.push(Command::ReturnCase(ReturnCase {
            category,
            missing: text("缺件"),
            returned_on: today,
            due_on: today.plus_days(5),
        })),
        1 => invited.push(Command::RefuseCase(RefuseCase {
            category,
            decided_on: today,
            explanation: text("理由"),
            document_number: text("不予"),
        })),
        _ => {}
    }
}

fn of_live(c: &Certification, (offset, flag, choice): (u8, bool, u8), today: Day, invited: &mut Vec<Command>) {
    let (category, detail, legal_basis) = (c.category.clone(), text("情形"), text("第十一条"));
    let (ground, document_number) = (ground("overcharging"), text(&format!("文{today}")));
    invited.push(match (flag, choice) {
        (false, 0) => Command::OrderRectification(OrderRectification {
            category: category.clone(),
            ground,
            detail,
            ordered_on: today,
            due_on: today.plus_days(7),
            legal_basis,
            document_number,
        }),
        (false, 1) => Command::Suspend(Suspend {
            category: category.clone(),
            ground,
            detail,
            suspended_on: today,
            legal_basis,
            document_number,
        }),
        (false, _) => Command::RecordReview(RecordReview {
            category: category.clone(),
            year: Year::new(u32::try_from(today.year()).unwrap()).unwrap(),
            result: [ReviewResult::Failed, ReviewResult::Passed][usize::from(choice % 2)],
            reviewed_on: today,
            note: None,
        }),
        (true, 0) => Command::Withdraw(Withdraw {
            category: category.clone(),
            requested_on: today,
            effective_on: today.plus_days(i64::from(offset) * 3),
            reason: text("停业"),
        }),
        (true, 1) if offset > 15 => Command::Deregister(Deregister {
            category: category.clone(),
            deregistered_on: today,
            reason: text("注销"),
            document_number: None,
        }),
        (true, 1) => record_ending(|ending| {
            ending.category = category.clone();
            ending.kind =
                [EndingKind::Cancelled, EndingKind::Withdrawn, EndingKind::Deregistered][usize::from(offset % 3)];
        }),
        (true, _) => Command::OrderPlaque(OrderPlaque {
            ordered_on: today,
            replaces: None,
            place: Some(text(&format!("{}号门", offset % 6))),
        }),
    });
    if offset % 4 == 0 {
        let price = price(100_000 + u32::from(offset) * 900, PriceUnit::Month);
        invited.push(Command::ProposePrice(ProposePrice { category, item: text("午餐"), price, proposed_on: today }));
    }
}

fn of_notices(c: &Certification, (flag, choice): (bool, u8), today: Day, invited: &mut Vec<Command>) {
    let category = c.category.clone();
    let Some(notice) = c.notices.iter().find(|notice| notice.is_open_on(today)) else {
        invited.push(Command::NoticeRevocation(NoticeRevocation {
            certification: Some(c.act),
            category,
            ground: revocation_ground(choice == 0, flag),
            detail: text("情形"),
            noticed_on: today,
            hearing_until: today.plus_days(7),
            legal_basis: text("第十二条"),
            document_number: text("告知"),
        }));
        return;
    };
    invited.push(if notice.hearing_until < today {
        Command::Revoke(Revoke {
            certification: None,
            notice: Some(notice.act),
            category,
            kind: if notice.ground == ground("deceit") { RevocationKind::Annulled } else { RevocationKind::Cancelled },
            ground: notice.ground.clone(),
            legal_basis: text("第十二条"),
            document_number: text(&format!("取消{today}")),
            decided_on: today,
            effective_on: today.plus_days(i64::from(choice) * 5),
            bar_until: None,
        })
    } else {
        Command::LiftRevocationNotice(LiftRevocationNotice {
            notice: Some(notice.act),
            category,
            lifted_on: today,
            reason: text("已整改"),
        })
    });
}

fn of_plaques(state: &Provider, choice: u8, today: Day, invited: &mut Vec<Command>) {
    for (number, plaque) in &state.plaques {
        let plaque_number = number.clone();
        if plaque.is_out() && plaque.recovery_due.is_some_and(|due| due < today) {
            invited.push(Command::RecordPlaqueNotReturned(RecordPlaqueNotReturned {
                plaque_number,
                recorded_on: today,
                detail: text("失联"),
            }));
        } else if choice == 0 && !plaque.replaced {
            invited.push(Command::OrderPlaque(OrderPlaque {
                ordered_on: today,
                replaces: Some(plaque_number),
                place: plaque.place.clone(),
            }));
        }
    }
}
