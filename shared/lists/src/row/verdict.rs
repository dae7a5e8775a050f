//! How far a row's certification has come: by its own words, and by what stands above it.

use super::privacy::scrubbed;
use super::work::Work;
use crate::pointers::Told;
use crate::question::{Choice, Question};
use crate::reading::{Ending, Verdict};
use crate::results::Role;
use crate::words::doubts;
use crate::words::headings::Column;
use crate::words::marks::Mark;
use crate::words::phrases::Place as Stands;
use crate::words::results::{self, Rank, is_open as words_open};
use crate::words::sections::{self, Part};
use crate::words::verdicts;
use crate::{dates, fold};

/// The answer that a sentence beside the table says nothing of the rows.
const IGNORE: &str = "ignore";
/// Longest note beside an address that is believed, in characters.
const NOTE_CHARS_MAX: usize = 12;

/// What something in a row says.
#[derive(Debug, Clone)]
struct Said {
    mark: Mark,
    /// Whether the officer says so.
    answered: bool,
    /// The sentence that tells where it stands.
    why: String,
}

/// What one cell says.
enum Cell {
    Nothing,
    Mark(Mark),
    /// Nobody but an officer can tell.
    Unclear,
}

impl Cell {
    fn of(mark: Option<Mark>) -> Self {
        mark.map_or(Self::Nothing, Self::Mark)
    }
}

impl Work<'_, '_> {
    /// How far the certification has come: the row's own words come before what stands above it.
    pub(super) fn verdict(&mut self) -> Option<Verdict> {
        let mark = self.mark()?;
        let window = || self.cells.get(Column::Publicity).and_then(dates::window);
        Some(match mark {
            Mark::Certified => Verdict::Certified,
            Mark::Proposed => Verdict::Proposed { window: window() },
            Mark::Refused => Verdict::Refused,
            Mark::Revoked => Verdict::Ended { kind: Ending::Revoked, decided_on: None },
            Mark::Annulled => Verdict::Ended { kind: Ending::Annulled, decided_on: None },
            Mark::Withdrawn => Verdict::Ended { kind: Ending::Withdrawn, decided_on: None },
            Mark::Deregistered | Mark::Closed => Verdict::Ended { kind: Ending::Deregistered, decided_on: None },
            Mark::Expired => Verdict::Ended { kind: Ending::Expired, decided_on: None },
        })
    }

