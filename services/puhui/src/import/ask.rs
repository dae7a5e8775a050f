//! What an officer answers about a list: beforehand by options, in the file beside the list, or asked at the terminal. What is answered is kept
//! there for the list's next edition; what is not waits there, commented out.

use std::io::{self, IsTerminal, Write as _};
use std::path::{Path, PathBuf};

use domain::Day;
use lists::book::Book;
use lists::cover::covered;
use lists::options::{self, OPTIONS};
use lists::question::OF_DAYS;
use lists::record::{self, QUESTIONS, Register};
use lists::written::Written;
use lists::{Answers, List, Question, Warning};

use super::report::{beside, unfinished};
use super::{Known, Read, carried, listed, opened};
use crate::args::Import;
use crate::client::Failure;
use crate::failure::of_path;
use crate::json;
use crate::named_file;

/// Largest file of answers, in bytes.
const ANSWERS_BYTES_MAX: usize = 1024 * 1024;
/// Times that answers may lead to further questions.
const ROUNDS_MAX: usize = 20;
/// Choices that are named in a sentence.
const CHOICES_SHOWN_MAX: usize = 20;

/// A list that was read, with what was answered about it.
pub(crate) struct Asked {
    pub(crate) read: Read,
    /// The list's name, without its folder.
    name: String,
    /// What stands in the file beside the list.
    beside: Written,
    pub(crate) path: PathBuf,
    /// What is kept there: another list's answers, and what was answered at the terminal.
    kept: Answers,
    /// All that holds for the list.
    answers: Answers,
    /// What is on record, once that was read.
    record: Option<(Register, Day)>,
}

