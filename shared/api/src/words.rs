//! What the values of the messages are called in front of people: one table, in Chinese and English, beside the .proto files that
//! define them. A value that a .proto file gains does not compile until it has its words here.

use crate::audit::v1::event::Fact;
use crate::directory::v1::{EndKind, LastDayBasis, PlaqueActKind, PlaqueVerdict, RowsState, TaskKind};
use crate::registry::v1::{
    BreachExtent, BreachSeverity, CaseStage, CertificationBasis, CertificationStatus, DayCount, EndingKind,
    OperatorClass, PlaqueStatus, PledgeStatus, PledgeType, PriceUnit, PromisorClass, PublicationScope, ReviewResult,
    RevocationKind,
};

/// What something is called in the two languages of the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word {
    /// Simplified Chinese. Empty where a message gives no value.
    pub zh: &'static str,
    /// English. Empty where a message gives no value.
    pub en: &'static str,
}

/// A value that people have words for.
pub trait Called {
    /// Its words.
    fn called(self) -> Word;
}

/// A number of which this program's .proto files know no value: a newer server sent it.
const UNKNOWN: Word = Word { zh: "(未知)", en: "unknown to this program" };

/// What a field is called that holds the number of an `E`.
pub fn called<E: Called + TryFrom<i32>>(number: i32) -> Word {
    E::try_from(number).map_or(UNKNOWN, Called::called)
}

/// What it means for those who run the process that a part of it is not well. The part itself says why, in English.
pub fn unwell_part(name: &str) -> Word {
    let (zh, en) = match name {
        "log-writer" => ("登记簿不能写入", "the log takes no commits"),
        "log-monitor" => ("登记簿的一次写入久无结果", "a write to the log does not end"),
        "log-connection" => {
            ("登记簿现在不能写入,或其服务器不答复", "the log takes no commits now, or its server does not answer")
        }
        "rows-follower" => ("索引未能读到登记簿", "the rows cannot follow the log"),
        "rows-applier" => ("索引停止更新", "the rows take up no commits"),
        "rows-writer" => ("索引不能写到磁盘", "the rows cannot be written to disk"),
        "rows-whole" => ("索引尚不完整", "the rows are not whole"),
        "clock" => ("时钟不可信", "the clock cannot be right"),
        "request-key" => ("请求密钥文件有误", "the file of the request key is not as it should be"),
        "rules" => ("登记的办法无法读取", "the rules on record cannot be read"),
        "calendar" => (
            "已知的工作日不足60天,请及时采用下一年的节假日安排(puhui rules adopt calendar)",
            "working days are known for less than 60 days ahead: adopt those of the next year (puhui rules adopt calendar)",
        ),
        _ => ("异常", "it is not well"),
    };
    Word { zh, en }
}

macro_rules! words {
    ($($of:ty { $($value:ident $zh:literal $en:literal;)* })*) => {$(
        impl Called for $of {
            fn called(self) -> Word {
                match self {
                    Self::Unspecified => Word { zh: "", en: "" },
                    $(Self::$value => Word { zh: $zh, en: $en },)*
                }
            }
        }
    )*

        /// What a value is called, by its name in the .proto files. `None` where no value that has words bears it.
        pub fn value(name: &str) -> Option<Word> {
            $(if let Some(value) = <$of>::from_str_name(name) {
                return Some(value.called());
            })*
            None
        }
    };
}

