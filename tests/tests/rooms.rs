//! Keeps the rooms of a crate: which room may name which, where messages may be named, and that no files name each other in a circle.
//! What it keeps is written down in ARCHITECTURE.md; to allow something new, change both. Files of tests may name anything.
//!
//! This file is long because every house of the workspace stands in one table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms of a crate, or of one folder of it.
struct House {
    /// Where the crate's sources are, from the root.
    sources: &'static str,
    /// The module whose rooms these are; empty for the whole crate.
    under: &'static str,
    /// Each room, and what it may name beside itself: rooms, or single files of one (`rows::card`). What stands in none is the entrance
    /// (`lib.rs`, or the module's own file): it may name every room, and none may name it.
    rooms: &'static [(&'static str, &'static [&'static str])],
    /// Rooms that may name messages (`api::`).
    messages: &'static [&'static str],
    /// Rooms that are there for tests alone.
    tests: &'static [&'static str],
}

/// What each body of the log is made of: no body names another.
const BESIDE_BODIES: &[&str] = &[
    "contract",
    "error",
    "id",
    "inode",
    "recorded",
    "reached",
    "stored",
    "subject",
    "hash",
    "aside",
    "newest",
    "failpoint",
];

/// A facet of the domain: what it decides may ask all of its own, and nothing that folds asks what is decided.
const fn facet(under: &'static str) -> House {
    House {
        sources: "shared/domain/src",
        under,
        rooms: &[
            ("decide", &["commands", "facts", "promised", "recall", "state", "terms"]),
            ("codes", &[]),
            ("fall", &["facts", "state"]),
            ("lapse", &["facts", "state"]),
            ("recall", &["facts", "state"]),
            ("fold", &["facts", "state", "terms"]),
            ("state", &["promised", "terms"]),
            ("promised", &[]),
            ("commands", &["terms"]),
            ("facts", &["terms"]),
            ("terms", &[]),
        ],
        messages: &[],
        tests: &[],
    }
}

