//! What the fields of the commands are called in front of people.

macro_rules! words {
    ($($name:literal $zh:literal $en:literal;)*) => {
        /// A field in Chinese and English, whatever it stands in; `None` of one that has no words yet.
        fn of(name: &str) -> Option<(&'static str, &'static str)> {
            match name {
                $($name => Some(($zh, $en)),)*
                _ => None,
            }
        }
    };
}

/// A field in Chinese and English, by its name or its path.
pub(super) fn field(path: &str) -> (&str, &str) {
    let name = path.rsplit('.').next().unwrap_or(path);
    of(path).or_else(|| of(name)).unwrap_or((name, name))
}

words! {
    "act" "所及事项" "the act";
    "accepted_on" "受理或验收日期" "day of acceptance";
    "accepting_unit" "受理单位" "accepting unit";
    "accepting_unit_uscc" "受理单位代码" "accepting unit's code";
    "address" "地址" "address";
    "amount_fen" "价格(分)" "price in fen";
    "applied_on" "申报日期" "day of the application";
    "bar" "所解除的禁入" "the bar";
    "bar_until" "禁入截止日" "end of the bar";
    "barred_on" "禁入决定日期" "day of the bar";
    "body" "复议机关或法院" "body";
    "breach" "所修复的失信" "the breach";
    "bureau_id" "迁出地单位" "bureau that gives it up";
    "category" "类别" "category";
    "certification" "所属认定" "the certification";
    "confirmed_on" "核实日期" "day of the confirmation";
    "consequence" "违诺责任" "consequence";
    "content" "承诺内容" "content";
    "decided_on" "认定或决定日期" "day of the decision";
    "deciding_body" "认定或决定单位" "deciding body";
    "deregistered_on" "注销日期" "day of the deregistration";
    "design_version" "标识版本" "design";
    "destroyed_on" "销毁日期" "day of the destruction";
    "detail" "具体情形" "the facts";
    "determined_on" "履行状态认定日期" "day of the determination";
    "determining_unit" "履行状态认定单位" "determining unit";
    "determining_unit_uscc" "认定单位代码" "determining unit's code";
    "division" "区划代码" "division";
    "document_number" "文号" "document number";
    "due_on" "期限届满日" "last day of the term";
    "effective_on" "生效日期" "day it takes effect";
    "end" "公示止" "last day of the notice";
    "explanation" "理由说明" "explanation";
    "extent" "履行状态" "extent";
    "finding" "异议核查结论" "finding";
    "findings" "核查情况" "findings";
    "ground" "事由" "ground";
    "hearing_until" "陈述申辩截止日" "end of the hearing";
    "hung_on" "挂牌日期" "day it was hung";
    "identified_on" "补全日期" "day of the identification";
    "inspected_on" "现场核查日期" "day of the inspection";
    "issued_on" "发放日期" "day it was handed out";
    "item" "收费项目" "item";
    "kind" "方式" "kind";
    "legal_basis" "法律依据" "legal basis";
    "liability" "违诺责任追究" "liability";
    "lifted_on" "解除日期" "day it was lifted";
    "location" "坐标" "location";
    "lost_on" "遗失日期" "day of the loss";
    "made_on" "作出承诺日期" "day of the pledge";
    "missing" "补正内容" "what is missing";
    "name" "名称" "name";
    "note" "附注" "note";
    "notice" "所依据的告知" "the notice";
    "noticed_on" "告知日期" "day of the notice";
    "number" "承诺编码" "pledge number";
    "objection" "所处理的异议" "the objection";
    "objection_number" "异议编号" "number of the objection";
    "operator_class" "运营主体类别" "class of operator";
    "operator_name" "运营主体名称" "operator's name";
    "operator_uscc" "统一社会信用代码" "credit code";
    "order" "所验收的整改" "the order";
    "ordered_on" "责令或制作日期" "day of the order";
    "other_type" "具体类型" "other type";
    "overturned_on" "复议决定或裁判日期" "day of the ruling";
    "passed" "核查合格" "passed";
    "phone" "电话" "telephone";
    "place" "悬挂位置" "place";
    "plaque_number" "牌匾编号" "plaque number";
    "pledge_number" "承诺编码" "pledge number";
    "pledge_type" "承诺类型" "type of pledge";
    "promisor_class" "承诺人类别" "class of promisor";
    "promisor_name" "承诺人" "promisor";
    "promisor_uscc" "承诺人代码" "promisor's code";
    "proposal" "所决定的报价" "the proposal";
    "proposed_on" "报价日期" "day of the proposal";
    "publication" "公开范围" "publication";
    "publicity" "公示情况" "publicity";
    "published_at" "公示载体" "where it was published";
    "raised_on" "异议提出日期" "day of the objection";
    "reason" "理由" "reason";
    "recorded_on" "记录日期" "day it was found";
    "recovered_on" "收回日期" "day it came back";
    "rejected_on" "不予同意日期" "day it was turned down";
    "released_on" "迁出日期" "day of the release";
    "remarks" "备注" "remarks";
    "repaired_on" "修复日期" "day of the repair";
    "replaces" "被替换的牌匾" "replaced plaque";
    "requested_on" "申请日期" "day of the request";
    "resolved_on" "异议处理日期" "day of the resolution";
    "result" "复核结果" "result";
    "resumed_on" "恢复日期" "day it was resumed";
    "returned_on" "补正告知日期" "day it was returned";
    "reviewed_on" "复核日期" "day of the review";
    "rise_percent_max" "允许涨幅(%)" "rise allowed in percent";
    "seen" "所见证件" "what was seen";
    "severity" "失信程度" "severity";
    "site_checked_on" "新址核查日期" "day of the site check";
    "source" "来源" "source";
    "start" "公示起" "first day of the notice";
    "statement" "遗失声明" "statement";
    "summary" "异议内容" "what is objected to";
    "supplemented_on" "补正日期" "day the papers came in";
    "suspended_on" "暂停日期" "day of the suspension";
    "suspension" "所恢复的暂停" "the suspension";
    "unit" "计价单位" "unit";
    "unperformed" "未履行内容" "what was not done";
    "until" "截止日" "last day";
    "upheld" "异议成立" "upheld";
    "valid_from" "有效期起" "first day of the term";
    "valid_to" "有效期至" "last day of the term";
    "valid_to_worked_out_from" "有效期至的推算依据" "what the last day of the term was worked out from";
    "valid_until" "承诺有效期至" "end of the pledge";
    "withdrawn_on" "撤回日期" "day of the withdrawal";
    "withhold_address" "地址不公开" "address withheld";
    "year" "年度" "year";
    "zone" "功能区" "zone";
}

