//! `puhui provider history`: every act of a provider's record or of an operator's, in the order it was recorded.

mod act;
mod became;
mod days;
mod named;
mod said;
mod whose;

use puhui::print::Column;
use serde_json::{Map, Value};

use super::super::replay::for_each_commit;
use super::super::rows::Rows;
use crate::client::{Failure, Servers};
use act::{Act, Made, target};
use became::became;
use days::{day, day_field};
use named::Named;
pub(super) use whose::Whose;

/// Fields of facts that hold the number of the act they answer, the nearest first.
const ANSWERED: [&str; 12] = [
    "act",
    "order",
    "suspension",
    "notice",
    "bar",
    "because",
    "proposal",
    "breach",
    "objection",
    "measure",
    "notice_opened",
    "certification",
];
/// Fields that say what a fact is about, where that is no other act.
const ABOUT: [&str; 4] = ["plaque_number", "pledge_number", "item", "number"];
/// Fields that have a column of their own.
const OWN_COLUMN: [&str; 4] = ["category", "document_number", "predecessor", "ordinal"];

/// Tells every act: a line each, or the commits as JSON.
pub(super) async fn history(servers: &Servers, whose: Whose, as_json: bool) -> Result<(), Failure> {
    let mut rows = Rows::new(as_json, columns());
    let mut acts: Vec<Act> = Vec::new();
    for_each_commit(servers, whose.request(), |commit| {
        if !whose.has(commit) {
            return Ok(());
        }
        if as_json {
            return rows.add(commit, |_| Vec::new());
        }
        // What became of an act stands behind it: all of them come before the first is told.
        acts.extend(Act::of(commit)?);
        Ok(())
    })
    .await?;
    if rows.is_empty() && acts.is_empty() {
        return Err(whose.nothing());
    }
    if !acts.is_empty() {
        let named = named::named(servers, &whose, &acts).await;
        let became = became(&acts);
        let mut stands: Vec<Act> = Vec::new();
        for (index, act) in acts.iter().enumerate() {
            let correction = corrected(&mut stands, act, &named);
            let line = line(&acts, &stands, (became.get(&index), correction), &named);
            rows.either(|| Ok(String::new()), || vec![line])?;
        }
    }
    rows.close()
}

fn columns() -> [Column; 16] {
    [
        Column::whole("第几项"),
        Column::whole("状态"),
        Column::whole("登记日期"),
        Column::whole("事项"),
        Column::whole("类别"),
        Column::whole("日期"),
        Column::whole("所及"),
        Column::text("内容"),
        Column::text("更正"),
        Column::whole("文号"),
        Column::text("经办单位"),
        Column::whole("经办人"),
        Column::whole("办法"),
        Column::whole("位置"),
        Column::whole("版本"),
        Column::whole("事件"),
    ]
}

/// Adds an act to those that stand; of one that corrects another, what that said and what stands in its place, and the correction that it follows from.
fn corrected(stands: &mut Vec<Act>, act: &Act, named: &Named) -> String {
    stands.push(act.clone());
    if act.name != "ActCorrected" {
        return String::new();
    }
    let own = stands.len() - 1;
    // A correction is the first of its commit, and what goes along with it comes after it.
    let first = stands.iter().position(|other| other.made.position == act.made.position).filter(|at| *at < own);
    let first = first.filter(|at| stands[*at].name == "ActCorrected");
    let with = first.map(|at| format!(";随第{}项", at + 1)).unwrap_or_default();
    let Some(was) = target(&act.fields).and_then(|target| stands.get_mut(target)) else { return String::new() };
    let Some(right) = act.right() else { return format!("更正为无,不再成立{with}") };
    let told = said::differences(was.name, &was.fields, right, named);
    was.fields.clone_from(right);
    // It was corrected to none, and stands again as it was.
    let told = if told.is_empty() { "恢复,内容不变".to_owned() } else { told };
    told + &with
}

