//! Facts: what was decided and cannot be refused any more. Past tense; additive only.
//!
//! Each facet has its own; here they are put together. Each struct is a message of puhui.audit.v1, which is how it is stored and how it
//! travels; event-log has the one mapping. docs/acts.md describes them.

pub use crate::aside::*;
pub use crate::case::facts::*;
pub use crate::certification::facts::*;
pub use crate::ending::facts::*;
pub use crate::opened::*;
pub use crate::operator::facts::*;
pub use crate::overturning::facts::*;
pub use crate::particulars::facts::*;
pub use crate::plaque::facts::*;
pub use crate::pledge::facts::*;
pub use crate::price::facts::*;
pub use crate::rules::facts::*;
pub use crate::supervision::facts::*;

use crate::value::{Act, Day, DocumentNumber, Reason};

/// An act that was entered wrong was corrected (更正).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActCorrected {
    /// The act, by its number (所更正的事项).
    pub act: Act,
    /// Day of the correction (更正日期).
    pub corrected_on: Day,
    /// Why (理由).
    pub reason: Reason,
    /// Number of the document that carries the decision (文号).
    pub document_number: Option<DocumentNumber>,
    /// The fact that stands in its place and under its number; absent where none does (更正后的事项).
    pub fact: Option<Box<Event>>,
}

macro_rules! facts {
    ($($(#[$doc:meta])* $fact:ident,)*) => {
        /// One fact.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {
            $($(#[$doc])* $fact($fact),)*
        }

        impl Event {
            /// The name of the fact, such as `Certified`.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$fact(_) => stringify!($fact),)*
                }
            }

            /// Every name.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($fact)),*];
        }

        $(impl From<$fact> for Event {
            fn from(fact: $fact) -> Self {
                Self::$fact(fact)
            }
        })*
    };
}

facts! {
    /// A provider came on record (网点登记).
    ProviderRegistered,
    /// The particulars changed (网点信息变更).
    ParticularsAmended,
    /// The operator's credit code became known (补全代码).
    OperatorIdentified,
    /// An application was filed (申报).
    ApplicationFiled,
    /// The application was returned for missing papers (补正告知).
    CaseReturned,
    /// The missing papers came in (补正).
    CaseSupplemented,
    /// The application was accepted (受理).
    CaseAccepted,
    /// The outlet was inspected (现场核查).
    CaseInspected,
    /// The public notice was opened or run again (公示).
    NoticeOpened,
    /// An objection was raised (异议).
    ObjectionRaised,
    /// An objection was resolved (异议处理).
    ObjectionResolved,
    /// The application was decided against (不予认定).
    CaseRefused,
    /// The applicant took the application back (撤回申报).
    CaseWithdrawn,
    /// The provider was certified (认定).
    Certified,
    /// A certification decided and published elsewhere was back-entered (补录).
    CertificationRecorded,
    /// A breach is to be mended by a day (限期整改).
    RectificationOrdered,
    /// The breach is mended (整改合格).
    RectificationAccepted,
    /// The certification was suspended (暂停).
    CertificationSuspended,
    /// The suspension ended (恢复).
    CertificationResumed,
    /// The provider was told of an intended revocation (拟取消告知).
    RevocationNoticed,
    /// The intended revocation was dropped (撤回告知).
    RevocationNoticeLifted,
    /// The certification was revoked (取消或撤销).
    CertificationRevoked,
    /// The certification ends at the provider's wish (自愿退出).
    CertificationWithdrawn,
    /// The term ended (到期).
    CertificationExpired,
    /// The certification ended because the body is gone (注销).
    CertificationDeregistered,
    /// A new term was added (延续).
    CertificationRenewed,
    /// A yearly review was concluded (年度复核).
    ReviewRecorded,
    /// A price was proposed (报价).
    PriceProposed,
    /// The proposed price was approved (价格确定).
    PriceApproved,
    /// The proposed price was turned down (不予同意).
    PriceRejected,
    /// A pledge was made (作出信用承诺).
    PledgeMade,
    /// A pledge was kept in full (全部履行).
    PledgeFulfilled,
    /// A pledge was not kept (未履行).
    PledgeBroken,
    /// The credit was repaired (信用修复).
    PledgeRepaired,
    /// A plaque was ordered and numbered (制作牌匾).
    PlaqueOrdered,
    /// A plaque was handed out (发放).
    PlaqueIssued,
    /// A plaque was hung (挂牌).
    PlaqueHung,
    /// A plaque is to come back (责令收回).
    PlaqueRecoveryOrdered,
    /// A plaque came back (收回).
    PlaqueRecovered,
    /// A plaque was lost (遗失).
    PlaqueLost,
    /// A plaque was destroyed (销毁).
    PlaqueDestroyed,
    /// A plaque ordered back was not returned (未交回).
    PlaqueNotReturned,
    /// An operator was barred (运营主体禁入).
    OperatorBarred,
    /// The bar on an operator was lifted (解除禁入).
    OperatorBarLifted,
    /// A message of the log that is no commit was set aside (异常信息搁置).
    MessageSetAside,
    /// A plaque that was to come back may stay (撤回收回).
    PlaqueRecoveryLifted,
    /// An act that was entered wrong was corrected (更正).
    ActCorrected,
    /// An act was overturned by review or court: it was so until that day (撤销原决定).
    ActOverturned,
    /// The certification had been ended by a decision outside the registry (补录终止).
    EndingRecorded,
    /// A scheme was adopted for an area (办法施行).
    SchemeAdopted,
    /// The working days of some years were adopted (工作日历).
    CalendarAdopted,
    /// An edition of the table of places was adopted (区划代码表).
    PlacesAdopted,
    /// A credit code that fails its check was confirmed from the document it stands on (核实代码).
    OperatorCodeConfirmed,
    /// A log was opened: the first commit of each (登记簿启用).
    LogOpened,
    /// An order, a suspension or a notice of cancellation fell: its certification had been over by the day of it (整改、暂停、告知失效).
    MeasureFell,
}
