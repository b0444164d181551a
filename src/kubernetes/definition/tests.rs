use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::FutureExt;
use futures::future::join_all;
use tokio::time::{advance, sleep};

use super::*;

/// Answers after 100 ms, and counts.
fn shared(answer: fn(usize) -> Result<Definition, KubernetesError>) -> (SharedDefinition, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let ask: Ask = Box::new(move || {
        let number = counted.fetch_add(1, Ordering::SeqCst);
        async move {
            sleep(Duration::from_millis(100)).await;
            answer(number)
        }
        .boxed()
    });
    (SharedDefinition::asking(ask, DefinitionReads::Needed), asked)
}

#[test]
fn only_an_answer_that_shows_the_definition_says_anything() {
    let sentence = || "forbidden".to_owned();
    let table = [
        (Ok(Definition::Stays), Definition::Stays),
        (Ok(Definition::Goes), Definition::Goes),
        (Err(KubernetesError::Gone), Definition::Unknown(DefinitionUnknown::Missing)),
        (Err(KubernetesError::Forbidden(sentence())), Definition::Unknown(DefinitionUnknown::Refused(sentence()))),
        (Err(KubernetesError::Unavailable(sentence())), Definition::Unknown(DefinitionUnknown::Unanswered)),
        (Err(KubernetesError::Invalid(sentence())), Definition::Unknown(DefinitionUnknown::Unanswered)),
        (Err(KubernetesError::Conflict), Definition::Unknown(DefinitionUnknown::Unanswered)),
    ];
    for (read, expected) in table {
        assert_eq!(definition(read), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn objects_that_are_deleted_at_once_share_one_read() {
    let (shared, asked) = shared(|_| Ok(Definition::Stays));
    let began = Instant::now();
    // Whoever comes in the moment of the first question cannot know whether it was before.
    let uids: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
    let answers = join_all(uids.iter().map(|uid| shared.of_kind(uid))).await;
    assert!(answers.iter().all(|answer| *answer == Definition::Stays));
    assert!(asked.load(Ordering::SeqCst) <= 2, "{asked:?}");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_older_than_the_moment_in_which_the_mark_was_seen() {
    let (shared, asked) = shared(|number| Ok(if number == 0 { Definition::Stays } else { Definition::Goes }));
    assert_eq!(shared.of_kind("first").await, Definition::Stays);
    advance(Duration::from_millis(1)).await;
    assert_eq!(shared.of_kind("first").await, Definition::Stays, "good for a while");
    assert_eq!(shared.of_kind("second").await, Definition::Goes, "the kind was marked with it");
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test(start_paused = true)]
async fn an_object_is_asked_about_again_and_not_more_often_than_once_a_second() {
    let (shared, asked) = shared(|_| Err(KubernetesError::Unavailable(String::new())));
    let began = Instant::now();
    while began.elapsed() < Duration::from_mins(1) {
        shared.of_kind("patient").await;
        shared.forget("other");
        shared.of_kind("other").await;
        sleep(Duration::from_millis(10)).await;
    }
    let asked = asked.load(Ordering::SeqCst);
    assert!((50..=60).contains(&asked), "{asked} times in a minute");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_asked_without_need() {
    let (shared, asked) = shared(|_| Ok(Definition::Goes));
    let shared = SharedDefinition { reads: DefinitionReads::Ignored, ..shared };
    assert_eq!(shared.of_kind("any").await, Definition::Stays);
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_remembered_of_an_object_that_is_gone() {
    let (shared, _) = shared(|_| Ok(Definition::Stays));
    shared.of_kind("any").await;
    shared.forget("any");
    assert_eq!(lock(&shared.marked).len(), 0);
}
