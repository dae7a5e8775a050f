//! What is on record of the outlets that a list may be of, read from the directory before anything is sent: everything that the log had when the
//! import began, so that what an interrupted one left is known.

use std::collections::BTreeSet;
use std::time::Duration;

use api::audit::v1::GetHeadRequest;
use api::audit::v1::audit_service_client::AuditServiceClient;
use api::directory::v1::directory_service_client::DirectoryServiceClient;
use api::directory::v1::{
    Certification, CertificationSummary, EndKind, GetProviderRequest, ListProvidersRequest, Provider, ProviderSummary,
};
use api::registry::v1::CertificationStatus;
use domain::{CategoryCode, Day, Division, OperatorCode, ProviderId};
use futures_util::{StreamExt, TryStreamExt, stream};
use lists::Reading;
use lists::record::{Held, HeldEnd, Lookup, Outlet, Register, is_of_the_record};
use tonic::transport::Channel;
use tonic::{Code, Status};

use crate::client::{Failure, Servers};

/// Rows of one page.
const PAGE_ROWS: u32 = 100;
/// Longest text that is searched for, in characters.
const TEXT_CHARS_MAX: usize = 100;
/// Most words of one.
const WORDS_MAX: usize = 8;
/// Most outlets that are searched for one by one.
const SEARCHES_MAX: usize = 200;
/// Counties read at one time.
const COUNTIES_AT_ONCE: usize = 8;
/// Times a question is asked again that cannot be answered now.
const ATTEMPTS_MAX: u32 = 8;
/// Pause before the second attempt; doubled each time.
const PAUSE: Duration = Duration::from_millis(100);
/// Every status: an outlet is known whatever became of its certifications.
const STATUSES: [CertificationStatus; 8] = [
    CertificationStatus::Valid,
    CertificationStatus::Rectifying,
    CertificationStatus::Suspended,
    CertificationStatus::Revoked,
    CertificationStatus::Withdrawn,
    CertificationStatus::Expired,
    CertificationStatus::Deregistered,
    CertificationStatus::Ahead,
];

/// Who is asked what is on record.
#[derive(Clone)]
pub(super) struct Records {
    directory: DirectoryServiceClient<Channel>,
    audit: AuditServiceClient<Channel>,
}

impl Records {
    pub(super) async fn of(servers: &Servers) -> Result<Self, Failure> {
        let directory = DirectoryServiceClient::new(servers.connect("directory").await?);
        let audit = AuditServiceClient::new(servers.connect("audit").await?);
        Ok(Self { directory, audit })
    }

    /// Everything on record that these rows may be of.
    pub(super) async fn register(&self, rows: &[Reading], in_flight: usize) -> Result<Register, Status> {
        let head = self.head().await?;
        let entries = || rows.iter().filter(|row| is_of_the_record(row)).filter_map(|row| row.entry.as_ref());
        let counties: BTreeSet<&str> = entries().map(|entry| entry.division.county()).collect();
        let mut register = Register::default();
        let mut listed =
            stream::iter(counties).map(|county| self.county(county, head)).buffer_unordered(COUNTIES_AT_ONCE);
        while let Some(outlets) = listed.try_next().await? {
            for outlet in outlets {
                register.enter(outlet);
            }
        }
        drop(listed);
        // What is found by one question may be what another is about.
        loop {
            let needs: BTreeSet<Lookup> = entries().flat_map(|entry| register.needs(entry)).collect();
            if needs.is_empty() {
                return Ok(register);
            }
            let needs = at_once(needs, &mut register);
            let mut found = stream::iter(needs)
                .map(|need| async move { Ok::<_, Status>((self.look(&need, head).await?, need)) })
                .buffer_unordered(in_flight.max(1));
            while let Some((outlets, need)) = found.try_next().await? {
                for outlet in outlets {
                    register.enter(outlet);
                }
                register.looked(need);
            }
        }
    }

