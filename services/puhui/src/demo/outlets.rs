//! Synthetic outlets: one for each of Yangzhou's real communities, with credit codes that are valid by their check characters and
//! belong to nobody. Every name says that it is synthetic.

use api::certification::v1::certification_service_client::CertificationServiceClient;
use api::certification::v1::{CertifyRequest, RegisterProviderRequest};
use api::pledge::v1::MakePledgeRequest;
use api::pledge::v1::pledge_service_client::PledgeServiceClient;
use api::registry::v1::{NoticeWindow, Particulars, PledgeForm, PledgeType, PromisorClass, PublicationScope};
use domain::{OperatorCode, ProviderId, Uscc};
use futures_util::{TryStreamExt, stream};
use serve::reference;
use tonic::transport::Channel;
use uuid::Uuid;

use crate::client::{Failure, Servers};

/// Outlets in the making at one time.
const IN_FLIGHT: usize = 64;
/// Category, what outlets of it are called, and the bureau's part of a county's bureaus.
const KINDS: [(&str, &str, &str); 5] = [
    ("childcare", "托育园", "health"),
    ("elder-community", "日间照料中心", "civil"),
    ("community-meals", "助餐点", "civil"),
    ("retail", "便民菜店", "commerce"),
    ("domestic", "家政服务站", "commerce"),
];

/// Staff number of the officer who acts.
const OFFICER: &str = "demo-01";

/// What was made.
pub(crate) struct Made {
    pub(crate) outlets: usize,
    pub(crate) commands: usize,
}

/// A synthetic outlet.
#[derive(Debug, Clone)]
pub(crate) struct Outlet {
    pub(crate) id: String,
    pub(crate) bureau: String,
    pub(crate) category: String,
    pub(crate) particulars: Particulars,
    pub(crate) serial: u32,
}

/// The `serial`-th synthetic outlet in a community, of the kind its number gives.
pub(crate) fn outlet(serial: u32, community: &str, community_name: &str) -> Result<Outlet, Failure> {
    let kind = KINDS[usize::try_from(serial).unwrap_or(0) % KINDS.len()];
    of_kind(serial, community, community_name, kind)
}

/// A synthetic outlet of the kind at `index` of the kinds.
pub(crate) fn outlet_of(index: usize, serial: u32, community: &str, name: &str) -> Result<Outlet, Failure> {
    of_kind(serial, community, name, KINDS[index % KINDS.len()])
}

fn of_kind(
    serial: u32,
    community: &str,
    community_name: &str,
    (category, called, bureau): (&str, &str, &str),
) -> Result<Outlet, Failure> {
    let county = &community[..6];
    let invalid = || Failure::unavailable(format!("no synthetic credit code for {community}"));
    let uscc = Uscc::synthetic("52", county, &format!("{:08}", 90_000_000 + serial)).ok_or_else(invalid)?;
    let id = ProviderId::new(OperatorCode::Uscc(uscc), 1).map_err(|_| invalid())?;
    let name = format!("{}{called}(合成)", community_name.trim_end_matches("居委会").trim_end_matches("村委会"));
    let particulars = Particulars {
        operator_name: format!("{name}运营中心"),
        name,
        division: community.to_owned(),
        address: format!("{community_name}{}号(合成地址)", serial % 200 + 1),
        phone: "0514-00000000".to_owned(),
        ..Particulars::default()
    };
    Ok(Outlet {
        id: id.to_string(),
        bureau: format!("{county}-{bureau}"),
        category: category.to_owned(),
        particulars,
        serial,
    })
}

/// A pledge the outlet's operator makes on a day given as yyyymmdd.
pub(crate) fn pledge(outlet: &Outlet, day: &str, type_of: PledgeType) -> PledgeForm {
    PledgeForm {
        number: format!("{}{day}{:06}", &outlet.id[2..8], outlet.serial % 1_000_000),
        promisor_name: outlet.particulars.operator_name.clone(),
        promisor_class: PromisorClass::Organisation.into(),
        promisor_uscc: outlet.id[..18].to_owned(),
        pledge_type: type_of.into(),
        reason: "申请普惠性生活服务网点认定".to_owned(),
        content: "按公示价格收费,不另收费用;达到服务规范;接受监督检查。".to_owned(),
        liability: "违反承诺的,接受限期整改直至取消认定,并记入信用记录。".to_owned(),
        made_on: format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]),
        accepting_unit: "扬州市发展和改革委员会".to_owned(),
        // The body's real code is not on record here; this one is valid by its check characters only.
        accepting_unit_uscc: Uscc::synthetic("11", "321000", "90000001")
            .map(|code| code.to_string())
            .unwrap_or_default(),
        publication: PublicationScope::Public.into(),
        ..PledgeForm::default()
    }
}

/// Makes one outlet in each community.
pub(crate) async fn make(servers: &Servers) -> Result<Made, Failure> {
    let certification = CertificationServiceClient::new(servers.connect("certification").await?);
    let pledges = PledgeServiceClient::new(servers.connect("pledge").await?);
    let divisions = reference::divisions();
    let communities = divisions.rows().filter(|(code, _)| code.len() == 12).zip(0..);
    let outlets =
        communities.map(|((code, name), serial)| outlet(serial, code, name)).collect::<Result<Vec<_>, _>>()?;
    let count = outlets.len();
    stream::iter(outlets.into_iter().map(Ok::<_, Failure>))
        .try_for_each_concurrent(IN_FLIGHT, |outlet| one(certification.clone(), pledges.clone(), outlet))
        .await?;
    Ok(Made { outlets: count, commands: count * 3 })
}

async fn one(
    mut certification: CertificationServiceClient<Channel>,
    mut pledges: PledgeServiceClient<Channel>,
    outlet: Outlet,
) -> Result<(), Failure> {
    certification.register_provider(register(&outlet)).await?;
    pledges.make_pledge(make_pledge(&outlet)).await?;
    certification.certify(certify(&outlet)).await?;
    Ok(())
}

/// Puts the outlet on record.
pub(crate) fn register(outlet: &Outlet) -> RegisterProviderRequest {
    RegisterProviderRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: outlet.bureau.clone(),
        officer_id: OFFICER.to_owned(),
        provider_id: outlet.id.clone(),
        particulars: Some(outlet.particulars.clone()),
        ..RegisterProviderRequest::default()
    }
}

/// Its pledge, made before it is certified.
pub(crate) fn make_pledge(outlet: &Outlet) -> MakePledgeRequest {
    MakePledgeRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: outlet.bureau.clone(),
        officer_id: OFFICER.to_owned(),
        provider_id: outlet.id.clone(),
        pledge: Some(pledge(outlet, "20260302", PledgeType::Voluntary)),
        ..MakePledgeRequest::default()
    }
}

/// Its certification, on that pledge and a notice that has ended.
pub(crate) fn certify(outlet: &Outlet) -> CertifyRequest {
    CertifyRequest {
        request_id: Uuid::new_v4().to_string(),
        bureau_id: outlet.bureau.clone(),
        officer_id: OFFICER.to_owned(),
        provider_id: outlet.id.clone(),
        category: outlet.category.clone(),
        decided_on: "2026-03-16".to_owned(),
        valid_from: "2026-03-16".to_owned(),
        valid_to: "2029-03-15".to_owned(),
        document_number: "演示〔2026〕1号".to_owned(),
        pledge_number: pledge(outlet, "20260302", PledgeType::Voluntary).number,
        notice: Some(NoticeWindow { start: "2026-03-09".to_owned(), end: "2026-03-13".to_owned() }),
        ..CertifyRequest::default()
    }
}
