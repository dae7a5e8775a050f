//! What happened, in a few words, for people who follow changes.

use api::directory::v1;

use super::sentence;
use crate::rows::change::ChangeRow;

/// A change as it travels.
pub(crate) fn change(position: u64, change: ChangeRow) -> v1::Change {
    let (zh, en): (Vec<_>, Vec<_>) = change.events.iter().map(|name| fact(name)).unzip();
    let summary = sentence(&zh.join("、"), &en.join("; "));
    v1::Change {
        position,
        provider_id: change.provider_id,
        operator_code: change.operator_code,
        event_names: change.events,
        recorded_at_ms: change.recorded_at_ms,
        summary,
    }
}

/// Facts with what they are called.
const FACTS: [(&str, &str, &str); 47] = [
    ("ProviderRegistered", "网点登记", "a provider came on record"),
    ("ParticularsAmended", "网点信息变更", "the particulars changed"),
    ("OperatorIdentified", "补全代码", "the operator's credit code became known"),
    ("ApplicationFiled", "申报", "an application was filed"),
    ("CaseReturned", "补正告知", "the application was returned for missing papers"),
    ("CaseSupplemented", "补正", "the missing papers came in"),
    ("CaseAccepted", "受理", "the application was accepted"),
    ("CaseInspected", "现场核查", "the outlet was inspected"),
    ("NoticeOpened", "公示", "the public notice was opened or run again"),
    ("ObjectionRaised", "异议", "an objection was raised"),
    ("ObjectionResolved", "异议处理", "an objection was resolved"),
    ("CaseRefused", "不予认定", "the application was decided against"),
    ("CaseWithdrawn", "撤回申报", "the applicant took the application back"),
    ("Certified", "认定", "the provider was certified"),
    ("CertificationRecorded", "补录", "a certification decided and published elsewhere was back-entered"),
    ("RectificationOrdered", "限期整改", "a breach is to be mended by a day"),
    ("RectificationAccepted", "整改合格", "the breach is mended"),
    ("CertificationSuspended", "暂停", "the certification was suspended"),
    ("CertificationResumed", "恢复", "the suspension ended"),
    ("RevocationNoticed", "拟取消告知", "the provider was told of an intended revocation"),
    ("RevocationNoticeLifted", "撤回告知", "the intended revocation was dropped"),
    ("CertificationRevoked", "取消或撤销", "the certification was revoked"),
    ("CertificationWithdrawn", "自愿退出", "the certification ends at the provider's wish"),
    ("CertificationExpired", "到期", "the term ended"),
    ("CertificationDeregistered", "注销", "the certification ended because the body is gone"),
    ("CertificationRenewed", "延续", "a new term was added"),
    ("ReviewRecorded", "年度复核", "a yearly review was concluded"),
    ("CertificationOverturned", "撤销原决定", "a revocation was overturned and the certification restored"),
    ("CertificationCorrected", "更正", "a clerical error was mended"),
    ("PriceProposed", "报价", "a price was proposed"),
    ("PriceApproved", "价格确定", "the proposed price was approved"),
    ("PriceRejected", "不予同意", "the proposed price was turned down"),
    ("PledgeMade", "作出信用承诺", "a pledge was made"),
    ("PledgeFulfilled", "全部履行", "a pledge was kept in full"),
    ("PledgeBroken", "未履行", "a pledge was not kept"),
    ("PledgeRepaired", "信用修复", "the credit was repaired"),
    ("PlaqueOrdered", "制作牌匾", "a plaque was ordered and numbered"),
    ("PlaqueIssued", "发放", "a plaque was handed out"),
    ("PlaqueHung", "挂牌", "a plaque was hung"),
    ("PlaqueRecoveryOrdered", "责令收回", "a plaque is to come back"),
    ("PlaqueRecovered", "收回", "a plaque came back"),
    ("PlaqueLost", "遗失", "a plaque was lost"),
    ("PlaqueDestroyed", "销毁", "a plaque was destroyed"),
    ("PlaqueNotReturned", "未交回", "a plaque ordered back was not returned"),
    ("OperatorBarred", "运营主体禁入", "an operator was barred"),
    ("OperatorBarLifted", "解除禁入", "the bar on an operator was lifted"),
    ("MessageSetAside", "异常信息搁置", "a message of the log that is no commit was set aside"),
];

/// The name of a fact in both languages; an unknown one is told by its name.
pub(crate) fn fact(name: &str) -> (&str, &str) {
    FACTS.iter().find(|(fact, ..)| *fact == name).map_or((name, name), |(_, zh, en)| (zh, en))
}