/// Where an answer was given.
enum From {
    Option(&'static str),
    File(PathBuf, u64),
}

/// Reads a list with what is answered about it already. An answer that does not fit is told by its option, or its line and key.
pub(crate) fn prepared(file: &Path, name: &str, list: &Import) -> Result<Asked, Failure> {
    let bytes = named_file::read(file, lists::FILE_BYTES_MAX).map_err(of_path(file))?;
    let path = beside(file, ".answers.toml");
    let own = match named_file::read(&path, ANSWERS_BYTES_MAX) {
        Ok(text) => written(&path, &text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Written::default(),
        Err(error) => return Err(of_path(&path)(error)),
    };
    let mut given: Vec<(String, String, From)> = Vec::new();
    let mut from = |path: &Path, written: &Written| {
        for (id, answer) in written.answers.iter() {
            let line = written.line(id).unwrap_or(1);
            given.push((id.to_owned(), answer.to_owned(), From::File(path.to_owned(), line)));
        }
    };
    from(&path, &own);
    let mut kept = Answers::default();
    if let Some(other) = &list.answers {
        let text = named_file::read(other, ANSWERS_BYTES_MAX).map_err(of_path(other))?;
        let other_written = written(other, &text)?;
        from(other, &other_written);
        kept.take(&other_written.answers);
    }
    for (id, option, text) in of_options(list) {
        if let Some(text) = text {
            given.push((id.to_owned(), text.clone(), From::Option(option)));
        }
    }
    let mut answers = Answers::default();
    let mut odd = Vec::new();
    for (id, text, from) in &given {
        let answer = if OPTIONS.contains(&id.as_str()) { settled(id, text, from)? } else { text.clone() };
        answers.set(id, &answer);
        let is_one = id.contains(':')
            || OPTIONS.contains(&id.as_str())
            || QUESTIONS.contains(&id.as_str())
            || OF_DAYS.contains(&id.as_str());
        if let (From::File(path, line), false) = (from, is_one) {
            odd.push(unknown(path, *line, id));
        }
    }
    let book = opened(&bytes)?;
    let (mut list_read, misfits) = fitted(&book, name, &mut answers, None)?;
    if let Some((id, why)) = misfits.first() {
        // What was given last is what holds.
        let holds = given.iter().rev().find(|(given, ..)| given == id);
        return Err(holds.map_or_else(|| Failure::usage(why.clone()), |(id, _, from)| misfit(id, from, why)));
    }
    // A question of another edition may be unknown now and right: whoever misspelt one is to see it.
    list_read.warnings.extend(odd);
    Ok(Asked {
        read: Read { book, list: list_read },
        name: name.to_owned(),
        beside: own,
        path,
        kept,
        answers,
        record: None,
    })
}

impl Asked {
    /// Asks at the terminal, where there is one, and writes down what is answered and what waits. Where the file of answers stands that somebody is to
    /// look at, if any.
    pub(crate) fn ask(&mut self, at_terminal: bool) -> Result<Option<PathBuf>, Failure> {
        if at_terminal {
            self.at_terminal()?;
        }
        let questions = &self.read.list.questions;
        self.keep()?;
        Ok((!questions.is_empty()).then(|| self.path.clone()))
    }

    /// The same of what is held against the record: which outlet is meant, and which of two sayings is right.
    pub(super) fn ask_of_the_record(&mut self, known: &Known, at_terminal: bool) -> Result<Option<PathBuf>, Failure> {
        let asked = record::plan(&self.read.list.rows, &known.register, &self.answers, known.today).questions;
        if let Some((id, why)) = misfitting(&asked, &self.answers).first() {
            return Err(Failure::usage(format!("{} {id}: {why}", self.path.display())));
        }
        if asked.is_empty() {
            return Ok((!self.read.list.questions.is_empty()).then(|| self.path.clone()));
        }
        self.read.list.questions.extend(asked);
        self.record = Some((known.register.clone(), known.today));
        self.ask(at_terminal)
    }

    /// All that is answered about the list.
    pub(super) fn answers(&self) -> &Answers {
        &self.answers
    }

    fn at_terminal(&mut self) -> Result<(), Failure> {
        let mut passed_over: Vec<String> = Vec::new();
        let mut said = false;
        for _ in 0..ROUNDS_MAX {
            let open = self.read.list.questions.iter().filter(|question| !passed_over.contains(&question.id));
            let open: Vec<Question> = open.cloned().collect();
            if open.is_empty() {
                break;
            }
            if !std::mem::replace(&mut said, true) {
                let n = open.len();
                json::note(&format!(
                    "名单有 {n} 个问题要问:输入序号或内容,回车用方括号中的建议,- 跳过本题,q 跳过其余 / {n} questions on this list: a number or a text, \
                     Enter for what stands in brackets, - passes one over, q the others"
                ));
            }
            for (question, number) in open.iter().zip(1..) {
                match self.one(question, &format!("{number}/{}", open.len()))? {
                    Reply::Answered => {}
                    Reply::PassedOver => passed_over.push(question.id.clone()),
                    Reply::Enough => return Ok(()),
                }
            }
        }
        Ok(())
    }

    /// Asks one question until the answer fits, and reads the list anew with it.
    fn one(&mut self, question: &Question, number: &str) -> Result<Reply, Failure> {
        json::note(&format!("\n[{number}] {}({} 行)\n    {}", question.zh, question.rows, question.en));
        for (choice, number) in question.choices.iter().zip(1..) {
            json::note(&format!("  {number}) {} {}", choice.zh, choice.value));
        }
        let suggested = question.suggested.as_deref();
        let shown = suggested.map(|suggested| match question.choices.iter().position(|c| c.value == suggested) {
            Some(at) => (at + 1).to_string(),
            None => suggested.to_owned(),
        });
        loop {
            let _ = write!(io::stderr(), "{}", shown.as_ref().map_or("? ".to_owned(), |shown| format!("[{shown}]? ")));
            let mut line = String::new();
            if io::stdin().read_line(&mut line)? == 0 {
                json::note("");
                return Ok(Reply::Enough);
            }
            let answer = match (line.trim(), suggested) {
                ("q" | "Q", _) => return Ok(Reply::Enough),
                ("-", _) | ("", None) => return Ok(Reply::PassedOver),
                ("", Some(suggested)) => suggested.to_owned(),
                (text, _) => {
                    let Some(answer) = chosen(question, text) else {
                        json::note("请输入所列序号或内容 / a number of those above, or its text");
                        continue;
                    };
                    answer
                }
            };
            let answer = match OPTIONS.contains(&question.id.as_str()).then(|| settled_here(&question.id, &answer)) {
                Some(Err(why)) => {
                    json::note(&why);
                    continue;
                }
                Some(Ok(answer)) => answer,
                None => answer,
            };
            let mut answers = self.answers.clone();
            answers.set(&question.id, &answer);
            let (mut list, misfits) = fitted(&self.read.book, &self.name, &mut answers, self.record.as_ref())?;
            if let Some((_, why)) = misfits.iter().find(|(id, _)| *id == question.id) {
                json::note(why);
                continue;
            }
            list.warnings.clone_from(&self.read.list.warnings);
            self.read.list = list;
            self.answers = answers;
            self.kept.set(&question.id, &answer);
            // Whoever ends the program at a later question keeps what was answered.
            self.keep()?;
            return Ok(Reply::Answered);
        }
    }

    /// Writes the file of answers, whole or not at all, where anything is to stand there that does not.
    fn keep(&self) -> Result<(), Failure> {
        let news = self.kept.iter().any(|(id, _)| self.beside.answers.get(id).is_none());
        if self.read.list.questions.is_empty() && !news {
            return Ok(());
        }
        let text = self.beside.with(&self.name, &self.read.list.questions, &self.kept);
        let part = unfinished(&self.path);
        std::fs::write(&part, text).map_err(of_path(&part))?;
        std::fs::rename(&part, &self.path).map_err(of_path(&self.path))
    }
}

enum Reply {
    Answered,
    PassedOver,
    Enough,
}

/// Whether somebody can be asked.
pub(crate) fn is_somebody_there() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// The answer that was typed: a choice's number, value or words; where nothing is to be chosen from, the text.
fn chosen(question: &Question, text: &str) -> Option<String> {
    if question.choices.is_empty() {
        return Some(text.to_owned());
    }
    let number = text.parse::<usize>().ok().and_then(|number| question.choices.get(number.checked_sub(1)?));
    number.or_else(|| question.choice(text)).map(|choice| choice.value.clone())
}

fn written(path: &Path, bytes: &[u8]) -> Result<Written, Failure> {
    Written::of_bytes(bytes).map_err(|fault| {
        let key = fault.key.map_or_else(String::new, |key| format!(" {}", covered(&key)));
        Failure::usage(format!(
            "{path} 第{line}行{key}:{} / {path}, line {line}{key}: {}",
            fault.zh,
            fault.en,
            path = path.display(),
            line = fault.line
        ))
    })
}

fn of_options(list: &Import) -> [(&'static str, &'static str, &Option<String>); OPTIONS.len()] {
    [
        ("category", "--category", &list.category),
        ("place", "--place", &list.place),
        ("kind", "--kind", &list.kind),
        ("document", "--document", &list.document),
        ("decided-on", "--decided-on", &list.decided_on),
        ("datum", "--datum", &list.datum),
    ]
}

/// What an answer on the whole list means, or that it means nothing.
fn settled(id: &str, text: &str, from: &From) -> Result<String, Failure> {
    settled_here(id, text).map_err(|why| misfit(id, from, &why))
}

fn settled_here(id: &str, text: &str) -> Result<String, String> {
    carried(|lexicon| options::settle(id, text, id, lexicon))
        .map_err(|failure| failure.to_string())?
        .map_err(|fault| covered(&format!("{} / {}", fault.zh, fault.en)).into_owned())
}

/// Reads the list, with choices that are answered by their words taken for what they mean. Beside it the answers that do not fit, each with why.
fn fitted(
    book: &Book,
    name: &str,
    answers: &mut Answers,
    record: Option<&(Register, Day)>,
) -> Result<(List, Vec<(String, String)>), Failure> {
    let listed = |answers: &Answers| {
        let mut list = listed(book, name, answers)?;
        if let Some((register, today)) = record {
            list.questions.extend(record::plan(&list.rows, register, answers, *today).questions);
        }
        Ok::<List, Failure>(list)
    };
    let mut found = listed(answers)?;
    let meant = |question: &Question, answers: &Answers| {
        let choice = question.choice(answers.get(&question.id)?)?;
        (Some(choice.value.as_str()) != answers.get(&question.id)).then(|| (question.id.clone(), choice.value.clone()))
    };
    for _ in 0..ROUNDS_MAX {
        let meant: Vec<_> = found.questions.iter().filter_map(|question| meant(question, answers)).collect();
        if meant.is_empty() {
            break;
        }
        for (id, value) in meant {
            answers.set(&id, &value);
        }
        found = listed(answers)?;
    }
    let mut misfits = misfitting(&found.questions, answers);
    let faults = found.rows.iter().flat_map(|row| &row.faults);
    for (id, _) in answers.iter().filter(|(id, _)| OPTIONS.contains(id)) {
        if let Some(fault) = faults.clone().find(|fault| fault.column == id) {
            misfits.push((id.to_owned(), format!("{} / {}", fault.zh, fault.en)));
        }
    }
    Ok((found, misfits))
}

/// Questions that are asked although they are answered, each with why the answer does not fit.
fn misfitting(questions: &[Question], answers: &Answers) -> Vec<(String, String)> {
    let mut misfits = Vec::new();
    // What is asked although it is answered was not understood.
    for question in questions.iter().filter(|question| answers.get(&question.id).is_some()) {
        let choices = question.choices.iter().take(CHOICES_SHOWN_MAX);
        let choices: Vec<String> = choices.map(|choice| format!("{}({})", choice.zh, choice.value)).collect();
        let known =
            if choices.is_empty() { String::new() } else { format!(",可写 / choose of:{}", choices.join("、")) };
        let answer = covered(answers.get(&question.id).unwrap_or_default());
        misfits.push((
            question.id.clone(),
            format!("「{answer}」不合{}{known} / \"{answer}\" is no answer to: {}", question.zh, question.en),
        ));
    }
    misfits
}

fn misfit(id: &str, from: &From, why: &str) -> Failure {
    match from {
        From::Option(option) => Failure::usage(format!("{option}: {why}")),
        From::File(path, line) => Failure::usage(format!("{} 第{line}行 line {line}, {id}: {why}", path.display())),
    }
}

fn unknown(path: &Path, line: u64, id: &str) -> Warning {
    let (path, id) = (path.display(), covered(id));
    Warning {
        zh: format!("{path} 第{line}行:没有名为「{id}」的问题"),
        en: format!("{path}, line {line}: there is no question called {id}"),
    }
}
