//! Whether the operator says that it is alive, asked ten times a second.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;

const PERIOD: Duration = Duration::from_millis(100);

/// Longer than any probe of Kubernetes waits by default, which is a second.
const TOO_LONG: Duration = Duration::from_secs(2);

/// What `/healthz` answered so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    /// How often with which status; 0 stands for none in time.
    statuses: BTreeMap<u16, usize>,
    slowest: Duration,
}

pub(super) struct Pulse {
    answers: Arc<Mutex<Answers>>,
    task: JoinHandle<()>,
}

impl Pulse {
    /// Begins to ask.
    pub(super) fn take(health_url: &str) -> Self {
        let answers = Arc::new(Mutex::new(Answers::default()));
        let task = tokio::spawn(ask(format!("{health_url}/healthz"), answers.clone()));
        Self { answers, task }
    }

    /// Asks no more.
    pub(super) fn end(self) -> Answers {
        self.task.abort();
        self.answers.lock().unwrap().clone()
    }
}

async fn ask(url: String, answers: Arc<Mutex<Answers>>) {
    let client = reqwest::Client::builder().timeout(TOO_LONG).build().unwrap();
    let mut ticks = tokio::time::interval(PERIOD);
    loop {
        ticks.tick().await;
        let begin = Instant::now();
        let status = client.get(&url).send().await.map_or(0, |answer| answer.status().as_u16());
        let mut answers = answers.lock().unwrap();
        *answers.statuses.entry(status).or_default() += 1;
        answers.slowest = answers.slowest.max(begin.elapsed());
    }
}

impl Answers {
    /// It was asked for a minute at least, and always said yes.
    pub(super) fn is_steady(&self) -> bool {
        self.statuses.keys().eq(&[200]) && self.statuses.values().sum::<usize>() >= 500
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "/healthz by status {:?}, the slowest after {:?}", self.statuses, self.slowest)
    }
}
