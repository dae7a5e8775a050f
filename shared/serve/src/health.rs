//! Health: what the parts of a process tell, gathered and told on.
//!
//! Each service names the parts it needs when it is added to the server (`Server::add`). grpc.health.v1 says of a
//! service whether all it needs is well, and of the server (the empty name) whether every part of the process is;
//! `puhui.health.v1`, `GET /health` and `puhui health` say which part is not, why, and since when; `puhui_part_well` is a
//! gauge a part. All of them look at the parts themselves when they are asked, and nothing is inferred from silence.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api::health::v1;
use api::health::v1::health_service_server::{HealthService, HealthServiceServer};
use api::words;
use futures_util::future::select_all;
use parts::{State, Watch};
use tonic::{Request, Response, Status};
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

use crate::bounds::REQUEST_BYTES_MAX;
use crate::clock;

/// The parts of a process and the services that need them. Clones look at the same parts.
#[derive(Debug, Clone)]
pub struct Parts(Arc<Gathered>);

#[derive(Debug)]
struct Gathered {
    /// By name, each with the services that need it.
    parts: BTreeMap<&'static str, (Watch, Vec<&'static str>)>,
    services: Vec<(&'static str, Vec<Watch>)>,
    /// One moment by both clocks, so that the same moment is always told as the same.
    moment: (Instant, domain::Instant),
}

/// How a part is, for those who run the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) name: &'static str,
    /// `None` while it is well; else why it is not, in Chinese with English and what the part itself says beside it, and since when,
    /// RFC 3339 in UTC.
    pub(crate) unwell: Option<(String, String)>,
    /// What is to come, and since when that is told, in the same form; it does its work meanwhile.
    pub(crate) warns: Option<(String, String)>,
    needed_by: Vec<&'static str>,
}

impl Parts {
    /// The parts that services need, by the services' full names, and what the process as a whole needs.
    pub(crate) fn new(services: Vec<(&'static str, Vec<Watch>)>, process: Vec<Watch>) -> Self {
        let mut parts: BTreeMap<_, _> = process.into_iter().map(|watch| (watch.name(), (watch, Vec::new()))).collect();
        for (service, needs) in &services {
            for need in needs {
                let (_, needed_by) = parts.entry(need.name()).or_insert_with(|| (need.clone(), Vec::new()));
                needed_by.push(*service);
            }
        }
        Self(Arc::new(Gathered { parts, services, moment: (Instant::now(), clock::now()) }))
    }

    /// Every part by name.
    pub(crate) fn told(&self) -> Vec<Told> {
        let told = self.0.parts.iter().map(|(name, (watch, needed_by))| {
            let said = |why, since| {
                let is = words::unwell_part(name);
                Some((format!("{} / {}: {why}", is.zh, is.en), self.when(since)))
            };
            let (unwell, warns) = match watch.state() {
                State::Well => (None, None),
                State::Warns { why, since } => (None, said(why, since)),
                State::Unwell { why, since } => (said(why, since), None),
            };
            Told { name, unwell, warns, needed_by: needed_by.clone() }
        });
        told.collect()
    }

    fn when(&self, since: Instant) -> String {
        let (at, by_calendar) = self.0.moment;
        let milliseconds = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let after = milliseconds(since.saturating_duration_since(at));
        let before = milliseconds(at.saturating_duration_since(since));
        clock::rfc3339(domain::Instant(by_calendar.0.saturating_add(after).saturating_sub(before)))
    }

    /// Whether every part is well.
    pub(crate) fn all_well(&self) -> bool {
        self.0.parts.values().all(|(watch, _)| watch.state().is_well())
    }

    /// The service that lists them.
    pub(crate) fn service(&self) -> HealthServiceServer<ListsParts> {
        HealthServiceServer::new(ListsParts(self.clone())).max_decoding_message_size(REQUEST_BYTES_MAX)
    }

    /// Tells grpc.health.v1 how every service is.
    pub(crate) async fn tell(&self, reporter: &HealthReporter) {
        for (service, needs) in &self.0.services {
            let serving = needs.iter().all(|need| need.state().is_well());
            reporter.set_service_status(service, status(serving)).await;
        }
        reporter.set_service_status("", status(self.all_well())).await;
    }

    /// Tells grpc.health.v1 that no service is served any more.
    pub(crate) async fn tell_end(&self, reporter: &HealthReporter) {
        for (service, _) in &self.0.services {
            reporter.set_service_status(service, status(false)).await;
        }
        reporter.set_service_status("", status(false)).await;
    }

    /// Tells grpc.health.v1 and the log of every change, for as long as it is let.
    pub(crate) async fn keep_telling(self, reporter: HealthReporter) {
        let mut watched: Vec<Watch> = self.0.parts.values().map(|(watch, _)| watch.clone()).collect();
        let mut before = Vec::new();
        loop {
            self.tell(&reporter).await;
            let now = self.told();
            for part in now.iter().filter(|part| !before.contains(*part)) {
                match (&part.unwell, &part.warns) {
                    (Some((why, _)), _) => tracing::error!(part = part.name, why, "a part is not well"),
                    (None, Some((why, _))) => tracing::warn!(part = part.name, why, "a part warns"),
                    (None, None) if before.is_empty() => {}
                    (None, None) => tracing::info!(part = part.name, "a part is well again"),
                }
            }
            before = now;
            if watched.is_empty() {
                return;
            }
            let changes = watched.iter_mut().map(|watch| Box::pin(watch.changed()));
            let (goes_on, index, _) = select_all(changes).await;
            if !goes_on {
                // It has ended, and its last word stands.
                watched.swap_remove(index);
            }
        }
    }
}

fn status(serving: bool) -> ServingStatus {
    if serving { ServingStatus::Serving } else { ServingStatus::NotServing }
}

/// The calls of `puhui.health.v1`.
#[derive(Debug, Clone)]
pub(crate) struct ListsParts(Parts);

#[tonic::async_trait]
impl HealthService for ListsParts {
    async fn list_parts(&self, _: Request<v1::ListPartsRequest>) -> Result<Response<v1::ListPartsResponse>, Status> {
        let parts = self.0.told().into_iter().map(|part| {
            let well = part.unwell.is_none();
            let warns = part.warns.is_some();
            let (why, since) = part.unwell.or(part.warns).unwrap_or_default();
            let needed_by = part.needed_by.into_iter().map(str::to_owned).collect();
            v1::Part { name: part.name.to_owned(), well, why, since, needed_by, warns }
        });
        Ok(Response::new(v1::ListPartsResponse { parts: parts.collect() }))
    }
}

#[cfg(test)]
mod tests {
    use parts::Part;

