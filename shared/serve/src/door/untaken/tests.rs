//! The rooms, on a clock that stands while nobody waits for it.

use axum::body::Body;
use futures_util::FutureExt;
use tokio::time::advance;

use super::super::ahead::{Ahead, First, first};
use super::super::bounds::{Bounds, SHARED_AFTER, SLICE_BYTES, UNTAKEN_WAIT_MAX, WAITING_FOR_CALLERS_BYTES_MAX};
use super::super::roster::{Entered, Roster};
use super::*;
use crate::peer::Peer;

const SECOND: Duration = Duration::from_secs(1);
const KB: usize = 1000;
/// A page of a list.
const PAGE_BYTES: usize = 128 * 1024;
const LONG_BYTES: usize = 1024 * 1024;
/// A long record.
const RECORD_BYTES: usize = 12 * LONG_BYTES;

fn roster() -> Arc<Roster> {
    Roster::new(Bounds::new(65_536))
}

fn enter(roster: &Arc<Roster>, last: usize) -> Entered {
    let [.., high, low] = last.to_be_bytes();
    roster.enter(Peer::at(([198, 51, high, low], 1).into())).expect("there is room")
}

/// What waits on the connection for who speaks for itself alone.
fn own(entered: &Entered) -> Arc<Untaken> {
    entered.life.untaken_of(Holder::of(entered.life.peer))
}

fn made_of(untaken: &Arc<Untaken>, bytes: usize) -> Ahead {
    match first(&mut Body::from(vec![7; bytes]), untaken, true, None) {
        First::Ahead(Some(ahead)) => ahead,
        First::Ahead(None) | First::TooMuch(_) => panic!("it is told"),
    }
}

/// An answer of so many bytes, which is told however much waits.
fn made(entered: &Entered, bytes: usize) -> Ahead {
    made_of(&own(entered), bytes)
}

/// Answers that wait for a caller until it has no more.
fn filled_of(untaken: &Arc<Untaken>, bytes: usize) -> Vec<Ahead> {
    let of = Of::answer(ANSWER_BYTES + bytes);
    std::iter::from_fn(|| (!untaken.is_much(of)).then(|| made_of(untaken, bytes))).collect()
}

fn is_gone(entered: &Entered) -> bool {
    entered.life.dropped.notified().now_or_never().is_some()
}

/// Whether an answer that can wait finds room now.
fn has_room(entered: &Entered, bytes: usize) -> bool {
    matches!(first(&mut Body::from(vec![7; bytes]), &own(entered), false, None), First::Ahead(Some(_)))
}

type Waits = tokio::task::JoinHandle<Result<Option<Expected>, TooMuch>>;

/// Waits for room for so many bytes.
async fn waits(roster: &Arc<Roster>, entered: &Entered, bytes: usize) -> Waits {
    let (own, roster) = (own(entered), Arc::clone(roster));
    let waits = tokio::spawn(async move { own.room(Some(bytes), |of| roster.make_room(of)).await });
    settled().await;
    waits
}

/// So much time passes, on this clock at once.
#[expect(clippy::disallowed_methods, reason = "the clock stands: nobody waits")]
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

/// In which so many are taken at this rate.
fn time_of(bytes: usize, a_second: usize) -> Duration {
    SECOND * u32::try_from(bytes).unwrap() / u32::try_from(a_second).unwrap()
}

/// All that could go on has.
async fn settled() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

/// Nothing is held any more of anybody.
fn assert_empty(roster: &Roster) {
    let used = Of::ALL.map(|of| roster.rooms.space(of).used());
    assert_eq!(used, [0; 3]);
    assert!(roster.rooms.long().answers.is_empty());
}

/// So many who hold all the room of long answers.
fn holders(roster: &Arc<Roster>) -> (Vec<Entered>, Vec<Ahead>) {
    let number = LONG_ANSWERS_BYTES_MAX / RECORD_BYTES;
    let entered: Vec<_> = (0..number).map(|last| enter(roster, last)).collect();
    let held = entered.iter().map(|entered| made(entered, RECORD_BYTES)).collect();
    (entered, held)
}

