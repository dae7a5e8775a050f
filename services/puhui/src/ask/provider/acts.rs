//! What a provider's facts are called, each by its number, and which of them was corrected or overturned by another.

use api::audit::v1::event::Fact;
use api::audit::v1::{Commit, Event};
use api::words;
use serde_json::{Map, Value};

use crate::client::Failure;
use crate::json;

/// The facts told so far, each as it stands: its number is its place among those of the provider, whatever commits they stand in.
#[derive(Default)]
pub(super) struct Acts(Vec<Event>);

impl Acts {
    /// The facts of the next commit.
    pub(super) fn told(&mut self, commit: &Commit) -> Result<String, Failure> {
        let mut told = Vec::with_capacity(commit.events.len());
        for event in &commit.events {
            self.0.push(event.clone());
            let number = self.0.len();
            let Some(word) = event.fact.as_ref().and_then(|fact| words::fact(words::name_of(fact))) else { continue };
            told.push(format!("第{number}项{}{}", word.zh, self.of_another(event)?));
        }
        Ok(told.join("、"))
    }

    /// Which act it is about, where it corrects or overturns one.
    fn of_another(&mut self, event: &Event) -> Result<String, Failure> {
        match &event.fact {
            Some(Fact::ActCorrected(correction)) => {
                let named = self.named(correction.act);
                let Some(right) = correction.fact.as_deref() else { return Ok(format!(":{named}不再成立")) };
                let Some(stands) =
                    usize::try_from(correction.act).ok().and_then(|act| self.0.get_mut(act.checked_sub(1)?))
                else {
                    return Ok(format!(":{named}"));
                };
                let differs = differences(stands, right)?;
                *stands = right.clone();
                Ok(format!(":{named},{differs}"))
            }
            Some(Fact::ActOverturned(ruling)) => {
                Ok(format!(":{},至 {} 为止", self.named(ruling.act), ruling.overturned_on))
            }
            _ => Ok(String::new()),
        }
    }

    fn named(&self, act: u32) -> String {
        let fact = usize::try_from(act).ok().and_then(|act| self.0.get(act.checked_sub(1)?)?.fact.as_ref());
        let word = fact.and_then(|fact| words::fact(words::name_of(fact)));
        format!("第{act}项{}", word.map_or("", |word| word.zh))
    }
}

/// What a fact said, and what stands in its place.
fn differences(was: &Event, is: &Event) -> Result<String, Failure> {
    let (was, is) = (fields(was)?, fields(is)?);
    let differ = is.iter().filter(|(name, value)| was.get(*name) != Some(*value));
    let told = differ.map(|(name, value)| format!("{name} 原 {},改为 {}", text(was.get(name)), text(Some(value))));
    Ok(told.collect::<Vec<_>>().join(";"))
}

fn fields(event: &Event) -> Result<Map<String, Value>, Failure> {
    let odd = |error: serde_json::Error| Failure::unavailable(error.to_string());
    let whole: Map<String, Value> = serde_json::from_str(&json::line(event)?).map_err(odd)?;
    let mut facts = whole.into_iter().filter_map(|(_, fact)| match fact {
        Value::Object(fields) => Some(fields),
        _ => None,
    });
    Ok(facts.next().unwrap_or_default())
}

/// A value as people read it.
fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "无".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "无".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
