//! What a log begins with that has no rules on record, and what `--scheme` says where it has.

use std::path::Path;
use std::time::Duration;

use domain::command::{BeginRules, RulesCommand};
use domain::{BureauId, Day, Name, OfficerId, RequestDigest, RequestId, RulesText, Sha256};
use event_log::{Log, Opening};
use registrar::{Action, Registrar, Submission, SubmitError};
use serve::reference::{self, Editions, Kind, ReferenceError, SchemeDraft, carried};
use serve::{Metrics, clock};
use uuid::Uuid;

use super::file;
use crate::args::OpeningWords;
use crate::client::Failure;
use crate::json;

/// Who enters the rules that a log begins with.
const OFFICER: &str = "puhui-serve";
/// What a registry is called where nobody says it.
const REGISTRY_NAME: &str = "普惠生活服务登记簿";
/// How long a process waits before it tries again to begin a log that could not be written.
const BEGIN_PAUSE: Duration = Duration::from_millis(500);

/// The scheme that a log is to begin with.
#[derive(Debug, Clone)]
pub(crate) struct Beginning {
    text: RulesText,
    draft: SchemeDraft,
    /// Whether somebody named it.
    named: bool,
}

fn odd(error: &impl std::fmt::Display) -> Failure {
    Failure::usage(format!("--scheme: {error}"))
}

impl Beginning {
    /// The scheme in a file, or the carried example. It has to stand by itself.
    pub(crate) fn new(path: Option<&Path>) -> Result<Self, Failure> {
        let text = match path {
            Some(path) => file(path).map_err(|failure| odd(&failure))?,
            None => reference::YANGZHOU_SCHEME.to_owned(),
        };
        let text = RulesText::parse(&text).map_err(|error| odd(&error))?;
        let draft = reference::read(text.as_str()).map_err(|error| odd(&error))?;
        if draft.area.is_none() {
            reference::scheme(text.as_str()).map_err(|error| odd(&error))?;
        }
        Ok(Self { text, draft, named: path.is_some() })
    }

    /// As what an empty log is opened that begins with this scheme.
    pub(crate) fn opening(&self, words: &OpeningWords) -> Result<Opening, Failure> {
        let word = |name: &str, invalid: domain::Invalid| Failure::usage(format!("{name}: {invalid}"));
        let name = words.name.as_deref().unwrap_or(REGISTRY_NAME);
        let bureau = match &words.opened_by {
            Some(bureau) => BureauId::parse(bureau).map_err(|invalid| word("--opened-by", invalid))?,
            // One in which nobody may adopt rules begins no log: that is said where the log has none, and not where it is long open.
            None => self.adopter().or_else(|_| Self::new(None)?.adopter().map_err(|error| odd(&error)))?,
        };
        Ok(Opening {
            name: Name::parse(name).map_err(|invalid| word("--name", invalid))?,
            bureau,
            officer: OfficerId::parse(OFFICER).map_err(|invalid| word("officer", invalid))?,
            id: RequestId::from_bytes(*Uuid::new_v4().as_bytes()),
        })
    }

    /// Of those that the scheme lets adopt rules, the first: the rest is for people.
    fn adopter(&self) -> Result<BureauId, ReferenceError> {
        self.draft.adopters().next().cloned().ok_or_else(|| ReferenceError::Scheme {
            place: "bureaus".to_owned(),
            zh: "没有可施行办法的单位(adopts_rules)".to_owned(),
            en: "no bureau may adopt rules (adopts_rules)".to_owned(),
        })
    }

    fn sha256(&self) -> Sha256 {
        reference::sha256(self.text.as_str())
    }