const HOUSES: &[House] = &[
    House {
        sources: "shared/domain/src",
        under: "",
        rooms: &[
            (
                "decide",
                &[
                    "repeats",
                    "command",
                    "context",
                    "event",
                    "evolve",
                    "provider",
                    "refusal",
                    "value",
                    "particulars::decide",
                    "case::decide",
                    "certification::decide",
                    "supervision::decide",
                    "supervision::fall",
                    "ending::decide",
                    "ending::lapse",
                    "operator::codes",
                    "overturning::decide",
                    "pledge::decide",
                    "price::decide",
                    "plaque::decide",
                    "plaque::recall",
                ],
            ),
            (
                "evolve",
                &[
                    "event",
                    "provider",
                    "value",
                    "particulars::fold",
                    "case::fold",
                    "certification::fold",
                    "supervision::fold",
                    "ending::fold",
                    "overturning::fold",
                    "pledge::fold",
                    "price::fold",
                    "plaque::fold",
                    "plaque::recall",
                    "operator::fold",
                    "operator::state",
                ],
            ),
            (
                "provider",
                &[
                    "bar",
                    "same",
                    "context",
                    "refusal",
                    "rules::scheme",
                    "standing",
                    "value",
                    "particulars::state",
                    "particulars::terms",
                    "case::state",
                    "certification::state",
                    "ending::state",
                    "pledge::state",
                    "price::state",
                    "plaque::state",
                ],
            ),
            (
                "canonical",
                &[
                    "command",
                    "value",
                    "particulars::terms",
                    "pledge::terms",
                    "price::terms",
                    "ending::terms",
                    "supervision::terms",
                ],
            ),
            ("repeats", &["same", "command", "context", "event", "provider", "value", "case::state"]),
            ("same", &["anew", "command", "event", "value", "certification::terms", "particulars::terms"]),
            ("difference", &["anew", "canonical", "command", "event", "record", "value", "pledge::terms"]),
            ("anew", &["command", "event", "value", "certification::terms", "particulars::terms"]),
            (
                "record",
                &[
                    "context",
                    "event",
                    "evolve",
                    "provider",
                    "value",
                    "certification::fold",
                    "operator::fold",
                    "operator::state",
                    "plaque::fold",
                ],
            ),
            ("commit", &["event", "value"]),
            (
                "event",
                &[
                    "value",
                    "aside",
                    "opened",
                    "particulars::facts",
                    "case::facts",
                    "certification::facts",
                    "supervision::facts",
                    "ending::facts",
                    "overturning::facts",
                    "pledge::facts",
                    "price::facts",
                    "plaque::facts",
                    "operator::facts",
                    "rules::facts",
                ],
            ),
            ("judged", &["command", "particulars::terms", "value"]),
            (
                "late",
                &["anew", "command", "correction::alike", "decide", "event", "provider", "record", "refusal", "value"],
            ),
            (
                "command",
                &[
                    "value",
                    "particulars::commands",
                    "case::commands",
                    "certification::commands",
                    "supervision::commands",
                    "ending::commands",
                    "overturning::commands",
                    "pledge::commands",
                    "price::commands",
                    "plaque::commands",
                    "operator::commands",
                    "rules::commands",
                ],
            ),
            ("context", &["bar", "particulars::terms", "rules", "refusal", "value"]),
            ("bar", &["value"]),
            ("bounds", &["refusal", "value"]),
            ("standing", &["value"]),
            // The facets: each may name what is asked of all alike, and of the others what stands here.
            ("particulars", &["context", "event", "provider", "refusal", "value"]),
            (
                "case",
                &[
                    "context",
                    "event",
                    "provider",
                    "refusal",
                    "rules",
                    "standing",
                    "value",
                    "overturning::facts",
                    "particulars::decide",
                    "particulars::terms",
                ],
            ),
            (
                "certification",
                &[
                    "bounds",
                    "context",
                    "event",
                    "provider",
                    "refusal",
                    "standing",
                    "value",
                    "particulars::decide",
                    "particulars::terms",
                    "case::decide",
                    "case::state",
                    "case::terms",
                    "supervision::state",
                    "supervision::terms",
                    "ending::state",
                    "ending::terms",
                ],
            ),
            (
                "supervision",
                &[
                    "context",
                    "event",
                    "provider",
                    "refusal",
                    "standing",
                    "value",
                    "certification::decide",
                    "certification::state",
                ],
            ),
            (
                "ending",
                &[
                    "bounds",
                    "context",
                    "event",
                    "provider",
                    "refusal",
                    "rules",
                    "standing",
                    "value",
                    "certification::decide",
                    "certification::state",
                ],
            ),
            (
                "overturning",
                &[
                    "context",
                    "event",
                    "provider",
                    "refusal",
                    "standing",
                    "value",
                    "certification::state",
                    "ending::state",
                ],
            ),
            (
                "pledge",
                &[
                    "context",
                    "event",
                    "provider",
                    "refusal",
                    "standing",
                    "value",
                    "certification::state",
                    "overturning::facts",
                    "supervision::decide",
                ],
            ),
            (
                "price",
                &[
                    "bounds",
                    "context",
                    "event",
                    "provider",
                    "refusal",
                    "standing",
                    "value",
                    "certification::state",
                    "overturning::facts",
                ],
            ),
            (
                "plaque",
                &[
                    "context",
                    "event",
                    "provider",
                    "refusal",
                    "standing",
                    "value",
                    "certification::state",
                    "ending::state",
                ],
            ),
            (
                "operator",
                &[
                    "bar",
                    "bounds",
                    "command",
                    "context",
                    "event",
                    "overturning::decide",
                    "provider",
                    "refusal",
                    "repeats",
                    "rules",
                    "same",
                    "standing",
                    "value",
                ],
            ),
            (
                "correction",
                &[
                    "anew",
                    "command",
                    "context",
                    "decide",
                    "event",
                    "late",
                    "provider",
                    "record",
                    "refusal",
                    "repeats",
                    "rules",
                    "value",
                    "certification::terms",
                    "ending::terms",
                    "operator::decide",
                    "operator::state",
                    "plaque::decide",
                ],
            ),
            (
                "way",
                &[
                    "certification::decide",
                    "command",
                    "context",
                    "correction::alike",
                    "correction::decide",
                    "event",
                    "late",
                    "record",
                    "refusal",
                    "value",
                ],
            ),
            ("rules", &["ending::terms", "pledge::terms", "refusal", "value"]),
            ("aside", &["value"]),
            ("opened", &["value"]),
            ("refusal", &["bar", "value"]),
            ("value", &[]),
        ],
        messages: &[],
        tests: &[],
    },
    facet("particulars"),
    facet("case"),
    facet("certification"),
    facet("supervision"),
    facet("ending"),
    facet("overturning"),
    facet("pledge"),
    facet("price"),
    facet("plaque"),
    facet("operator"),
    House {
        sources: "services/directory/src",
        under: "",
        rooms: &[
            ("health", &["calls::whole"]),
            ("calls", &["ask", "tell", "rows", "outlet", "text", "ground"]),
            ("ask", &["rows", "outlet", "text", "ground"]),
            ("tell", &["rows::bars", "rows::card", "rows::change", "rows::confirmed", "outlet"]),
            ("rows", &["outlet", "text", "ground"]),
            ("outlet", &[]),
            ("text", &[]),
            ("ground", &[]),
        ],
        messages: &["calls", "tell"],
        tests: &["oracle", "world"],
    },
    House {
        sources: "shared/event-log/src",
        under: "",
        rooms: &[
            ("body", &["contract", "error", "id", "reached", "recorded", "embedded", "jetstream", "memory"]),
            ("embedded", BESIDE_BODIES),
            ("jetstream", BESIDE_BODIES),
            ("memory", BESIDE_BODIES),
            ("bare", &["error", "recorded", "embedded", "jetstream"]),
            ("conformance", &["contract", "error", "id", "memory", "opened", "reached", "recorded", "stored"]),
            ("opened", &["contract", "error", "recorded"]),
            ("newest", &["error", "recorded"]),
            ("aside", &["error", "hash", "recorded", "stored", "subject"]),
            ("contract", &["error", "hash", "id", "reached", "recorded"]),
            ("error", &["id", "reached", "stored", "subject"]),
            ("reached", &["hash", "id", "inode", "whole"]),
            ("inode", &[]),
            ("recorded", &["stored"]),
            ("stored", &[]),
            ("subject", &[]),
            ("hash", &[]),
            ("id", &["whole"]),
            ("whole", &[]),
            ("failpoint", &[]),
        ],
        messages: &[],
        tests: &[],
    },
    House {
        sources: "shared/registrar/src",
        under: "",
        rooms: &[
            ("cache", &["history"]),
            ("own", &["history", "submission", "under"]),
            ("under", &["history", "submission"]),
            ("book", &["bounds", "submission"]),
            ("meanwhile", &[]),
            ("history", &["weight"]),
            ("weight", &[]),
            ("clock", &[]),
            ("aside", &["bounds", "clock"]),
            ("submission", &["bounds", "clock"]),
            ("bounds", &[]),
            ("first", &["history", "submission"]),
            ("refusing", &["history", "submission"]),
            ("late", &["correction", "history", "submission", "then"]),
            ("correction", &["rules", "submission", "then", "under"]),
            ("anew", &["then", "under"]),
            ("then", &["under"]),
            ("rules", &[]),
        ],
        messages: &[],
        tests: &[],
    },
    House {
        sources: "shared/rulebook/src",
        under: "",
        rooms: &[
            ("adopt", &["calendar", "editions", "error", "filed", "hash", "places", "scheme", "succession"]),
            ("succession", &["editions", "error"]),
            ("editions", &["error", "ever", "filed", "hash", "scheme", "tables"]),
            ("ever", &[]),
            ("filed", &["calendar", "error", "places", "scheme"]),
            ("carried", &["calendar", "error", "places"]),
            ("calendar", &["error", "statutory"]),
            ("statutory", &["error"]),
            ("places", &["error"]),
            ("scheme", &["error", "tables"]),
            ("error", &["scheme::lines"]),
            ("hash", &[]),
            ("tables", &[]),
        ],
        messages: &[],
        tests: &[],
    },
    House {
        sources: "shared/serve/src",
        under: "",
        rooms: &[
            ("server", &["call", "routes", "door", "health"]),
            ("metrics", &["door", "health"]),
            ("requests", &["desk", "fields"]),
            ("desk", &["call", "metrics", "fields", "request_key", "places", "peer", "clock", "status"]),
            ("call", &["routes", "door", "wire", "status"]),
            ("routes", &["wire"]),
            ("door", &["places", "proxies", "peer", "wire", "status", "bounds"]),
            ("wire", &["status"]),
            ("proxies", &["peer"]),
            ("places", &["peer"]),
            ("health", &["bounds", "clock"]),
            ("terms", &["fields"]),
            ("fields", &["status"]),
            ("codes", &["status"]),
            ("status", &["bounds"]),
            ("request_key", &[]),
            ("telemetry", &[]),
            ("giving_way", &[]),
            ("clock", &[]),
            ("peer", &[]),
            ("bounds", &[]),
        ],
        messages: &["server", "call", "wire", "desk", "health", "terms"],
        tests: &[],
    },
    House {
        sources: "services/audit/src",
        under: "",
        rooms: &[
            ("calls", &["audit", "replay"]),
            ("audit", &["history", "run", "streams", "telling", "turn", "replay"]),
            ("history", &["run", "telling", "turn", "replay"]),
            ("run", &["telling", "turn", "replay"]),
            ("turn", &["telling"]),
            ("telling", &["streams", "replay"]),
            ("streams", &[]),
            ("replay", &[]),
        ],
        messages: &["calls", "audit", "replay"],
        tests: &[],
    },
    House {
        sources: "xtask/src",
        under: "",
        rooms: &[
            ("setup", &["workspace", "wheel", "machine", "tool"]),
            ("deny", &["workspace", "wheel", "tool"]),
            ("mutants", &["workspace", "tool"]),
            ("release", &["workspace", "tool"]),
            ("workspace", &["tool"]),
            ("wheel", &["machine", "tool"]),
            ("machine", &["tool"]),
            ("steps", &[]),
            ("tool", &[]),
        ],
        messages: &[],
        tests: &[],
    },
    House {
        sources: "shared/projection/src",
        under: "",
        rooms: &[
            ("reader", &["follow", "generation", "progress", "projection", "serving", "snapshot", "store"]),
            ("follow", &["error", "generation", "layers", "progress", "projection", "serving", "store"]),
            (
                "snapshot_file",
                &[
                    "existing",
                    "store",
                    "generation",
                    "snapshot",
                    "projection",
                    "scan",
                    "shelf",
                    "layers",
                    "clear",
                    "error",
                    "framed",
                ],
            ),
            ("serving", &["store", "generation", "parts", "progress"]),
            ("existing", &["generation", "snapshot", "projection", "view"]),
            (
                "store",
                &[
                    "generation",
                    "parts",
                    "progress",
                    "projection",
                    "rows",
                    "view",
                    "shelf",
                    "layers",
                    "crash_knobs",
                    "clear",
                    "error",
                ],
            ),
            ("generation", &["snapshot", "projection", "view", "shelf", "layers", "clear", "error", "framed"]),
            ("parts", &[]),
            ("progress", &[]),
            ("snapshot", &["scan", "view", "layers", "error"]),
            ("projection", &["rows", "error"]),
            ("rows", &["scan", "view", "layers", "error"]),
            ("scan", &["view", "shelf", "layers", "error"]),
            ("view", &["shelf", "layers", "error"]),
            ("plain_sled", &["shelf", "error"]),
            ("shelf", &["layers", "crash_knobs", "clear", "error", "framed", "varint"]),
            ("layers", &["varint"]),
            ("crash_knobs", &[]),
            ("clear", &[]),
            ("error", &[]),
            ("framed", &[]),
            ("varint", &[]),
        ],
        messages: &[],
        tests: &[],
    },
    House {
        sources: "shared/lists/src",
        under: "",
        rooms: &[
            (
                "row",
                &[
                    "columns", "header", "context", "dates", "kinds", "places", "point", "origin", "question",
                    "reading", "lexicon", "results", "pointers", "tables", "words", "book", "bounds", "cover", "fold",
                    "rule",
                ],
            ),
            ("results", &["tables", "header", "words", "fold"]),
            ("pointers", &["tables", "header", "book", "words", "fold"]),
            ("options", &["row", "dates", "places", "point", "reading", "lexicon", "words", "fold", "rule"]),
            ("written", &["question", "fold"]),
            ("ditto", &["reading", "tables", "book", "words", "fold"]),
            ("beside", &["header", "book", "words", "fold"]),
            ("above", &["context", "row", "standing", "outline", "pointers", "kinds", "tables", "words"]),
            ("context", &["standing", "dates", "kinds", "tables", "lexicon", "words", "fold"]),
            ("standing", &["outline", "tables", "words"]),
            ("outline", &["account", "tables", "fold", "words"]),
            ("columns", &["tables", "header", "book", "question", "words", "fold"]),
            ("tables", &["account", "header", "book", "words", "fold"]),
            ("cover", &["tables", "account", "book", "words", "fold"]),
            ("header", &["book", "words", "fold"]),
            ("open", &["book", "words", "error", "bounds", "fold"]),
            ("record", &["question", "reading", "words", "fold"]),
            ("kinds", &["reading", "lexicon", "words", "fold", "rule"]),
            ("places", &["reading", "words", "lexicon", "fold", "rule"]),
            ("point", &["words", "fold"]),
            ("dates", &["words", "fold"]),
            ("reading", &["fold"]),
            ("words", &["fold"]),
            ("lexicon", &["fold"]),
            ("account", &[]),
            ("origin", &[]),
            ("book", &[]),
            ("question", &["fold"]),
            ("error", &[]),
            ("bounds", &[]),
            ("fold", &[]),
            ("rule", &[]),
        ],
        messages: &[],
        tests: &[],
    },
    House {
        sources: "shared/lists/src",
        under: "tables",
        rooms: &[("lines", &["outline"]), ("outline", &[])],
        messages: &[],
        tests: &[],
    },
    House {
        sources: "shared/lists/src",
        under: "row",
        rooms: &[
            ("verdict", &["work", "privacy"]),
            ("category", &["work", "privacy"]),
            ("place", &["work"]),
            ("point", &["work"]),
            ("days", &["work", "document"]),
            ("document", &[]),
            ("code", &["work", "privacy"]),
            ("kept", &["work", "privacy"]),
            ("work", &["cells", "privacy"]),
            ("privacy", &[]),
            ("cells", &[]),
        ],
        messages: &[],
        tests: &[],
    },
    House {
        sources: "services/puhui/src",
        under: "print",
        rooms: &[
            ("table", &["cards", "column", "text"]),
            ("cards", &["column", "text"]),
            ("column", &["text"]),
            ("text", &[]),
            ("terminal", &[]),
        ],
        messages: &[],
        tests: &[],
    },
    House {
        sources: "services/puhui/src",
        under: "ask",
        rooms: &[
            ("provider", &["code", "editions", "ended", "replay", "rows", "to"]),
            ("search", &["code", "ended", "pages", "rows", "to"]),
            ("code", &[]),
            ("ended", &[]),
            ("tasks", &["code", "pages", "rows", "to"]),
            ("stats", &["pages", "rows", "to"]),
            ("plaque", &["ended", "rows", "to"]),
            ("watch", &["resume", "to"]),
            ("anew", &["editions", "replay"]),
            ("editions", &["replay"]),
            ("replay", &["resume"]),
            ("health", &[]),
            ("head", &[]),
            ("pages", &[]),
            ("rows", &[]),
            ("resume", &[]),
            ("to", &[]),
        ],
        messages: &[
            "provider", "search", "ended", "tasks", "stats", "plaque", "watch", "anew", "editions", "replay", "health",
            "head", "pages", "to",
        ],
        tests: &[],
    },
    House {
        sources: "services/puhui/src",
        under: "demo",
        rooms: &[("tour", &["heading", "outlets"]), ("outlets", &[]), ("heading", &[])],
        messages: &["tour", "outlets"],
        tests: &[],
    },
];

