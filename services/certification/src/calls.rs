//! The certification service: its calls as gRPC, and the table its requests are read by, a line a call.

use api::certification::v1;
use api::certification::v1::certification_service_server::CertificationService;
use serve::{CommandDesk, Receipt, command_service};

use crate::Here;

/// The calls of the certification service on one registrar.
#[derive(Debug, Clone)]
pub struct Certification<L>(pub CommandDesk<L>);

command_service! {
    CertificationService for Certification, correcting provider_or_operator:
    register_provider(RegisterProviderRequest) -> RegisterProviderResponse: provider RegisterProvider { particulars }
    amend_particulars(AmendParticularsRequest) -> AmendParticularsResponse: provider AmendParticulars { particulars, effective_on, document_number, site_checked_on, release }
    identify_operator(IdentifyOperatorRequest) -> IdentifyOperatorResponse: provider IdentifyOperator { operator_uscc, operator_name, identified_on, document_number }
    apply(ApplyRequest) -> ApplyResponse: provider Apply { particulars, category, applied_on }
    return_case(ReturnCaseRequest) -> ReturnCaseResponse: provider ReturnCase { category, missing, returned_on, due_on }
    supplement_case(SupplementCaseRequest) -> SupplementCaseResponse: provider SupplementCase { category, supplemented_on }
    accept_case(AcceptCaseRequest) -> AcceptCaseResponse: provider AcceptCase { category, accepted_on }
    record_inspection(RecordInspectionRequest) -> RecordInspectionResponse: provider RecordInspection { category, inspected_on, passed, findings }
    open_notice(OpenNoticeRequest) -> OpenNoticeResponse: provider OpenNotice { category, notice, published_at }
    raise_objection(RaiseObjectionRequest) -> RaiseObjectionResponse: provider RaiseObjection { category, objection_number, raised_on, summary }
    resolve_objection(ResolveObjectionRequest) -> ResolveObjectionResponse: provider ResolveObjection { category, objection, resolved_on, upheld, finding }
    refuse_case(RefuseCaseRequest) -> RefuseCaseResponse: provider RefuseCase { category, decided_on, explanation, document_number }
    withdraw_case(WithdrawCaseRequest) -> WithdrawCaseResponse: provider WithdrawCase { category, withdrawn_on, reason }
    certify(CertifyRequest) -> CertifyResponse: provider Certify { particulars, category, decided_on, valid_from, valid_to, document_number, pledge_number, notice, deciding_body }
    record_certification(RecordCertificationRequest) -> RecordCertificationResponse { filled_act: filled_act }: provider RecordCertification { particulars, category, decided_on, valid_from, valid_to, document_number, deciding_body, publicity, source, ended, valid_to_worked_out_from }
    order_rectification(OrderRectificationRequest) -> OrderRectificationResponse: provider OrderRectification { category, ground, detail, ordered_on, due_on, legal_basis, document_number }
    accept_rectification(AcceptRectificationRequest) -> AcceptRectificationResponse: provider AcceptRectification { order, category, accepted_on, findings }
    suspend(SuspendRequest) -> SuspendResponse: provider Suspend { category, ground, detail, suspended_on, legal_basis, document_number }
    resume(ResumeRequest) -> ResumeResponse: provider Resume { suspension, category, resumed_on }
    notice_revocation(NoticeRevocationRequest) -> NoticeRevocationResponse: provider NoticeRevocation { certification, category, ground, detail, noticed_on, hearing_until, legal_basis, document_number }
    lift_revocation_notice(LiftRevocationNoticeRequest) -> LiftRevocationNoticeResponse: provider LiftRevocationNotice { notice, category, lifted_on, reason }
    revoke(RevokeRequest) -> RevokeResponse: provider Revoke { certification, notice, category, kind, ground, legal_basis, document_number, decided_on, effective_on, bar_until }
    withdraw(WithdrawRequest) -> WithdrawResponse: provider Withdraw { category, requested_on, effective_on, reason }
    record_expiry(RecordExpiryRequest) -> RecordExpiryResponse: provider RecordExpiry { category }
    deregister(DeregisterRequest) -> DeregisterResponse: provider Deregister { category, deregistered_on, reason, document_number }
    record_ending(RecordEndingRequest) -> RecordEndingResponse: provider RecordEnding { category, kind, decided_on, effective_on, document_number, deciding_body, source, bar_until }
    renew(RenewRequest) -> RenewResponse: provider Renew { category, decided_on, valid_from, valid_to, document_number, pledge_number, deciding_body }
    record_review(RecordReviewRequest) -> RecordReviewResponse: provider RecordReview { category, year, result, reviewed_on, note }
    overturn(OverturnRequest) -> OverturnResponse: provider_or_operator Overturn { act, overturned_on, body, document_number, explanation }
    propose_price(ProposePriceRequest) -> ProposePriceResponse: provider ProposePrice { category, item, price, proposed_on }
    approve_price(ApprovePriceRequest) -> ApprovePriceResponse: provider ApprovePrice { category, item, proposal, decided_on, effective_on, document_number }
    reject_price(RejectPriceRequest) -> RejectPriceResponse: provider RejectPrice { category, item, proposal, rejected_on, reason }
    confirm_operator_code(ConfirmOperatorCodeRequest) -> ConfirmOperatorCodeResponse: operator ConfirmOperatorCode { confirmed_on, document_number, seen }
    bar_operator(BarOperatorRequest) -> BarOperatorResponse: operator BarOperator { ground, barred_on, until, document_number, detail }
    lift_operator_bar(LiftOperatorBarRequest) -> LiftOperatorBarResponse: operator LiftOperatorBar { bar, lifted_on, document_number, reason }
}

/// The number of the amendment by which a list filled what was empty: it stands right before its certification.
fn filled_act(receipt: &Receipt) -> u32 {
    let filled = receipt
        .events
        .windows(2)
        .any(|pair| matches!(pair, [domain::Event::ParticularsAmended(_), domain::Event::CertificationRecorded(_)]));
    receipt.act.filter(|_| filled).map_or(0, |act| act.get().saturating_sub(1))
}