/// Takes of each so many bytes at a time, at this rate, for so long; what stands still for a moment is taken later.
async fn read(held: &mut [&mut Ahead], bytes_a_second: usize, burst: usize, time: Duration) {
    let end = now() + time;
    while now() < end {
        for ahead in held.iter_mut() {
            for _ in 0..burst.div_ceil(SLICE_BYTES) {
                drop(ahead.next());
            }
        }
        pass(time_of(burst, bytes_a_second)).await;
        settled().await;
    }
}

#[tokio::test(start_paused = true)]
async fn answers_that_wait_are_bounded_on_a_connection_and_in_all() {
    let roster = roster();
    let one = enter(&roster, 1);
    let waiting = filled_of(&own(&one), PAGE_BYTES);
    assert_eq!(waiting.len(), ANSWERS_A_CONNECTION_BYTES_MAX.div_ceil(PAGE_BYTES + ANSWER_BYTES));
    assert!(own(&one).is_much(Of::Short) && !own(&one).is_much(Of::Long) && !has_room(&one, PAGE_BYTES));
    // An answer to a command is told all the same.
    drop((made(&one, PAGE_BYTES), waiting));
    assert_eq!(one.life.untaken.now(), 0);
    assert_empty(&roster);
    // Many connections of one address: some of them end, and nobody else's.
    let many: Vec<_> =
        (0..=SHORT_ANSWERS_BYTES_MAX / ANSWERS_A_CONNECTION_BYTES_MAX).map(|_| enter(&roster, 2)).collect();
    let of_one = filled_of(&own(&one), PAGE_BYTES);
    let mut held: Vec<_> = many.iter().map(|entered| filled_of(&own(entered), PAGE_BYTES)).collect();
    // So many that what waits on the others is no more than may, at once and not one after the other; and nobody else's.
    let (before, over) = (roster.len(), roster.rooms.over(Of::Short));
    let ended = over.div_ceil(many[0].life.untaken.now());
    roster.bound(Of::Short);
    assert_eq!(roster.len(), before - ended);
    roster.bound(Of::Short);
    assert_eq!(roster.len(), before - ended, "what they held goes with their tasks");
    assert!(!is_gone(&one) && many.iter().filter(|entered| is_gone(entered)).count() == ended);
    held.clear();
    roster.bound(Of::Short);
    assert_eq!(roster.len(), before - ended, "there is room again");
    drop(of_one);
    assert_empty(&roster);
}

/// Of one address some read and others take nothing: where all have too much those end who took too little for longest, however much more waits for
/// who reads; and from the half on each has one answer at a time.
#[tokio::test(start_paused = true)]
async fn who_takes_nothing_ends_before_who_reads() {
    let roster = roster();
    let idle: Vec<_> = (0..SHORT_ANSWERS_FREELY_BYTES / PAGE_BYTES).map(|_| enter(&roster, 1)).collect();
    let held: Vec<_> = idle.iter().map(|idle| made(idle, PAGE_BYTES)).collect();
    let reads = enter(&roster, 1);
    assert!(own(&reads).keep(1).is_some());
    assert!(own(&idle[0]).keep(1).is_none(), "it has one");
    let mut pages = Vec::new();
    while roster.rooms.over(Of::Short) == 0 {
        pages.push(made(&reads, PAGE_BYTES));
    }
    assert!(own(&reads).keep(1).is_none(), "and so has he by now");
    advance(PATIENCE_SHORT / 4 * 3).await;
    pages.drain(..4);
    pages.extend([(); 4].map(|()| made(&reads, PAGE_BYTES)));
    advance(2 * SECOND).await;
    roster.bound(Of::Short);
    assert!(!is_gone(&reads) && idle.iter().any(is_gone));
    drop((held, pages));
    assert_empty(&roster);
}

