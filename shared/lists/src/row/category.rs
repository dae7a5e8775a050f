//! What an outlet is certified as: by its own cell, by what the officer says, by the titles, by the heading of its name.

use domain::CategoryCode;

use super::privacy::scrubbed;
use super::work::Work;
use crate::lexicon::CategoryNames;
use crate::question::{Choice, Question};
use crate::words::headings::Column;
use crate::{fold, kinds, rule};

impl Work<'_, '_> {
    pub(super) fn category(&mut self) -> Option<CategoryCode> {
        let categories = self.reader.lexicon.categories;
        let own = self.cells.header.place(Column::Category).filter(|at| !self.results.is_result(Some(*at)));
        if let Some(text) = own.and_then(|at| self.cells.at(at)) {
            let text = text.to_owned();
            if fold::key(&text).contains('(') {
                self.keep(Column::Category);
            }
            let title = self.cells.title(Column::Category).to_owned();
            let id = format!("category:{}", fold::cut(&scrubbed(&fold::key(&text)), 40));
            let answered = self.reader.answers.get(&id).map(str::to_owned);
            if let Some(code) = answered.and_then(|answer| kinds::category(&answer, &title, categories).ok()) {
                self.because(Column::Category, format!("经办人说明「{}」的类别", fold::cut(&text, 40)));
                return Some(code);
            }
            return match kinds::category(&text, &title, categories) {
                Ok(category) => Some(category),
                Err(fault) if fault.rule == rule::CATEGORY_UNKNOWN => {
                    let shown = scrubbed(&fold::cut(&text, 40));
                    let suggested = self.category_by_name();
                    self.ask(&id.clone(), || Question {
                        id,
                        zh: format!("「{title}」一栏写「{shown}」,属于哪一类?"),
                        en: format!("which category is \"{shown}\" under {title}?"),
                        choices: categories_to_choose(categories),
                        suggested,
                        rows: 0,
                    });
                    None
                }
                Err(fault) => {
                    self.fault(fault);
                    None
                }
            };
        }
        let answered = self.reader.answers.get("category");
        if let Some(code) = answered.and_then(|answer| kinds::category(answer, "category", categories).ok()) {
            self.because(Column::Category, "经办人为整份名单选定".to_owned());
            return Some(code);
        }
        if let Some(said) = &self.above.category {
            self.because(Column::Category, format!("标题写明「{}」", fold::cut(&said.words, 60)));
            return Some(said.value.clone());
        }
        let heading = self.cells.title(Column::Name).to_owned();
        if let Some(code) = kinds::category_in_title(&heading, categories) {
            self.because(Column::Category, format!("名称一栏的表头为「{heading}」"));
            return Some(code);
        }
        // What stands under 其他 is of a category of its own: the answer holds for that group alone.
        let group = self.above.other.clone();
        let id = group.as_ref().map_or_else(|| "category".to_owned(), |group| format!("category:{group}"));
        let answered = self.reader.answers.get(&id).and_then(|answer| kinds::category(answer, &id, categories).ok());
        if let Some(code) = answered {
            self.because(Column::Category, "经办人说明这一组的类别".to_owned());
            return Some(code);
        }
        let suggested = self.category_by_name();
        let of_group = group.map(|group| format!("标题写「{group}」,没有写明类别;其下的网点属于哪一类?"));
        let zh = of_group.unwrap_or_else(|| "名单没有类别;这些网点属于哪一类?".to_owned());
        self.ask(&id.clone(), || Question {
            id,
            zh,
            en: "the list names no category: which one are its outlets of?".to_owned(),
            choices: categories_to_choose(categories),
            suggested,
            rows: 0,
        });
        None
    }

    /// What the outlet's name looks like: never more than what is suggested to the officer.
    fn category_by_name(&self) -> Option<String> {
        let found = kinds::category_in_title(self.cells.raw(Column::Name), self.reader.lexicon.categories)?;
        Some(found.to_string())
    }
}

/// The categories of the scheme.
fn categories_to_choose(categories: &[CategoryNames]) -> Vec<Choice> {
    categories.iter().map(|c| Choice { value: c.code.to_string(), zh: c.name.clone() }).collect()
}