    /// The row's own words come before what stands above it, a notice's title excepted: what it lists is proposed, whatever a review said.
    fn mark(&mut self) -> Option<Mark> {
        let above = self.above.mark.clone();
        let ended = |mark: Mark| !matches!(mark, Mark::Certified | Mark::Proposed);
        if let Some(Said { mark, answered, why }) = self.result()? {
            // What was certified may have ended since: the remark that says so came later.
            if mark == Mark::Certified
                && let Some(noted) = self.noted()?.filter(|noted| noted.mark != Mark::Certified)
            {
                let told = format!("{why},{}", noted.why);
                if noted.mark == Mark::Refused && !answered && !noted.answered {
                    return self.kind_of_the_list(Some(scrubbed(&told)));
                }
                self.because(Column::Status, told);
                return Some(noted.mark);
            }
            match above {
                Some(said) if mark == Mark::Certified && said.value == Mark::Proposed && !answered => {
                    let words = fold::cut(&said.words, 60);
                    self.because(Column::Status, format!("标题写明「{words}」,{why}:尚在公示"));
                    return Some(Mark::Proposed);
                }
                // The title lists what has ended, and the row says that it has not.
                Some(said) if mark == Mark::Certified && ended(said.value) && !answered => {
                    return self.kind_of_the_list(Some(format!("标题写明「{}」,而{why}", said.words)));
                }
                _ => {}
            }
            self.because(Column::Status, why);
            return Some(mark);
        }
        let beside_the_category = self.cells.get(Column::Category).and_then(|text| {
            let (_, notes) = fold::without_notes(&fold::key(text));
            verdicts::of_cell(&notes)
        });
        if let Some(mark) = beside_the_category {
            if let Some(said) = above.as_ref().filter(|said| mark == Mark::Certified && ended(said.value)) {
                let why = format!("标题写明「{}」,而类别旁注明已认定", said.words);
                return self.kind_of_the_list(Some(why));
            }
            self.because(Column::Status, "类别旁注明".to_owned());
            return Some(mark);
        }
        if let Some(noted) = self.noted()? {
            // What only says that the body is inclusive gives way to a title that says how far that has come.
            if noted.mark != Mark::Certified || above.is_none() {
                self.because(Column::Status, noted.why);
                return Some(noted.mark);
            }
        }
        // 带*的为普惠性幼儿园: the others are not, where nothing else says that they are.
        if let Some(pointed) = self.pointed
            && (pointed.told == Told::Excepted
                || pointed.told == Told::NotNamed && self.above_certifies_by_name_alone())
        {
            self.because(Column::Status, format!("表格旁写明「{}」,本行不在其中", fold::cut(&pointed.words, 60)));
            return Some(Mark::Refused);
        }
        // What the officer says of the list comes before its title, and not before that of a part of it that says otherwise; of several lists in a file
        // not before one that says that its own are certified, or are no more.
        let of_its_own =
            self.above.part || (self.above.several && above.as_ref().is_some_and(|said| said.value != Mark::Proposed));
        if let Some(mark) = Some(()).filter(|()| !of_its_own).and_then(|()| self.kind_beforehand()) {
            return Some(mark);
        }
        if let Some(said) = above {
            self.because(Column::Status, format!("标题写明「{}」", fold::cut(&said.words, 60)));
            return Some(said.value);
        }
        if let Some(words) = self.above.unclear.clone() {
            let why = format!("标题写明「{}」{}", fold::cut(&words, 60), doubt(&words));
            return if self.above.part {
                self.kind_of_the_part(&words, &why)
            } else {
                self.kind_of_the_list(Some(why))
            };
        }
        let of_decisions = [Column::Decided, Column::Document, Column::Term, Column::To, Column::Body];
        if let Some(column) = of_decisions.into_iter().find(|column| self.cells.header.place(*column).is_some()) {
            let title = self.cells.title(column).to_owned();
            self.because(Column::Status, format!("名单有「{title}」一栏,是认定的名单"));
            return Some(Mark::Certified);
        }
        if self.cells.get(Column::Category).is_some_and(|text| fold::key(text).contains("普惠")) {
            self.because(Column::Status, "类别写明「普惠」".to_owned());
            return Some(Mark::Certified);
        }
        self.kind_of_the_list(None)
    }

    /// What the columns of results say together; `None` where that is asked.
    #[expect(clippy::option_option, reason = "nothing is said, or it is asked")]
    fn result(&mut self) -> Option<Option<Said>> {
        if let Some(said) = self.ticked()? {
            return Some(Some(said));
        }
        // The last word counts: what was advised before it is no more than that.
        let mut results: Vec<(usize, Rank)> = self.reader_results(|role| match role {
            Role::Result(rank) => Some(rank),
            _ => None,
        });
        results.sort_by_key(|(_, rank)| std::cmp::Reverse(*rank));
        let highest = results.first().map(|(_, rank)| *rank);
        let filled = results.iter().find(|(at, _)| self.cells.at(*at).is_some()).map(|(_, rank)| *rank);
        let (Some(highest), Some(rank)) = (highest, filled) else { return Some(None) };
        let mut said: Vec<Said> = Vec::new();
        for (at, _) in results.iter().filter(|(_, own)| *own == rank) {
            if let Some(text) = self.cells.at(*at) {
                said.push(self.status(*at, text)?);
            }
        }
        let one = said.first().cloned();
        if let Some(other) = said.iter().find(|other| one.as_ref().is_some_and(|one| one.mark != other.mark)) {
            let first = one.as_ref().map(|one| one.why.as_str()).unwrap_or_default();
            let why = format!("{first},{}", other.why);
            return self.answer_of_which(&why);
        }
        let Some(one) = one else { return Some(None) };
        let certifies = self.above.mark.as_ref().is_some_and(|said| said.value == Mark::Certified);
        match (one.mark, rank) {
            (Mark::Certified, Rank::First) if highest == Rank::First && certifies => Some(None),
            (Mark::Certified, Rank::First) => {
                let why = format!("{},尚无最终结果", one.why);
                Some(Some(Said { mark: Mark::Proposed, why, ..one }))
            }
            (Mark::Certified, _) if rank < highest && !one.answered => {
                let empty = results.first().and_then(|(at, _)| self.cells.header.cells.get(*at)).cloned();
                self.answer_of_which(&format!("「{}」为空", empty.unwrap_or_default()))
            }
            // What was advised against and is certified by the title nobody can tell.
            (mark, Rank::First) if mark != Mark::Proposed && certifies && !one.answered => {
                self.kind_of_the_list(Some(format!("标题写明已认定,而{}", one.why)));
                None
            }
            _ => Some(Some(one)),
        }
    }