/// A source file by the modules that lead to it: `["ask", "then"]`; none for the crate's root.
type Module = Vec<String>;

/// The files of a crate by their modules, each without its comments and tests.
type Files = BTreeMap<Module, String>;

// === What a file names ===

/// The text without comments and without a module of tests, which stands at the end.
fn bare(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let tests = line.trim() == "#[cfg(test)]";
        if tests && lines.peek().is_some_and(|next| next.contains("mod ") && next.ends_with('{')) {
            break;
        }
        if tests && lines.peek().is_some_and(|next| next.contains("mod ") && next.ends_with(';')) {
            lines.next();
            continue;
        }
        kept.push_str(line.find("//").map_or(line, |comment| &line[..comment]));
        kept.push('\n');
    }
    kept
}

fn is_part_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every path in the text that begins with this name, each written out whole: `crate::a::{b, c::d}` is two.
fn paths(text: &str, first: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(&format!("{first}::")) {
        let before = text[..at].chars().next_back();
        // What a macro names by `$crate` is named by whoever calls it.
        if before.is_none_or(|c| !is_part_of_name(c) && !matches!(c, ':' | '$')) {
            spread(&mut text[at..].chars().peekable(), &Vec::new(), &mut found);
        }
    }
    found
}

/// Reads one path, or the paths of a list in braces.
fn spread(text: &mut std::iter::Peekable<std::str::Chars<'_>>, so_far: &[String], found: &mut Vec<Vec<String>>) {
    let mut path = so_far.to_vec();
    loop {
        while text.next_if(|c| c.is_whitespace()).is_some() {}
        if text.next_if_eq(&'{').is_some() {
            loop {
                spread(text, &path, found);
                while text.next_if(|c| c.is_whitespace()).is_some() {}
                if text.next_if_eq(&',').is_none() {
                    break;
                }
            }
            text.next_if_eq(&'}');
            return;
        }
        let mut name = String::new();
        while let Some(c) = text.next_if(|c| is_part_of_name(*c)) {
            name.push(c);
        }
        if name.is_empty() {
            break;
        }
        path.push(name);
        if text.next_if_eq(&':').is_none() || text.next_if_eq(&':').is_none() {
            break;
        }
    }
    while text.peek().is_some_and(|c| !matches!(c, ',' | '}' | ';')) && !so_far.is_empty() {
        // `as another name`.
        text.next();
    }
    if path.len() > so_far.len() {
        found.push(path);
    }
}