    use super::*;

    #[test]
    fn a_service_is_as_well_as_the_parts_it_needs() {
        let (writer, follower) = (Part::new("log-writer"), Part::new("rows-follower"));
        let services = vec![
            ("a.Writes", vec![writer.watch()]),
            ("b.Reads", vec![follower.watch(), writer.watch()]),
            ("c.Lists", vec![]),
        ];
        let parts = Parts::new(services, vec![]);
        assert!(parts.all_well());
        follower.unwell("it catches up");
        assert!(!parts.all_well());
        let [of_log, of_rows] = &parts.told()[..] else { panic!("two parts") };
        assert_eq!((of_log.name, &of_log.unwell), ("log-writer", &None));
        assert_eq!(of_log.needed_by, ["a.Writes", "b.Reads"]);
        let (why, since) = of_rows.unwell.clone().unwrap();
        assert_eq!(why, "索引未能读到登记簿 / the rows cannot follow the log: it catches up");
        assert!(since.ends_with('Z') && since.len() == "2026-11-26T07:00:00Z".len(), "{since}");
        // The same moment is told as the same.
        assert_eq!(parts.told()[1].unwell.clone().unwrap().1, since);
        drop(writer);
        assert!(parts.told()[0].unwell.is_some(), "a part that went away is not well");
    }

    /// The names that parts are given anywhere in the program, as its sources have them.
    fn named(folder: &std::path::Path, names: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && path.file_name().is_some_and(|name| name != "tests" && name != "target") {
                named(&path, names);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
                names.extend(text.split("Part::new(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
            }
        }
    }

    #[test]
    fn every_part_has_words_for_people() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut names = Vec::new();
        named(&root.join("shared"), &mut names);
        named(&root.join("services"), &mut names);
        assert!(names.len() > 6, "the sources are not where they were: {names:?}");
        for name in names {
            assert_ne!(words::unwell_part(&name), words::unwell_part("no part"), "{name} has no words of its own");
        }
    }
}