    /// What a cell of a result says, or the question.
    fn status(&mut self, at: usize, text: &str) -> Option<Said> {
        let title = self.cells.header.cells.get(at).cloned().unwrap_or_default();
        let shown = scrubbed(&fold::cut(text, 40));
        let why = format!("「{title}」写明「{shown}」");
        if let Some(mark) = self.answered_of(text) {
            return Some(Said { mark, answered: true, why });
        }
        if let Some(mark) = verdicts::of_cell(text) {
            return Some(Said { mark, answered: false, why });
        }
        match sections::of(text) {
            Some(Part::Mark(mark)) => Some(Said { mark, answered: false, why }),
            // What is new in a list is what the list is of.
            Some(Part::List) => match self.above.mark.as_ref().map(|said| said.value) {
                Some(mark @ (Mark::Certified | Mark::Proposed)) => Some(Said { mark, answered: false, why }),
                None => {
                    let mark = self.kind_of_the_list(Some(why.clone()))?;
                    Some(Said { mark, answered: true, why })
                }
                Some(_) => {
                    self.ask_status(&title, text, Stands::Status);
                    None
                }
            },
            Some(Part::Unclear | Part::Rest) | None => {
                self.ask_status(&title, text, Stands::Status);
                None
            }
        }
    }

    /// The columns with a role that is asked for.
    fn reader_results<T>(&self, wanted: impl Fn(Role) -> Option<T>) -> Vec<(usize, T)> {
        self.results.iter().filter_map(|(at, role)| Some((at, wanted(role)?))).collect()
    }

    /// What the officer says that a text of a cell means.
    fn answered_of(&self, text: &str) -> Option<Mark> {
        self.reader.answers.get(&status_id(text)).and_then(Mark::of_code)
    }

    fn ask_status(&mut self, title: &str, text: &str, stands: Stands) {
        let (id, shown) = (status_id(text), scrubbed(&fold::cut(text, 40)));
        let hint = if verdicts::is_unclear(text, stands) { doubt(text) } else { String::new() };
        self.ask(&id.clone(), || Question {
            id,
            zh: format!("「{title}」一栏写「{shown}」,是什么意思?{}", hint.trim_start_matches(',')),
            en: format!("what does \"{shown}\" under {title} mean?"),
            choices: kinds_to_choose(),
            suggested: None,
            rows: 0,
        });
    }

    /// Two columns of one rank say two things, or the one that decides is empty: the officer says what the row is.
    fn which(&mut self, why: &str) {
        let why = scrubbed(why);
        let id = format!("result:{}", fold::cut(&fold::key(&why), 60));
        self.ask(&id.clone(), || Question {
            id,
            zh: format!("{why}:以哪一个为准?这些网点是什么情况?"),
            en: "the columns of results say two things, or the last of them says nothing: what are these outlets?"
                .to_owned(),
            choices: kinds_to_choose(),
            suggested: None,
            rows: 0,
        });
    }