/// The file that a path leads into, looked at from a module.
fn leads_to(files: &Files, from: &Module, path: &[String]) -> Module {
    let mut at = from.clone();
    let mut rest = path;
    match path.first().map(String::as_str) {
        Some("crate") => (at, rest) = (Module::new(), &path[1..]),
        Some("self") => rest = &path[1..],
        _ => {}
    }
    while rest.first().is_some_and(|name| name == "super") {
        at.pop();
        rest = &rest[1..];
    }
    for name in rest {
        let deeper = [at.as_slice(), std::slice::from_ref(name)].concat();
        if !files.contains_key(&deeper) {
            break;
        }
        at = deeper;
    }
    at
}

/// The files that each file names.
fn edges(files: &Files) -> BTreeMap<Module, BTreeSet<Module>> {
    let named = |(module, text): (&Module, &String)| {
        let children = files.keys().filter(|child| child.len() == module.len() + 1 && child.starts_with(module));
        let firsts = children.filter_map(|child| child.last().map(String::as_str)).chain(["crate", "super", "self"]);
        let found = firsts.flat_map(|first| paths(text, first));
        let to: BTreeSet<Module> = found.map(|path| leads_to(files, module, &path)).filter(|to| to != module).collect();
        (module.clone(), to)
    };
    files.iter().map(named).collect()
}

