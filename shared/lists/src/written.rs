//! Answers as a file that a person edits: TOML, a line an answer, with the question and its choices above it as comments. A question that waits
//! has its line commented out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use toml::de::{DeTable, DeValue};

use crate::fold;
use crate::question::{Answers, Question};

/// Editors on Windows begin a text with it.
const MARK: char = '\u{FEFF}';

/// A file of answers that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
    /// What it answers.
    pub answers: Answers,
    /// The line of each answer, from 1, also of one that is empty and answers nothing.
    lines: BTreeMap<String, u64>,
    text: String,
}

/// What is wrong with a file of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersFault {
    /// The line, from 1.
    pub line: u64,
    /// The question's name, where the line has one that can be read.
    pub key: Option<String>,
    /// The sentence an officer reads.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Written {
    /// Reads a file of answers: UTF-8, or what old editors on Chinese Windows write.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, AnswersFault> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Self::parse(text);
        }
        match encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => Self::parse(&text),
            None => Err(AnswersFault {
                line: 1,
                key: None,
                zh: "文字编码既非UTF-8也非GB18030".to_owned(),
                en: "it is neither UTF-8 nor GB18030 text".to_owned(),
            }),
        }
    }

    /// Reads the text of such a file.
    pub fn parse(text: &str) -> Result<Self, AnswersFault> {
        let text = text.trim_start_matches(MARK);
        let table = DeTable::parse(text).map_err(|error| {
            let line = line_of(text, error.span().map_or(0, |span| span.start));
            // What a library says of a text is English alone.
            let en = error.message().lines().next().unwrap_or_default().to_owned();
            AnswersFault {
                line,
                key: key_in(text, line),
                zh: "应写作 名称 = \"答案\":引号为英文引号,名称含汉字或冒号时也加英文引号,同一名称只写一次".to_owned(),
                en,
            }
        })?;
        let mut written = Self { text: text.to_owned(), ..Self::default() };
        for (key, value) in table.get_ref() {
            let line = line_of(text, key.span().start);
            let answer = match value.get_ref() {
                DeValue::String(answer) => answer.to_string(),
                // A code or a day that was written without quotation marks is what it looks like.
                DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
                    text.get(value.span()).unwrap_or_default().trim().to_owned()
                }
                DeValue::Boolean(_) | DeValue::Array(_) | DeValue::Table(_) => {
                    return Err(AnswersFault {
                        line,
                        key: Some(key.get_ref().to_string()),
                        zh: "答案应为引号中的一段文字".to_owned(),
                        en: "an answer is a text in quotation marks".to_owned(),
                    });
                }
            };
            written.lines.insert(key.get_ref().to_string(), line);
            if !answer.trim().is_empty() {
                written.answers.set(key.get_ref(), &answer);
            }
        }
        Ok(written)
    }

    /// The line of an answer.
    pub fn line(&self, id: &str) -> Option<u64> {
        self.lines.get(id).copied()
    }

    /// The text with these answers in it, and with those of the questions that wait, commented out. What a person wrote into it stays as it is.
    pub fn with(&self, list: &str, questions: &[Question], answers: &Answers) -> String {
        let grown = self.grown(list, questions, answers);
        let kept = |written: &Self| answers.iter().all(|(id, _)| written.answers.get(id).is_some());
        if Self::parse(&grown).is_ok_and(|written| kept(&written)) {
            return grown;
        }
        // Whatever stood there in a form that could not be added to, its answers are kept.
        let mut all = answers.clone();
        all.take(&self.answers);
        Self::default().grown(list, questions, &all)
    }

    fn grown(&self, list: &str, questions: &[Question], answers: &Answers) -> String {
        let mut lines: Vec<String> = self.text.lines().map(str::to_owned).collect();
        if lines.is_empty() {
            lines.push(format!(
                "# 导入「{}」时需要回答的问题。去掉答案行首的 #,在引号中填写,保存后再次导入。",
                plain(list)
            ));
            lines.push(
                "# Questions on this list: take the # before an answer away, fill it in, save, and import again."
                    .to_owned(),
            );
        }
        let known = |id: &str| self.answers.get(id).is_some();
        for question in questions {
            let answer = answers.get(&question.id);
            if !known(&question.id) && !put(&mut lines, self, &question.id, answer) {
                lines.extend(asked(question, answer));
            }
        }
        let others = answers.iter().filter(|(id, _)| !questions.iter().any(|question| question.id == *id));
        for (id, answer) in others.filter(|(id, _)| !known(id)) {
            if !put(&mut lines, self, id, Some(answer)) {
                lines.push(answer_line(id, answer));
            }
        }
        lines.push(String::new());
        lines.join("\n")
    }
}

