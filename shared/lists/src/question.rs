//! What a list does not say and an officer has to: asked once a list, not once a row, and kept beside the list for its next edition.

use std::collections::BTreeMap;

use crate::fold;

/// Questions on the days of a list that have one name each: how its dates are written, which column holds the day of the decision, from which day a length
/// is counted, whether very long terms are right, and what the day is that a list of ended ones gives.
pub const OF_DAYS: [&str; 5] = ["date-order", "decided-column", "term-begins", "long-term", "ended-on"];

/// One question on a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its name in the file of answers, such as `category`, `place`, `kind`, `heading:办别`, `status:通过复核`.
    pub id: String,
    /// The question in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// What may be answered; empty where any text may.
    pub choices: Vec<Choice>,
    /// What the list suggests: a choice's value, or a text.
    pub suggested: Option<String>,
    /// How many rows wait for it.
    pub rows: u64,
}

/// What may be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What stands in the answer.
    pub value: String,
    /// What it means, in Chinese.
    pub zh: String,
}

/// Answers by question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<String, String>);

impl Answers {
    /// The answer to a question.
    pub fn get(&self, id: &str) -> Option<&str> {
        self.0.get(id).map(String::as_str)
    }

    /// Sets an answer; what was answered before gives way.
    pub fn set(&mut self, id: &str, answer: &str) {
        self.0.insert(id.to_owned(), answer.to_owned());
    }

    /// Every answer with its question's name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(id, answer)| (id.as_str(), answer.as_str()))
    }

    /// Takes others in, before which its own give way.
    pub fn take(&mut self, others: &Self) {
        self.0.extend(others.0.iter().map(|(id, answer)| (id.clone(), answer.clone())));
    }
}

impl Question {
    /// The choice that an answer means, by its value or by its words.
    pub fn choice(&self, answer: &str) -> Option<&Choice> {
        let key = fold::key(answer);
        self.choices.iter().find(|choice| fold::key(&choice.value) == key || fold::key(&choice.zh) == key)
    }
}

/// Questions as they come up while rows are read.
#[derive(Debug, Default)]
pub struct Asked(BTreeMap<String, Question>);

impl Asked {
    /// A row waits for this question.
    pub fn ask(&mut self, question: impl FnOnce() -> Question, id: &str) {
        self.0.entry(id.to_owned()).or_insert_with(question).rows += 1;
    }

    /// All of them by name.
    pub fn into_questions(self) -> Vec<Question> {
        self.0.into_values().collect()
    }
}
