//! What a command does while its commit is stored, so that it is answered sooner: one that is alone. Where there are many, what one does meanwhile
//! another waits for.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

/// A command that is under way, until it is dropped.
pub(crate) struct UnderWay<'n> {
    number: &'n AtomicUsize,
}

impl<'n> UnderWay<'n> {
    /// One more of these.
    pub(crate) fn among(number: &'n AtomicUsize) -> Self {
        number.fetch_add(1, Ordering::Relaxed);
        Self { number }
    }

    /// Whether there is no other.
    pub(crate) fn is_alone(&self) -> bool {
        self.number.load(Ordering::Relaxed) == 1
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.number.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What was to be done, and was or is left.
pub(crate) struct Meanwhile<F, T> {
    left: Option<F>,
    done: Option<T>,
}

impl<F: FnOnce() -> T, T> Meanwhile<F, T> {
    /// What comes of it. Always something: it is done now where it was not.
    pub(crate) fn outcome(self) -> Option<T> {
        self.done.or_else(|| self.left.map(|left| left()))
    }
}

/// Waits for `stored`, and does the other meanwhile if there is time: after whatever sends what is to be stored has had its turn.
pub(crate) async fn meanwhile<S, F: FnOnce() -> T, T>(
    mut stored: Pin<&mut impl Future<Output = S>>,
    what: F,
    has_time: bool,
) -> (S, Meanwhile<F, T>) {
    let (mut of, mut has_let_others) = (Meanwhile { left: Some(what), done: None }, false);
    let stored = poll_fn(|cx| {
        if let Poll::Ready(stored) = stored.as_mut().poll(cx) {
            return Poll::Ready(stored);
        }
        if has_time && of.left.is_some() {
            if std::mem::replace(&mut has_let_others, true) {
                of.done = of.left.take().map(|what| what());
            } else {
                cx.waker().wake_by_ref();
            }
        }
        Poll::Pending
    })
    .await;
    (stored, of)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicBool;

    use super::*;

    /// Done once, and only while it waits where it has time.
    #[tokio::test]
    async fn it_is_done_while_it_waits_or_afterwards_and_once() {
        for (has_time, waits, is_done_meanwhile) in [(true, 2, true), (true, 0, false), (false, 2, false)] {
            let done = AtomicBool::new(false);
            let mut left = waits;
            let stored = poll_fn(|cx| {
                if left == 0 {
                    return Poll::Ready(done.load(Ordering::Relaxed));
                }
                left -= 1;
                cx.waker().wake_by_ref();
                Poll::Pending
            });
            let what = || assert!(!done.swap(true, Ordering::Relaxed), "twice");
            let (was_done, of) = meanwhile(std::pin::pin!(stored), what, has_time).await;
            assert_eq!(was_done, is_done_meanwhile, "{has_time} {waits}");
            assert_eq!(of.outcome(), Some(()));
            assert!(done.into_inner());
        }
    }

    #[test]
    fn one_is_alone_until_another_comes_and_once_it_has_gone() {
        let number = AtomicUsize::new(0);
        let one = UnderWay::among(&number);
        assert!(one.is_alone());
        let two = UnderWay::among(&number);
        assert!(!one.is_alone());
        drop(two);
        assert!(one.is_alone());
    }
}