words! {
    CertificationStatus {
        Valid "有效" "certified and valid";
        Rectifying "限期整改" "certified, ordered to mend a breach";
        Suspended "暂停" "suspended";
        Revoked "已取消、撤销" "revoked";
        Withdrawn "已自愿退出" "withdrawn by the provider";
        Expired "已到期" "expired";
        Deregistered "已注销" "deregistered";
        Ahead "尚未起算" "decided and yet to begin";
    }
    EndKind {
        Cancelled "取消" "revoked for a breach";
        Annulled "撤销" "annulled, as it never should have been";
        Withdrawn "自愿退出" "withdrawn by the provider";
        Expired "到期" "expired";
        Deregistered "注销" "deregistered";
        Overturned "原决定被撤销" "the certification was overturned by review or court";
        RenewalOverturned "延续被撤销" "the renewal was overturned by review or court after the term before had run out";
    }
    LastDayBasis {
        Stated "载明" "stated by the document";
        WorkedOut "推算" "worked out from a length that the list states";
        NotStated "未载明" "stated by no document";
    }
    CaseStage {
        Applied "已申报" "applied";
        Returned "补正中" "returned for missing papers";
        Accepted "已受理" "accepted";
        Inspected "已核查" "inspected";
        Publicised "公示中" "in public notice";
        Certified "已认定" "certified";
        Refused "不予认定" "decided against";
        Withdrawn "已撤回" "taken back by the applicant";
    }
    PledgeStatus {
        UnderSupervision "监管中" "under supervision";
        Fulfilled "全部履行" "kept in full";
        PartlyFulfilled "部分履行" "kept in part";
        Unfulfilled "全部未履行" "not kept";
        Repaired "已修复" "credit repaired";
    }
    RevocationKind {
        Cancelled "取消" "revoked for a breach";
        Annulled "撤销" "annulled, as it never should have been";
    }
    EndingKind {
        Cancelled "取消" "revoked for a breach";
        Annulled "撤销" "annulled, as it never should have been";
        Withdrawn "自愿退出" "withdrawn by the provider";
        Deregistered "注销" "deregistered";
    }
    CertificationBasis {
        Case "本系统申报件" "a case kept here";
        Evidence "办理单位公示" "a notice sent as evidence";
    }
    DayCount {
        Calendar "日" "days";
        Working "个工作日" "working days";
    }
    ReviewResult {
        Passed "合格" "passed";
        Failed "不合格" "failed";
        NotTaken "未参加" "not taken";
    }
    PledgeType {
        ApprovalReplacing "审批替代型" "in place of an approval";
        PapersOwed "容缺受理型" "for papers owed";
        ProofReplacing "证明事项型" "in place of a proof";
        CreditRepair "信用修复型" "for the repair of credit";
        SelfDiscipline "行业自律型" "self-discipline of a trade";
        Voluntary "主动型" "voluntary";
        Other "其他" "other";
    }
    PromisorClass {
        Organisation "法人及非法人组织" "organisation";
        IndividualBusiness "个体工商户" "individual business";
        NaturalPerson "自然人" "natural person";
    }
    OperatorClass {
        Organisation "法人及非法人组织" "organisation";
        IndividualBusiness "个体工商户" "individual business";
        NaturalPerson "自然人" "natural person";
    }
    PublicationScope {
        Public "可向社会公开" "public";
        Limited "特定范围内公开" "public to some";
        Closed "不可公开" "not public";
    }
    BreachExtent {
        Partly "部分履行" "kept in part";
        Wholly "全部未履行" "not kept at all";
    }
    BreachSeverity {
        Minor "轻微" "minor";
        General "一般" "general";
        Serious "严重" "serious";
    }
    PriceUnit {
        Month "月" "a month";
        Meal "餐" "a meal";
        Night "晚" "a night";
        Hour "小时" "an hour";
    }
    PlaqueStatus {
        Ordered "制作中" "being made";
        Issued "已发放" "handed out";
        Hung "已挂牌" "hung";
        Recovered "已收回" "recovered";
        Lost "遗失" "lost";
        Destroyed "已销毁" "destroyed";
        NotReturned "未交回" "not returned";
    }
    PlaqueActKind {
        Ordered "制作" "ordered";
        Issued "发放" "handed out";
        Hung "挂牌" "hung";
        Recovered "收回" "recovered";
        Lost "遗失" "lost";
        Destroyed "销毁" "destroyed";
        NotReturned "未交回" "not returned";
        RecoveryOrdered "责令收回" "ordered back";
        RecoveryLifted "撤回收回" "may stay";
    }
    PlaqueVerdict {
        Valid "有效" "valid";
        Rectifying "限期整改" "certified, ordered to mend a breach";
        Suspended "暂停" "suspended";
        Revoked "已取消、撤销" "revoked";
        Withdrawn "已自愿退出" "withdrawn by the provider";
        Expired "已到期" "expired";
        Deregistered "已注销" "deregistered";
        NeverIssued "从未发放" "never issued";
        NotInForce "尚未生效" "not in force yet";
        NotYetIssued "尚未发放" "not handed out by then";
    }
    TaskKind {
        NoticeEnded "公示期满" "notice ended";
        CertificationExpiring "即将到期" "term ends soon";
        PlaqueToRecover "待收回牌匾" "plaque to recover";
        RectificationDue "整改待验收" "rectification to check";
        PledgeToCheck "承诺待核查" "pledge to check";
        OperatorToIdentify "代码待补" "credit code to supply";
        HearingEnded "申辩期满" "hearing ended";
        CaseReturned "补正逾期" "missing papers overdue";
        PledgeDoubled "承诺编码重复" "pledge number doubled";
        ObjectionOpen "异议待处理" "objection open";
        WithinBar "禁入期内认定" "decided within a bar";
        LastDayToState "有效期待补" "last day of the term to supply";
    }
    RowsState {
        CatchingUp "追赶中" "catching up";
        Live "实时" "live";
        LogAway "日志不可达" "the log is away";
        Stopped "已停止" "stopped";
    }
}

macro_rules! facts {
    ($($name:ident $zh:literal $en:literal;)*) => {
        /// Every fact by its name, with what it is called, in the order of the `.proto` file.
        pub const FACTS: &[(&str, Word)] = &[$((stringify!($name), Word { zh: $zh, en: $en }),)*];

        /// The name of a fact, as docs/acts.md has it.
        pub fn name_of(fact: &Fact) -> &'static str {
            match fact {
                $(Fact::$name(_) => stringify!($name),)*
            }
        }
    };
}

