//! A business "no": the rules do not allow the command now. Each has a stable reason and a sentence an officer understands.

use crate::bar::Bar;
use crate::value::{
    Act, Called, Day, DocumentNumber, NOT_STATED, Names, OperatorCode, PlaqueNumber, PledgeNumber, Word,
};

/// What a sentence may name. A code is told as [`Called`], which takes its name from who knows it: a bare one is no field.
trait Field {
    fn take(&mut self, _: Names<'_>) {}
}

macro_rules! fields {
    ($($ty:ty),*) => { $(impl Field for $ty {})* };
}

fields!(
    Act,
    Day,
    DocumentNumber,
    OperatorCode,
    PlaqueNumber,
    PledgeNumber,
    String,
    Word,
    u32,
    u64,
    usize,
    &'static str
);

impl Field for Called {
    fn take(&mut self, names: Names<'_>) {
        Called::take(self, names);
    }
}

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident $({ $($field:ident: $ty:ty),* })? $reason:literal $zh:literal $en:literal;)*) => {
        /// Why the rules say no.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Refusal {
            $($(#[$doc])* $name $({
                $(#[doc = concat!("`", stringify!($field), "` as the sentence names it.")] $field: $ty),*
            })?,)*
        }

        impl Refusal {
            /// The stable name of the reason; programs compare it.
            pub fn reason(&self) -> &'static str {
                match self {
                    $(Self::$name $({ $($field: _),* })? => $reason,)*
                }
            }

            /// The sentence in Chinese.
            pub fn zh(&self) -> String {
                match self {
                    $(Self::$name $({ $($field),* })? => { $($(let _ = $field;)*)? format!($zh) })*
                }
            }

            /// The sentence in English.
            pub fn en(&self) -> String {
                match self {
                    $(Self::$name $({ $($field),* })? => { $($(let _ = $field;)*)? format!($en) })*
                }
            }

            /// The same, with every code called by its name.
            #[must_use]
            pub fn named(mut self, names: Names<'_>) -> Self {
                match &mut self {
                    $(Self::$name $({ $($field),* })? => { $($(Field::take($field, names);)*)? })*
                }
                self
            }

            /// Every reason there is, in the order of this file.
            pub const REASONS: &'static [&'static str] = &[$($reason),*];
        }
    };
}