    /// Where the log has rules, a scheme that was named must be one of them. Where it has none, a process that writes begins it with these;
    /// what is answered goes on trying, where the log cannot be written yet.
    pub(crate) async fn held_against(
        self,
        registrar: &std::sync::Arc<Registrar<Log>>,
        writes: bool,
        metrics: &Metrics,
    ) -> Result<Option<impl Future<Output = ()> + Send + use<>>, Failure> {
        let editions = match registrar.current_rules().await {
            Ok(editions) => editions,
            Err(error) => {
                tracing::warn!(%error, "the rules could not be read yet");
                return Ok(None);
            }
        };
        if !editions.is_empty() {
            self.must_be_of(&editions)?;
            tell_of_example(&editions, metrics);
            return Ok(None);
        }
        if !writes {
            return Ok(None);
        }
        let submission = self.submission().map_err(|error| odd(&error))?;
        match registrar.submit(&submission).await {
            Ok(_) => {
                let editions =
                    registrar.current_rules().await.map_err(|error| Failure::unavailable(error.to_string()))?;
                // Another process may have begun it at the same moment.
                self.must_be_of(&editions)?;
                if !self.named {
                    let example = "登记簿未指定办法,以随附的示例办法启用 / the log begins with the example scheme that the program carries; \
                                   adopt your own with `puhui rules adopt scheme FILE`";
                    json::note(&format!("puhui: {example}"));
                }
                tell_of_example(&editions, metrics);
                Ok(None)
            }
            Err(SubmitError::Refused(refusal)) => Err(odd(&format!("{} / {}", refusal.zh(), refusal.en()))),
            Err(error) => {
                tracing::warn!(%error, "the log could not begin with its rules yet; it is tried again");
                let registrar = std::sync::Arc::clone(registrar);
                Ok(Some(async move { self.try_again(&registrar).await }))
            }
        }
    }

    async fn try_again(self, registrar: &Registrar<Log>) {
        loop {
            #[expect(clippy::disallowed_methods, reason = "a clock that is set and a disk that is freed tell nobody")]
            tokio::time::sleep(BEGIN_PAUSE).await;
            let Ok(submission) = self.submission() else { return };
            match registrar.submit(&submission).await {
                Ok(_) => return,
                Err(SubmitError::Refused(refusal)) => {
                    tracing::error!(refusal = refusal.en(), "the log cannot begin with its rules");
                    return;
                }
                Err(_) => {}
            }
        }
    }

    fn must_be_of(&self, editions: &Editions) -> Result<(), Failure> {
        let sha256 = self.sha256();
        let mut schemes = editions.adopted().iter().filter(|one| matches!(one.kind, Kind::Scheme { .. }));
        if !self.named || schemes.any(|one| one.sha256 == sha256) {
            return Ok(());
        }
        Err(Failure::usage(format!(
            "--scheme:登记簿已有办法,其中没有这一份({});请以 puhui rules adopt scheme 施行 / the log has rules on record, and this scheme \
             ({}) is none of them: adopt it with `puhui rules adopt scheme FILE`, or leave --scheme out",
            self.draft.version.as_str(),
            self.draft.version.as_str(),
        )))
    }

    fn submission(&self) -> Result<Submission, ReferenceError> {
        let now = clock::now();
        let days = carried::days()?;
        let (edition, places) = carried::places()?;
        let value = |place: &str, invalid| ReferenceError::Value { place: place.to_owned(), invalid };
        let begin = BeginRules {
            scheme: self.text.clone(),
            covered_from: days.from,
            covered_until: days.until,
            source: days.source,
            days: RulesText::parse(reference::STATUTORY_DAYS).map_err(|invalid| value("calendar", invalid))?,
            edition,
            places,
            adopted_on: Day::of(now),
        };
        let bureau = self.adopter()?;
        let id = Uuid::new_v4();
        let hash = self.sha256();
        Ok(Submission {
            id: RequestId::from_bytes(*id.as_bytes()),
            // No request is behind it that could come again.
            digest: RequestDigest::of_no_request(hash.as_bytes().first_chunk().copied().unwrap_or_default()),
            bureau,
            officer: OfficerId::parse(OFFICER).map_err(|invalid| value("officer", invalid))?,
            now,
            expected_revision: None,
            validate_only: false,
            action: Action::Rules(RulesCommand::BeginRules(Box::new(begin))),
        })
    }
}

/// Health says that a registry goes by an example.
fn tell_of_example(editions: &Editions, metrics: &Metrics) {
    let example = reference::sha256(reference::YANGZHOU_SCHEME);
    if editions.in_force(Day::of(clock::now())).iter().any(|one| one.sha256 == example) {
        metrics.advise("the scheme in force is the example that the program carries");
    }
}
