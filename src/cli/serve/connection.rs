//! Connections: not more than so many, and none that is silent for long.
//!
//! A client that waits for its picture is silent too, and may wait as long as the queue is: while a request is being answered, the
//! silence does not count.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

/// A connection over which nothing goes for so long is closed.
const SILENCE: Duration = Duration::from_mins(1);

/// A listener that takes a connection only when there is room for it; others wait in the system's queue.
#[derive(Debug)]
pub(super) struct Door {
    listener: TcpListener,
    room: Arc<Semaphore>,
    silence: Duration,
}

impl Door {
    pub(super) fn new(listener: TcpListener, most: usize) -> Self {
        Self { listener, room: Arc::new(Semaphore::new(most)), silence: SILENCE }
    }

    fn connection(&self, stream: TcpStream, permit: Option<OwnedSemaphorePermit>) -> Connection {
        let silence = Box::pin(sleep(self.silence));
        Connection { stream, silence, longest: self.silence, answering: Arc::default(), _permit: permit }
    }
}

impl Listener for Door {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // It is never closed; without a permit there is still a connection.
        let permit = Arc::clone(&self.room).acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        (self.connection(stream, permit), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// From where a request comes.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) address: SocketAddr,
    answering: Arc<AtomicUsize>,
}

impl Caller {
    /// Says that a request is being answered, until the result is dropped.
    pub(super) fn answering(&self) -> Answering {
        self.answering.fetch_add(1, Ordering::Relaxed);
        Answering(Arc::clone(&self.answering))
    }
}

/// While this lives, silence does not end the connection.
#[derive(Debug)]
pub(super) struct Answering(Arc<AtomicUsize>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Door>> for Caller {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        Self { address: *stream.remote_addr(), answering: Arc::clone(&stream.io().answering) }
    }
}

/// A connection that ends after a silence.
#[derive(Debug)]
pub(super) struct Connection {
    stream: TcpStream,
    silence: Pin<Box<Sleep>>,
    longest: Duration,
    /// How many requests are being answered.
    answering: Arc<AtomicUsize>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// What becomes of `poll`: going on ends the silence, and waiting too long ends the connection.
    fn heard<T>(&mut self, context: &mut Context<'_>, poll: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if poll.is_ready() {
            self.silence.as_mut().reset(Instant::now() + self.longest);
            return poll;
        }
        while self.silence.as_mut().poll(context).is_ready() {
            if self.answering.load(Ordering::Relaxed) == 0 {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.silence.as_mut().reset(Instant::now() + self.longest);
        }
        Poll::Pending
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.heard(context, poll)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.heard(context, poll)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Waits for what the client says.
    async fn hear(connection: &mut Connection) -> io::Result<()> {
        let mut byte = [0];
        let mut buffer = ReadBuf::new(&mut byte);
        std::future::poll_fn(|context| Pin::new(&mut *connection).poll_read(context, &mut buffer)).await
    }

    #[test]
    fn silence_ends_a_connection_unless_it_waits_for_an_answer() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let mut door = Door::new(listener, 2);
            door.silence = Duration::from_millis(50);
            let client = TcpStream::connect(Listener::local_addr(&door).unwrap()).await.unwrap();
            let (mut connection, address) = door.accept().await;
            let caller = Caller { address, answering: Arc::clone(&connection.answering) };
            let answering = caller.answering();
            let waited = tokio::time::timeout(Duration::from_millis(400), hear(&mut connection)).await;
            assert!(waited.is_err(), "it lasts as long as the answer takes");
            drop(answering);
            let ended = tokio::time::timeout(Duration::from_secs(20), hear(&mut connection)).await.unwrap();
            assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::TimedOut, "and then ends");
            drop(client);
        });
    }
}
