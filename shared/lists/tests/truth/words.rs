//! What the lists call their things.

/// Categories: the code, what cells call it, what titles call it.
pub(super) const CATEGORIES: &[(&str, &[&str], &str)] = &[
    ("kindergarten", &["普惠性民办幼儿园", "普惠性幼儿园", "普惠幼儿园"], "普惠性民办幼儿园"),
    ("childcare", &["普惠性托育机构", "普惠托育", "普惠托育机构"], "普惠性托育机构"),
    ("elder-residential", &["普惠性养老机构", "普惠养老机构"], "普惠性养老机构"),
    ("community-meals", &["老年助餐点", "助餐点", "社区食堂"], "老年助餐点"),
];
/// Counties: the code, what cells call it, what titles call it.
pub(super) const COUNTIES: &[(&str, &[&str], &str)] = &[
    ("321003000000", &["邗江区", "扬州市邗江区", "江苏省扬州市邗江区", "321003"], "邗江区"),
    ("321002000000", &["广陵区", "扬州市广陵区", "321002"], "广陵区"),
    ("321012000000", &["江都区", "扬州市江都区", "321012000000"], "江都区"),
    ("321023000000", &["宝应县", "扬州市宝应县"], "宝应县"),
    ("321081000000", &["仪征市", "扬州市仪征市", "321081"], "仪征市"),
];
pub(super) const NAME_HEADINGS: &[&str] = &["机构名称", "单位名称", "名称", "网点名称", "服务机构名称"];
pub(super) const CATEGORY_HEADINGS: &[&str] = &["类别", "机构类别", "服务类别", "机构类型"];
pub(super) const COUNTY_HEADINGS: &[&str] = &["所属区县", "区县", "县区", "所在区县"];
pub(super) const ADDRESS_HEADINGS: &[&str] = &["地址", "详细地址", "机构地址", "经营地址"];
pub(super) const DOCUMENT_HEADINGS: &[&str] = &["文号", "认定文号", "批准文号"];
pub(super) const DECIDED_HEADINGS: &[&str] = &["认定日期", "认定时间"];
pub(super) const TERM_HEADINGS: &[&str] = &["有效期", "有效期限", "认定有效期"];
pub(super) const FROM_HEADINGS: &[&str] = &["有效期起", "有效期自"];
pub(super) const TO_HEADINGS: &[&str] = &["有效期至", "到期时间"];
pub(super) const STREET_HEADINGS: &[&str] = &["所属街道", "街道", "所在街道"];
pub(super) const REMARK_HEADINGS: &[&str] = &["备注", "备注说明"];
pub(super) const HIDDEN_HEADINGS: &[&str] = &["认定结果", "有效期至", "核对", "类别"];
pub(super) const STATUS_HEADINGS: &[&str] = &["认定结果", "状态", "认定状态"];
pub(super) const ROAD: &[&str] = &["文昌路", "邗江中路", "淮海路", "江阳路", "扬子江路"];
/// Streets, which several counties have.
pub(super) const STREETS: &[&str] = &["城东街道", "新集镇", "文汇街道", "西湖镇", "真州镇"];
/// Remarks that say nothing of how far the certification has come, whatever words they are made of.
pub(super) const REMARKS: &[&str] = &[
    "",
    "到期前三个月申请复核",
    "收费超标的,取消认定",
    "原民办园退出后改办",
    "春节期间停止营业",
    "取消午餐收费",
    "未取消认定",
    "2022年取消后重新认定",
    "注册地址变更中",
    "不合格的限期整改",
    "周日歇业",
];
/// Remarks that say that it has ended.
pub(super) const ENDING_REMARKS: &[&str] = &["2025年3月起停办", "2024年已退出", "已注销", "已停办"];
pub(super) const NOTES: &[&str] = &[
    "注：到期须重新申报，不合格的取消认定。",
    "说明：以上名单由各区县上报。",
    "备注：退出须提前一个月书面申请。",
    "注:联系电话 0514-87654321。",
];
pub(super) const ENDED_TITLES: &[&str] =
    &["二、取消认定名单", "取消认定的机构", "(二)撤销认定名单", "三、自愿退出名单", "注销的机构名单", "已停办的机构"];
pub(super) const REFUSED_TITLES: &[&str] = &["三、不予认定名单", "未通过认定的机构", "(三)不予认定的机构"];
pub(super) const SIGNATURES: &[&str] = &["扬州市教育局", "2024年3月1日", "扬州市教育局 2024年3月1日", "(盖章)"];

/// Headings over two others: what stands over them, and what each of them is called there.
pub(super) type Pair = (&'static [&'static str], (char, &'static [&'static str]), (char, &'static [&'static str]));
pub(super) const PAIRS: &[Pair] = &[
    (&["有效期", "认定有效期", "有效期限"], ('f', &["起", "始", "起始时间", "自"]), ('u', &["止", "至", "截止时间"])),
    (&["认定情况", "认定"], ('d', &["文号", "批准文号"]), ('D', &["日期", "时间", "认定时间"])),
    (&["地址", "位置", "机构地址"], ('c', &["区县", "所属区县"]), ('a', &["详细地址", "门牌", "具体地址"])),
    (&["基本信息", "机构基本情况"], ('n', &["机构名称", "名称"]), ('k', &["类别", "机构类别"])),
    (&["机构信息", "基本情况"], ('n', &["单位名称", "名称"]), ('a', &["地址", "经营地址"])),
];