/// The line of the last of the acts that stand by it, as they were recorded and as they stand.
fn line(acts: &[Act], stands: &[Act], (became, correction): (Option<&String>, String), named: &Named) -> Vec<String> {
    let index = stands.len().saturating_sub(1);
    let act = &acts[index];
    let Made { recorded_on, bureau, officer, scheme, position, revision } = &act.made;
    vec![
        format!("第{}项", index + 1),
        became.cloned().unwrap_or_default(),
        recorded_on.clone(),
        said::what(act.name, &act.fields),
        category(act, named),
        day(act),
        about(act),
        content(act, &acts[..index], stands, named),
        correction,
        act.text("document_number").to_owned(),
        named.bureau(bureau, recorded_on),
        officer.clone(),
        scheme.clone(),
        position.to_string(),
        revision.to_string(),
        act.name.to_owned(),
    ]
}

/// The category that a fact is of, with its code; empty of the whole outlet.
fn category(act: &Act, named: &Named) -> String {
    let code = act.text("category");
    if code.is_empty() { String::new() } else { named.code("category", code).unwrap_or_default() }
}

/// What a fact is about: the act that it answers, a plaque, a pledge, an item that has a price.
fn about(act: &Act) -> String {
    let answered = ANSWERED.into_iter().find_map(|field| act.number(field)).map(|number| format!("第{number}项"));
    let pledge = act.fields.get("pledge").and_then(Value::as_object);
    let number = pledge.and_then(|pledge| pledge.get("number")).and_then(Value::as_str);
    let things = ABOUT.into_iter().map(|field| act.text(field)).chain(number).filter(|text| !text.is_empty());
    answered.into_iter().chain(things.map(str::to_owned)).collect::<Vec<_>>().join(" ")
}

/// What else a fact says; where it says nothing else, its day, so that no row is bare.
fn content(act: &Act, before: &[Act], stands: &[Act], named: &Named) -> String {
    if act.name == "MeasureFell" {
        return fell(act, before, stands);
    }
    let day = day_field(act);
    let is_told = |field: &String| {
        let field = field.as_str();
        let answered = ANSWERED.into_iter().find(|field| act.number(field).is_some()) == Some(field);
        OWN_COLUMN.contains(&field) || ABOUT.contains(&field) || Some(field) == day || answered
    };
    let rest: Map<String, Value> = act
        .fields
        .iter()
        .filter(|(field, _)| !is_told(field))
        .map(|(field, value)| (field.clone(), value.clone()))
        .collect();
    let said = said::said(act.name, &rest, named);
    let said = if said.is_empty() { said::said(act.name, &of_day(act), named) } else { said };
    if said.is_empty() {
        return said::what(act.name, &act.fields);
    }
    said.into_iter().map(|(called, text)| format!("{called} {text}")).collect::<Vec<_>>().join(";")
}

/// The field that says its day.
fn of_day(act: &Act) -> Map<String, Value> {
    let field = day_field(act).and_then(|path| path.split('.').next());
    let value = field.and_then(|field| Some((field.to_owned(), act.fields.get(field)?.clone())));
    value.into_iter().collect()
}

/// Which measure fell, of which day, and by what: the act of the same commit that it follows from.
fn fell(act: &Act, before: &[Act], stands: &[Act]) -> String {
    let at = act.number("measure").and_then(|number| usize::try_from(number).ok()?.checked_sub(1));
    let measure = at.and_then(|at| stands.get(at));
    let of = measure.map(|of| format!("{} 的{}", day(of), said::what(of.name, &of.fields))).unwrap_or_default();
    let mut commit = before.iter().enumerate().rev().take_while(|(_, other)| other.made.position == act.made.position);
    let follows = |of: &Act| ["MeasureFell", "CertificationExpired"].contains(&of.name);
    let cause = commit.find(|(_, other)| !follows(other));
    let by = cause.map(|(at, of)| format!("(见第{}项{})", at + 1, said::what(of.name, &of.fields))).unwrap_or_default();
    format!("{of}失效;认定自 {} 起已终止{by}", act.text("over_since"))
}

