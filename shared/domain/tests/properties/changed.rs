//! A command with any one field changed is recorded or refused, never answered as one that is on record. The changes are made of the table of
//! the commands' fields, so that a field that is added is changed too.

use std::collections::BTreeSet;

use super::*;

/// Fields that say what follows from the record where they are left out: then nothing else is said.
const FOLLOWING: [&str; 10] = [
    "certification",
    "objection",
    "order",
    "suspension",
    "notice",
    "proposal",
    "breach",
    "bar_until",
    "particulars",
    "particulars.zone",
];

/// What a list may leave out of the particulars that stand on record, and the place that it may tell less closely: then nothing else is said.
const LEFT_OUT_BY_LISTS: [&str; 4] =
    ["particulars.address", "particulars.phone", "particulars.location", "particulars.operator_class"];

/// Whether a list leaves out what stands on record of the outlet.
fn says_less(path: &str, command: &Command, changed: &Command) -> bool {
    let (Command::RecordCertification(of), Command::RecordCertification(less)) = (command, changed) else {
        return false;
    };
    let place = |c: &domain::command::RecordCertification| c.particulars.as_ref().map(|of| of.division.clone());
    let is_closer = || {
        place(of).zip(place(less)).is_some_and(|(of, less)| {
            DivisionPrefix::parse(less.as_str()).is_ok_and(|area| area.holds(&of)) && of != less
        })
    };
    LEFT_OUT_BY_LISTS.contains(&path) && absent(changed) > absent(command)
        || path == "particulars.division" && is_closer()
}

/// A command by itself: the particulars that came along with one are asked about by themselves. Not in the form that is digested.
fn by_itself(command: &Command) -> String {
    let mut command = command.clone();
    match &mut command {
        Command::Apply(c) => c.particulars = None,
        Command::Certify(c) => c.particulars = None,
        Command::RecordCertification(c) => c.particulars = None,
        _ => {}
    }
    format!("{command:?}")
}

/// How many fields of a command say nothing.
fn absent(command: &Command) -> usize {
    format!("{command:?}").matches("None").count()
}

/// Whether a changed command leaves out some number, or the particulars, or their zone, and nothing else.
fn leaves_out(path: &str, command: &Command, changed: &Command, on_case: bool) -> bool {
    FOLLOWING.contains(&path)
        && absent(changed) > absent(command)
        && (path != "notice" || on_case || !matches!(changed, Command::Certify(_)))
}

/// One that was recorded, by whom, and what came of it.
struct Recorded {
    command: Command,
    bureau: &'static str,
    on_case: bool,
}

/// The changes of a recorded command that are answered as on record, though nobody recorded them.
fn taken_for_another(
    world: &World,
    state: &Provider,
    today: Day,
    recorded: &Recorded,
    said: &BTreeSet<String>,
) -> Vec<String> {
    let mut taken = Vec::new();
    for (path, changed) in recorded.command.changes() {
        let is_so = world.decide(state, recorded.bureau, today, &changed).is_ok_and(|events| events.is_empty());
        let leaves_out = leaves_out(&path, &recorded.command, &changed, recorded.on_case)
            || says_less(&path, &recorded.command, &changed);
        let came_along = path.starts_with("particulars.");
        if is_so && !leaves_out && (came_along || !said.contains(&by_itself(&changed))) {
            taken.push(format!("{path} of {:?}", recorded.command));
        }
    }
    taken
}

proptest! {
    // As many as PROPTEST_CASES says, 256 where it says nothing.
    #![proptest_config(ProptestConfig { max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn one_field_changed_is_never_what_is_on_record(
        start in any_day(),
        steps in proptest::collection::vec((any_step(), 0_u8..12), 1..40),
        asked_late in any::<prop::sample::Index>(),
    ) {
        let world = World::new();
        let mut today = start;
        let mut state = Provider::default();
        let mut said: BTreeSet<String> = BTreeSet::new();
        let mut all = Vec::new();
        let opening = [register(), pledge_as(PledgeForm { made_on: day("2026-02-11"), ..pledge_form(1) })];
        let opening = opening.map(|command| (Some(command), (0, 0, false, 0), today));
        let rest = steps.into_iter().map(|(step, days)| {
            today = today.plus_days(i64::from(days));
            (None, step, today)
        });
        let mut now = start;
        for (given, step, today) in opening.into_iter().chain(rest) {
            now = today;
            let command = given.unwrap_or_else(|| of_step(step, &state, today));
            let decided = ["everything", "lists"]
                .into_iter()
                .find_map(|bureau| Some((bureau, world.decide(&state, bureau, today, &command).ok()?)));
            // That a term has ended says nothing that could be changed but of which category.
            let Some((bureau, events)) = decided.filter(|_| !matches!(command, Command::RecordExpiry(_))) else { continue };
            if events.is_empty() {
                continue;
            }
            let case = |event: &Event| matches!(event, Event::Certified(e) if e.basis == CertificationBasis::Case);
            let on_case = events.iter().any(case);
            // As it was sent, with what it named by leaving it out, and as who leaves that out says it.
            said.insert(by_itself(&command));
            for event in &events {
                if let Ok(Redone { made_by: MadeBy::Provider(command), .. }) = command_of(std::slice::from_ref(event)) {
                    let less = command.changes().into_iter();
                    let less = less.filter(|(path, changed)| leaves_out(path, &command, changed, on_case));
                    said.extend(less.map(|(_, changed)| by_itself(&changed)));
                    said.insert(by_itself(&command));
                }
            }
            state = then(state, &events);
            let recorded = Recorded { command, bureau, on_case };
            let taken = taken_for_another(&world, &state, today, &recorded, &said);
            prop_assert!(taken.is_empty(), "answered as on record, and is not: {}", taken.join("\n"));
            all.push(recorded);
        }
        // Also long after, whatever has become of it.
        if !all.is_empty() {
            let taken = taken_for_another(&world, &state, now, asked_late.get(&all), &said);
            prop_assert!(taken.is_empty(), "answered as on record later, and is not: {}", taken.join("\n"));
        }
    }
}
