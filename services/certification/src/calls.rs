//! The certification service: its calls as gRPC, each read, decided and answered the same way.

use api::certification::v1;
use api::certification::v1::certification_service_server::CertificationService;
use event_log::EventLog;
use serve::{CommandDesk, command_calls};
use tonic::{Request, Response, Status};

use crate::Here;

/// The calls of the certification service on one registrar.
#[derive(Debug, Clone)]
pub struct Certification<L>(pub CommandDesk<L>);

command_calls! {
    CertificationService for Certification:
    register_provider(RegisterProviderRequest) -> RegisterProviderResponse,
    amend_particulars(AmendParticularsRequest) -> AmendParticularsResponse,
    identify_operator(IdentifyOperatorRequest) -> IdentifyOperatorResponse,
    apply(ApplyRequest) -> ApplyResponse,
    return_case(ReturnCaseRequest) -> ReturnCaseResponse,
    supplement_case(SupplementCaseRequest) -> SupplementCaseResponse,
    accept_case(AcceptCaseRequest) -> AcceptCaseResponse,
    record_inspection(RecordInspectionRequest) -> RecordInspectionResponse,
    open_notice(OpenNoticeRequest) -> OpenNoticeResponse,
    raise_objection(RaiseObjectionRequest) -> RaiseObjectionResponse,
    resolve_objection(ResolveObjectionRequest) -> ResolveObjectionResponse,
    refuse_case(RefuseCaseRequest) -> RefuseCaseResponse,
    withdraw_case(WithdrawCaseRequest) -> WithdrawCaseResponse,
    certify(CertifyRequest) -> CertifyResponse,
    record_certification(RecordCertificationRequest) -> RecordCertificationResponse,
    order_rectification(OrderRectificationRequest) -> OrderRectificationResponse,
    accept_rectification(AcceptRectificationRequest) -> AcceptRectificationResponse,
    suspend(SuspendRequest) -> SuspendResponse,
    resume(ResumeRequest) -> ResumeResponse,
    notice_revocation(NoticeRevocationRequest) -> NoticeRevocationResponse,
    lift_revocation_notice(LiftRevocationNoticeRequest) -> LiftRevocationNoticeResponse,
    revoke(RevokeRequest) -> RevokeResponse,
    withdraw(WithdrawRequest) -> WithdrawResponse,
    record_expiry(RecordExpiryRequest) -> RecordExpiryResponse,
    deregister(DeregisterRequest) -> DeregisterResponse,
    renew(RenewRequest) -> RenewResponse,
    record_review(RecordReviewRequest) -> RecordReviewResponse,
    overturn(OverturnRequest) -> OverturnResponse,
    correct_certification(CorrectCertificationRequest) -> CorrectCertificationResponse,
    propose_price(ProposePriceRequest) -> ProposePriceResponse,
    approve_price(ApprovePriceRequest) -> ApprovePriceResponse,
    reject_price(RejectPriceRequest) -> RejectPriceResponse,
    bar_operator(BarOperatorRequest) -> BarOperatorResponse,
    lift_operator_bar(LiftOperatorBarRequest) -> LiftOperatorBarResponse,
}
