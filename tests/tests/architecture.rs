//! Keeps the shape of the workspace: which crate may depend on which, where the stores are named, and what a source file
//! may not hold. What it keeps is written down in ARCHITECTURE.md; to allow something new, change both.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// What each shared crate may depend on within the workspace. A shared crate without a row may depend on none.
const SHARED: [(&str, &[&str]); 10] = [
    ("domain", &[]),
    ("api", &[]),
    ("parts", &[]),
    ("giving-way", &[]),
    ("event-log", &["domain", "giving-way", "parts"]),
    ("rulebook", &["domain"]),
    ("lists", &["domain"]),
    ("registrar", &["domain", "event-log", "parts", "rulebook"]),
    ("projection", &["domain", "event-log", "giving-way", "parts"]),
    ("serve", &["domain", "api", "event-log", "giving-way", "parts", "registrar", "rulebook", "projection"]),
];

/// The one service that may depend on the others, because it starts them all.
const STARTS_ALL: &str = "puhui";

/// The stores, each with the one crate that may name it, so that replacing a store is work in one folder.
const STORES: [(&str, &str); 4] =
    [("async-nats", "event-log"), ("sled", "projection"), ("fjall", "event-log"), ("redb", "event-log")];

/// The domain knows calendar dates, and codes kept in place, and nothing else: no I/O, no clock, no stored or sent form.
const DOMAIN_MAY_USE: [&str; 3] = ["time", "arrayvec", "sha2"];

/// Names that say nothing, and so gather everything.
const EMPTY_NAMES: [&str; 6] = ["common", "util", "utils", "core", "manager", "helpers"];

const TOP_FOLDERS: [&str; 5] = ["proto", "services", "shared", "deploy", "tests"];

const LINES_MAX: usize = 900;
/// Where the reason for a longer file has to stand.
const HEADER_LINES: usize = 15;
const REASON: &str = "This file is long because";

// === The crates and their edges ===

/// Where a crate lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Home {
    Shared,
    Services,
    /// The crates `tests` and `xtask`, which stand at the top.
    Top,
    /// Another project's crate.
    Outside,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Crate {
    home: Home,
    name: String,
}

/// One line of a `Cargo.toml`: a crate and what it depends on.
#[derive(Debug)]
struct Edge {
    from: Crate,
    to: Crate,
    kind: DependencyKind,
}

/// One sentence for each edge that is not allowed.
fn violations(edges: &[Edge]) -> Vec<String> {
    edges.iter().filter_map(violation).collect()
}

fn violation(edge: &Edge) -> Option<String> {
    let (from, to) = (edge.from.name.as_str(), edge.to.name.as_str());
    if edge.to.home == Home::Outside { outside(edge) } else { inside(edge) }
        .map(|rule| format!("{from} depends on {to}: {rule}"))
}

fn inside(edge: &Edge) -> Option<String> {
    let (from, to) = (&edge.from, &edge.to);
    let own_features_for_tests = from == to && edge.kind == DependencyKind::Development;
    let allowed = match (from.home, to.home) {
        (_, Home::Top) => return Some("nothing depends on the tests or on the developer's commands".to_owned()),
        (Home::Top, _) | (Home::Services, Home::Shared) => true,
        (Home::Services, Home::Services) => from.name == STARTS_ALL || own_features_for_tests,
        (Home::Shared, Home::Shared) => own_features_for_tests || may_use(&from.name).contains(&to.name.as_str()),
        (Home::Shared, Home::Services) | (Home::Outside, _) | (_, Home::Outside) => false,
    };
    (!allowed).then(|| match from.home {
        Home::Services => format!("no service depends on another service's crate, except {STARTS_ALL}"),
        Home::Shared | Home::Top | Home::Outside => {
            format!("of this workspace it may use {:?}", may_use(&from.name))
        }
    })
}

fn may_use(shared: &str) -> &'static [&'static str] {
    SHARED.iter().find(|(name, _)| *name == shared).map_or(&[], |(_, uses)| uses)
}

fn outside(edge: &Edge) -> Option<String> {
    let (from, to) = (edge.from.name.as_str(), edge.to.name.as_str());
    if from == "domain" && edge.kind != DependencyKind::Development && !DOMAIN_MAY_USE.contains(&to) {
        let may = DOMAIN_MAY_USE.join(" and ");
        return Some(format!("the domain does no I/O and has no stored form, so it uses {may} alone"));
    }
    let (_, owner) = STORES.iter().find(|(store, _)| *store == to)?;
    // The black-box tests look into a NATS stream from outside, to see what really stands there.
    let looks_from_outside = from == "tests" && to == "async-nats";
    (from != *owner && !looks_from_outside).then(|| format!("only {owner} names it"))
}

