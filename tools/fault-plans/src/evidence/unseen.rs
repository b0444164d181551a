//! What a process cannot know of the one before it.
//!
//! The provider's lists lag, and what a process remembers of its own calls dies with it. A process that takes its place reads a list that
//! is from before those calls, plans what they have done already, and does it again: a tag, an attribute, a create under the same token. It
//! could not know better, and it does no harm, because every step says what shall be, not what shall change. So each call that no list shows yet
//! explains one more, and each one that a list shows explains none.

use std::time::{Duration, Instant};

use crate::proxy::writes;
use crate::proxy::{OnArrival, Seen};

/// What a process begins with.
const LIST: &str = "LIST vpcendpointservices";

/// When the process began that came after each of these deaths: it lists the objects before it calls the cloud. What a dead process had sent
/// may be read a little after its death.
pub(super) fn begun(kubernetes: &[Seen], deaths: &[Instant]) -> Vec<Instant> {
    let lists = || kubernetes.iter().filter(|call| call.kind == LIST).map(|call| call.at);
    deaths.iter().map(|death| lists().filter(|at| at > death).min().unwrap_or(*death)).collect()
}

/// How many calls that change something were made before one of these beginnings, and were shown by no list that was read after it.
pub(super) fn count(calls: &[Seen], begun: &[Instant], lag: Duration) -> usize {
    let unseen_at = |begun: &Instant| calls.iter().filter(|call| is_unseen(call, *begun, lag)).count();
    begun.iter().map(unseen_at).sum()
}

fn is_unseen(call: &Seen, begun: Instant, lag: Duration) -> bool {
    // Where it had an effect, that was before the answer; where there is none, nobody knows when.
    let is_shown = call.answered.is_some_and(|(_, at)| at + lag <= begun);
    let has_arrived = call.on_arrival != Some(OnArrival::Cut);
    writes(call.side, &call.kind.0) && call.at <= begun && has_arrived && !is_shown
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use http::{Method, StatusCode};

    use super::{begun, count};
    use crate::proxy::{CallKind, OnArrival, Seen, Side};

    const LAG: Duration = Duration::from_millis(100);

    /// A call that was answered so long after its beginning, in milliseconds.
    fn call(kind: &str, at: Instant, answered: Option<u64>) -> Seen {
        Seen {
            side: Side::Cloud,
            kind: CallKind(kind.to_owned()),
            object: None,
            nth: 1,
            number: 1,
            method: Method::POST,
            path_and_query: "/".to_owned(),
            at,
            on_arrival: Some(OnArrival::Pass),
            answered: answered.map(|millis| (StatusCode::OK, at + Duration::from_millis(millis))),
            on_answer: None,
            delivered: None,
            caller_gone: None,
            failure: None,
        }
    }

    #[test]
    fn what_a_list_shows_already_explains_nothing() {
        let begin = Instant::now();
        let next = begin + Duration::from_millis(200);
        let counted = |call: Seen| count(&[call], &[next], LAG);
        assert_eq!(counted(call("TagResources", begin, Some(100))), 0);
        assert_eq!(counted(call("TagResources", begin, Some(101))), 1);
        assert_eq!(counted(call("TagResources", begin, Some(500))), 1, "it arrived after the next process");
        assert_eq!(counted(call("TagResources", begin, None)), 1, "it has no answer");
        assert_eq!(counted(call("ListVpcEndpointServices", begin, None)), 0, "it changes nothing");
        assert_eq!(counted(call("TagResources", next + LAG, Some(1))), 0, "the next process made it");
        assert_eq!(counted(Seen { on_arrival: Some(OnArrival::Cut), ..call("TagResources", begin, None) }), 0);
    }

    #[test]
    fn a_process_begins_with_its_first_list() {
        let death = Instant::now();
        let after = |kind, millis| call(kind, death + Duration::from_millis(millis), Some(1));
        let before = call(super::LIST, death, Some(1));
        let calls = [before, after("PATCH vpcendpointservices", 1), after(super::LIST, 30), after(super::LIST, 60)];
        assert_eq!(begun(&calls, &[death]), [death + Duration::from_millis(30)]);
        assert_eq!(begun(&calls[..2], &[death]), [death]);
    }

    #[test]
    fn every_call_counts_for_every_process_that_follows() {
        let begin = Instant::now();
        let calls = [call("TagResources", begin, Some(10)), call("UntagResources", begin, Some(20))];
        let after = |millis| begin + Duration::from_millis(millis);
        assert_eq!(count(&calls, &[], LAG), 0);
        assert_eq!(count(&calls, &[after(50)], LAG), 2);
        assert_eq!(count(&calls, &[after(50), after(115)], LAG), 3);
    }
}
