//! What stands above each row of a sheet's tables, made as the rows come: places, categories and terms of the titles that its nearest one stands under, and
//! how far the certifications have come by all titles so far.

use std::collections::HashMap;

use crate::context::Context;
use crate::kinds;
use crate::outline::{self, Step};
use crate::pointers::Pointers;
use crate::row::Reader;
use crate::standing::Standing;
use crate::tables::{Table, TableRow, Tables, Title};

/// What the titles say so far, and how many of them were taken in.
#[derive(Debug, Clone, Default)]
struct Taken {
    standing: Standing,
    next: usize,
    /// The line of the last one: a line of titles that stand over several tables is one.
    line: u64,
}

/// Goes along the tables of a file.
pub(crate) struct Above<'a> {
    found: &'a Tables<'a>,
    pointers: &'a [Pointers],
    reader: &'a Reader<'a>,
    /// The sheet under way, and how its titles stand.
    sheet: Option<usize>,
    steps: HashMap<u64, Step>,
    several: bool,
    /// How many tables of the sheet were begun.
    begun: usize,
    /// What holds at the first of several tables side by side.
    first: Taken,
    taken: Taken,
    /// How many titles of the sheet there are up to the nearest one of the last row of the table under way, and what stands above it.
    nearest: Option<usize>,
    context: Context,
    /// What stands above all titles of the table under way.
    outer: Option<Context>,
    /// The titles that the nearest one of the row before stands under, each with what holds by it and those before: rows have most of them in common.
    chain: Vec<(usize, Context)>,
}

impl<'a> Above<'a> {
    pub(crate) fn new(found: &'a Tables<'a>, pointers: &'a [Pointers], reader: &'a Reader<'a>) -> Self {
        Self {
            found,
            pointers,
            reader,
            sheet: None,
            steps: HashMap::new(),
            several: false,
            begun: 0,
            first: Taken::default(),
            taken: Taken::default(),
            nearest: None,
            context: Context::default(),
            outer: None,
            chain: Vec::new(),
        }
    }

    /// Begins the next table, in a sheet of that name.
    pub(crate) fn begin(&mut self, table: &Table<'_>, sheet: &str) {
        self.nearest = None;
        self.outer = None;
        if self.sheet != Some(table.sheet) {
            self.chain.clear();
            self.sheet = Some(table.sheet);
            self.begun = 0;
            self.steps = outline::of(self.found, table.sheet);
            self.several = self.found.tables.iter().any(|other| other.sheet != table.sheet)
                || self.steps.values().any(|step| step.begins);
            self.taken = Taken::default();
            let category = kinds::category_in_title(sheet, self.reader.lexicon.categories);
            self.taken.standing.take(sheet, Step::default(), category.as_ref());
        }
        if table.block == 0 {
            self.first = self.taken.clone();
        } else {
            self.taken = self.first.clone();
        }
        self.begun += 1;
    }

    /// What stands above a row of the table under way.
    pub(crate) fn of(&mut self, row: &TableRow<'_>, outer: impl FnOnce() -> Context) -> &Context {
        let nearest = row.title.map_or(0, |at| at + 1);
        if self.nearest != Some(nearest) {
            self.nearest = Some(nearest);
            let titles = self.sheet.map_or(&[][..], |sheet| &self.found.titles[sheet]);
            self.go(titles, nearest);
            let outer = self.outer.take().unwrap_or_else(outer);
            self.chain(titles, row.title, &outer);
            self.context = self.chain.last().map_or(&outer, |(_, context)| context).clone();
            self.context.terms_below.clone_from(&outer.terms_below);
            self.outer = Some(outer);
            self.context.stand(&self.taken.standing, self.several);
        }
        &self.context
    }

    /// Takes in all titles before a place that are of the table under way.
    fn go(&mut self, titles: &[Title], end: usize) {
        let Some(sheet) = self.sheet else { return };
        let table = self.begun - 1;
        for title in titles.get(self.taken.next..end).unwrap_or_default() {
            if title.own.is_some_and(|own| own != table) || self.taken.line == title.number {
                continue;
            }
            self.taken.line = title.number;
            // What of a title speaks of some rows alone holds for no other.
            let says = self.pointers[sheet].rest(title.number).unwrap_or(&title.text);
            if !says.is_empty() {
                let category = kinds::category_in_title(&title.text, self.reader.lexicon.categories);
                let step = self.steps.get(&title.number).copied().unwrap_or_default();
                self.taken.standing.take(says, step, category.as_ref());
            }
        }
        self.taken.next = self.taken.next.max(end);
    }

    /// Takes in the titles that the nearest one stands under, from the widest on.
    fn chain(&mut self, titles: &[Title], nearest: Option<usize>, outer: &Context) {
        let mut chain = Vec::new();
        let mut next = nearest;
        while let Some((at, title)) = next.and_then(|at| Some((at, titles.get(at)?))) {
            chain.push((at, title));
            next = title.under;
        }
        chain.reverse();
        let same = chain.iter().zip(&self.chain).take_while(|((at, _), (own, _))| at == own).count();
        self.chain.truncate(same);
        let categories = self.reader.lexicon.categories;
        for (at, title) in chain.into_iter().skip(same) {
            let mut context = self.chain.last().map_or(outer, |(_, context)| context).clone();
            if let Some(beside) = title.beside.and_then(|at| titles.get(at)) {
                context.beside(&beside.text, categories);
            }
            context.end(title.ends, &title.text);
            context.take(&title.text, categories);
            self.reader.hold(&mut context, &title.text);
            self.chain.push((at, context));
        }
    }
}