/// Behind a proxy that names its callers each has a bound of its own, and what ends where all together have too much is one caller's calls.
#[tokio::test(start_paused = true)]
async fn of_a_proxys_connection_one_callers_calls_end_and_no_others() {
    let proxies = crate::Proxies::new(&["192.0.2.1".parse().unwrap()], crate::ProxyHeader::default());
    let roster = Roster::new(Bounds { proxies, ..Bounds::new(65_536) });
    let proxy = roster.enter(Peer::at(([192, 0, 2, 1], 1).into())).expect("there is room");
    let known = |last: u8| Holder::of(Peer::at(([198, 51, 100, last], 1).into()));
    let number = u8::try_from(SHORT_ANSWERS_BYTES_MAX / ANSWERS_A_CONNECTION_BYTES_MAX).unwrap();
    let callers: Vec<_> = (0..=number).map(|last| proxy.life.untaken_of(known(last))).collect();
    let (last, many) = callers.split_last().unwrap();
    let mut waiting: Vec<_> = many.iter().map(|caller| filled_of(caller, PAGE_BYTES)).collect();
    assert!(many[0].is_much(Of::Short) && !last.is_much(Of::Short));
    assert!(matches!(last.room(None, drop).await, Ok(None)), "another on that connection is answered");
    let most = made_of(&callers[3], PAGE_BYTES);
    // Of each the calls that listen already, until they have ended.
    let mut listen: Vec<_> = callers.iter().map(|caller| Box::pin(caller.until_ended())).enumerate().collect();
    let mut gone = || -> Vec<usize> {
        let gone = listen.extract_if(.., |(_, ended)| ended.as_mut().now_or_never().is_some());
        gone.map(|(number, _)| number).collect()
    };
    assert!(gone().is_empty());
    roster.bound(Of::Short);
    assert_eq!(gone(), [3]);
    assert_eq!(roster.len(), 1);
    // Whoever listens only now hears it as well: the call that was too much is begun while its caller's end.
    assert!(callers[3].until_ended().now_or_never().is_some());
    // Nobody else goes while it is going.
    roster.bound(Of::Short);
    assert!(gone().is_empty());
    drop((waiting.remove(3), most));
    roster.bound(Of::Short);
    assert_eq!((gone(), roster.len()), (vec![], 1));
    // What comes later of that caller is counted anew, and goes on.
    assert!(proxy.life.untaken_of(known(3)).until_ended().now_or_never().is_none());
}

/// Who takes what it is sent, one answer now and then, gets room in the end, whoever came first before the others; who takes nothing does not.
#[tokio::test(start_paused = true)]
async fn a_call_waits_for_room_while_its_caller_takes_something() {
    let roster = roster();
    let one = enter(&roster, 1);
    let (untaken, mut waiting) = (own(&one), filled_of(&own(&one), LONG_BYTES));
    let bytes = untaken.held(Of::Long);
    assert!(matches!(untaken.room(Some(LONG_BYTES), drop).await, Err(TooMuch::OfHis)));
    let mut four = Vec::new();
    for _ in 0..4 {
        four.push(waits(&roster, &one, LONG_BYTES).await);
    }
    let mut got = Vec::new();
    for wait in four {
        // Later than the first would have given up, had nothing been taken.
        for _ in 0..UNTAKEN_LOOKS * 3 / 4 {
            pass(LOOK_EVERY).await;
        }
        assert!(!wait.is_finished());
        waiting.pop();
        got.push(wait.await.unwrap().expect("room"));
        settled().await;
    }
    assert_eq!(untaken.held(Of::Long), bytes - 4 * (LONG_BYTES + ANSWER_BYTES));
    assert!(untaken.room(Some(LONG_BYTES), drop).await.is_err(), "room is kept for those");
    drop(got);
    assert!(matches!(untaken.room(None, drop).await, Ok(None)));
    drop(waiting);
    assert_empty(&roster);
}

