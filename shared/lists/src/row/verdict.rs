//! How far a row's certification has come: by its own words, and by what stands above it.

use super::privacy::scrubbed;
use super::work::Work;
use crate::question::{Choice, Question};
use crate::reading::{Ending, Verdict};
use crate::words::headings::Column;
use crate::words::marks::Mark;
use crate::words::phrases::Place as Stands;
use crate::words::verdicts;
use crate::{dates, fold};

/// What an officer is told of words that leave open how far a certification has come.
const UNCLEAR: &str = "备案不是认定,拟取消尚未取消,暂停不是终止:仍有效的请选「已认定」,再另行登记暂停";

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
        if let Some(text) = self.cells.get(Column::Status).map(str::to_owned) {
            let shown = scrubbed(&fold::cut(&text, 40));
            let id = format!("status:{}", fold::cut(&scrubbed(&fold::key(&text)), 40));
            let answered = self.reader.answers.get(&id).and_then(Mark::of_code);
            let title = self.cells.title(Column::Status).to_owned();
            let Some(mark) = answered.or_else(|| verdicts::of_cell(&text)) else {
                let hint = if verdicts::is_unclear(&text, Stands::Status) { UNCLEAR } else { "" };
                self.ask(&id.clone(), || Question {
                    id,
                    zh: format!("「{title}」一栏写「{shown}」,是什么意思?{hint}"),
                    en: format!("what does \"{shown}\" under {title} mean?"),
                    choices: kinds_to_choose(),
                    suggested: None,
                    rows: 0,
                });
                return None;
            };
            // What was certified may have ended since: the remark that says so came later.
            if mark == Mark::Certified
                && let Some(text) = self.cells.get(Column::Remarks).map(str::to_owned)
                && let Some(noted) = verdicts::of_remark(&text).filter(|noted| *noted != Mark::Certified)
            {
                let remarks = self.cells.title(Column::Remarks).to_owned();
                let told = format!("「{title}」写明「{shown}」,「{remarks}」写明「{}」", fold::cut(&text, 40));
                if noted == Mark::Refused && answered.is_none() {
                    return self.kind_of_the_list(Some(scrubbed(&told)));
                }
                self.because(Column::Status, told);
                return Some(noted);
            }
            match above {
                Some(said) if mark == Mark::Certified && said.value == Mark::Proposed && answered.is_none() => {
                    let words = fold::cut(&said.words, 60);
                    self.because(Column::Status, format!("标题写明「{words}」,「{title}」写明「{shown}」:尚在公示"));
                    return Some(Mark::Proposed);
                }
                // The title lists what has ended, and the row says that it has not.
                Some(said) if mark == Mark::Certified && ended(said.value) && answered.is_none() => {
                    return self
                        .kind_of_the_list(Some(format!("标题写明「{}」,而「{title}」写明「{shown}」", said.words)));
                }
                _ => {}
            }
            self.because(Column::Status, format!("「{title}」写明「{shown}」"));
            return Some(mark);
        }
        let noted = self.cells.get(Column::Category).and_then(|text| {
            let (_, notes) = fold::without_notes(&fold::key(text));
            verdicts::of_cell(&notes)
        });
        if let Some(mark) = noted {
            if let Some(said) = above.as_ref().filter(|said| mark == Mark::Certified && ended(said.value)) {
                let why = format!("标题写明「{}」,而类别旁注明已认定", said.words);
                return self.kind_of_the_list(Some(why));
            }
            self.because(Column::Status, "类别旁注明".to_owned());
            return Some(mark);
        }
        if let Some(mark) = self.beside_the_name() {
            return Some(mark);
        }
        if let Some(text) = self.cells.get(Column::Remarks).map(str::to_owned)
            && let Some(mark) = verdicts::of_remark(&text)
        {
            let title = self.cells.title(Column::Remarks).to_owned();
            self.because(Column::Status, format!("「{title}」写明「{}」", fold::cut(&text, 40)));
            return Some(mark);
        }
        if let Some(mark) = self.kind_beforehand() {
            return Some(mark);
        }
        if let Some(said) = above {
            self.because(Column::Status, format!("标题写明「{}」", fold::cut(&said.words, 60)));
            return Some(said.value);
        }
        if let Some(words) = &self.above.unclear {
            return self.kind_of_the_list(Some(format!("标题写明「{}」,{UNCLEAR}", fold::cut(words, 60))));
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

    /// What ended is told beside the name as well: 己风托育园(注销).
    fn beside_the_name(&mut self) -> Option<Mark> {
        let (_, beside) = fold::without_notes(&fold::key(self.cells.raw(Column::Name)));
        let mark = verdicts::of_cell(&beside).filter(|mark| *mark != Mark::Certified)?;
        self.because(Column::Status, format!("名称旁注明「{}」", fold::cut(beside.trim(), 20)));
        Some(mark)
    }

    /// What the officer has said that the list is.
    fn kind_beforehand(&mut self) -> Option<Mark> {
        let mark = self.reader.answers.get("kind").and_then(Mark::of_code)?;
        self.because(Column::Status, "经办人说明了名单的性质".to_owned());
        Some(mark)
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
