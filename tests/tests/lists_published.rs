//! The lists that were really published, through the running program, as they are: what of each goes in, what is asked (at most two things), and that
//! nothing comes of it when it is taken again. Where they are from stands in `shared/lists/tests/field/README.md` and `data/README.md`.

#![expect(clippy::unwrap_used, reason = "what is not as expected ends the test")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tests::{Running, puhui, root};

/// A list, what its officer answers, and what comes of it.
struct Published {
    /// The file: of the field, or of `data/lists`.
    file: &'static str,
    /// Only the rows with this word, under the file's headings: one bureau's list in a file of several.
    only: &'static str,
    /// Answers to what the list leaves open.
    answers: &'static [(&'static str, &'static str)],
    /// Rows.
    rows: u64,
    /// Of them, as it is: stored, proposed, rejected, waiting.
    at_once: [u64; 4],
    /// Then, with the answers beside it: stored, already, rejected.
    answered: [u64; 3],
}

const fn of(
    file: &'static str,
    answers: &'static [(&'static str, &'static str)],
    rows: u64,
    at_once: [u64; 4],
    answered: [u64; 3],
) -> Published {
    Published { file, only: "", answers, rows, at_once, answered }
}

const fn part(only: &'static str, rows: u64, at_once: [u64; 4], answered: [u64; 3]) -> Published {
    Published { file: "certified_lists_public.csv", only, answers: &[], rows, at_once, answered }
}

const LISTS: &[Published] = &[
    of("o01-siping-names-only.xlsx", &[], 13, [0, 13, 0, 0], [0, 0, 0]),
    of("o02-jiangan-proposed.xlsx", &[], 8, [0, 8, 0, 0], [0, 0, 0]),
    of("o03-xuhui-street-rows.xlsx", &[("kind", "certified")], 9, [0, 0, 0, 9], [9, 0, 0]),
    of("o04-shenbei-points.xlsx", &[("kind", "certified")], 5, [0, 0, 0, 5], [5, 0, 0]),
    of("o05-zhengguo-as-published.xlsx", &[("kind", "certified")], 6, [0, 0, 0, 6], [6, 0, 0]),
    of("o10-xinfeng-side-by-side.xlsx", &[], 14, [14, 0, 0, 0], [0, 14, 0]),
    of("o11-yueyanglou-first-result.xlsx", &[], 2, [0, 2, 0, 0], [0, 0, 0]),
    of("o15-wenshang-note-above.xlsx", &[], 1, [1, 0, 0, 0], [0, 1, 0]),
    of("o25-xiqu.csv", &[], 1, [1, 0, 0, 0], [0, 1, 0]),
    of("o27-lishui-city-level.xlsx", &[("place:市本级", "莲都区")], 7, [0, 0, 0, 7], [7, 0, 0]),
    // The list of those certified comes before it: see below.
    of("o38-1-certified.csv", &[], 1, [1, 0, 0, 0], [0, 1, 0]),
    of("o43-nanping-shops.xlsx", &[("kind", "certified")], 10, [0, 0, 0, 10], [10, 0, 0]),
    of("o44-sanming-shops.xlsx", &[("kind", "certified"), ("place", "三元区")], 12, [0, 0, 0, 12], [12, 0, 0]),
    of("a14-fengze-shops.csv", &[("kind", "certified")], 5, [0, 0, 0, 5], [5, 0, 0]),
    part("平阳县教育局", 10, [10, 0, 0, 0], [0, 10, 0]),
    part("石屏县教育体育局", 6, [6, 0, 0, 0], [0, 6, 0]),
    part("王益区教育科技体育局", 4, [1, 3, 0, 0], [0, 1, 0]),
    part("新会区卫生健康局", 5, [0, 5, 0, 0], [0, 0, 0]),
    part("新建区教科体局", 3, [0, 3, 0, 0], [0, 0, 0]),
    // Quality grades, which certify nothing.
    part("江苏省教育厅", 23, [0, 0, 23, 0], [0, 0, 23]),
    // The whole file once more: all of it is there.
    of("certified_lists_public.csv", &[], 51, [0, 11, 23, 0], [0, 17, 23]),
];