// === The rules ===

fn shown(module: &Module) -> String {
    if module.is_empty() { "the crate's root".to_owned() } else { module.join("::") }
}

/// The module's name below the house's, and its room.
fn within<'m>(house: &House, module: &'m [String]) -> Option<&'m [String]> {
    let under: Vec<&str> = house.under.split("::").filter(|name| !name.is_empty()).collect();
    let inside = module.len() >= under.len() && under.iter().zip(module).all(|(a, b)| a == b);
    inside.then(|| &module[under.len()..])
}

/// One sentence for each name that is not allowed.
fn strays(house: &House, files: &Files) -> Vec<String> {
    let mut faults = Vec::new();
    for (from, named) in edges(files) {
        let Some([room, ..]) = within(house, &from) else { continue };
        let Some((_, may)) = house.rooms.iter().find(|(name, _)| name == room) else {
            faults.push(format!("{}: {room} is no room of the house", shown(&from)));
            continue;
        };
        for to in named {
            let Some(target) = within(house, &to) else { continue };
            let allowed = target.first().is_some_and(|other| {
                let file = target.join("::");
                other == room || may.iter().any(|may| other == may || file == *may)
            });
            if !allowed {
                faults.push(format!("{} names {}: {room} may name {may:?}", shown(&from), shown(&to)));
            }
        }
        if !house.messages.contains(&room.as_str()) && !paths(&files[&from], "api").is_empty() {
            faults.push(format!("{} names messages: only {:?} may", shown(&from), house.messages));
        }
    }
    faults
}

