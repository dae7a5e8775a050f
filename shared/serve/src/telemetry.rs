//! What the operator of a service reads: one line an event on standard error, levels by `PUHUI_LOG`.

use tracing_subscriber::EnvFilter;

/// Starts logging. Called once, by `main`.
pub fn start() {
    let filter = EnvFilter::try_from_env("PUHUI_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sled=warn,fjall=warn,lsm_tree=warn"));
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(false);
    // A second start, as tests may cause, keeps the first.
    let _ = subscriber.try_init();
}