    /// The last position of the log.
    pub(super) async fn head(&self) -> Result<u64, Status> {
        let mut audit = self.audit.clone();
        Ok(audit.get_head(GetHeadRequest {}).await?.into_inner().position)
    }

    /// The outlets of a county.
    async fn county(&self, county: &str, head: u64) -> Result<Vec<Outlet>, Status> {
        let asked = ListProvidersRequest { division: county.to_owned(), ..ListProvidersRequest::default() };
        self.listed(asked, head, u32::MAX).await
    }

    /// What a question brings.
    pub(super) async fn look(&self, lookup: &Lookup, head: u64) -> Result<Vec<Outlet>, Status> {
        let asked = match lookup {
            Lookup::Outlet(id) => {
                let provider = self.provider(id, head).await?;
                return Ok(provider.as_ref().and_then(outlet).into_iter().collect());
            }
            Lookup::Code(code) => {
                ListProvidersRequest { operator_code: code.clone(), ..ListProvidersRequest::default() }
            }
            Lookup::Name { name, .. }
                if name.chars().count() > TEXT_CHARS_MAX || name.split_whitespace().count() > WORDS_MAX =>
            {
                return Ok(Vec::new());
            }
            Lookup::Name { county, name } => {
                ListProvidersRequest { division: county.clone(), text: name.clone(), ..ListProvidersRequest::default() }
            }
        };
        // An outlet whose name it is or was comes among the first.
        let pages = if matches!(lookup, Lookup::Name { .. }) { 1 } else { u32::MAX };
        match self.listed(asked, head, pages).await {
            // A code that fails its check, or a name that is no text to search for, which no outlet has.
            Err(status) if status.code() == Code::InvalidArgument => Ok(Vec::new()),
            found => found,
        }
    }

    async fn listed(&self, asked: ListProvidersRequest, head: u64, pages: u32) -> Result<Vec<Outlet>, Status> {
        let mut asked = ListProvidersRequest {
            statuses: STATUSES.map(i32::from).to_vec(),
            page_size: PAGE_ROWS,
            min_position: head,
            ..asked
        };
        let mut outlets = Vec::new();
        for _ in 0..pages {
            let page = answered(|| {
                let (mut directory, asked) = (self.directory.clone(), asked.clone());
                async move { directory.list_providers(asked).await.map(tonic::Response::into_inner) }
            });
            let page = page.await?;
            outlets.extend(page.providers.iter().filter_map(listed_outlet));
            if page.next_page_token.is_empty() {
                break;
            }
            asked.page_token = page.next_page_token;
        }
        Ok(outlets)
    }

    /// One outlet, with all that the directory tells of it.
    pub(super) async fn provider(&self, id: &ProviderId, head: u64) -> Result<Option<Provider>, Status> {
        let asked =
            GetProviderRequest { provider_id: id.to_string(), min_position: head, ..GetProviderRequest::default() };
        let answer = answered(|| {
            let (mut directory, asked) = (self.directory.clone(), asked.clone());
            async move { directory.get_provider(asked).await.map(tonic::Response::into_inner) }
        });
        match answer.await {
            Ok(answer) => Ok(answer.provider),
            // An id of a code that fails its check is INVALID_ARGUMENT where no outlet has it.
            Err(status) if matches!(status.code(), Code::NotFound | Code::InvalidArgument) => Ok(None),
            Err(status) => Err(status),
        }
    }
}

/// Where many rows are of no outlet that is known by today's name or code, everything on record of their counties is read instead of searching for
/// each: a search looks at every outlet whose name is alike.
fn at_once(needs: BTreeSet<Lookup>, register: &mut Register) -> BTreeSet<Lookup> {
    let is_search = |need: &Lookup| !matches!(need, Lookup::Outlet(_));
    if needs.iter().filter(|need| is_search(need)).count() <= SEARCHES_MAX {
        return needs;
    }
    let (searches, mut needs): (BTreeSet<Lookup>, BTreeSet<Lookup>) = needs.into_iter().partition(is_search);
    needs.extend(register.unread().map(|id| Lookup::Outlet(id.clone())));
    for search in searches {
        register.looked(search);
    }
    needs
}