facts! {
    ProviderRegistered "网点登记" "a provider came on record";
    ParticularsAmended "网点信息变更" "the particulars changed";
    OperatorIdentified "补全代码" "the operator's credit code became known";
    ApplicationFiled "申报" "an application was filed";
    CaseReturned "补正告知" "the application was returned for missing papers";
    CaseSupplemented "补正" "the missing papers came in";
    CaseAccepted "受理" "the application was accepted";
    CaseInspected "现场核查" "the outlet was inspected";
    NoticeOpened "公示" "the public notice was opened or run again";
    ObjectionRaised "异议" "an objection was raised";
    ObjectionResolved "异议处理" "an objection was resolved";
    CaseRefused "不予认定" "the application was decided against";
    CaseWithdrawn "撤回申报" "the applicant took the application back";
    Certified "认定" "the provider was certified";
    CertificationRecorded "补录" "a certification decided and published elsewhere was back-entered";
    RectificationOrdered "限期整改" "a breach is to be mended by a day";
    RectificationAccepted "整改合格" "the breach is mended";
    CertificationSuspended "暂停" "the certification was suspended";
    CertificationResumed "恢复" "the suspension ended";
    MeasureFell "整改、暂停、告知失效" "an order, a suspension or a notice fell with its certification";
    RevocationNoticed "拟取消、拟撤销告知" "the provider was told of an intended revocation";
    RevocationNoticeLifted "撤回告知" "the intended revocation was dropped";
    CertificationRevoked "取消、撤销认定" "the certification was revoked";
    CertificationWithdrawn "自愿退出" "the certification ends at the provider's wish";
    CertificationExpired "到期" "the term ended";
    CertificationDeregistered "注销" "the certification ended because the body is gone";
    EndingRecorded "补录终止" "the certification had been ended by a decision outside the registry";
    CertificationRenewed "延续" "a new term was added";
    ReviewRecorded "年度复核" "a yearly review was concluded";
    PriceProposed "报价" "a price was proposed";
    PriceApproved "价格确定" "the proposed price was approved";
    PriceRejected "不予同意" "the proposed price was turned down";
    PledgeMade "作出信用承诺" "a pledge was made";
    PledgeFulfilled "全部履行" "a pledge was kept in full";
    PledgeBroken "未履行" "a pledge was not kept";
    PledgeRepaired "信用修复" "the credit was repaired";
    PlaqueOrdered "制作牌匾" "a plaque was ordered and numbered";
    PlaqueIssued "发放" "a plaque was handed out";
    PlaqueHung "挂牌" "a plaque was hung";
    PlaqueRecoveryOrdered "责令收回" "a plaque is to come back";
    PlaqueRecoveryLifted "撤回收回" "a plaque that was to come back may stay";
    ActCorrected "更正" "an act that was entered wrong was corrected";
    ActOverturned "撤销原决定" "an act was overturned by review or court";
    PlaqueRecovered "收回" "a plaque came back";
    PlaqueLost "遗失" "a plaque was lost";
    PlaqueDestroyed "销毁" "a plaque was destroyed";
    PlaqueNotReturned "未交回" "a plaque ordered back was not returned";
    OperatorCodeConfirmed "核实代码" "a credit code that fails its check was confirmed";
    OperatorBarred "运营主体禁入" "an operator was barred";
    OperatorBarLifted "解除禁入" "the bar on an operator was lifted";
    MessageSetAside "异常信息搁置" "a message of the log that is no commit was set aside";
    LogOpened "登记簿启用" "a log was opened";
    SchemeAdopted "办法施行" "a scheme was adopted";
    CalendarAdopted "工作日历" "the working days of a time were adopted";
    PlacesAdopted "区划代码表" "an edition of the table of places was adopted";
}

/// What the fact of this name is called. `None` where no fact has the name.
pub fn fact(name: &str) -> Option<Word> {
    FACTS.iter().find(|(fact, _)| *fact == name).map(|(_, word)| *word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_called_by_its_value_and_never_by_another() {
        assert_eq!(called::<PlaqueStatus>(PlaqueStatus::Lost.into()).zh, "遗失");
        assert_eq!(called::<PlaqueStatus>(0).zh, "");
        assert_eq!(called::<PlaqueStatus>(99), UNKNOWN);
    }

    #[test]
    fn no_two_facts_are_told_by_one_word() {
        for (at, (name, word)) in FACTS.iter().enumerate() {
            assert!(!word.zh.is_empty() && !word.en.is_empty(), "{name}");
            let again = FACTS[at + 1..].iter().find(|(_, other)| other.zh == word.zh || other.en == word.en);
            assert_eq!(again, None, "{name}");
        }
        assert_eq!(fact("PlaqueHung").map(|word| word.zh), Some("挂牌"));
        assert_eq!(fact("NoSuchFact"), None);
    }
}
