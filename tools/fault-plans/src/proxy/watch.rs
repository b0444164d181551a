//! A watch: events passed on one by one.

use std::future::pending;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use tokio::sync::mpsc::Sender;
use tokio::time::{Instant, sleep, sleep_until};

use super::body::Cut;
use super::event;
use super::interceptor::OnEvent;
use super::lines::Lines;
use super::route::Exchange;
use super::upstream::{UpstreamBody, UpstreamError};

/// The watch is over for its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    /// The interceptor has ended it.
    Ended,
    /// Nobody listens any more.
    CallerGone,
}

/// Passes events on until either side ends, or the interceptor does. The upstream's connection ends with this.
pub(super) async fn pass_on(exchange: &Exchange, mut body: UpstreamBody, chunks: Sender<Result<Bytes, Cut>>) {
    let mut events = Events { exchange, chunks, nth: 0, swapped: Vec::new(), end: None };
    let mut lines = Lines::default();
    loop {
        let frame = tokio::select! {
            frame = body.frame() => frame,
            () = events.chunks.closed() => return,
            () = at(events.end) => return,
        };
        match frame {
            Some(Ok(frame)) => lines.push(frame.data_ref().unwrap_or(&Bytes::new())),
            // Where the upstream breaks, the caller sees a break.
            Some(Err(error)) => return events.cut(UpstreamError::Read(error)).await,
            None => return events.rest(lines.rest()).await,
        }
        while let Some(line) = lines.next() {
            if events.decide(line).await.is_err() {
                return;
            }
        }
    }
}

/// The events of one watch.
struct Events<'a> {
    exchange: &'a Exchange,
    chunks: Sender<Result<Bytes, Cut>>,
    nth: usize,
    /// What waits for the next event that is passed on.
    swapped: Vec<Bytes>,
    /// When the interceptor wants the watch to end.
    end: Option<Instant>,
}

/// Never, if there is no such time.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => pending().await,
    }
}

impl Events<'_> {
    async fn decide(&mut self, line: Bytes) -> Result<(), Over> {
        let route = &self.exchange.route;
        self.nth += 1;
        let event = route.journal.event(&self.exchange.arrival, self.nth, event::read(line.clone()));
        let verdict = route.interceptor.event(&self.exchange.arrival, &event).await;
        route.journal.on_event(event.number, verdict.clone());
        match verdict {
            OnEvent::Pass => self.pass(line).await,
            OnEvent::Drop => Ok(()),
            OnEvent::Repeat => self.pass([line.clone(), line].concat().into()).await,
            OnEvent::Hold(pause) => self.hold(line, pause).await,
            OnEvent::Swap => {
                self.swapped.push(line);
                Ok(())
            }
            OnEvent::Instead(line) => self.pass(line).await,
            OnEvent::End => Err(Over::Ended),
            OnEvent::PassThenEnd(rest) => {
                self.end_after(rest);
                self.pass(line).await
            }
            OnEvent::DropThenEnd(rest) => {
                self.end_after(rest);
                Ok(())
            }
            OnEvent::SwapThenEnd(rest) => {
                self.end_after(rest);
                self.swapped.push(line);
                Ok(())
            }
        }
    }

    async fn hold(&mut self, line: Bytes, pause: Duration) -> Result<(), Over> {
        tokio::select! {
            () = sleep(pause) => self.pass(line).await,
            () = self.chunks.closed() => Err(Over::CallerGone),
        }
    }

    /// The first end that is wanted is the one that comes.
    fn end_after(&mut self, rest: Duration) {
        self.end.get_or_insert(Instant::now() + rest);
    }

    async fn pass(&mut self, lines: Bytes) -> Result<(), Over> {
        self.send(Ok(lines)).await?;
        for late in std::mem::take(&mut self.swapped) {
            self.send(Ok(late)).await?;
        }
        Ok(())
    }

    async fn send(&self, chunk: Result<Bytes, Cut>) -> Result<(), Over> {
        self.chunks.send(chunk).await.map_err(|_| Over::CallerGone)
    }

    async fn cut(self, error: UpstreamError) {
        self.exchange.failed(&error);
        // Nobody listens: then there is nobody to be cut off.
        let _ = self.send(Err(Cut)).await;
    }

    /// A line that the upstream never finished.
    async fn rest(self, rest: Bytes) {
        if !rest.is_empty() {
            // Nobody listens: then nobody misses it.
            let _ = self.send(Ok(rest)).await;
        }
    }
}