/// One answer is more than there is room for, and its caller takes longer to read it than one may take nothing: the next waits for him, until
/// enough of it is taken and not until all is.
#[tokio::test(start_paused = true)]
async fn who_takes_a_long_answer_slowly_takes_something() {
    const SLICES: usize = ANSWERS_A_CONNECTION_BYTES_MAX / SLICE_BYTES;
    let roster = roster();
    let one = enter(&roster, 1);
    let mut ahead = made(&one, 2 * ANSWERS_A_CONNECTION_BYTES_MAX);
    let waits = waits(&roster, &one, LONG_BYTES).await;
    // As long as one may wait in all, and no slice as late as one may take nothing.
    let pause = (ROOM_WAIT_MAX / 30 * 29) / u32::try_from(SLICES).unwrap();
    let (mut bytes, mut slices) = (0, 0);
    while let Some(slice) = ahead.next() {
        let slice = slice.unwrap().unwrap().into_data().unwrap();
        (bytes, slices) = (bytes + slice.len(), slices + 1);
        drop(slice);
        pass(pause).await;
        if slices < SLICES {
            assert!(!waits.is_finished(), "after {slices} slices");
        } else if slices > SLICES + 1 {
            assert!(waits.is_finished(), "after {slices} slices, with {} bytes waiting", own(&one).held(Of::Long));
        }
    }
    assert_eq!((bytes, slices), (2 * ANSWERS_A_CONNECTION_BYTES_MAX, 2 * SLICES));
    waits.await.unwrap().expect("room");
    assert!(ahead.is_told());
    drop(ahead);
    assert_empty(&roster);
}

/// Long answers of many callers are made while there is room for them; whoever comes then waits until some of it is taken. Who takes what he is sent
/// is not ended for it; of those who take nothing one is for who is next.
#[tokio::test(start_paused = true)]
async fn long_answers_wait_for_room_and_end_nobody_who_reads() {
    let roster = roster();
    let (in_it, mut held) = holders(&roster);
    let [first, second] = [100, 101].map(|last| enter(&roster, last));
    assert!(own(&first).keep(RECORD_BYTES).is_none() && !has_room(&first, LONG_BYTES));
    let one = waits(&roster, &first, RECORD_BYTES).await;
    let two = waits(&roster, &second, RECORD_BYTES).await;
    let all = roster.len();
    let mut reads: Vec<_> = held.iter_mut().collect();
    while !one.is_finished() {
        read(&mut reads, 2000 * KB, 2 * SLICE_BYTES, SECOND / 10).await;
    }
    let room = one.await.unwrap().expect("room").expect("kept");
    assert!(
        room.suffices(RECORD_BYTES) && roster.len() == all && !two.is_finished(),
        "the first that came is the first"
    );
    // From now on nobody takes anything but the first of them.
    let (reader, rest) = held.split_first_mut().unwrap();
    read(&mut [reader], 200 * KB, 12 * SLICE_BYTES, PATIENCE_LONG + AHEAD_MAX + 2 * LOOK_EVERY).await;
    let ended: Vec<_> = in_it.iter().map(is_gone).collect();
    assert!(!ended[0] && ended.iter().any(|gone| *gone), "{ended:?}");
    assert!(!is_gone(&first) && !is_gone(&second), "who waits takes nothing because there is nothing");
    drop((room, rest.len(), held));
    two.await.unwrap().expect("room");
    assert_empty(&roster);
}

/// Eight drip, calls of four are half sent, and one waits for a long answer: what is short is told at once.
#[tokio::test(start_paused = true)]
async fn what_is_short_waits_for_nothing_that_is_long_or_half_sent() {
    let roster = roster();
    let (_in_it, mut held) = holders(&roster);
    let waiting = enter(&roster, 100);
    let waits = waits(&roster, &waiting, RECORD_BYTES).await;
    let senders: Vec<_> = (0..4).map(|last| enter(&roster, 200 + last)).collect();
    let messages: Vec<_> = senders
        .iter()
        .flat_map(|sender| [(); 26].map(|()| Held::all_the_same(&own(sender), Of::Unbegun, 240 * 1024)))
        .collect();
    let asks = enter(&roster, 300);
    for _ in 0..20 {
        read(&mut held.iter_mut().collect::<Vec<_>>(), 10 * KB, SLICE_BYTES, SECOND).await;
        assert!(matches!(own(&asks).room(None, |_| ()).now_or_never(), Some(Ok(None))));
        assert!(has_room(&asks, 1) && has_room(&asks, PAGE_BYTES));
    }
    drop((messages, held));
    drop(waits.await);
    assert_empty(&roster);
}

