//! A command that moves on what the state holds.

use domain::command::*;
use domain::*;

use super::further::further;
use crate::world::*;

/// A command that the state invites.
#[expect(clippy::too_many_lines, reason = "one arm a state")]
pub(super) fn onward((_, offset, flag, choice): (u8, u8, bool, u8), state: &Provider, today: Day) -> Option<Command> {
    let document_number: DocumentNumber = text("文号");
    let mut invited = Vec::new();
    for case in state.cases.iter().filter(|case| case.is_open()) {
        let category = case.category.clone();
        let open = case.objections().find(|objection| objection.resolution.is_none());
        invited.push(match (case.stage, open) {
            (Stage::Applied, _) => Command::AcceptCase(AcceptCase { category, accepted_on: today }),
            (Stage::Returned, _) => Command::SupplementCase(SupplementCase { category, supplemented_on: today }),
            (Stage::Accepted | Stage::Inspected { passed: false }, _) => Command::RecordInspection(RecordInspection {
                category,
                inspected_on: today,
                passed: true,
                findings: text("合格"),
            }),
            (Stage::Inspected { passed: true }, _) => Command::OpenNotice(OpenNotice {
                category,
                notice: NoticeWindow::new(today, today.plus_days(11)).ok()?,
                published_at: None,
            }),
            (Stage::Publicised, Some(open)) => Command::ResolveObjection(ResolveObjection {
                category,
                objection: Some(open.act),
                resolved_on: today,
                upheld: offset == 0,
                finding: text("结论"),
            }),
            (Stage::Publicised, None) if case.notice()?.window.end() >= today => {
                Command::RaiseObjection(RaiseObjection {
                    category,
                    objection_number: text(&format!("异议{today}")),
                    raised_on: today,
                    summary: text("异议"),
                })
            }
            (Stage::Publicised, None) => Command::Certify(Certify {
                particulars: None,
                category,
                decided_on: today,
                valid_from: today,
                valid_to: today.plus_days(60),
                document_number: text(&format!("认定{today}")),
                pledge_number: pledge_number(u32::from(choice) + 1),
                notice: None,
                deciding_body: None,
            }),
            (Stage::Certified | Stage::Refused | Stage::Withdrawn, _) => continue,
        });
    }
    for c in &state.certifications {
        let category = c.category.clone();
        let order = c.orders.iter().find(|order| order.is_open_on(today));
        let suspension = c.suspensions.iter().find(|suspension| suspension.is_open_on(today));
        if let Some(suspension) = suspension {
            let suspension = Some(suspension.act);
            invited.push(Command::Resume(Resume { category, suspension, resumed_on: today }));
        } else if let Some(order) = order {
            let order = Some(order.act);
            let findings = text("已整改");
            invited.push(Command::AcceptRectification(AcceptRectification {
                category,
                order,
                accepted_on: today,
                findings,
            }));
        } else if c.ends.iter().all(|end| today < end.effective_on) {
            invited.extend(c.valid_to.map(|last| {
                let (valid_from, valid_to) = (last.plus_days(1), last.plus_days(100));
                Command::Renew(Renew {
                    category,
                    decided_on: today,
                    valid_from,
                    valid_to,
                    document_number: document_number.clone(),
                    pledge_number: state.pledges.keys().next().cloned().unwrap_or_else(|| pledge_number(1)),
                    deciding_body: None,
                })
            }));
        }
    }
    for (number, plaque) in &state.plaques {
        let plaque_number = number.clone();
        invited.push(match plaque.status {
            PlaqueStatus::Ordered => {
                Command::IssuePlaque(IssuePlaque { plaque_number, issued_on: today, design_version: text("2026") })
            }
            PlaqueStatus::Issued => Command::HangPlaque(HangPlaque { plaque_number, hung_on: today }),
            PlaqueStatus::Hung if choice == 0 => {
                Command::ReportPlaqueLost(ReportPlaqueLost { plaque_number, lost_on: today, statement: text("声明") })
            }
            PlaqueStatus::Hung if choice == 1 => {
                Command::DestroyPlaque(DestroyPlaque { plaque_number, destroyed_on: today, reason: text("破损") })
            }
            PlaqueStatus::Hung if flag => Command::RecordPlaqueNotReturned(RecordPlaqueNotReturned {
                plaque_number,
                recorded_on: today,
                detail: text("失联"),
            }),
            PlaqueStatus::Hung
            | PlaqueStatus::Recovered
            | PlaqueStatus::Lost
            | PlaqueStatus::Destroyed
            | PlaqueStatus::NotReturned => Command::RecoverPlaque(RecoverPlaque { plaque_number, recovered_on: today }),
        });
    }
    for (number, pledge) in &state.pledges {
        for breach in pledge.breaches.iter().filter(|breach| breach.repair.is_none()) {
            let pledge_number = number.clone();
            invited.push(Command::RepairPledge(RepairPledge {
                pledge_number,
                breach: Some(breach.determination.act),
                repaired_on: today,
                document_number: document_number.clone(),
            }));
        }
    }
    // The next step of what is open, and every second time whatever else there is.
    if invited.is_empty() || offset / 3 % 2 == 0 {
        invited.extend(further((offset, flag, choice), state, today));
    }
    let index = usize::from(offset) + usize::from(choice) * 7;
    (!invited.is_empty()).then(|| invited.swap_remove(index % invited.len()))
}
