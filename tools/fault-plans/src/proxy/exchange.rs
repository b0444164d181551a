//! One call, from its arrival to its end.

use std::time::Instant;

use bytes::Bytes;
use http::StatusCode;
use http::response;
use http_body_util::BodyExt;
use tokio::time::sleep;

use super::answer::Answer;
use super::interceptor::{OnAnswer, OnArrival};
use super::kind;
use super::reply::{Left, Reply};
use super::route::{Exchange, Route};
use super::upstream::{UpstreamBody, UpstreamError};
use super::watch;

impl Exchange {
    /// Carries out what the interceptor says. Not to be cancelled when the caller goes.
    pub(super) async fn run(self, reply: Reply) {
        let verdict = self.route.interceptor.arrival(&self.arrival).await;
        self.route.journal.update(&self.arrival, |seen| seen.on_arrival = Some(verdict.clone()));
        match verdict {
            OnArrival::Pass => self.forward(Some(reply)).await,
            OnArrival::Cut => drop(reply),
            OnArrival::Hold(pause) => {
                sleep(pause).await;
                self.forward(Some(reply)).await;
            }
            OnArrival::Late(pause) => {
                drop(reply);
                sleep(pause).await;
                self.forward(None).await;
            }
            OnArrival::Answer(answer) => self.tell(reply, answer).await,
            OnArrival::Silence => reply.silence().await,
        }
    }

    async fn forward(&self, reply: Option<Reply>) {
        let ended = match self.route.upstream.send(&self.head, self.arrival.body.clone()).await {
            Ok((head, body)) if head.status == StatusCode::OK && kind::is_watch(&self.head) => {
                self.begin_watch(head, body, reply).await;
                Ok(())
            }
            Ok((head, body)) => self.finish(head, body, reply).await,
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            self.failed(&error);
        }
    }

    async fn finish(
        &self,
        head: response::Parts,
        body: UpstreamBody,
        reply: Option<Reply>,
    ) -> Result<(), UpstreamError> {
        let body = body.collect().await.map_err(UpstreamError::Read)?.to_bytes();
        let answer = answer(head, body);
        let verdict = self.decide_answer(&answer).await;
        if let Some(reply) = reply {
            self.carry_out(verdict, answer, reply).await;
        }
        Ok(())
    }

    async fn decide_answer(&self, answer: &Answer) -> OnAnswer {
        let (status, now) = (answer.status, Instant::now());
        self.route.journal.update(&self.arrival, |seen| seen.answered = Some((status, now)));
        let verdict = self.route.interceptor.answer(&self.arrival, answer).await;
        self.route.journal.update(&self.arrival, |seen| seen.on_answer = Some(verdict.clone()));
        verdict
    }

    async fn carry_out(&self, verdict: OnAnswer, answer: Answer, reply: Reply) {
        match verdict {
            OnAnswer::Pass => self.tell(reply, answer).await,
            OnAnswer::Cut => drop(reply),
            OnAnswer::Truncate => reply.half(answer),
            OnAnswer::Replace(instead) => self.tell(reply, instead).await,
            OnAnswer::Hold(pause) => {
                sleep(pause).await;
                self.tell(reply, answer).await;
            }
            OnAnswer::Silence => reply.silence().await,
        }
    }

    async fn begin_watch(&self, head: response::Parts, body: UpstreamBody, reply: Option<Reply>) {
        let head = answer(head, Bytes::new());
        let verdict = self.decide_answer(&head).await;
        let Some(reply) = reply else { return };
        if let OnAnswer::Hold(pause) = verdict {
            sleep(pause).await;
        }
        if let OnAnswer::Pass | OnAnswer::Hold(_) = verdict {
            let status = head.status;
            let (chunks, left) = reply.stream(head);
            watch::pass_on(self, body, chunks).await;
            self.await_delivery(status, left).await;
        } else {
            drop(body);
            self.carry_out(verdict, head, reply).await;
        }
    }

    async fn tell(&self, reply: Reply, answer: Answer) {
        let status = answer.status;
        let left = reply.whole(answer);
        self.await_delivery(status, left).await;
    }

    async fn await_delivery(&self, status: StatusCode, left: Left) {
        let Route { interceptor, journal, .. } = &*self.route;
        if left.await.is_err() {
            journal.caller_gone(self.arrival.number);
            return;
        }
        let now = Instant::now();
        journal.update(&self.arrival, |seen| seen.delivered = Some((status, now)));
        interceptor.delivered(&self.arrival).await;
    }
}

fn answer(head: response::Parts, body: Bytes) -> Answer {
    Answer { status: head.status, headers: head.headers, body }
}
