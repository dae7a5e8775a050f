//! Steps between which others come first.

use std::cell::Cell;

/// Steps between two moments at which others come first; a step takes some microseconds at most.
const STEPS: u32 = 16;

thread_local! {
    static DONE: Cell<u32> = const { Cell::new(0) };
    static BESIDE: Cell<bool> = const { Cell::new(false) };
}

/// Says whether this thread works on rows beside those that serve. Rows that serve wait for nobody: where the processors are taken, who
/// yields waits a whole turn of each other thread.
pub(crate) fn set_beside(beside: bool) {
    BESIDE.set(beside);
}

/// Between two small steps of long work beside rows that serve: now and then lets those first who wait for this processor.
///
/// The layers took away every wait for a lock, and the idle scheduling class most waits for a processor; this is for what is left of
/// these. With that class one in a hundred questions still waited a millisecond for a building: Linux picks by what each has had of the
/// processor, and a thread of a building that has just woken is owed its share, which it then takes until the next tick. Where nobody
/// waits this costs a fraction of a microsecond.
pub(crate) fn step() {
    if !BESIDE.get() {
        return;
    }
    let done = DONE.get() + 1;
    if done < STEPS {
        return DONE.set(done);
    }
    DONE.set(0);
    std::thread::yield_now();
}