/// Whether somebody is well is told at once also where as much waits of what is short as may.
#[tokio::test(start_paused = true)]
async fn what_is_little_is_told_to_who_has_nothing_else_however_much_waits() {
    let roster = roster();
    let many: Vec<_> = (0..SHORT_ANSWERS_BYTES_MAX / PAGE_BYTES).map(|last| enter(&roster, last)).collect();
    let held: Vec<_> = many.iter().map(|entered| made(entered, PAGE_BYTES)).collect();
    let asks = enter(&roster, 1000);
    assert!(matches!(own(&asks).room(None, |_| ()).now_or_never(), Some(Ok(None))));
    assert!(has_room(&asks, 100) && !has_room(&asks, PAGE_BYTES));
    let held_by_him = made(&asks, 100);
    assert!(!has_room(&asks, 100), "one at a time");
    // Of what he waits for those end who take nothing.
    let waits = waits(&roster, &asks, PAGE_BYTES).await;
    drop(held_by_him);
    pass(PATIENCE_SHORT + 2 * LOOK_EVERY).await;
    assert!(many.iter().any(is_gone) && !is_gone(&asks));
    drop(held);
    drop(waits.await);
    assert_empty(&roster);
}

/// Who holds all room and takes nothing of it ends, whatever others are answered meanwhile.
#[tokio::test(start_paused = true)]
async fn who_takes_nothing_ends_while_others_are_answered() {
    let roster = roster();
    let (in_it, held) = holders(&roster);
    let (waiting, asks) = (enter(&roster, 100), enter(&roster, 101));
    let waits = waits(&roster, &waiting, RECORD_BYTES).await;
    for _ in 0..30 {
        drop(made(&asks, 100));
        pass(SECOND / 10).await;
    }
    assert!(in_it.iter().any(is_gone));
    drop(held);
    drop(waits.await.unwrap().expect("room"));
    assert_empty(&roster);
}

/// Who drips ends within three seconds of somebody's waiting, and neither does who reads steadily, however the system hides what is on the way, nor
/// who holds what nobody waits for.
#[tokio::test(start_paused = true)]
async fn who_takes_less_than_the_least_ends_and_who_reads_steadily_does_not() {
    for (bytes_a_second, burst, ends) in [
        (10 * KB, SLICE_BYTES, true),
        (10 * KB, 400 * 1024, true),
        (80 * KB, 192 * 1024, false),
        (40 * KB, SLICE_BYTES, true),
        (128 * KB, SLICE_BYTES, false),
        (128 * KB, 192 * 1024, false),
        (128 * KB, 384 * 1024, false),
        (200 * KB, 192 * 1024, false),
        (200 * KB, 256 * 1024, false),
        (2000 * KB, 400 * 1024, false),
    ] {
        let roster = roster();
        let (in_it, mut held) = holders(&roster);
        let mut reads: Vec<_> = held.iter_mut().collect();
        read(&mut reads, bytes_a_second, burst, 3 * SECOND).await;
        assert!(!in_it.iter().any(is_gone), "nobody waits");
        let waiting = enter(&roster, 100);
        let waits = waits(&roster, &waiting, RECORD_BYTES).await;
        read(&mut reads, bytes_a_second, burst, 3 * SECOND).await;
        let ended = in_it.iter().any(is_gone);
        assert_eq!(ended, ends, "{bytes_a_second} bytes a second, {burst} at once");
        if !ends {
            read(&mut reads, bytes_a_second, burst, 10 * SECOND).await;
            assert!(!in_it.iter().any(is_gone), "{bytes_a_second} bytes a second, {burst} at once");
        }
        drop(held);
        drop(waits.await);
        assert_empty(&roster);
    }
}