    /// What the columns of ticks say; `None` where that is asked.
    #[expect(clippy::option_option, reason = "nothing is said, or it is asked")]
    fn ticked(&mut self) -> Option<Option<Said>> {
        let columns = self.reader_results(|role| match role {
            Role::Tick(mark) => Some(mark),
            _ => None,
        });
        let (mut ticked, mut crossed): (Vec<(Mark, String)>, Option<String>) = (Vec::new(), None);
        for (at, mark) in &columns {
            let title = self.cells.header.cells.get(*at).cloned().unwrap_or_default();
            match self.cells.at(*at).and_then(results::tick) {
                Some(true) => ticked.push((*mark, title)),
                Some(false) if *mark == Mark::Certified => crossed = Some(title),
                Some(false) | None => {}
            }
        }
        let titles: Vec<String> = ticked.iter().map(|(_, title)| format!("「{title}」")).collect();
        let why = format!("{}一栏打勾", titles.join(""));
        match ticked.first() {
            Some((mark, _)) if ticked.iter().all(|(other, _)| other == mark) => {
                Some(Some(Said { mark: *mark, answered: false, why }))
            }
            Some(_) => self.answer_of_which(&why),
            None => match crossed {
                Some(title) => {
                    Some(Some(Said { mark: Mark::Refused, answered: false, why: format!("「{title}」一栏打叉") }))
                }
                // A list that ticks the certified ones says nothing of one that it does not tick.
                None if columns.iter().any(|(_, mark)| *mark == Mark::Certified) && self.nothing_beside_ticks() => {
                    self.answer_of_which("各栏都没有打勾")
                }
                None => Some(None),
            },
        }
    }

    /// Whether no column of results is there that could say more than the ticks do.
    fn nothing_beside_ticks(&self) -> bool {
        !self.results.iter().any(|(at, role)| matches!(role, Role::Result(_)) && self.cells.at(at).is_some())
    }

    #[expect(clippy::option_option, reason = "nothing is said, or it is asked")]
    fn answer_of_which(&mut self, why: &str) -> Option<Option<Said>> {
        let id = format!("result:{}", fold::cut(&fold::key(&scrubbed(why)), 60));
        let Some(mark) = self.reader.answers.get(&id).and_then(Mark::of_code) else {
            self.which(why);
            return None;
        };
        Some(Some(Said { mark, answered: true, why: format!("{why},经办人说明") }))
    }

    /// What else of the row says how far its certification has come: a remark, a note beside the name, a reason, a state; `None` where that is asked.
    #[expect(clippy::option_option, reason = "nothing is said, or it is asked")]
    fn noted(&mut self) -> Option<Option<Said>> {
        let is_over = |mark: Mark| mark != Mark::Certified;
        if let Some(said) = self.beside_the_name() {
            return Some(Some(said));
        }
        let columns: Vec<(usize, Role)> = self.results.iter().collect();
        let mut inclusive = None;
        if let Some(said) = self.pointed_at()? {
            if is_over(said.mark) {
                return Some(Some(said));
            }
            inclusive = Some(said);
        }
        for (at, role) in columns {
            let Some(text) = self.cells.at(at).map(str::to_owned) else {
                // Of a list that says 普惠 of others nobody can tell what one is of which it says nothing.
                if role == Role::Nature && self.above_certifies_by_name_alone() {
                    let title = self.cells.header.cells.get(at).cloned().unwrap_or_default();
                    return self.answer_of_which(&format!("「{title}」为空"));
                }
                continue;
            };
            let title = self.cells.header.cells.get(at).cloned().unwrap_or_default();
            let why = format!("「{title}」写明「{}」", scrubbed(&fold::cut(&text, 40)));
            if let Some(mark) = self.answered_of(&text).filter(|_| !matches!(role, Role::Result(_) | Role::Tick(_))) {
                if is_over(mark) || role == Role::Nature {
                    return Some(Some(Said { mark, answered: true, why }));
                }
                continue;
            }
            let found = match role {
                Role::Result(_) | Role::Tick(_) => continue,
                Role::Remark => match verdicts::of_remark(&text) {
                    None if verdicts::is_unclear(&text, Stands::Remark) => Cell::Unclear,
                    found => Cell::of(found.filter(|mark| is_over(*mark))),
                },
                Role::Notice => match verdicts::of_cell(&text) {
                    Some(Mark::Proposed | Mark::Certified) => Cell::Nothing,
                    None if verdicts::is_unclear(&text, Stands::Status) => Cell::Unclear,
                    found => Cell::of(found),
                },
                Role::Whether(mark) => match results::tick(&text) {
                    Some(true) => Cell::Mark(mark),
                    Some(false) => Cell::Nothing,
                    None => verdicts::of_cell(&text).map_or(Cell::Unclear, Cell::Mark),
                },
                Role::Because(mark) => self.reason(mark, &text),
                Role::State if words_open(&text) => Cell::Nothing,
                Role::State => match verdicts::of_cell(&text) {
                    Some(mark) if is_over(mark) => Cell::Mark(mark),
                    Some(_) => Cell::Nothing,
                    None => Cell::Unclear,
                },
                Role::Grade => match verdicts::of_cell(&text) {
                    Some(mark) if is_over(mark) && results::certifies(&title) => Cell::Mark(mark),
                    Some(mark) if is_over(mark) => Cell::Unclear,
                    _ if verdicts::is_unclear(&text, Stands::Status) => Cell::Unclear,
                    _ => Cell::Nothing,
                },
                Role::Nature => match verdicts::of_cell(&text) {
                    Some(Mark::Certified) => {
                        inclusive = Some(Said { mark: Mark::Certified, answered: false, why: why.clone() });
                        Cell::Nothing
                    }
                    Some(mark) => Cell::Mark(mark),
                    None if text.contains("普惠") => Cell::Nothing,
                    None => Cell::Unclear,
                },
            };
            match found {
                Cell::Nothing => {}
                Cell::Mark(mark) => return Some(Some(Said { mark, answered: false, why })),
                Cell::Unclear => {
                    let stands = if role == Role::Remark { Stands::Remark } else { Stands::Status };
                    self.ask_status(&title, &text, stands);
                    return None;
                }
            }
        }
        Some(self.beside_the_address().or(inclusive))
    }

