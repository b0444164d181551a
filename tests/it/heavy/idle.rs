//! Nobody does anything.

use std::time::{Duration, Instant};

use super::cloud::counts;
use super::rest::{unfinished, until_rest};
use super::{apply, names, setup};
use crate::support::rig::Rig;

const OBJECTS: usize = 200;

const IDLE: Duration = Duration::from_mins(10);

#[tokio::test]
#[ignore = "a quarter of an hour; for the figure in docs/reliability.md"]
async fn two_hundred_objects_that_nobody_touches_stay_ready_for_ten_minutes_without_a_write() {
    let rig = Rig::with(setup()).await;
    apply(&rig, &names(OBJECTS)).await;
    until_rest(&rig).await;
    // What was held back of the making is written by then.
    rig.until_listed(2).await;

    let (writes, calls) = (rig.kubernetes_writes().len(), rig.journal().await.len());
    let begin = Instant::now();
    // A Ready that goes and comes back between two looks takes two writes of status, and none is allowed.
    rig.poll(
        "the time is over",
        async || (unfinished(&rig).await, begin.elapsed()),
        |(unfinished, age)| {
            assert_eq!(*unfinished, Vec::<String>::new(), "after {age:?}");
            *age >= IDLE
        },
    )
    .await;
    let writes = rig.kubernetes_writes().split_off(writes);
    let calls = rig.journal().await.split_off(calls);
    println!(
        "{OBJECTS} objects idle for {IDLE:?}: {} writes to Kubernetes; in the cloud\n{}",
        writes.len(),
        counts(&calls)
    );
    assert!(writes.is_empty(), "{writes:#?}");
    assert!(calls.iter().all(|call| call.operation.starts_with("List")), "{}", counts(&calls));
    rig.end().await;
}