/// One sentence for each crate whose name or folder is not as agreed.
fn misnamed(folder: &Path, name: &str) -> Option<String> {
    if EMPTY_NAMES.contains(&name) {
        return Some(format!("crate {name}: the name says nothing; name the thing, or put it by its one user"));
    }
    let matches = folder.file_name().is_some_and(|last| last == name);
    (!matches).then(|| format!("crate {name} stands in folder {}: the two names are to be the same", folder.display()))
}

// === What cargo says ===

fn root() -> PathBuf {
    // Asked when the test runs: clones that share a target folder would else judge the clone that was compiled first.
    let own = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).expect("cargo runs this test");
    own.parent().expect("this crate stands in a folder of the root").to_path_buf()
}

fn workspace() -> Metadata {
    // The direct dependencies stand in the manifests, so nothing needs to be resolved or downloaded.
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().expect("cargo reads the workspace")
}

fn folder(package: &Package) -> &Path {
    package.manifest_path.parent().expect("a manifest stands in a folder").as_std_path()
}

fn home(folder: &Path) -> Home {
    match folder.strip_prefix(root()).ok().and_then(|inner| inner.iter().next()?.to_str()) {
        Some("shared") => Home::Shared,
        Some("services") => Home::Services,
        Some(_) => Home::Top,
        None => Home::Outside,
    }
}

fn edges(workspace: &Metadata) -> Vec<Edge> {
    let of = |package: &Package| {
        let from = Crate { home: home(folder(package)), name: package.name.to_string() };
        let to = package.dependencies.iter().map(|dependency| {
            let home = dependency.path.as_ref().map_or(Home::Outside, |path| home(path.as_std_path()));
            (Crate { home, name: dependency.name.clone() }, dependency.kind)
        });
        to.map(|(to, kind)| Edge { from: from.clone(), to, kind }).collect::<Vec<_>>()
    };
    workspace.packages.iter().flat_map(of).collect()
}

// === The sources ===