/// Puts an answer where its line stands, commented out or empty; whether there is such a line.
fn put(lines: &mut [String], written: &Written, id: &str, answer: Option<&str>) -> bool {
    let begins = |line: &str| {
        let rest = line.trim().strip_prefix('#').map(str::trim_start);
        rest.and_then(|rest| rest.strip_prefix(key(id).as_str())).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    let empty = written.line(id).and_then(|line| usize::try_from(line).ok()?.checked_sub(1));
    let Some(at) = empty.or_else(|| lines.iter().position(|line| begins(line))) else { return false };
    if let (Some(line), Some(answer)) = (lines.get_mut(at), answer) {
        *line = answer_line(id, answer);
    }
    true
}

/// A question as comments, and its answer's line.
fn asked(question: &Question, answer: Option<&str>) -> Vec<String> {
    let mut lines = vec![
        String::new(),
        format!("# {}(待答 {} 行)", plain(&question.zh), question.rows),
        format!("# {}", plain(&question.en)),
    ];
    for choice in &question.choices {
        lines.push(format!("#   {}  {}", quoted(&choice.value), plain(&choice.zh)));
    }
    if let Some(suggested) = &question.suggested {
        lines.push(format!("# 名单似为 suggested: {}", quoted(suggested)));
    }
    lines.push(match answer {
        Some(answer) => answer_line(&question.id, answer),
        None => format!("# {}", answer_line(&question.id, question.suggested.as_deref().unwrap_or_default())),
    });
    lines
}

fn answer_line(id: &str, answer: &str) -> String {
    format!("{} = {}", key(id), quoted(answer))
}

/// A question's name as a key: in quotation marks unless it is a word.
fn key(id: &str) -> String {
    let bare = !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    if bare { id.to_owned() } else { quoted(id) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                // Writing to a text does not fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text on one line of comments.
fn plain(text: &str) -> String {
    fold::clean(text).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The line, from 1, at a place in a text.
fn line_of(text: &str, at: usize) -> u64 {
    let before = text.as_bytes().get(..at.min(text.len())).unwrap_or_default();
    1 + before.iter().map(|byte| u64::from(*byte == b'\n')).sum::<u64>()
}

/// What stands before the sign of equality in a line.
fn key_in(text: &str, line: u64) -> Option<String> {
    let line = text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let key = line.split_once('=')?.0.trim().trim_matches(['"', '\'']).to_owned();
    (!key.is_empty() && !key.starts_with('#')).then(|| fold::cut(&key, 40))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::question::Choice;

    fn question(id: &str, suggested: Option<&str>) -> Question {
        Question {
            id: id.to_owned(),
            zh: "这些网点属于哪一类?".to_owned(),
            en: "which category?".to_owned(),
            choices: vec![Choice { value: "childcare".to_owned(), zh: "普惠托育".to_owned() }],
            suggested: suggested.map(str::to_owned),
            rows: 3,
        }
    }

    fn answers(of: &[(&str, &str)]) -> Answers {
        let mut answers = Answers::default();
        for (id, answer) in of {
            answers.set(id, answer);
        }
        answers
    }

    #[test]
    fn a_question_is_written_with_its_choices_and_its_line_commented_out() {
        let asked = [question("category", Some("childcare")), question("heading:办别", None)];
        let text = Written::default().with("名单.xlsx", &asked, &Answers::default());
        let expected = "# 导入「名单.xlsx」时需要回答的问题。去掉答案行首的 #,在引号中填写,保存后再次导入。\n\
            # Questions on this list: take the # before an answer away, fill it in, save, and import again.\n\n\
            # 这些网点属于哪一类?(待答 3 行)\n# which category?\n#   \"childcare\"  普惠托育\n# 名单似为 suggested: \"childcare\"\n\
            # category = \"childcare\"\n\n\
            # 这些网点属于哪一类?(待答 3 行)\n# which category?\n#   \"childcare\"  普惠托育\n# \"heading:办别\" = \"\"\n";
        assert_eq!(text, expected);
        let written = Written::parse(&text).unwrap();
        assert_eq!(written.answers, Answers::default());
        // Asked again it stands there once; answered, in its place.
        assert_eq!(written.with("名单.xlsx", &asked, &Answers::default()), text);
        let filled = written.with("名单.xlsx", &asked, &answers(&[("heading:办别", "ignore")]));
        assert_eq!(filled, text.replace("# \"heading:办别\" = \"\"", "\"heading:办别\" = \"ignore\""));
    }

    #[test]
    fn what_a_person_wrote_stays() {
        let text = "\u{FEFF}# 王科长定\r\nplace = 321003\r\ndecided-on = 2024-03-01\r\nkind = \"\"\r\n";
        let written = Written::parse(text).unwrap();
        assert_eq!(written.answers, answers(&[("place", "321003"), ("decided-on", "2024-03-01")]));
        assert_eq!((written.line("place"), written.line("kind"), written.line("x")), (Some(2), Some(4), None));
        let more =
            written.with("x", &[question("kind", None)], &answers(&[("kind", "certified"), ("place", "320000")]));
        assert_eq!(more, "# 王科长定\nplace = 321003\ndecided-on = 2024-03-01\nkind = \"certified\"\n");
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_key() {
        for (text, line, key) in [
            ("a = \"b\"\nkind = certified\n", 2, Some("kind")),
            ("\n\nkind = “certified”\n", 3, Some("kind")),
            ("kind = \"a\"\nkind = \"b\"\n", 2, Some("kind")),
            ("kind = true\n", 1, Some("kind")),
            ("heading.办别 = \"x\"\n", 1, Some("heading.办别")),
            ("a = [\"x\"]\n", 1, Some("a")),
            ("[table]\n", 1, Some("table")),
            ("certified\n", 1, None),
        ] {
            let fault = Written::parse(text).unwrap_err();
            assert_eq!((fault.line, fault.key.as_deref()), (line, key), "{text}: {fault:?}");
        }
        let (old, _, _) = encoding_rs::GB18030.encode("place = \"邗江区\"\n");
        assert_eq!(Written::of_bytes(&old).unwrap().answers, answers(&[("place", "邗江区")]));
        assert_eq!(Written::of_bytes(b"\xFF\xFF").unwrap_err().line, 1);
    }

    proptest! {
        #[test]
        fn answers_come_back_as_they_were_given(
            before in prop::collection::btree_map("\\PC{1,12}|[a-z]{1,3}", "\\PC{1,20}|[\"\\\\\n\u{1}#=甲]{1,6}", 0..6),
            given in prop::collection::btree_map("\\PC{1,12}|[a-z]{1,3}", "\\PC{1,20}|[\"\\\\\n\u{1}#=甲]{1,6}", 0..6),
            asked in prop::collection::btree_set("\\PC{1,12}|[a-z]{1,3}", 0..6),
        ) {
            let some = |of: &BTreeMap<String, String>| {
                let mut answers = Answers::default();
                of.iter().filter(|(_, answer)| !answer.trim().is_empty()).for_each(|(id, answer)| answers.set(id, answer));
                answers
            };
            let asked: Vec<Question> = asked.iter().map(|id| question(id, None)).collect();
            let first = Written::default().with("甲.xlsx", &asked, &some(&before));
            let written = Written::parse(&first).unwrap();
            prop_assert_eq!(&written.answers, &some(&before));
            let second = written.with("甲.xlsx", &asked, &some(&given));
            // What was answered first stays.
            let mut all = some(&given);
            all.take(&some(&before));
            prop_assert_eq!(Written::parse(&second).unwrap().answers, all);
        }
    }
}