/// That he sends, and takes what is short, is nothing that he takes of what is long.
#[tokio::test(start_paused = true)]
async fn who_sends_and_takes_what_is_short_takes_nothing_of_what_is_long() {
    let roster = roster();
    let (in_it, held) = holders(&roster);
    let waiting = enter(&roster, 100);
    let waits = waits(&roster, &waiting, RECORD_BYTES).await;
    let mut messages: Vec<_> =
        in_it.iter().map(|entered| Held::all_the_same(&own(entered), Of::Unbegun, AWAITED_BYTES)).collect();
    for bytes in 1..30 {
        pass(SECOND / 10).await;
        for (entered, message) in in_it.iter().zip(&mut messages) {
            message.grow_to(AWAITED_BYTES + 1000 * bytes);
            drop(made(entered, 100));
        }
    }
    assert!(in_it.iter().any(is_gone));
    drop((messages, held));
    drop(waits.await);
    assert_empty(&roster);
}

/// Of messages that do not come whole those end of who has most, and nobody's answers; of those who have as much, the oldest.
#[tokio::test(start_paused = true)]
async fn messages_end_of_who_holds_most_and_nobody_who_reads() {
    let roster = roster();
    let (in_it, long) = holders(&roster);
    let reads = enter(&roster, 100);
    let short = filled_of(&own(&reads), PAGE_BYTES);
    let sender = |last| {
        let entered = enter(&roster, last);
        (own(&entered), entered)
    };
    let honest = sender(200);
    let largest = Held::all_the_same(&honest.0, Of::Unbegun, AWAITED_BYTES + crate::REQUEST_BYTES_MAX);
    let many: Vec<_> = (0..16).map(|last| sender(300 + last)).collect();
    let mut held = Vec::new();
    for (untaken, _) in &many {
        held.push([(); 8].map(|()| Held::all_the_same(untaken, Of::Unbegun, 256 * 1024)));
        roster.bound(Of::Unbegun);
        advance(SECOND / 10).await;
    }
    // The last was too much.
    let ends = || many.iter().map(|(untaken, _)| untaken.ends_unbegun()).collect::<Vec<_>>();
    assert_eq!(ends().iter().position(|ends| *ends), Some(0), "{:?}", ends());
    assert_eq!(ends().iter().filter(|ends| **ends).count(), 1);
    assert!(many[0].0.until_unbegun_ends().now_or_never().is_some() && many[0].0.ends_messages());
    roster.bound(Of::Unbegun);
    assert_eq!(ends().iter().filter(|ends| **ends).count(), 1, "that goes, and no other meanwhile");
    assert!(!honest.0.ends_messages());
    held.remove(0);
    assert!(!many[0].0.ends_unbegun(), "what comes from now on is looked at anew");
    // One of so many ends by itself.
    let much = Held::all_the_same(&honest.0, Of::Unbegun, UNBEGUN_A_CONNECTION_BYTES_MAX);
    assert!(honest.0.ends_messages() && !many[1].0.ends_messages());
    assert!(!is_gone(&reads) && !in_it.iter().any(is_gone) && !many.iter().any(|(_, entered)| is_gone(entered)));
    drop((largest, much, held, short, long));
    assert_empty(&roster);
}

/// Who asks for several at once waits for his first while that waits for room: he has taken nothing because there was nothing.
#[tokio::test(start_paused = true)]
async fn who_was_sent_nothing_is_not_told_that_he_takes_nothing() {
    let roster = roster();
    let (_in_it, mut held) = holders(&roster);
    let asks = enter(&roster, 100);
    let mut calls = Vec::new();
    for _ in 0..3 {
        calls.push(waits(&roster, &asks, ANSWERS_A_CONNECTION_BYTES_MAX).await);
    }
    // Those who hold it read at a rate at which there is room after a while.
    while !calls[0].is_finished() {
        read(&mut held.iter_mut().collect::<Vec<_>>(), 100 * KB, SLICE_BYTES, SECOND).await;
    }
    drop(held);
    for call in calls {
        call.await.unwrap().expect("room");
    }
    assert_empty(&roster);
}