/// Asks until there is an answer: a directory that catches up or has much to do says so.
async fn answered<T, F: Future<Output = Result<T, Status>>>(ask: impl Fn() -> F) -> Result<T, Status> {
    let mut pause = PAUSE;
    for _ in 1..ATTEMPTS_MAX {
        match ask().await {
            Err(status) if matches!(status.code(), Code::Unavailable | Code::ResourceExhausted) => {}
            answer => return answer,
        }
        #[expect(clippy::disallowed_methods, reason = "bounded backoff between attempts")]
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    ask().await
}

fn text(text: &str) -> Option<String> {
    Some(text).filter(|text| !text.is_empty()).map(ToOwned::to_owned)
}

fn day(text: &str) -> Option<Day> {
    Day::parse(text).ok()
}

/// What a page of a list tells of an outlet.
fn listed_outlet(summary: &ProviderSummary) -> Option<Outlet> {
    let names = [summary.name.clone()].into_iter().chain(text(&summary.found_by_name));
    Some(Outlet {
        id: ProviderId::stored(&summary.provider_id).ok()?,
        names: names.collect(),
        division: Division::parse(&summary.division).ok()?,
        address: text(&summary.address),
        has_phone: !summary.phone.is_empty(),
        has_point: summary.location.is_some(),
        code: None,
        live: summary.certifications.iter().filter(|one| is_live(one)).filter_map(category).collect(),
        held: None,
        of_this_list: false,
    })
}

fn is_live(certification: &CertificationSummary) -> bool {
    use CertificationStatus::{Rectifying, Suspended, Valid};
    matches!(certification.status(), Valid | Rectifying | Suspended)
}

fn category(certification: &CertificationSummary) -> Option<CategoryCode> {
    CategoryCode::parse(&certification.category).ok()
}

/// An outlet with its certifications.
fn outlet(provider: &Provider) -> Option<Outlet> {
    let particulars = provider.particulars.as_ref()?;
    let id = ProviderId::stored(&provider.provider_id).ok()?;
    let before = provider.versions.iter().filter_map(|version| version.particulars.as_ref());
    let names = [particulars].into_iter().chain(before).map(|particulars| particulars.name.clone());
    let identified = provider.operator_identification.as_ref().map(|known| known.operator_uscc.clone());
    let code = match id.operator() {
        OperatorCode::Uscc(uscc) => Some(uscc.as_str().to_owned()),
        OperatorCode::ToBeCompleted(_) => identified,
    };
    let certifications = provider.certifications.iter().chain(&provider.certifications_ahead);
    Some(Outlet {
        names: names.collect(),
        division: Division::parse(&particulars.division).ok()?,
        address: text(&particulars.address),
        has_phone: !particulars.phone.is_empty(),
        has_point: particulars.location.is_some(),
        code,
        live: Vec::new(),
        held: Some(certifications.filter_map(held).collect()),
        of_this_list: false,
        id,
    })
}

fn held(certification: &Certification) -> Option<Held> {
    Some(Held {
        act: certification.act.as_ref()?.number,
        category: CategoryCode::parse(&certification.category).ok()?,
        decided_on: day(&certification.decided_on),
        valid_from: day(&certification.valid_from),
        valid_to: day(&certification.valid_to),
        worked_out: text(&certification.valid_to_worked_out_from),
        document: text(&certification.document_number),
        body: certification.deciding_body.clone(),
        source: certification.source.clone(),
        back_entered: certification.back_entered,
        end: certification.end.as_ref().map(|end| HeldEnd {
            effective_on: day(&end.effective_on),
            annulled: certification.ends.iter().any(|end| end.kind() == EndKind::Annulled && end.overturned.is_none()),
        }),
    })
}