refusals! {
    // Who acts, and where.
    /// The scheme does not list the bureau.
    BureauUnknown "BUREAU_UNKNOWN" "办法中没有这个经办单位" "the scheme does not list this bureau";
    /// The bureau has been merged or divided.
    BureauEnded { until: Day, successors: String } "BUREAU_ENDED" "经办单位已于 {until} 撤并,由 {successors} 承接" "the bureau acted until {until}; {successors} took over";
    /// The bureau does not decide on this category.
    NotCompetentForCategory { category: Called } "NOT_COMPETENT_FOR_CATEGORY" "经办单位无权办理类别 {category}" "the bureau does not decide on category {category:#}";
    /// The bureau does not decide in this place.
    NotCompetentForPlace "NOT_COMPETENT_FOR_PLACE" "网点所在地不在经办单位的管辖范围内" "the place is outside the bureau's area";
    /// The bureau decides on nothing that the outlet has in hand.
    NotCompetentForOutlet "NOT_COMPETENT_FOR_OUTLET" "经办单位无权办理该网点已认定或在办的任何类别" "the bureau decides on none of the categories that the outlet has in hand";
    /// Only a bureau with this duty may do it.
    DutyMissing { zh: &'static str, en: &'static str } "DUTY_MISSING" "办法未授予经办单位{zh}的职责" "the scheme does not give the bureau the duty to {en}";
    /// The scheme has no such category.
    CategoryUnknown { category: Called } "CATEGORY_UNKNOWN" "办法中没有类别 {category}" "the scheme has no category {category:#}";
    /// The scheme has no such ground.
    GroundUnknown "GROUND_UNKNOWN" "办法中没有这个事由" "the scheme has no such ground";
    /// The table of divisions does not list the place.
    DivisionUnknown "DIVISION_UNKNOWN" "区划代码表中没有这个代码" "the table of divisions does not list this code";
    /// The scheme has no such zone.
    ZoneUnknown "ZONE_UNKNOWN" "办法中没有这个功能区" "the scheme has no such zone";
    /// The zone sent is not the one that the table has for the place.
    ZoneNotOfPlace { zone: Called } "ZONE_NOT_OF_PLACE" "按功能区表,该地的功能区为 {zone}(“—”为不属任何功能区),与提交的不符" "by the table of zones the place lies in {zone:#} (where that is a dash, in none), not in the zone sent";
    /// The place is no more.
    DivisionRetired { last: Day } "DIVISION_RETIRED" "该区划代码已于 {last} 后撤销,请用现行代码" "this code was retired after {last}: use the one that took its place";
    /// The decision is older than the scheme.
    BeforeScheme { from: Day } "BEFORE_SCHEME" "办法自 {from} 起施行,此前的认定请补录" "the scheme is in force from {from}: back-enter an earlier decision";
    /// A day that lies ahead cannot have happened.
    DayAhead { day: Day } "DAY_AHEAD" "{day} 尚未到来,不能作为已发生的日期" "{day} lies ahead and cannot have happened";
    /// A step is dated before the one it follows.
    DayBefore { earliest: Day } "DAY_BEFORE_PREVIOUS_STEP" "日期不得早于前一步骤的 {earliest}" "the day is before {earliest}, the step it follows";

    /// What is named by its number is none of what is open.
    ActNotOpen { act: Act } "ACT_NOT_OPEN" "第{act}项不是可如此办理的事项" "no. {act} of the record is nothing that this can be done to";
    /// It says what an act on record says, and would answer another one too: which of both is meant is not said.
    ActUnnamed { act: Act } "ACT_UNNAMED" "与第{act}项内容相同;如系重复报送,无须办理;如另有所指,请指明是哪一项" "it says what no. {act} says: if it is that one sent again, nothing is to be done; if another is meant, name the one it answers";
    /// Several are open and none is named.
    SeveralOpen { acts: String } "SEVERAL_OPEN" "有多项待处理(第{acts}项),请指明是哪一项" "several are open (no. {acts}): name the one";

    // Putting right what is on record.
    /// No act has this number.
    ActUnknown { act: Act } "ACT_UNKNOWN" "没有第{act}项登记事项" "the record has no act no. {act}";
    /// The act says so.
    ActSaysSo { act: Act } "ACT_SAYS_SO" "第{act}项现已是更正后的内容,无须更正" "no. {act} says so as it stands: there is nothing to correct";
    /// The act follows from another by the rules.
    ActFollows { act: Act } "ACT_FOLLOWS" "第{act}项由其他登记事项依规则产生,请更正其所依据的事项" "no. {act} follows from another act by the rules: correct that one";
    /// The right act is another one.
    CorrectsAnother "CORRECTS_ANOTHER" "更正后的事项须与原事项同类,且属同一类别、承诺或牌匾;随认定一并报送的终止另为一项,请按该项编号更正;否则请先更正为无,再另行登记" "the right act must be of the same kind and about the same category, pledge or plaque; an end that was told along with a certification is an act of its own, and corrected by its own number: else correct to none, and record the other by itself";
    /// The right act names what was entered after the wrong one.
    RightNamesLater { act: Act } "RIGHT_NAMES_LATER" "更正后的事项所指的第{act}项录入在原事项之后,不能据以更正;请先更正为无,再另行登记" "the right act names no. {act}, which was entered after the wrong one: correct to none, and record the right one by itself";
    /// The act is none that review or a court undoes.
    ActNotOverturnable { act: Act } "ACT_NOT_OVERTURNABLE" "第{act}项已更正为无,或者不是复议或诉讼可撤销的决定;登记有误请更正,此后情况有变请另行登记" "no. {act} was corrected to none, or is no decision that review or a court overturns: correct what was entered wrong, and record anew what has changed since";
    /// What was decided would say something else.
    ComesOutOtherwise "COMES_OUT_OTHERWISE" "按更正后的登记,该事项会得出不同的内容" "on what then stands it would come out otherwise";
    /// Other acts would not have been taken without it.
    ActRestsOnIt { acts: String, zh: String, en: String } "ACT_RESTS_ON_IT" "第{acts}项以其为依据,须依上列次序逐项先行更正为无:{zh}" "acts no. {acts} rest on it and are to be corrected first, in the order they are named in: {en}";
    /// Acts of later days would not have been taken had it been on record before them.
    ContradictsLater { acts: String, zh: String, en: String } "CONTRADICTS_LATER" "第{acts}项日期在后而先已登记,本事项登记在前则第{acts}项不能成立:{zh};请核对日期。本事项无误的,请依上列次序逐项更正为无,再登记本事项,随后依相反次序逐项恢复(将该更正更正为无),随其更正的各项一并恢复;不能照原样恢复的,方另行登记" "acts no. {acts}, of later days, are on record already, and would not have been taken after this one: {en}; check the days. Where this one is right, correct them to none in the order they are named in, record this, and then take those corrections back, the last one first (correct each to none), by which what went along comes back too; type anew only what does not stand as it was";

    // The provider on record.
    /// No particulars on record and none sent.
    NotRegistered "PROVIDER_NOT_REGISTERED" "网点尚未登记,请先登记或一并提交网点信息" "the provider is not on record: register it or send its particulars";
    /// On record with other particulars.
    ParticularsDiffer "PARTICULARS_DIFFER" "提交的网点信息与登记信息不一致,请先办理变更" "the particulars differ from those on record: amend them first";
    /// It is registered, and has these particulars by now.
    Registered "PROVIDER_REGISTERED" "网点已登记,变更后的信息与提交的相同,无须再次登记" "the provider is on record and was amended to these particulars: there is nothing to register";
    /// The particulars are what they are on that day.
    NothingToAmend { day: Day } "NOTHING_TO_AMEND" "提交的网点信息与 {day} 的登记信息相同,没有需要变更的内容" "the particulars are those on record for {day}: there is nothing to amend";
    /// Two hundred amendments are enough.
    AmendmentsExhausted "AMENDMENTS_EXHAUSTED" "该网点的变更已达200次,请先更正误录的变更" "the provider has 200 amendments on record: correct those that were entered wrongly first";
    /// The class given is not the one that the operator's code says.
    OperatorClassDiffers "OPERATOR_CLASS_DIFFERS" "运营主体类别与统一社会信用代码不符" "the operator's class is not the one that its credit code says";
    /// A new address of a certified outlet was not inspected.
    SiteCheckNeeded "SITE_CHECK_NEEDED" "已认定网点变更地址须先核查新址" "a certified outlet's new address must be inspected first";
    /// An outlet does not come to another bureau's place without that bureau's word.
    ReleaseNeeded "RELEASE_NEEDED" "网点现所在地不归经办单位管辖,须提交迁出地单位的迁出函" "the outlet is in another bureau's place: name that bureau's document that gives it up";
    /// The operator's code is on record.
    OperatorKnown "OPERATOR_KNOWN" "运营主体已有统一社会信用代码" "the operator's credit code is on record";

    // The case.
    /// A case of the category is open.
    CaseOpen "CASE_OPEN" "该类别当日或其后已有在办申报件" "a case of this category is open on that day, or was after it";
    /// No case of the category is open.
    NoOpenCase "NO_OPEN_CASE" "该类别没有在办申报件" "no case of this category is open";
    /// The case is at another stage.
    WrongStage { stage: Word, wanted: Word } "WRONG_STAGE" "申报件处于“{stage}”,不能办理此步骤;须处于“{wanted}”时办理,尚缺的步骤请先登记" "the case is at the stage “{stage:#}”; this step is taken at “{wanted:#}”: record the steps that are missing first";
    /// The inspection was not passed.
    InspectionNotPassed "INSPECTION_NOT_PASSED" "现场核查未合格" "the inspection was not passed";
    /// No objection of the category is open.
    NoObjectionOpen "NO_OBJECTION_OPEN" "没有未处理的异议" "no objection is open";
    /// The number holds another objection.
    ObjectionNumberTaken { number: DocumentNumber } "OBJECTION_NUMBER_TAKEN" "异议编号 {number} 已登记为其他内容" "objection {number} is on record with another content";
    /// As many objections as may be open at once.
    ObjectionsOpenMax { most: usize } "OBJECTIONS_OPEN_MAX" "未处理的异议已有{most}件,请先处理" "{most} objections are open: resolve some first";
    /// The objection was resolved before, with another outcome.
    ObjectionResolved "OBJECTION_ALREADY_RESOLVED" "该异议已处理完毕" "the objection has been resolved";
    /// Objections are made during the notice.
    ObjectionOutOfTime { start: Day, end: Day } "OBJECTION_OUT_OF_TIME" "异议应在公示期 {start} 至 {end} 内提出" "objections are made during the notice, {start} to {end}";

    // Towards a certification.
    /// Neither a case here nor a notice as evidence.
    NoticeMissing "NOTICE_MISSING" "没有在办申报件时须提交公示起止日期" "without a case kept here the notice's window is required";
    /// The notice sent is not the one of the case.
    NoticeDiffers "NOTICE_DIFFERS" "提交的公示期与申报件的公示期不一致" "the notice sent is not the one of the case";
    /// The notice is shorter than the scheme asks.
    NoticeTooShort { days: u32, required: u32, zh: &'static str, en: &'static str } "NOTICE_TOO_SHORT" "公示{days}个{zh},少于办法要求的{required}个{zh}" "the notice has {days} {en}, the scheme asks {required}";
    /// A running notice is not ended sooner than was published.
    NoticeCutShort { end: Day } "NOTICE_CUT_SHORT" "已公示至 {end},不能缩短" "the notice was published until {end} and is not cut short";
    /// The notice ended too long ago.
    NoticeTooOld { last: Day } "NOTICE_TOO_OLD" "该公示最迟可在 {last} 作出认定,请重新公示" "the notice could be decided on until {last}: run it again";
    /// The notice carried another decision.
    NoticeServed "NOTICE_SERVED" "该公示已用于另一次认定,请重新公示" "the notice has served another certification: run one for this";
    /// The notice has not ended.
    NoticeNotEnded { end: Day } "NOTICE_NOT_ENDED" "公示期至 {end},届满后方可认定" "the notice runs to {end}; decide after it";
    /// The table of working days does not reach the notice.
    CalendarNotCovered { day: Day } "CALENDAR_NOT_COVERED" "工作日历未覆盖期限中的 {day},请先采用该年的节假日安排" "the table of working days does not cover {day}, a day of the term: adopt that year's days first";
    /// An objection is open, or was on the day of a decision.
    ObjectionOpen { number: DocumentNumber } "OBJECTION_OPEN" "当日尚有异议未处理(异议编号 {number})" "objection {number} is not resolved by that day";
    /// An objection was upheld.
    ObjectionUpheld "OBJECTION_UPHELD" "异议成立,不能认定;整改后可重新公示" "an objection was upheld: run the notice again after mending";
    /// No such pledge of this provider.
    PledgeUnknown { number: PledgeNumber } "PLEDGE_UNKNOWN" "该网点没有编号为 {number} 的信用承诺" "the provider has no pledge {number}";
    /// No pledge in force.
    PledgeNotInForce "PLEDGE_NOT_IN_FORCE" "没有有效的信用承诺" "no pledge is in force";
    /// The pledge is over before the term begins.
    PledgeEndsBefore { number: PledgeNumber, last: Day } "PLEDGE_ENDS_BEFORE_TERM" "信用承诺 {number} 至 {last} 止,有效期起始前即已届满,请另作承诺" "pledge {number} ends on {last}, before the term begins: make another";
    /// A bar on the provider.
    Barred { until: Day, act: Act, ground: Called, document: String, bureau: Called } "BARRED" "该网点至 {until} 止(含当日)不得再次申报:该网点第{act}项,事由 {ground},文号 {document},经办单位 {bureau}" "the provider is barred to {until} inclusive: no. {act} of its record, ground {ground:#}, document {document}, recorded by {bureau:#}";
    /// A bar on the operator.
    OperatorBarred { until: Day, act: Act, ground: Called, document: String, bureau: Called } "OPERATOR_BARRED" "运营主体至 {until} 止(含当日)不得申报:运营主体第{act}项,事由 {ground},文号 {document},经办单位 {bureau}" "the operator is barred to {until} inclusive: no. {act} of its record, ground {ground:#}, document {document}, recorded by {bureau:#}";
    /// A certification of the category is live.
    AlreadyCertified { category: Called, term: Word } "ALREADY_CERTIFIED" "类别 {category} 已认定且在有效期内({term});其后的期限请办理延续,终止后方可重新申报、认定;补录的认定已经终止的,请一并填报其终止" "category {category:#} is certified and live, {term:#}: renew it for the time after that; it is applied for and certified anew once it has ended. Of a certification that is back-entered and has ended, tell its end along with it";
    /// A certification of the category is decided, and its term lies ahead.
    CertifiedAhead { category: Called, from: Day } "CERTIFIED_AHEAD" "类别 {category} 已认定,有效期自 {from} 起" "category {category:#} is certified, from {from} on";
    /// One that was decided later is live within the term.
    CertifiedLater { act: Act, from: Day } "CERTIFIED_LATER" "有效期与第{act}项认定(自 {from} 起)重叠,请核对起止日期;所登记的认定在 {from} 前已终止的,请以补录认定登记并一并填报其终止;属延续或无补录职责的,请先将第{act}项更正为无,登记本事项及其后的终止,再恢复第{act}项(将该更正更正为无)" "the term runs into that of no. {act}, which begins on {from}: check its days. Where the certification had ended before {from}, back-enter it and tell its end along with it; of a renewal, or without the duty to back-enter, correct no. {act} to none, record this and the end that came after it, and then take that correction back (correct it to none)";
    /// Overturned, it would leave two of a category live.
    CertifiedSince { act: Act, from: Day } "CERTIFIED_SINCE" "撤销后,原认定自 {from} 起恢复,将与第{act}项认定同时有效;原认定在 {from} 前又已终止而尚未登记的,请先将第{act}项更正为无,登记本撤销及该终止,再恢复第{act}项(将该更正更正为无);第{act}项认定在 {from} 前已终止或一并被撤销的,请先登记该终止或撤销,再登记本撤销" "undone, the certification would be live again from {from} on, beside no. {act} of the same category: where it ended again before {from} and that is not on record yet, correct no. {act} to none, record this and that end, and then take the correction of no. {act} back (correct it to none); where no. {act} had ended by {from} or was overturned as well, record that first, then this";
    /// The application was granted since the decision against it was undone.
    CaseGrantedSince { act: Act } "CASE_GRANTED_SINCE" "该申报件此后已予认定(第{act}项),不予认定不能与之并存;请先办理第{act}项认定的终止(如该认定一并被撤销,请先登记对其的撤销),再登记本撤销" "undone, the decision against the application would stand again beside no. {act}, by which it was granted since: end that one first (where it was overturned as well, record that first), then record this";
    /// The term begins before the decision.
    TermBeforeDecision "TERM_BEFORE_DECISION" "有效期起不得早于认定的决定日期" "the term may not begin before the decision";
    /// The term ends before it begins.
    TermBackwards "TERM_BACKWARDS" "有效期止日早于起日" "the term ends before it begins";
    /// Words that a last day was worked out from, and no last day.
    WorkedOutToNothing "WORKED_OUT_TO_NOTHING" "载有有效期的推算依据,却没有推算出的止日" "it says what the last day was worked out from, and no last day";
    /// The term is longer than the scheme allows.
    TermTooLong { months: u32 } "TERM_TOO_LONG" "有效期超过办法规定的{months}个月" "the term is longer than the {months} months of the scheme";

    /// The day lies further ahead than such days do.
    DayTooFar { field: &'static str, name: &'static str, last: Day } "DAY_TOO_FAR" "{name}({field})最晚为 {last},请核对" "{field} is {last} at the latest: check it";

    // A live certification.
    /// No certification of the category.
    NotCertified { category: Called } "NOT_CERTIFIED" "类别 {category} 没有认定记录" "category {category:#} was never certified";
    /// The certification has ended.
    NotLive { since: Day } "NOT_LIVE" "该认定自 {since} 起已终止" "the certification ended on {since}";
    /// The certification ends before that by a decision on record.
    EndsBefore { since: Day } "ENDS_BEFORE" "该认定已定于 {since} 起终止" "by a decision on record the certification ends on {since}";
    /// The certification is not valid (it is being rectified or suspended).
    NotValid { status: Word } "NOT_VALID" "该认定处于“{status}”,不能办理" "the certification is {status:#}, which does not allow this";
    /// The certification is not being rectified.
    NotRectifying "NOT_RECTIFYING" "该认定不在整改期" "the certification is not being rectified";
    /// The certification is not suspended.
    NotSuspended "NOT_SUSPENDED" "该认定未被暂停" "the certification is not suspended";
    /// The scheme has no suspension in this category.
    SuspensionNotInScheme "SUSPENSION_NOT_IN_SCHEME" "办法未对该类别设暂停" "the scheme has no suspension in this category";
    /// The term for rectification is out of bounds.
    RectificationTerm { days: u32 } "RECTIFICATION_TERM" "整改期限应自责令之日起不超过{days}日" "the term runs from the order and has at most {days} days";
    /// A revocation is already noticed.
    AlreadyNoticed "REVOCATION_ALREADY_NOTICED" "已作出拟取消告知" "a revocation is already noticed";
    /// No revocation is noticed.
    NotNoticed "REVOCATION_NOT_NOTICED" "须先作出拟取消告知并听取陈述申辩" "the provider must be told first and may state its case";
    /// The provider may still state its case.
    HearingNotEnded { until: Day } "HEARING_NOT_ENDED" "陈述申辩期至 {until}" "the provider may state its case until {until}";
    /// Too little time to state one's case.
    HearingTooShort { days: u32, until: Day } "HEARING_TOO_SHORT" "陈述申辩期自告知次日起不得少于{days}个工作日,至少到 {until}" "the provider has at least {days} working days from the day after the notice to state its case, until {until}";
    /// It takes effect before it was decided.
    EffectBeforeDecision { earliest: Day } "EFFECT_BEFORE_DECISION" "生效日期不得早于 {earliest}" "it may not take effect before {earliest}";
    /// It takes effect after the term is over.
    EffectAfterTerm { last: Day } "EFFECT_AFTER_TERM" "有效期至 {last},届满即终止,不能再于其后生效;已延续的请先登记延续" "the term ends on {last} by itself, and nothing ends it later: record a renewal first, if there is one";
    /// The bar ends before it begins.
    BarBackwards "BAR_BACKWARDS" "禁入截止日早于决定日" "the bar ends before it begins";
    /// The bar is shorter than the scheme has it for the ground.
    BarTooShort { least: Day } "BAR_TOO_SHORT" "按办法,该事由的禁入至少到 {least}" "by the scheme the bar lasts until {least} at least";
    /// The ground of the revocation is none of a notice that holds.
    GroundNotNoticed "GROUND_NOT_NOTICED" "没有以该事由作出且有效的告知(未曾告知,或告知已撤回)" "no notice that holds names this ground: the provider was not told of it, or the notice was dropped";
    /// The ground is one of the other act.
    GroundOfOtherKind { zh: &'static str, en: &'static str } "GROUND_OF_OTHER_KIND" "按办法,该事由对应的是{zh},与所选不符" "by the scheme this ground is one of {en}, which is not what was chosen";
    /// An annulment reaches back to where the certification began.
    AnnulledFromBeginning { begin: Day } "ANNULLED_FROM_THE_BEGINNING" "撤销自始无效,生效日期应为有效期起 {begin}(有效期起未载明的,为认定决定之日)" "an annulment is from the beginning: it takes effect on {begin}, the first day of the term, or where that is not known the day of the decision to certify";
    /// The term has not ended.
    TermNotEnded { end: Day } "TERM_NOT_ENDED" "有效期至 {end},尚未届满" "the term runs to {end}";
    /// No end of term on record.
    TermUnstated "TERM_UNSTATED" "登记的认定没有有效期,请先更正" "no term is on record: correct the certification first";
    /// Too early to renew.
    RenewalTooEarly { from: Day } "RENEWAL_TOO_EARLY" "{from} 起方可办理延续" "renewal opens on {from}";
    /// The new term does not follow the old one.
    RenewalGap { from: Day } "RENEWAL_GAP" "延续的有效期应自 {from} 起算" "the new term begins on {from}";
    /// Another term was added since the ruling that is undone now.
    RenewedSince { act: Act } "RENEWED_SINCE" "此后已另行延续(第{act}项),两项延续不能并存;请先登记对第{act}项的撤销,再登记本撤销" "another term was added since with no. {act}, and both cannot stand: record that it was overturned first, then this";
    /// The term that it was added to is undone.
    RenewalBeforeUndone { act: Act } "RENEWAL_BEFORE_UNDONE" "该延续所接续的第{act}项延续已被撤销;第{act}项已恢复的,请先登记" "the term was added to that of no. {act}, which is undone: where that stands again, record it first";
    /// The last review was failed.
    ReviewFailed "REVIEW_FAILED" "最近一次年度复核不合格" "the last yearly review was failed";
    /// The year has a review with another outcome.
    YearReviewed "YEAR_ALREADY_REVIEWED" "该年度已有复核结果" "the year has been reviewed";
    /// A year is reviewed that had not begun on the day of the review.
    YearNotBegun { year: u32, day: Day } "YEAR_NOT_BEGUN" "{day} 时 {year} 年尚未开始,不能复核该年度" "on {day} the year {year} had not begun and could not be reviewed";
    /// A year is reviewed in which nothing was certified yet.
    YearBeforeCertification { year: u32, since: Day } "YEAR_BEFORE_CERTIFICATION" "该认定自 {since} 起才有,{year} 年度没有可复核的认定" "the certification is there since {since}: in {year} there was nothing to review";
    /// The right act is on record by itself.
    RightActRecorded "RIGHT_ACT_RECORDED" "更正后的事项已另行登记,请更正为无" "the right act is on record by itself: correct to none";
    /// The decision was recorded with another content.
    DecisionDiffers { act: Act } "DECISION_DIFFERS" "该决定已登记为第{act}项,内容不同" "the decision is on record as no. {act}, with another content";

    // Prices.
    /// No certification or case to promise a price for.
    PriceNeedsCertification "PRICE_NEEDS_CERTIFICATION" "该类别没有认定或在办申报件" "the category has neither a certification nor a case";
    /// A proposal waits.
    PricePending { proposal: Act } "PRICE_PENDING" "该项目已有待定的报价(第{proposal}项)" "a proposal for this item is pending (no. {proposal})";
    /// As many proposals as may wait at once.
    PricesPendingMax { most: usize } "PRICES_PENDING_MAX" "待定的报价已有{most}件,请先办理" "{most} proposals are pending: decide some first";
    /// No proposal waits.
    NoPricePending "NO_PRICE_PENDING" "没有待定的报价" "no proposal is pending";
    /// The proposal was decided otherwise.
    PriceDecided { act: Act } "PRICE_ALREADY_DECIDED" "该报价已有决定(第{act}项)" "the proposal has been decided (no. {act})";
    /// All rises together are larger than promised.
    PriceRiseTooLarge { percent: u32, price: Act } "PRICE_RISE_TOO_LARGE" "自第{price}项承诺的价格起,累计涨幅超过{percent}%;该价格登记有误的,请更正第{price}项" "all rises together are over the {percent} percent promised with no. {price}; where that price was entered wrong, correct no. {price}";
    /// A later price allows no larger rise.
    PriceRiseRaised { percent: u32, price: Act } "PRICE_RISE_RAISED" "新价格的允许涨幅不得高于第{price}项承诺的{percent}%" "a new price may not allow a larger rise than the {percent} percent of no. {price}";
    /// Another unit than the price in force.
    PriceUnitDiffers { price: Act } "PRICE_UNIT_DIFFERS" "计价单位与第{price}项的价格不同;该价格登记有误的,请更正第{price}项,另一计价单位请用另一收费项目" "the unit differs from the price of no. {price}; where that was entered wrong, correct no. {price}; another unit is another item";

    // Pledges.
    /// The number holds another pledge.
    PledgeNumberTaken { number: PledgeNumber } "PLEDGE_NUMBER_TAKEN" "承诺编码 {number} 已登记为其他内容" "pledge {number} is on record with another content";
    /// The number does not hold the day the pledge was made.
    PledgeNumberDay "PLEDGE_NUMBER_DAY" "承诺编码中的日期与作出日期不符" "the day in the number is not the day the pledge was made";
    /// A promisor with a code must give it, and a natural person must not.
    PromisorCode "PROMISOR_CODE" "法人和个体工商户须填信用代码,自然人不得填代码" "organisations and businesses give their credit code, natural persons none";
    /// The promisor is not the operator.
    PromisorNotOperator "PROMISOR_NOT_OPERATOR" "承诺人不是该网点的运营主体" "the promisor is not the provider's operator";
    /// Type OTHER needs a name, the others none.
    OtherType "OTHER_TYPE" "类型为“其他”时须填具体类型,否则不填" "type OTHER needs other_type, the others none";
    /// The pledge ends before it was made.
    PledgeBackwards "PLEDGE_BACKWARDS" "承诺有效期早于作出日期" "the pledge ends before it was made";
    /// The final status is determined.
    PledgeDetermined "PLEDGE_DETERMINED" "该承诺已有履行状态" "the pledge has its final status";
    /// The breach was repaired otherwise.
    BreachRepaired "BREACH_ALREADY_REPAIRED" "该失信已修复" "the breach has been repaired";
    /// As many pledges as an outlet may have.
    PledgesMax { most: usize } "PLEDGES_MAX" "该网点的信用承诺已有{most}件" "the outlet has {most} pledges already";
    /// As many breaches as a pledge may have.
    BreachesMax { most: usize } "BREACHES_MAX" "该承诺的失信已登记{most}件" "{most} breaches of the pledge are on record already";
    /// Not broken.
    PledgeNotBroken "PLEDGE_NOT_BROKEN" "该承诺没有需要修复的失信" "the pledge has no breach to repair";
    /// The least time of showing the breach is not over.
    RepairTooEarly { from: Day } "REPAIR_TOO_EARLY" "最短公示期未满,{from} 起方可修复" "the least time of showing is not over; repair from {from}";
    /// The order that the breach opened was not met by then.
    BreachNotMended { order: Act } "BREACH_NOT_MENDED" "修复前须先完成整改:第{order}项责令整改届时尚未验收" "a breach is mended before it is repaired: the order no. {order} was not met by then";

    // Plaques.
    /// No such plaque of this provider.
    PlaqueUnknown { number: PlaqueNumber } "PLAQUE_UNKNOWN" "该网点没有牌匾 {number}" "the provider has no plaque {number}";
    /// The plaque is in another state.
    PlaqueState { status: Word } "PLAQUE_STATE" "牌匾处于“{status}”,不能办理" "the plaque is {status:#}, which does not allow this";
    /// No live certification to hang a plaque for.
    NoLiveCertification "NO_LIVE_CERTIFICATION" "该网点没有有效的认定" "the provider has no live certification";
    /// The plaque is ordered back.
    PlaqueRecalled { due: Day } "PLAQUE_RECALLED" "牌匾已责令收回,期限至 {due} 止(含当日)" "the plaque is to come back by {due} inclusive";
    /// Not ordered back.
    PlaqueNotRecalled "PLAQUE_NOT_RECALLED" "牌匾未被责令收回,不存在未交回" "the plaque is not ordered back, so none is withheld";
    /// Ordered back, and the term is not over.
    RecoveryNotDue { due: Day } "RECOVERY_NOT_DUE" "收回期限至 {due} 止(含当日),次日起方可记载未交回" "the plaque may come back until {due} inclusive: record it as not returned after that";
    /// The plaque was replaced before.
    PlaqueReplaced "PLAQUE_REPLACED" "该牌匾已被替换" "the plaque has been replaced";
    /// A plaque hangs there, or is on its way.
    PlaquePlaceTaken { number: PlaqueNumber } "PLAQUE_PLACE_TAKEN" "该位置已有牌匾 {number},请注明另一悬挂位置或办理替换" "plaque {number} is for that place: name another place, or replace it";
    /// As many plaques as may be in the making at once.
    PlaquesOrderedMax { most: usize } "PLAQUES_ORDERED_MAX" "制作中的牌匾已有{most}块,请先发放或销毁" "{most} plaques are in the making: hand some out or destroy them first";
    /// Every number was given.
    PlaquesExhausted "PLAQUES_EXHAUSTED" "牌匾序号已用完(9999)" "the provider's 9,999 plaque numbers are used up";

    // Rules.
    /// The file breaks a rule of its form, or says what no rule can be meant by.
    RulesRejected { line: usize, place: String, zh: String, en: String } "RULES_REJECTED" "第{line}行 {place}:{zh}" "line {line}, {place}: {en}";
    /// No scheme holds in the place.
    NoScheme "NO_SCHEME" "该地没有施行的办法" "no scheme holds in this place";
    /// There is no registry-wide scheme to inherit from yet.
    SchemeWithoutBase "SCHEME_WITHOUT_BASE" "上级没有可承接的办法,须先施行完整的办法" "no scheme of an area above is in force to inherit from: adopt a whole one first";
    /// What is to be corrected is no edition that stands.
    EditionUnknown { position: u64 } "EDITION_UNKNOWN" "第{position}条不是现行有效的同类版本,不能更正" "at position {position} stands no edition of this kind that could be corrected";
    /// What is corrected is of another area.
    CorrectsAnotherArea { area: String } "CORRECTS_ANOTHER_AREA" "所更正的办法适用于 {area},更正须为同一区域" "the scheme that is corrected holds in {area}: what corrects it holds in the same area";
    /// A scheme of the same area begins on that day or later.
    SchemeNotNewer { version: String, from: Day } "SCHEME_NOT_NEWER" "该区域已有自 {from} 起施行的办法 {version},新办法的施行日期须在其后" "scheme {version} of this area is in force from {from}: a new one begins after it";
    /// The version stands for another text.
    SchemeVersionTaken { version: String } "SCHEME_VERSION_TAKEN" "版本 {version} 已登记,办法文本或施行信息不同" "version {version} is on record, with another text or adopted otherwise";

    // Operators.
    /// A code that fails its check was not confirmed.
    CodeNotConfirmed { code: OperatorCode } "CODE_NOT_CONFIRMED" "统一社会信用代码 {code} 校验不符,请核对是否录错;证照所载确系此代码的,请先办理代码核实(puhui confirm-code),再行录入" "credit code {code} fails its check: see whether it is mistyped; where the document does show it, confirm it first (puhui confirm-code), then enter this again";
    /// Only a credit code that fails its check is confirmed.
    CodeNeedsNoConfirmation "CODE_NEEDS_NO_CONFIRMATION" "只有校验不符的统一社会信用代码才需要核实" "only a credit code that fails its check is confirmed";
    /// The code was confirmed from another document.
    CodeConfirmed { act: Act } "CODE_CONFIRMED_OTHERWISE" "该代码已按另一证照核实(第{act}项);登记有误的,请更正第{act}项" "the code is confirmed from another document (no. {act}); where that was entered wrong, correct no. {act}";
    /// No bar in force.
    NotBarred "NOT_BARRED" "运营主体没有禁入" "the operator is not barred";
}

