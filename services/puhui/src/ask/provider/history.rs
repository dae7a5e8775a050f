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
            let line = line(index, act, (became.get(&index), correction), &named);
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

/// Adds an act to those that stand; of one that corrects another, what that said and what stands in its place.
fn corrected(stands: &mut Vec<Act>, act: &Act, named: &Named) -> String {
    stands.push(act.clone());
    if act.name != "ActCorrected" {
        return String::new();
    }
    let Some(was) = target(&act.fields).and_then(|target| stands.get_mut(target)) else { return String::new() };
    let Some(right) = act.right() else { return "更正为无,不再成立".to_owned() };
    let told = said::differences(was.name, &was.fields, right, named);
    was.fields.clone_from(right);
    told
}

/// The line of an act.
fn line(index: usize, act: &Act, (became, correction): (Option<&String>, String), named: &Named) -> Vec<String> {
    let Made { recorded_on, bureau, officer, scheme, position, revision } = &act.made;
    vec![
        format!("第{}项", index + 1),
        became.cloned().unwrap_or_default(),
        recorded_on.clone(),
        said::what(act.name, &act.fields),
        category(act, named),
        day(act),
        about(act),
        content(act, named),
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

/// What else a fact says.
fn content(act: &Act, named: &Named) -> String {
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
    said.into_iter().map(|(called, text)| format!("{called} {text}")).collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
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
        Act { name, fields: fields.clone(), made }
    }

    fn to_none(number: u32) -> Act {
        act("ActCorrected", &json!({ "act": number, "corrected_on": "2026-03-02", "reason": "录入有误", "fact": null }))
    }

    #[test]
    fn a_measure_that_fell_is_told_so_in_its_own_row() {
        let at = |position: u64, name: &'static str, fields: &Value| {
            let act = act(name, fields);
            Act { made: Made { position, ..act.made.clone() }, ..act }
        };
        let fell = json!({ "category": "care", "certification": 3, "measure": 1, "over_since": "2026-05-01" });
        let acts = vec![
            at(1, "CertificationSuspended", &json!({ "suspended_on": "2026-05-12", "certification": 3 })),
            at(2, "EndingRecorded", &json!({ "effective_on": "2026-05-01", "certification": 3 })),
            at(2, "MeasureFell", &fell),
        ];
        assert_eq!(became(&acts).get(&0).map(String::as_str), Some("当日认定已终止,失效(见第3项)"));
        assert_eq!(about(&acts[2]), "第1项");
        let ruling = |on: &str| at(3, "ActOverturned", &json!({ "act": 2, "overturned_on": on }));
        let undone = [acts.clone(), vec![ruling("2026-05-11")]].concat();
        assert_eq!(became(&undone).get(&0).map(String::as_str), Some("当日认定已终止,失效(见第3项);恢复(见第4项)"));
        let later = [acts, vec![ruling("2026-05-13")]].concat();
        assert_eq!(became(&later).get(&0).map(String::as_str), Some("当日认定已终止,失效(见第3项)"));
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
        let became = super::became(&taken_back);
        assert_eq!((became.get(&0), became.get(&1).map(String::as_str)), (None, Some("已更正为无(见第3项)")));
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
            (vec![other, found("2026-07-20")], Some("未逾收回期限,不成立")),
            (
                vec![ordered("2026-07-16"), found("2026-07-20"), act("ActCorrected", &right)],
                Some("未逾收回期限,不成立(见第3项)"),
            ),
            // It held until then, and did not on the very day.
            (vec![ordered("2026-07-16"), found("2026-07-20"), lifted("2026-07-21")], None),
            (
                vec![ordered("2026-07-16"), found("2026-07-20"), lifted("2026-07-20"), ordered("2026-08-15")],
                Some("未逾收回期限,不成立(见第4项)"),
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
        let row = |act: &Act| line(0, act, (None, String::new()), &named);
        let hung = act("PlaqueHung", &json!({ "plaque_number": "牌1", "hung_on": "2026-03-05" }));
        assert_eq!((&*row(&hung)[5], &*row(&hung)[6], &*row(&hung)[7]), ("2026-03-05", "牌1", ""));
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
