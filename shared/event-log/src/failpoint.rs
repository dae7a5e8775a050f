//! Sudden ends on purpose, for the crash suite: in debug builds the process aborts where it is told to, at the arrows of the write
//! path. Release builds hold none of this.

/// Ends the process here, without unwinding or flushing, if `PUHUI_FAILPOINT` names this point and its count has come:
/// `stored:17` ends it at the 17th time.
#[inline]
pub fn reach(point: &str) {
    #[cfg(debug_assertions)]
    told::reach(point);
    #[cfg(not(debug_assertions))]
    let _ = point;
}

#[cfg(debug_assertions)]
mod told {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};

    static TOLD: OnceLock<Option<(String, u32)>> = OnceLock::new();
    static TIMES: AtomicU32 = AtomicU32::new(0);

    pub(super) fn reach(point: &str) {
        let told = TOLD.get_or_init(|| {
            let told = std::env::var("PUHUI_FAILPOINT").ok()?;
            let (name, count) = told.split_once(':')?;
            Some((name.to_owned(), count.parse().ok()?))
        });
        if let Some((name, count)) = told
            && name == point
            && TIMES.fetch_add(1, Ordering::Relaxed) + 1 == *count
        {
            std::process::abort();
        }
    }
}