    /// Whether the list certifies by no more than that it is one of inclusive ones, or not at all.
    fn above_certifies_by_name_alone(&self) -> bool {
        self.above.mark.as_ref().is_none_or(|said| verdicts::of_title(&said.words).is_none())
    }

    /// What is given a reason for has come to pass: as the reason itself says, or else as its heading does. In a list of ended ones it explains the title.
    fn reason(&self, mark: Mark, text: &str) -> Cell {
        let title_says =
            self.above.mark.as_ref().is_some_and(|said| !matches!(said.value, Mark::Certified | Mark::Proposed));
        match results::tick(text) {
            Some(false) => return Cell::Nothing,
            Some(true) => return Cell::Mark(mark),
            None => {}
        }
        if verdicts::is_unclear(text, Stands::Status) {
            return Cell::Unclear;
        }
        if title_says {
            return Cell::Nothing;
        }
        Cell::Mark(verdicts::of_remark(text).filter(|own| *own != Mark::Certified).unwrap_or(mark))
    }

    /// What a sentence beside the table says of the row; `None` where that is asked.
    #[expect(clippy::option_option, reason = "nothing is said, or it is asked")]
    fn pointed_at(&mut self) -> Option<Option<Said>> {
        let Some(pointed) = self.pointed else { return Some(None) };
        let words = scrubbed(&fold::cut(&pointed.words, 60));
        let why = format!("表格旁写明「{words}」");
        match pointed.told {
            Told::NotNamed | Told::Excepted => Some(None),
            Told::Mark(mark) => Some(Some(Said { mark, answered: false, why })),
            Told::Unclear => {
                let id = format!("note:{}", fold::cut(&fold::key(&words), 40));
                match self.reader.answers.get(&id) {
                    Some(IGNORE) => return Some(None),
                    Some(answer) => {
                        if let Some(mark) = Mark::of_code(answer) {
                            return Some(Some(Said { mark, answered: true, why }));
                        }
                    }
                    None => {}
                }
                let ignore =
                    Choice { value: IGNORE.to_owned(), zh: "与认定无关,按标题和本行读取".to_owned() };
                self.ask(&id.clone(), || Question {
                    id,
                    zh: format!("{why},分不清指哪些行或是什么情况:这些网点是什么情况?只涉及其中几行的,请在备注栏逐行写明后重新导入"),
                    en: "a sentence beside the table speaks of rows and leaves open which, or what has become of them: what are these outlets?"
                        .to_owned(),
                    choices: kinds_to_choose().into_iter().chain([ignore]).collect(),
                    suggested: None,
                    rows: 0,
                });
                None
            }
        }
    }