/// One sentence for each file of the house from which names lead back to it.
fn circles(house: &House, files: &Files) -> Vec<String> {
    let edges = edges(files);
    let mut faults = Vec::new();
    for start in files.keys().filter(|module| within(house, module).is_some()) {
        let mut seen = BTreeMap::<&Module, &Module>::new();
        let mut next: Vec<&Module> = vec![start];
        while let Some(module) = next.pop() {
            for to in edges.get(module).into_iter().flatten() {
                if to == start {
                    let mut way = vec![shown(start)];
                    let mut at = module;
                    while at != start {
                        way.push(shown(at));
                        at = seen[at];
                    }
                    way.push(shown(start));
                    way.reverse();
                    faults.push(format!("a circle: {}", way.join(" → ")));
                    next.clear();
                    break;
                }
                if !seen.contains_key(to) {
                    seen.insert(to, module);
                    next.push(to);
                }
            }
        }
    }
    faults
}

// === The sources ===

fn root() -> PathBuf {
    let own = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).expect("cargo runs this test");
    own.parent().expect("this crate stands in a folder of the root").to_path_buf()
}

/// The crate's files that are not of tests.
fn files(house: &House) -> Files {
    let sources = root().join(house.sources);
    let mut files = Files::new();
    let mut folders = vec![sources.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the crate can be read") {
            let path = entry.expect("an entry of the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let module = module(path.strip_prefix(&sources).expect("it lies in the folder"));
                let of_tests = module.iter().any(|name| name == "tests")
                    || within(house, &module)
                        .is_some_and(|inside| inside.first().is_some_and(|room| house.tests.contains(&room.as_str())));
                if !of_tests {
                    files.insert(module, bare(&fs::read_to_string(&path).expect("a source can be read")));
                }
            }
        }
    }
    files
}