/// Where all take enough and one has several, who has none is let in for the youngest of those; of two who have one each nobody ends.
#[tokio::test(start_paused = true)]
async fn who_has_several_long_answers_gives_one_to_who_has_none() {
    let roster = roster();
    let number = LONG_ANSWERS_BYTES_MAX / RECORD_BYTES;
    let many: Vec<_> = (0..number - 1).map(|_| enter(&roster, 1)).collect();
    let other = enter(&roster, 2);
    let mut held: Vec<_> = many.iter().chain([&other]).map(|entered| made(entered, RECORD_BYTES)).collect();
    let (own_too, waiting) = (enter(&roster, 2), enter(&roster, 3));
    let his = waits(&roster, &waiting, RECORD_BYTES).await;
    read(&mut held.iter_mut().collect::<Vec<_>>(), 200 * KB, SLICE_BYTES, SHARED_AFTER / 5 * 4).await;
    assert!(!held.iter().any(Ahead::has_to_end));
    read(&mut held.iter_mut().collect::<Vec<_>>(), 200 * KB, SLICE_BYTES, 3 * SECOND).await;
    let ended: Vec<_> = held.iter().map(Ahead::has_to_end).collect();
    assert_eq!(ended.iter().position(|ends| *ends), Some(number - 2), "{ended:?}");
    assert_eq!(ended.iter().filter(|ends| **ends).count(), 1);
    drop(held.remove(number - 2));
    let his = his.await.unwrap().expect("room").expect("kept").made(RECORD_BYTES);
    // Who has one already waits like any other.
    let again = waits(&roster, &own_too, RECORD_BYTES).await;
    read(&mut held.iter_mut().collect::<Vec<_>>(), 200 * KB, SLICE_BYTES, 2 * SHARED_AFTER).await;
    assert!(!held.iter().any(Ahead::has_to_end) && !many.iter().chain([&other]).any(is_gone));
    drop((his, held));
    drop(again.await);
    assert_empty(&roster);
}

/// Whoever takes too little ends before whoever takes what he is sent, however many addresses he has and however little waits on each.
#[tokio::test(start_paused = true)]
async fn who_takes_nothing_ends_first_whatever_his_address() {
    let roster = roster();
    let reads = enter(&roster, 0);
    let mut pages = filled_of(&own(&reads), PAGE_BYTES);
    let many: Vec<_> = (1..=250).map(|last| enter(&roster, last)).collect();
    let held: Vec<_> = many.iter().map(|entered| made(entered, PAGE_BYTES)).collect();
    advance(PATIENCE_SHORT / 4 * 3).await;
    pages.drain(..8);
    advance(2 * SECOND).await;
    let over = roster.rooms.over(Of::Short);
    roster.bound(Of::Short);
    let ended = many.iter().filter(|entered| is_gone(entered)).count();
    println!("{ended} of who takes nothing ended, and who reads: {}", is_gone(&reads));
    assert!(roster.len() == 251 - ended && ended == over.div_ceil(PAGE_BYTES + ANSWER_BYTES));
    drop((pages, held));
    assert_empty(&roster);
}

/// A process that is stopped, or on a machine that is, finds all its times passed at once when it goes on.
#[tokio::test(start_paused = true)]
async fn that_the_process_stood_still_goes_untold_as_a_caller_that_takes_nothing() {
    let roster = roster();
    let one = enter(&roster, 1);
    let (untaken, mut waiting) = (own(&one), filled_of(&own(&one), LONG_BYTES));
    let wait = waits(&roster, &one, LONG_BYTES).await;
    advance(3 * UNTAKEN_WAIT_MAX).await;
    settled().await;
    assert!(!wait.is_finished());
    waiting.pop();
    wait.await.unwrap().expect("room");
    // Where it goes on and nothing is taken, the caller is told in time.
    waiting.extend(filled_of(&untaken, LONG_BYTES));
    let begun = now();
    assert!(untaken.room(Some(LONG_BYTES), drop).await.is_err());
    assert_eq!(now() - begun, UNTAKEN_WAIT_MAX);
    drop(waiting);
    // Nor does anybody end for it.
    let (in_it, held) = holders(&roster);
    let wait = waits(&roster, &one, RECORD_BYTES).await;
    advance(3 * PATIENCE_LONG).await;
    settled().await;
    assert!(!in_it.iter().any(is_gone));
    pass(2 * LOOK_EVERY).await;
    assert!(in_it.iter().any(is_gone));
    drop(held);
    drop(wait.await);
    assert_empty(&roster);
}