#[cfg(test)]
mod tests {
    use domain::{
        ActOverturned, BureauId, CategoryCode, CertificationRecorded, CertificationSuspended, CertificationWithdrawn,
        Day, Event, GroundCode, MeasureFell, OfficerId, Position, ProviderId, RectificationOrdered, RequestDigest,
        RequestId, ReviewRecorded, ReviewResult, Revision, StreamId, Text, Year,
    };
    use prost::Message as _;
    use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};
    use serde_json::json;

    use super::*;

    fn act(name: &'static str, fields: &Value) -> Act {
        let made = Made {
            recorded_on: "2026-03-01".to_owned(),
            bureau: "321003-health".to_owned(),
            officer: "hj-1".to_owned(),
            scheme: "甲".to_owned(),
            position: 1,
            revision: 1,
        };
        let Value::Object(fields) = fields else { panic!("{fields}") };
        Act { name, fields: fields.clone(), made, fact: None }
    }

    /// Commits of these facts, as they come from the log.
    fn recorded(commits: &[Vec<Event>]) -> Vec<Act> {
        let stream = StreamId::Provider(ProviderId::parse("914403001922038216-001").unwrap());
        let as_told = |(events, number): (&Vec<Event>, u64)| {
            let commit = domain::Commit {
                id: RequestId::parse("6f1d8f4e-1b6f-4a57-9f0a-0c5f3f1b2a77").unwrap(),
                digest: RequestDigest::from_bytes([1; 20]),
                bureau: BureauId::parse("321003-health").unwrap(),
                officer: OfficerId::parse("hj-1").unwrap(),
                recorded_at: domain::Instant(1_780_000_000_000),
                scheme: Text::parse("甲").unwrap(),
                rules: Position(0),
                events: events.clone(),
            };
            let bytes = event_log::encode(&stream, Revision(number), &commit);
            let told = api::audit::v1::Commit::decode(&bytes[1..]).unwrap();
            Act::of(&api::audit::v1::Commit { position: number, ..told }).unwrap()
        };
        commits.iter().zip(1..).flat_map(as_told).collect()
    }

    fn day_of(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn number(of: u32) -> domain::Act {
        domain::Act::new(of).unwrap()
    }

    fn care() -> CategoryCode {
        CategoryCode::parse("childcare").unwrap()
    }

    fn left(on: &str) -> Event {
        CertificationWithdrawn {
            category: care(),
            certification: number(1),
            requested_on: day_of(on),
            effective_on: day_of(on),
            reason: Text::parse("停业").unwrap(),
        }
        .into()
    }

    fn fallen(measure: u32, since: &str) -> Event {
        let (category, certification) = (care(), number(1));
        MeasureFell { category, certification, measure: number(measure), over_since: day_of(since) }.into()
    }

    fn overturned(act: u32, on: &str) -> Event {
        ActOverturned {
            act: number(act),
            overturned_on: day_of(on),
            body: Text::parse("法院").unwrap(),
            document_number: Text::parse("1号").unwrap(),
            explanation: Text::parse("理由").unwrap(),
        }
        .into()
    }

    /// A certification, and a suspension of 2026-05-12.
    fn suspended() -> Vec<Vec<Event>> {
        let certified = CertificationRecorded {
            category: care(),
            ordinal: domain::Ordinal::new(1).unwrap(),
            predecessor: None,
            decided_on: Some(day_of("2026-01-01")),
            valid_from: Some(day_of("2026-01-01")),
            valid_to: Some(day_of("2028-12-31")),
            document_number: None,
            deciding_body: Text::parse("教育局").unwrap(),
            publicity: None,
            source: Text::parse("公告").unwrap(),
            valid_to_worked_out_from: None,
        };
        let suspended = CertificationSuspended {
            category: care(),
            certification: number(1),
            ground: GroundCode::parse("overcharging").unwrap(),
            detail: Text::parse("乱收费").unwrap(),
            suspended_on: day_of("2026-05-12"),
            legal_basis: Text::parse("第九条").unwrap(),
            document_number: Text::parse("暂停1号").unwrap(),
        };
        vec![vec![certified.into()], vec![suspended.into()]]
    }

    fn to_none(number: u32) -> Act {
        act("ActCorrected", &json!({ "act": number, "corrected_on": "2026-03-02", "reason": "录入有误", "fact": null }))
    }

    #[test]
    fn a_measure_that_fell_is_told_so_in_its_own_row() {
        let became_of = |more: &[Vec<Event>]| {
            let acts = recorded(&[suspended(), more.to_vec()].concat());
            became(&acts).get(&1).cloned()
        };
        let ended = vec![left("2026-05-01"), fallen(2, "2026-05-01")];
        let fell = "当日认定已终止,失效(见第4项)";
        assert_eq!(became_of(std::slice::from_ref(&ended)).as_deref(), Some(fell));
        let ruled = |on: &str| became_of(&[ended.clone(), vec![overturned(3, on)]]);
        assert_eq!(ruled("2026-05-11"), Some(format!("{fell};恢复(见第5项)")));
        assert_eq!(ruled("2026-05-13").as_deref(), Some(fell));
        // A second end covers its day as well: it stands again where that is undone too.
        let twice = [ended.clone(), vec![left("2026-04-01")], vec![overturned(3, "2026-05-11")]];
        assert_eq!(became_of(&twice).as_deref(), Some(fell));
        let undone = [twice.to_vec(), vec![vec![overturned(5, "2026-05-11")]]].concat();
        assert_eq!(became_of(&undone), Some(format!("{fell};恢复(见第7项)")));
        let again =
            [ended, vec![overturned(3, "2026-05-11")], vec![overturned(5, "2026-05-12"), fallen(2, "2026-05-12")]];
        assert_eq!(became_of(&again), Some(format!("{fell};恢复(见第5项);当日认定已终止,失效(见第7项)")));
        // And so does what said that it fell.
        let of_its_fall = became(&recorded(&[suspended(), again.to_vec()].concat())).get(&3).cloned();
        assert_eq!(of_its_fall.as_deref(), Some("不再成立(见第5项)"));
    }

    #[test]
    fn an_order_whose_review_was_undone_is_told_so_in_its_own_row() {
        let reviewed = ReviewRecorded {
            category: care(),
            certification: number(1),
            year: Year::new(2026).unwrap(),
            result: ReviewResult::Failed,
            reviewed_on: day_of("2026-05-20"),
            note: None,
        };
        let ordered = RectificationOrdered {
            category: care(),
            certification: number(1),
            ground: GroundCode::parse("review-failed").unwrap(),
            detail: Text::parse("年度复核不合格").unwrap(),
            ordered_on: day_of("2026-05-20"),
            due_on: day_of("2026-06-20"),
            legal_basis: None,
            document_number: None,
            because: Some(number(3)),
        };
        let failed = [suspended(), vec![vec![reviewed.into(), ordered.into()]]].concat();
        let became_of =
            |more: &[Vec<Event>]| became(&recorded(&[failed.clone(), more.to_vec()].concat())).get(&3).cloned();
        let undone = || vec![overturned(3, "2026-06-01")];
        let over = "所依据的事项已撤销,失效(见第5项)";
        assert_eq!((became_of(&[]), became_of(&[undone()]).as_deref()), (None, Some(over)));
        let back = became_of(&[undone(), vec![overturned(5, "2026-06-02")]]);
        assert_eq!(back, Some(format!("{over};恢复(见第6项)")));
    }

    #[test]
    fn that_a_measure_fell_says_which_and_why() {
        let acts = recorded(&[suspended(), vec![vec![left("2026-05-01"), fallen(2, "2026-05-01")]]].concat());
        let row = line(&acts, &acts, (None, String::new()), &Named::default());
        assert_eq!(&*row[6], "第2项");
        assert_eq!(&*row[7], "2026-05-12 的暂停失效;认定自 2026-05-01 起已终止(见第3项自愿退出)");
    }

    /// A fact whose fields say as little as they may, or all they can.
    fn sample(message: &MessageDescriptor, is_full: bool, depth: usize) -> Map<String, Value> {
        let value = |field: &prost_reflect::FieldDescriptor| {
            let is_day =
                field.name().ends_with("_on") || ["start", "end", "valid_from", "valid_to"].contains(&field.name());
            match field.kind() {
                Kind::Message(inner) if depth > 0 => Value::Object(sample(&inner, is_full, depth - 1)),
                Kind::Message(_) => Value::Null,
                Kind::String if is_day => json!("2026-03-01"),
                Kind::String => json!(if is_full { "文" } else { "" }),
                Kind::Bool => json!(is_full),
                Kind::Enum(choices) => json!(choices.values().nth(1).map(|value| value.name().to_owned())),
                _ => json!(u32::from(is_full)),
            }
        };
        message.fields().map(|field| (field.name().to_owned(), value(&field))).collect()
    }

    #[test]
    fn no_row_is_bare_whatever_the_fact() {
        let pool = DescriptorPool::decode(api::DESCRIPTORS).unwrap();
        let event = pool.get_message_by_name("puhui.audit.v1.Event").unwrap();
        for name in Event::NAMES {
            let of = |field: &prost_reflect::FieldDescriptor| matches!(field.kind(), Kind::Message(message) if message.name() == *name);
            let Some(Kind::Message(message)) = event.fields().find(of).map(|field| field.kind()) else {
                panic!("{name}")
            };
            for is_full in [true, false] {
                let mut acts = recorded(&suspended());
                let fields = Value::Object(sample(&message, is_full, 3));
                acts.push(act(name, &fields));
                let row = line(&acts, &acts, (None, String::new()), &Named::default());
                assert!(!row[1].is_empty() || !row[7].is_empty(), "{name}: {row:?}");
                assert!(!row[10].is_empty(), "{name}: {row:?}");
            }
        }
    }

    #[test]
    fn what_became_of_an_act_stands_in_its_own_row() {
        let price = |fen: u32| json!({ "item": "午餐", "price": { "amount_fen": fen, "unit": "PRICE_UNIT_MEAL", "rise_percent_max": 5 }, "proposed_on": "2026-03-01" });
        let right = act(
            "ActCorrected",
            &json!({ "act": 1, "corrected_on": "2026-03-02", "reason": "少一位", "fact": { "price_proposed": price(1200) } }),
        );
        let overturned = act("ActOverturned", &json!({ "act": 2, "overturned_on": "2026-04-01", "body": "法院" }));
        let ordered = act("RectificationOrdered", &json!({ "ordered_on": "2026-03-01" }));
        let acts = vec![act("PriceProposed", &price(120)), ordered, right, overturned];
        let became = became(&acts);
        assert_eq!(became.get(&0).map(String::as_str), Some("已更正(见第3项)"));
        assert_eq!(became.get(&1).map(String::as_str), Some("已撤销(见第4项)"));
        // A ruling is undone by another, and what it undid stands again.
        let ruling =
            |of: u32| act("ActOverturned", &json!({ "act": of, "overturned_on": "2026-04-02", "body": "法院" }));
        let rulings = [acts.clone(), vec![ruling(4), ruling(5)]].concat();
        let became_of = super::became(&rulings);
        assert_eq!(became_of.get(&1).map(String::as_str), Some("已撤销(见第4项);恢复(见第5项);再次撤销(见第6项)"));
        assert_eq!(became_of.get(&3).map(String::as_str), Some("已撤销(见第5项)"));
        let mut stands = Vec::new();
        let told: Vec<String> = acts.iter().map(|act| corrected(&mut stands, act, &Named::default())).collect();
        assert_eq!(told[2], "普惠价格 原 1.20元/餐,允许涨幅5%,改为 12.00元/餐,允许涨幅5%");
        // A correction that is taken back leaves the act as it was.
        let taken_back = [acts[0].clone(), to_none(1), to_none(2)];
        let told = |acts: &[Act]| -> Vec<String> {
            let became = super::became(acts);
            (0..acts.len()).map(|at| became.get(&at).cloned().unwrap_or_default()).collect()
        };
        assert_eq!(told(&taken_back), ["恢复(见第3项)", "已更正为无(见第3项)", ""]);
        // And so of that in its turn.
        let again = [&taken_back[..], &[to_none(3)]].concat();
        assert_eq!(told(&again), ["已更正为无(见第2项)", "恢复(见第4项)", "已更正为无(见第4项)", ""]);
        // One that another had come after is not what stood.
        let superseded = [acts[0].clone(), to_none(1), to_none(1), to_none(2)];
        assert_eq!(told(&superseded)[0], "已更正为无(见第3项)");
    }

    #[test]
    fn what_goes_along_with_a_correction_says_so_and_comes_back_with_it() {
        let end = |on: &str| json!({ "certification": 1, "decided_on": on });
        let ended = |on: &str| act("EndingRecorded", &end(on));
        let right = |on: &str| {
            act(
                "ActCorrected",
                &json!({ "act": 2, "corrected_on": "2026-03-02", "fact": { "ending_recorded": end(on) } }),
            )
        };
        let at = |position: u64, act: Act| Act { made: Made { position, ..act.made.clone() }, ..act };
        let told = |commits: Vec<Vec<Act>>| -> Vec<(String, String)> {
            let numbered = commits.into_iter().zip(1..);
            let acts: Vec<Act> =
                numbered.flat_map(|(commit, number)| commit.into_iter().map(move |act| at(number, act))).collect();
            let (became, mut stands) = (became(&acts), Vec::new());
            let row = |(index, act)| {
                let correction = corrected(&mut stands, act, &Named::default());
                (became.get(&index).cloned().unwrap_or_default(), correction)
            };
            acts.iter().enumerate().map(row).collect()
        };
        let rows = |rows: &[(&str, &str)]| -> Vec<(String, String)> {
            rows.iter().map(|(became, correction)| ((*became).to_owned(), (*correction).to_owned())).collect()
        };
        let certified = || act("Certified", &json!({ "decided_on": "2025-01-01" }));
        let day = "2025-11-14";
        let back =
            vec![vec![certified()], vec![ended(day)], vec![to_none(1), to_none(2)], vec![to_none(3), right(day)]];
        let none = "更正为无,不再成立";
        assert_eq!(
            told(back),
            rows(&[
                ("恢复(见第5项)", ""),
                ("恢复(见第6项)", ""),
                ("已更正为无(见第5项)", none),
                ("", "更正为无,不再成立;随第3项"),
                ("", none),
                ("", "恢复,内容不变;随第5项"),
            ])
        );
        // As it had been put right before.
        let other = "2025-11-15";
        let put_right = vec![
            vec![certified()],
            vec![ended(day)],
            vec![right(other)],
            vec![to_none(1), to_none(2)],
            vec![to_none(4), right(other)],
        ];
        let put_right = told(put_right);
        assert_eq!(put_right[1].0, "已更正(见第3项);恢复(见第7项)");
        assert_eq!(put_right[6].1, "恢复,内容不变;随第6项");
    }

    #[test]
    fn an_end_of_a_term_that_was_undone_says_by_what() {
        let certified = || act("Certified", &json!({ "decided_on": "2023-04-01" }));
        let expired = || act("CertificationExpired", &json!({ "certification": 1, "effective_on": "2026-04-01" }));
        let renewed = || act("CertificationRenewed", &json!({ "certification": 1, "decided_on": "2026-03-20" }));
        let ruling = |of: u32, on: &str| act("ActOverturned", &json!({ "act": of, "overturned_on": on }));
        let left = |from: &str| act("CertificationWithdrawn", &json!({ "certification": 1, "effective_on": from }));
        let table = [
            (vec![certified(), expired(), renewed()], 1, Some("已延续,未到期(见第3项)")),
            // The renewal's own end, once the renewal is undone.
            (vec![certified(), renewed(), expired(), ruling(2, "2029-05-01")], 2, Some("延续被撤销,不再成立(见第4项)")),
            // What came first and was typed later.
            (vec![certified(), expired(), left("2026-02-01")], 1, Some("此前已终止(见第3项)")),
            (vec![certified(), expired(), ruling(1, "2026-02-01")], 1, Some("此前已终止(见第3项)")),
            (vec![certified(), expired(), ruling(1, "2026-05-01")], 1, None),
            (vec![certified(), expired()], 1, None),
            // Put back by a ruling on that ruling, until when it had been over.
            (
                vec![certified(), renewed(), ruling(2, "2026-05-01"), expired(), ruling(3, "2026-06-01")],
                3,
                Some("延续恢复,不再成立(见第5项)"),
            ),
            // Of two the one that stood.
            (vec![certified(), expired(), renewed(), expired()], 3, None),
            (vec![certified(), expired(), renewed(), to_none(3)], 1, None),
        ];
        for (acts, of, expected) in table {
            assert_eq!(became(&acts).get(&of).map(String::as_str), expected, "{acts:?}");
        }
    }

    #[test]
    fn that_a_plaque_was_not_returned_is_marked_where_it_holds_no_more() {
        let ordered = |due: &str| act("PlaqueRecoveryOrdered", &json!({ "plaque_number": "牌1", "due_on": due }));
        let found = |on: &str| act("PlaqueNotReturned", &json!({ "plaque_number": "牌1", "recorded_on": on }));
        let lifted = |on: &str| act("PlaqueRecoveryLifted", &json!({ "plaque_number": "牌1", "lifted_on": on }));
        let right = json!({ "act": 1, "corrected_on": "2026-07-21", "fact": { "plaque_recovery_ordered": { "plaque_number": "牌1", "due_on": "2026-08-03" } } });
        let other = act("PlaqueRecoveryOrdered", &json!({ "plaque_number": "牌2", "due_on": "2026-06-01" }));
        let table = [
            (vec![ordered("2026-07-16"), found("2026-07-20")], None),
            (vec![other, found("2026-07-20")], Some("该日无已逾期的收回责令,不成立")),
            (
                vec![ordered("2026-07-16"), found("2026-07-20"), act("ActCorrected", &right)],
                Some("该日无已逾期的收回责令,不成立(见第3项)"),
            ),
            // It held until then, and did not on the very day.
            (vec![ordered("2026-07-16"), found("2026-07-20"), lifted("2026-07-21")], None),
            (
                vec![ordered("2026-07-16"), found("2026-07-20"), lifted("2026-07-20"), ordered("2026-08-15")],
                Some("该日无已逾期的收回责令,不成立(见第4项)"),
            ),
            (vec![ordered("2026-07-16"), found("2026-07-20"), lifted("2026-07-20"), ordered("2026-07-17")], None),
        ];
        for (acts, expected) in table {
            assert_eq!(became(&acts).get(&1).map(String::as_str), expected, "{acts:?}");
        }
    }

    #[test]
    fn a_line_says_what_an_act_is_about_and_what_it_says() {
        let named = Named::default();
        let row = |act: &Act| {
            let one = std::slice::from_ref(act);
            line(one, one, (None, String::new()), &named)
        };
        let hung = act("PlaqueHung", &json!({ "plaque_number": "牌1", "hung_on": "2026-03-05" }));
        assert_eq!((&*row(&hung)[5], &*row(&hung)[6], &*row(&hung)[7]), ("2026-03-05", "牌1", "挂牌日期 2026-03-05"));
        let review = act(
            "ReviewRecorded",
            &json!({ "category": "childcare", "certification": 2, "result": "REVIEW_RESULT_FAILED", "reviewed_on": "2026-03-05", "year": 2025 }),
        );
        assert_eq!((&*row(&review)[6], &*row(&review)[7]), ("第2项", "复核结果 不合格;复核年度 2025"));
        let resolved = act(
            "ObjectionResolved",
            &json!({ "objection": 5, "upheld": false, "finding": "不实", "resolved_on": "2026-03-05" }),
        );
        assert_eq!((&*row(&resolved)[6], &*row(&resolved)[7]), ("第5项", "异议核查结论 不实;异议是否成立 否"));
        let none = row(&to_none(3));
        assert_eq!((&*none[6], &*none[7]), ("第3项", "理由 录入有误"));
    }

    #[test]
    fn a_code_of_an_operator_is_told_apart_from_a_provider() {
        assert!(matches!(Whose::typed("914403001922038216".to_owned()), Whose::Operator(_)));
        assert!(matches!(Whose::typed("914403001922038216-001".to_owned()), Whose::Provider(_)));
    }
}