/// Fields whose values are choices.
const CHOICES: [&str; 9] =
    ["kind", "result", "severity", "extent", "unit", "publication", "pledge_type", "promisor_class", "operator_class"];

/// A value in Chinese and English, where it is a choice; `None` of what is said as it stands.
pub(super) fn choice(path: &str, value: &str) -> Option<(&'static str, &'static str)> {
    let name = path.rsplit('.').next().unwrap_or(path);
    Some(match value {
        "true" => ("是", "yes"),
        _ if !CHOICES.contains(&name) => return None,
        "Cancelled" => ("取消", "cancellation"),
        "Annulled" => ("撤销", "annulment"),
        "Withdrawn" => ("自愿退出", "withdrawal"),
        "Deregistered" => ("注销", "deregistration"),
        "Passed" => ("合格", "passed"),
        "Failed" => ("不合格", "failed"),
        "NotTaken" => ("未参加", "not taken"),
        "Minor" => ("轻微", "minor"),
        "General" => ("一般", "general"),
        "Serious" => ("严重", "serious"),
        "Partly" => ("部分履行", "kept in part"),
        "Wholly" => ("全部未履行", "not kept"),
        "Month" => ("月", "a month"),
        "Meal" => ("餐", "a meal"),
        "Night" => ("晚", "a night"),
        "Hour" => ("小时", "an hour"),
        "Public" => ("可向社会公开", "public"),
        "Limited" => ("特定范围内公开", "for some"),
        "Closed" => ("不可公开", "closed"),
        "Organisation" => ("法人及非法人组织", "organisation"),
        "IndividualBusiness" => ("个体工商户", "individual business"),
        "NaturalPerson" => ("自然人", "natural person"),
        "ApprovalReplacing" => ("审批替代型", "in place of an approval"),
        "PapersOwed" => ("容缺受理型", "papers owed"),
        "ProofReplacing" => ("证明事项型", "in place of a proof"),
        "CreditRepair" => ("信用修复型", "credit repair"),
        "SelfDiscipline" => ("行业自律型", "self-discipline"),
        "Voluntary" => ("主动型", "voluntary"),
        "Other" => ("其他", "other"),
        _ => return None,
    })
}

#[cfg(test)]
pub(super) fn is_known(name: &str) -> bool {
    of(name).is_some()
}