impl Refusal {
    /// Whether it is this bar that it tells of.
    pub fn names_bar(&self, bar: &Bar) -> bool {
        let (Self::Barred { until, act, document, .. } | Self::OperatorBarred { until, act, document, .. }) = self
        else {
            return false;
        };
        let stated = bar.document_number.as_ref().map_or_else(|| NOT_STATED.to_owned(), ToString::to_string);
        (*until, *act, document) == (bar.until, bar.act, &stated)
    }

    /// Of a bar: the same, with the bureau that recorded it.
    #[must_use]
    pub fn recorded_by(mut self, by: Called) -> Self {
        if let Self::Barred { bureau, .. } | Self::OperatorBarred { bureau, .. } = &mut self {
            *bureau = by;
        }
        self
    }

    /// What is said of why an act would not have been taken: of one that later acts contradict, why those would not.
    pub(crate) fn reasons(&self) -> (String, String) {
        if let Self::ContradictsLater { zh, en, .. } = self { (zh.clone(), en.clone()) } else { (self.zh(), self.en()) }
    }

    /// The act on record that it names as another than what was asked for.
    pub fn held_against(&self) -> Option<Act> {
        if let Self::DecisionDiffers { act } | Self::CodeConfirmed { act } | Self::PriceDecided { act } = self {
            Some(*act)
        } else {
            None
        }
    }