/// Every Rust source of the workspace, by its path from the root.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["services", "shared", "tests", "xtask"].map(|top| root().join(top)).into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the workspace can be read") {
            let path = entry.expect("an entry of the workspace can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// One sentence for each thing in a source file that is not to stand there.
fn untidy(path: &str, text: &str) -> Vec<String> {
    // Put together from halves, so that this file does not hold what it looks for.
    let banned = [["#[ign", "ore"], ["to", "do!("], ["unimple", "mented!("]].map(|halves| halves.concat());
    let mut faults = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let place = format!("{path}:{}", index + 1);
        for needle in banned.iter().filter(|needle| line.contains(needle.as_str())) {
            faults.push(format!("{place}: `{needle}` leaves for later what is to be done or dropped"));
        }
        if line.ends_with(char::is_whitespace) {
            faults.push(format!("{place}: white space at the end of the line"));
        }
    }
    let lines = text.lines().count();
    let reasoned = text.lines().take(HEADER_LINES).any(|line| line.contains(REASON));
    if lines > LINES_MAX && !reasoned {
        faults.push(format!("{path}: {lines} lines; over {LINES_MAX}, the header says \"{REASON} …\""));
    }
    faults
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

// === Tests ===

#[test]
fn every_edge_between_crates_is_an_allowed_one() {
    assert_none(&violations(&edges(&workspace())));
}

#[test]
fn every_shared_crate_has_a_row_of_allowed_edges_and_every_row_a_crate() {
    let workspace = workspace();
    let shared = workspace.packages.iter().filter(|package| home(folder(package)) == Home::Shared);
    let there: BTreeSet<&str> = shared.map(|package| package.name.as_str()).collect();
    let listed: BTreeSet<&str> = SHARED.iter().map(|(name, _)| *name).collect();
    assert_eq!(there, listed);
}

#[test]
fn every_crate_is_named_as_its_folder_and_says_what_it_is() {
    let faults: Vec<_> = workspace().packages.iter().filter_map(|p| misnamed(folder(p), p.name.as_str())).collect();
    assert_none(&faults);
}

#[test]
fn the_top_folders_are_there() {
    let missing: Vec<_> = TOP_FOLDERS.into_iter().filter(|name| !root().join(name).is_dir()).collect();
    assert_eq!(missing, [""; 0], "of the top folders");
}

#[test]
fn the_sources_are_tidy() {
    let check = |path: &PathBuf| {
        let text = fs::read_to_string(path).expect("a Rust source is UTF-8 and can be read");
        untidy(&path.strip_prefix(root()).unwrap_or(path).display().to_string(), &text)
    };
    assert_none(&sources().iter().flat_map(check).collect::<Vec<_>>());
}

#[test]
fn sources_are_found_at_all() {
    // Without this, a wrong folder name would make the test above pass on nothing.
    let found = sources();
    assert!(found.iter().any(|path| path.ends_with("tests/tests/architecture.rs")), "{found:?}");
}

// === Tests of the rules themselves, with planted faults ===

/// An end of an edge as `shared/domain`, `services/audit`, `tests`, or the bare name of another project's crate.
fn end(text: &str) -> Crate {
    let (home, name) = match text.split_once('/') {
        Some(("shared", name)) => (Home::Shared, name),
        Some((_, name)) => (Home::Services, name),
        None if ["tests", "xtask"].contains(&text) => (Home::Top, text),
        None => (Home::Outside, text),
    };
    Crate { home, name: name.to_owned() }
}

fn edge(from: &str, to: &str, kind: DependencyKind) -> Edge {
    Edge { from: end(from), to: end(to), kind }
}

#[test]
fn a_forbidden_edge_is_caught() {
    for (from, to) in [
        ("shared/domain", "shared/event-log"),
        ("shared/domain", "shared/api"),
        ("shared/api", "shared/domain"),
        ("shared/event-log", "shared/registrar"),
        ("shared/projection", "shared/registrar"),
        ("shared/registrar", "shared/projection"),
        ("shared/serve", "services/audit"),
        ("shared/newcomer", "shared/domain"),
        ("services/audit", "services/directory"),
        ("services/directory", "services/puhui"),
        ("services/puhui", "tests"),
        ("tests", "xtask"),
        ("shared/event-log", "sled"),
        ("services/directory", "sled"),
        ("services/audit", "async-nats"),
        ("shared/projection", "fjall"),
        ("tests", "fjall"),
        ("shared/domain", "serde"),
        ("shared/domain", "tokio"),
    ] {
        let caught = violations(&[edge(from, to, DependencyKind::Normal)]);
        assert_eq!(caught.len(), 1, "{from} -> {to}");
        assert!(caught[0].contains(" depends on "), "{caught:?}");
    }
}

#[test]
fn an_allowed_edge_is_left_alone() {
    for (from, to) in [
        ("shared/event-log", "shared/domain"),
        ("shared/registrar", "shared/event-log"),
        ("shared/serve", "shared/projection"),
        ("services/audit", "shared/event-log"),
        ("services/puhui", "services/audit"),
        ("tests", "services/puhui"),
        ("tests", "async-nats"),
        ("shared/event-log", "async-nats"),
        ("shared/event-log", "fjall"),
        ("shared/projection", "sled"),
        ("shared/domain", "time"),
        ("shared/domain", "arrayvec"),
        ("services/directory", "tokio"),
    ] {
        assert_eq!(violations(&[edge(from, to, DependencyKind::Normal)]), [""; 0], "{from} -> {to}");
    }
}

#[test]
fn tests_of_a_crate_may_do_a_little_more_than_the_crate() {
    let (development, build) = (DependencyKind::Development, DependencyKind::Build);
    assert_eq!(violations(&[edge("shared/event-log", "shared/event-log", development)]), [""; 0]);
    assert_eq!(violations(&[edge("shared/domain", "proptest", development)]), [""; 0]);
    assert_eq!(violations(&[edge("shared/domain", "shared/event-log", development)]).len(), 1);
    assert_eq!(violations(&[edge("shared/registrar", "sled", development)]).len(), 1);
    assert_eq!(violations(&[edge("shared/domain", "cc", build)]).len(), 1);
}

#[test]
fn only_the_forbidden_edges_of_many_are_reported() {
    let (normal, good) = (DependencyKind::Normal, edge("services/audit", "shared/domain", DependencyKind::Normal));
    let caught = violations(&[good, edge("services/audit", "services/pledge", normal)]);
    assert_eq!(
        caught,
        ["audit depends on pledge: no service depends on another service's crate, except puhui".to_owned()]
    );
}

#[test]
fn a_misnamed_crate_is_caught() {
    assert_eq!(misnamed(Path::new("shared/domain"), "domain"), None);
    assert!(misnamed(Path::new("shared/rules"), "domain").is_some());
    assert!(misnamed(Path::new("shared/utils"), "utils").is_some());
}

#[test]
fn an_untidy_source_is_caught() {
    let long = "//\n".repeat(LINES_MAX + 1);
    for (text, faults) in [
        ("fn main() {}\n".to_owned(), 0),
        (["    to", "do!()\n"].concat(), 1),
        (["#[ign", "ore = \"slow\"]\n"].concat(), 1),
        (["unimple", "mented!(\"later\")\n"].concat(), 1),
        ("let a = 1;\x20\n\tlet b = 2;\t\n".to_owned(), 2),
        (long.clone(), 1),
        (format!("//! {REASON} the table is one piece.\n{long}"), 0),
        (format!("{long}//! {REASON} nobody looks down here.\n"), 1),
    ] {
        let found = untidy("x.rs", &text);
        assert_eq!(found.len(), faults, "{found:?}");
    }
}