impl Published {
    /// The list in a folder, as published.
    fn put(&self, folder: &Path) -> PathBuf {
        let carried = if self.file.starts_with("certified") { "data/lists" } else { "shared/lists/tests/field" };
        let from = root().join(carried).join(self.file);
        let path = folder.join(format!("{}{}", self.only, self.file));
        if self.only.is_empty() {
            std::fs::copy(from, &path).unwrap();
        } else {
            let text = std::fs::read_to_string(from).unwrap();
            let kept = text.lines().enumerate().filter(|(at, line)| *at == 0 || line.contains(self.only));
            std::fs::write(&path, kept.map(|(_, line)| line).collect::<Vec<_>>().join("\n")).unwrap();
        }
        path
    }
}

fn take(url: &str, list: &Path) -> Value {
    let output = Command::new(puhui())
        .args(["--server", url, "--json", "import"])
        .arg(list)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(said.lines().last().unwrap_or_default())
        .unwrap_or_else(|_| panic!("{said}{}", String::from_utf8_lossy(&output.stderr)))
}

fn of_all<const N: usize>(object: &Value, names: [&str; N]) -> [u64; N] {
    names.map(|name| object[name].as_u64().unwrap_or_else(|| panic!("{name}: {object}")))
}

#[test]
fn lists_that_were_published_go_in_as_they_are_with_two_questions_at_most() {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::puhui("all", &["--data", folder.path().join("data").to_str().unwrap()]);
    let (mut table, mut wrong) = (String::new(), Vec::new());
    writeln!(table, "list | rows, not rows | stored, proposed, rejected, waiting | asked | answered: stored, already, rejected | again").unwrap();
    for list in LISTS {
        let path = list.put(folder.path());
        let first = take(&server.url, &path);
        let asked: Vec<&str> =
            first["questions"].as_array().unwrap().iter().map(|question| question["id"].as_str().unwrap()).collect();
        let at_once = of_all(&first, ["stored", "proposed", "rejected", "waiting"]);
        let [rows, not_rows, titles] = of_all(&first, ["rows", "not_rows", "titles"]);
        if !list.answers.is_empty() {
            let answers: Vec<String> =
                list.answers.iter().map(|(id, answer)| format!("\"{id}\" = \"{answer}\"")).collect();
            std::fs::write(format!("{}.answers.toml", path.display()), answers.join("\n")).unwrap();
        }
        let answered = take(&server.url, &path);
        let then = of_all(&answered, ["stored", "already", "rejected"]);
        let again = take(&server.url, &path);
        let new = of_all(&again, ["stored", "ended", "waiting"]);
        let settled = of_all(&again, ["already", "proposed", "rejected"]).iter().sum::<u64>();
        let name = format!("{}{}", list.only, list.file);
        writeln!(table, "{name} | {rows}, {} | {at_once:?} | {asked:?} | {then:?} | {new:?} new", not_rows + titles)
            .unwrap();
        let ids: Vec<&str> = list.answers.iter().map(|(id, _)| *id).collect();
        let as_expected = rows == list.rows && at_once == list.at_once && then == list.answered && asked == ids;
        if !as_expected || asked.len() > 2 || new != [0, 0, 0] || settled != rows {
            wrong.push(name);
        }
    }
    println!("{table}");
    assert!(wrong.is_empty(), "not as expected: {wrong:?}\n{table}");
    // The list of one whose certification was taken away, which stands on record by now.
    let ended = of("o38-2-revoked.csv", &[], 1, [0; 4], [0; 3]).put(folder.path());
    assert_eq!(of_all(&take(&server.url, &ended), ["rows", "ended", "rejected"]), [1, 1, 0]);
    assert_eq!(of_all(&take(&server.url, &ended), ["rows", "ended", "already"]), [1, 0, 1]);
    server.stop();
}