    /// Whether an act on record is in the way, so that it helps to be told in what that is another.
    pub fn is_of_what_is_on_record(&self) -> bool {
        matches!(
            self,
            Self::ParticularsDiffer
                | Self::OperatorKnown
                | Self::CodeConfirmed { .. }
                | Self::CaseOpen
                | Self::NoOpenCase
                | Self::WrongStage { .. }
                | Self::ObjectionNumberTaken { .. }
                | Self::NoObjectionOpen
                | Self::ObjectionResolved
                | Self::NoticeServed
                | Self::AlreadyCertified { .. }
                | Self::CertifiedAhead { .. }
                | Self::CertifiedLater { .. }
                | Self::CertifiedSince { .. }
                | Self::CaseGrantedSince { .. }
                | Self::DecisionDiffers { .. }
                | Self::NotLive { .. }
                | Self::NotValid { .. }
                | Self::NotRectifying
                | Self::NotSuspended
                | Self::AlreadyNoticed
                | Self::NotNoticed
                | Self::YearReviewed
                | Self::ActNotOpen { .. }
                | Self::PricePending { .. }
                | Self::NoPricePending
                | Self::PriceDecided { .. }
                | Self::PledgeNumberTaken { .. }
                | Self::PledgeDetermined
                | Self::PledgeNotBroken
                | Self::BreachRepaired
                | Self::PlaqueState { .. }
                | Self::PlaquePlaceTaken { .. }
                | Self::PlaqueReplaced
                | Self::NotBarred
        )
    }