fn module(path: &Path) -> Module {
    let names = path.with_extension("");
    let names: Module = names.iter().map(|name| name.to_string_lossy().into_owned()).collect();
    if names.len() == 1 && ["lib", "main"].contains(&names[0].as_str()) { Module::new() } else { names }
}

// === Tests ===

#[test]
fn every_room_names_what_it_may_and_no_files_stand_in_a_circle() {
    for house in HOUSES {
        let files = files(house);
        assert!(files.len() > house.rooms.len(), "{}: the sources are not where they were", house.sources);
        let faults = [strays(house, &files), circles(house, &files)].concat();
        assert!(faults.is_empty(), "\n{}:\n{}\n", house.sources, faults.join("\n"));
    }
}

// === Tests of the rules themselves, with planted faults ===

const SMALL: House = House {
    sources: "",
    under: "",
    rooms: &[("calls", &["rows::card", "text"]), ("rows", &["text"]), ("text", &[])],
    messages: &["calls"],
    tests: &[],
};

fn small(house: &House, texts: &[(&str, &str)]) -> Vec<String> {
    let split = |path: &str| path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let files: Files = texts.iter().map(|(path, text)| (split(path), bare(text))).collect();
    [strays(house, &files), circles(house, &files)].concat()
}

#[test]
fn what_is_allowed_is_left_alone() {
    let none = small(
        &SMALL,
        &[
            ("", "mod calls;\nmod rows;\nmod text;\nuse calls::Calls;\n"),
            (
                "calls",
                "use crate::rows::card::{self, Card as Short};\nuse api::v1;\n// crate::rows::key is named in words only\n",
            ),
            ("rows", "pub mod card;\nmod key;\n"),
            (
                "rows::card",
                "use super::key::KEY;\nuse crate::text::{fold, words};\n#[cfg(test)]\nmod tests {\n    use crate::calls;\n}\n",
            ),
            ("rows::key", "pub const KEY: u8 = 1;\n"),
            ("text", "macro_rules! m { () => { $crate::Calls }; }\n"),
        ],
    );
    assert_eq!(none, [""; 0]);
}

