//! A wire between a client and a server on this machine that can be cut and mended.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes on every byte between its own port and a server's while it is whole.
#[derive(Debug)]
pub struct Wire {
    port: u16,
    whole: Arc<watch::Sender<bool>>,
}

impl Wire {
    /// In front of the server on `port` of this machine.
    pub async fn new(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let whole = Arc::new(watch::Sender::new(true));
        let told = Arc::clone(&whole);
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let mut state = told.subscribe();
                tokio::spawn(async move {
                    // Whoever comes while it is cut is turned away at once, as by a machine that is gone from its address.
                    if !*state.borrow_and_update() {
                        return;
                    }
                    let Ok(mut server) = TcpStream::connect(("127.0.0.1", server)).await else { return };
                    // Either side's end, or a cut, ends both.
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = state.changed() => {}
                    }
                });
            }
        });
        Self { port, whole }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Ends every connection, and lets none come about.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Lets connections come about again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}