/// How one of many reads.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reads {
    Steadily,
    Drips,
    Never,
}

/// Numbers that come again with each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// One of them, for so long: waits for room, takes, or does not, and comes again; how often he was told all, how often he was not and how often he
/// ended.
async fn one_of_many(
    roster: Arc<Roster>,
    last: usize,
    reads: Reads,
    mut numbers: Numbers,
    time: Duration,
) -> [usize; 3] {
    let (mut told, mut not, mut ended) = (0, 0, 0);
    let (end, mut entered) = (now() + time, enter(&roster, last));
    while now() < end {
        let is_long = numbers.below(2) == 0;
        let bytes = if is_long { SLICED_BYTES + numbers.below(RECORD_BYTES) } else { 1 + numbers.below(SLICED_BYTES) };
        pass(time_of(numbers.below(1000), 1000)).await;
        let own = own(&entered);
        let Ok(room) = own.room(Some(ANSWER_BYTES + bytes), |of| roster.make_room(of)).await else {
            not += 1;
            continue;
        };
        let First::Ahead(Some(mut ahead)) = first(&mut Body::from(vec![7; bytes]), &own, true, room) else {
            panic!("it is told")
        };
        let takes = async {
            while !ahead.is_told() && !ahead.has_to_end() {
                let slice = ahead.next();
                pass(match reads {
                    Reads::Steadily => time_of(SLICE_BYTES, 300 * KB),
                    Reads::Drips => time_of(SLICE_BYTES, 10 * KB),
                    Reads::Never => 100 * SECOND,
                })
                .await;
                drop(slice);
            }
        };
        tokio::select! {
            () = takes => {}
            () = entered.life.dropped.notified() => {}
        }
        let is_gone = !ahead.is_told();
        (told, ended) = (told + usize::from(!is_gone), ended + usize::from(is_gone));
        drop(ahead);
        if is_gone {
            entered = enter(&roster, last);
        }
    }
    [told, not, ended]
}

/// Many at random: who reads steadily never ends, and is let in; who does not ends; nothing is held in the end.
#[tokio::test(start_paused = true)]
async fn of_many_at_random_nobody_ends_who_reads_and_nothing_is_left() {
    for seed in 1..=2 {
        let roster = roster();
        let kinds = [(Reads::Steadily, 6), (Reads::Drips, 10), (Reads::Never, 10)];
        let all = kinds.iter().flat_map(|(reads, number)| std::iter::repeat_n(*reads, *number)).enumerate();
        let all: Vec<_> = all
            .map(|(last, reads)| {
                let numbers = Numbers(seed * 1000 + u64::try_from(last).unwrap());
                let one = one_of_many(Arc::clone(&roster), last, reads, numbers, 60 * SECOND);
                (reads, tokio::spawn(one))
            })
            .collect();
        let looks = {
            let roster = Arc::clone(&roster);
            tokio::spawn(async move {
                loop {
                    let used: usize = Of::ALL.iter().map(|of| roster.rooms.space(*of).used()).sum();
                    assert!(used <= WAITING_FOR_CALLERS_BYTES_MAX, "{used} bytes");
                    // A short one finds room while there is some.
                    let asks = enter(&roster, 5000);
                    assert!(has_room(&asks, 1));
                    pass(SECOND / 7).await;
                }
            })
        };
        for (reads, one) in all {
            let [told, not, ended] = one.await.unwrap();
            println!("seed {seed}, {reads:?}: {told} told, {not} told to come again, {ended} ended");
            if reads == Reads::Steadily {
                assert!(told > 0 && not == 0 && ended == 0);
            }
        }
        assert!(!looks.is_finished());
        looks.abort();
        let _ = looks.await;
        assert_empty(&roster);
    }
}