#[test]
fn a_planted_fault_is_caught() {
    let rows = [("rows", "mod card;\nmod key;\n"), ("rows::card", ""), ("rows::key", ""), ("text", "")];
    for (fault, says) in [
        (("rows::card", "use crate::calls::Calls;\n"), "rows::card names calls"),
        (("calls", "fn f() { crate::rows::key::key() }\n"), "calls names rows::key"),
        (("calls", "use crate::{rows::{card, key}, text};\n"), "calls names rows::key"),
        (("text", "use super::Names;\n"), "text names the crate's root"),
        (("rows::card", "fn f() -> api::v1::Card {}\n"), "rows::card names messages"),
        (("cellar", ""), "cellar is no room"),
    ] {
        let texts: Vec<_> = rows.into_iter().chain([("", "mod rows;\n"), ("calls", ""), fault]).collect();
        let found = small(&SMALL, &texts);
        assert!(found.iter().any(|fault| fault.contains(says)), "{says}: {found:?}");
    }
}

#[test]
fn a_circle_of_files_is_caught() {
    for (a, b) in [
        ("use super::key::KEY;\n", "use super::card::Card;\n"),
        ("use super::key::KEY;\n", "fn f() { crate::rows::card::f() }\n"),
    ] {
        let found = small(&SMALL, &[("rows", "mod card;\nmod key;\n"), ("rows::card", a), ("rows::key", b)]);
        assert!(
            found.iter().any(|fault| fault.starts_with("a circle: rows::card → rows::key → rows::card")),
            "{found:?}"
        );
    }
    // A room's own file and one in it.
    let found = small(&SMALL, &[("rows", "mod card;\nuse card::Card;\n"), ("rows::card", "use super::Rows;\n")]);
    assert!(found.iter().any(|fault| fault.starts_with("a circle: rows → rows::card → rows")), "{found:?}");
}

#[test]
fn the_rooms_of_one_folder_are_kept_by_themselves() {
    let house = House { under: "lists", ..SMALL };
    let texts = [("", "mod lists;\n"), ("lists", ""), ("lists::rows", ""), ("lists::calls", "")];
    let outside = ("lists::text", "use crate::import::Import;\n");
    assert_eq!(small(&house, &[texts.as_slice(), &[outside, ("import", "")]].concat()), [""; 0]);
    let inside = ("lists::text", "use super::calls::Calls;\n");
    let found = small(&house, &[texts.as_slice(), &[inside]].concat());
    assert_eq!(found, ["lists::text names lists::calls: text may name []"]);
}