    /// That a certification is over since a day, said on `day`: of an end that lies ahead nobody is told that it has come.
    pub(crate) fn over(since: Day, day: Day) -> Self {
        if since <= day { Self::NotLive { since } } else { Self::EndsBefore { since } }
    }

    /// Whether it is that what was asked about had been over by then, and nothing else.
    pub(crate) fn is_of_an_end(&self) -> bool {
        matches!(self, Self::NotLive { .. } | Self::EndsBefore { .. } | Self::NoLiveCertification)
    }

    /// Whether a bar refuses, on the outlet or on its operator.
    pub(crate) fn is_of_a_bar(&self) -> bool {
        matches!(self, Self::Barred { .. } | Self::OperatorBarred { .. })
    }

    /// Whether it tells of acts that would not have been taken.
    pub(crate) fn is_of_what_comes_after(&self) -> bool {
        matches!(self, Self::ActRestsOnIt { .. } | Self::ContradictsLater { .. })
    }

    /// The acts that it names as those to be corrected first.
    pub(crate) fn in_the_way(&self) -> Vec<Act> {
        if let Self::ActRestsOnIt { acts, .. } | Self::ContradictsLater { acts, .. } = self {
            Act::listed(acts)
        } else {
            Vec::new()
        }
    }

    /// The same, with these named, in this order.
    #[must_use]
    pub(crate) fn with_in_the_way(mut self, named: &[Act]) -> Self {
        if let Self::ActRestsOnIt { acts, .. } | Self::ContradictsLater { acts, .. } = &mut self {
            *acts = Act::list(named.iter().copied());
        }
        self
    }