    /// What ended is told beside the name as well: 己风托育园(注销).
    fn beside_the_name(&self) -> Option<Said> {
        let (_, beside) = fold::without_notes(&fold::key(self.cells.raw(Column::Name)));
        let mark = verdicts::of_cell(&beside).filter(|mark| *mark != Mark::Certified)?;
        Some(Said { mark, answered: false, why: format!("名称旁注明「{}」", fold::cut(beside.trim(), 20)) })
    }

    /// The same in or beside the address: 已停业, 大庆路3号(已关停).
    fn beside_the_address(&self) -> Option<Said> {
        let key = fold::key(self.cells.get(Column::Address)?);
        let (base, beside) = fold::without_notes(&key);
        let found = [base.trim(), beside.trim()].into_iter().find_map(|text| {
            let mark = verdicts::of_remark(text)?;
            (!matches!(mark, Mark::Certified | Mark::Proposed) && text.chars().count() <= NOTE_CHARS_MAX)
                .then(|| (mark, text.to_owned()))
        });
        let (mark, text) = found?;
        Some(Said { mark, answered: false, why: format!("地址写明「{}」", fold::cut(&text, 20)) })
    }

    /// What the officer has said that the list is.
    fn kind_beforehand(&mut self) -> Option<Mark> {
        let mark = self.reader.answers.get("kind").and_then(Mark::of_code)?;
        self.because(Column::Status, "经办人说明了名单的性质".to_owned());
        Some(mark)
    }

    /// What the officer says of a part of the list, or the question: what is said of one part holds for no other.
    fn kind_of_the_part(&mut self, words: &str, why: &str) -> Option<Mark> {
        let id = format!("title:{}", fold::cut(&scrubbed(&fold::key(words)), 40));
        if let Some(mark) = self.reader.answers.get(&id).and_then(Mark::of_code) {
            self.because(Column::Status, format!("{why},经办人说明"));
            return Some(mark);
        }
        let why = scrubbed(why);
        self.ask(&id.clone(), || Question {
            id,
            zh: format!("{why}:这一部分网点是什么情况?"),
            en: "what are the outlets of this part of the list? Its title leaves it open".to_owned(),
            choices: kinds_to_choose(),
            suggested: None,
            rows: 0,
        });
        None
    }

    /// What the officer says that the list is, or the question.
    fn kind_of_the_list(&mut self, why: Option<String>) -> Option<Mark> {
        if let Some(mark) = self.kind_beforehand() {
            return Some(mark);
        }
        let why = why.unwrap_or_else(|| "名单本身没有写明是否已经认定".to_owned());
        self.ask("kind", || Question {
            id: "kind".to_owned(),
            zh: format!("这份名单是什么名单?{why}"),
            en: "what is this a list of? It does not say whether the certifications are decided, or says two things"
                .to_owned(),
            choices: kinds_to_choose(),
            suggested: None,
            rows: 0,
        });
        None
    }
}

/// The name of the question what a cell's text means.
fn status_id(text: &str) -> String {
    format!("status:{}", fold::cut(&scrubbed(&fold::key(text)), 40))
}

/// What an officer is told of words that leave open how far a certification has come, after a comma; empty where nothing is to be told.
fn doubt(words: &str) -> String {
    doubts::told(words).map_or_else(String::new, |told| format!(",{told}"))
}

/// What a list can be of.
pub(crate) fn kinds_to_choose() -> Vec<Choice> {
    let choice = |mark: Mark, zh: &str| Choice { value: mark.code().to_owned(), zh: zh.to_owned() };
    vec![
        choice(Mark::Certified, "已认定"),
        choice(Mark::Proposed, "拟认定、公示中,尚未认定"),
        choice(Mark::Refused, "不予认定或暂缓"),
        choice(Mark::Revoked, "取消认定"),
        choice(Mark::Annulled, "撤销认定(自始不应认定)"),
        choice(Mark::Withdrawn, "自愿退出"),
        choice(Mark::Deregistered, "注销"),
        choice(Mark::Closed, "停办"),
        choice(Mark::Expired, "到期"),
    ]
}