    /// Whether what it tells of may be that two certifications of a category would be live on one day.
    pub(crate) fn may_be_of_two(&self) -> bool {
        let is_of_two = matches!(
            self,
            Self::AlreadyCertified { .. }
                | Self::CertifiedAhead { .. }
                | Self::CertifiedLater { .. }
                | Self::CertifiedSince { .. }
        );
        is_of_two || self.is_of_what_comes_after()
    }

    /// Whether it is about who acts, and not about what is on record.
    pub(crate) fn is_of_competence(&self) -> bool {
        matches!(
            self,
            Self::BureauUnknown
                | Self::BureauEnded { .. }
                | Self::NotCompetentForCategory { .. }
                | Self::NotCompetentForPlace
                | Self::NotCompetentForOutlet
                | Self::DutyMissing { .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_unique_and_upper_case() {
        let mut seen = std::collections::BTreeSet::new();
        for reason in Refusal::REASONS {
            assert!(seen.insert(reason), "{reason} twice");
            assert!(reason.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{reason}");
        }
    }

    #[test]
    fn sentences_name_the_days_they_speak_of() {
        let refusal = Refusal::NoticeNotEnded { end: Day::parse("2025-10-09").unwrap() };
        assert_eq!(refusal.reason(), "NOTICE_NOT_ENDED");
        assert!(refusal.zh().contains("2025-10-09") && refusal.en().contains("2025-10-09"));
    }

    #[test]
    fn what_is_on_record_is_told_where_it_is_in_the_way() {
        assert!(Refusal::CaseOpen.is_of_what_is_on_record() && Refusal::OperatorKnown.is_of_what_is_on_record());
        assert!(
            !Refusal::BureauUnknown.is_of_what_is_on_record() && !Refusal::DivisionUnknown.is_of_what_is_on_record()
        );
    }
}
