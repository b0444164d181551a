//! What was refused to one object: others go on, and it comes back in its time.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// A provider that refuses all objects but the good ones.
struct Provider {
    code: &'static str,
    refuses: bool,
    /// So many are let through all the same.
    room: usize,
    /// When each object called.
    calls: BTreeMap<String, Vec<Duration>>,
}

/// An object asks whenever it is requeued or its time has come, as the controller has it do.
struct Tenants {
    rig: Rig,
    began: Instant,
    due: BTreeMap<(Duration, String), ObjectId>,
    provider: Provider,
    /// Those that got what they wanted.
    done: BTreeSet<String>,
}

fn of(namespace: &str, name: &str) -> ObjectId {
    ObjectId { namespace: namespace.to_owned(), ..object(name) }
}

impl Tenants {
    fn refused(count: usize, code: &'static str) -> Self {
        let provider = Provider { code, refuses: true, room: 0, calls: BTreeMap::new() };
        let mut tenants = Self {
            rig: rig(Rates::documented()),
            began: Instant::now(),
            due: BTreeMap::new(),
            provider,
            done: BTreeSet::new(),
        };
        for n in 0..count {
            tenants.add("bad", &format!("bad-{n:04}"));
        }
        tenants
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn add(&mut self, namespace: &str, name: &str) {
        self.due.insert((self.now(), name.to_owned()), of(namespace, name));
    }

    fn try_once(&mut self, id: &ObjectId) {
        let now = self.now();
        if self.done.contains(&id.name) {
            return;
        }
        let request = Request { content: Content { request: 7, ..Content::default() }, ..request(CREATE, "") };
        match self.rig.scheduler.ask(id, request) {
            Ok(permit) => {
                self.provider.calls.entry(id.name.clone()).or_default().push(now);
                let is_refused = self.provider.refuses && id.namespace == "bad";
                if is_refused && self.provider.room == 0 {
                    permit.end(Err(&refused(CREATE, self.provider.code)));
                    self.due.insert((now, id.name.clone()), id.clone());
                } else {
                    self.provider.room -= usize::from(is_refused);
                    permit.end(Ok(()));
                    self.done.insert(id.name.clone());
                }
            }
            Err(NoPermit::Withheld { until, error }) => {
                assert!(error.is(self.provider.code), "it is told its own error");
                let until = Duration::try_from(until.duration_since(Timestamp::UNIX_EPOCH)).expect("it is later");
                self.due.insert((until, id.name.clone()), id.clone());
            }
            Err(NoPermit::Queued { .. }) => {}
            Err(NoPermit::Tripped { error, .. }) => panic!("{} is held up by another's {error}", id.name),
        }
    }

    /// Lets time pass in small steps.
    async fn run(&mut self, time: Duration) {
        let end = self.now() + time;
        while self.now() < end {
            while let Ok(id) = self.rig.requeued.try_recv() {
                self.try_once(&id);
            }
            let now = self.now();
            while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now) {
                let id = entry.remove();
                self.try_once(&id);
            }
            advance(Duration::from_millis(100)).await;
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// How often the bad ones called since then.
    fn calls_since(&self, since: Duration) -> usize {
        let bad = self.provider.calls.iter().filter(|(name, _)| name.starts_with("bad"));
        bad.flat_map(|(_, calls)| calls).filter(|call| **call >= since).count()
    }

    /// How long a good object waits for its call.
    async fn good(&mut self, name: &str) -> Duration {
        let began = self.now();
        self.add("good", name);
        self.run(seconds(2)).await;
        let called = self.provider.calls.get(name).and_then(|calls| calls.first());
        called.unwrap_or_else(|| panic!("{name} waits after two seconds")).checked_sub(began).unwrap()
    }
}

const CODES: [&str; 4] = ["IllegalParam.AddressIpVersion", "LoadBalancerNotFound", "Forbidden.RAM", "QuotaMisMatched"];

#[tokio::test(start_paused = true)]
async fn a_thousand_refused_objects_leave_four_fifths_of_the_rate_to_others_and_a_good_one_goes_at_once() {
    for code in CODES {
        let mut tenants = Tenants::refused(1000, code);
        tenants.run(seconds(390)).await;
        assert!(tenants.provider.calls.len() >= 1000, "{code}: each is tried once");
        for n in 0..3 {
            let waited = tenants.good(&format!("good-{n}")).await;
            assert!(waited <= seconds(1), "{code}: {waited:?}");
            tenants.run(seconds(30)).await;
        }
        let since = tenants.now();
        tenants.run(seconds(600)).await;
        let again = tenants.calls_since(since);
        assert!(again <= 2000 / 4, "{code}: {again} of 2,000 possible calls are repeated refusals");
    }
}

#[tokio::test(start_paused = true)]
async fn a_good_object_comes_next_in_a_rate_that_refused_ones_have_used_up() {
    let mut tenants = Tenants::refused(1000, "IllegalParam.AddressIpVersion");
    tenants.run(seconds(10)).await;
    assert_eq!(tenants.calls_since(Duration::ZERO), 200);
    tenants.add("good", "good");
    tenants.run(seconds(55)).await;
    let before = tenants.provider.calls["good"][0];
    let earlier = tenants.provider.calls.values().flatten().filter(|call| **call < before).count();
    assert!(earlier <= 201, "{earlier} calls came before it, of which 200 had been made");
}

#[tokio::test(start_paused = true)]
async fn a_refused_spec_is_tried_again_rarely_up_to_once_an_hour() {
    let mut tenants = Tenants::refused(1, "IllegalParam.AddressIpVersion");
    tenants.run(Duration::from_hours(6)).await;
    let calls = tenants.provider.calls["bad-0000"].clone();
    let pauses: Vec<u64> = calls.windows(2).map(|pair| pair[1].checked_sub(pair[0]).unwrap().as_secs()).collect();
    // Half-way between half of the step and all of it.
    assert_eq!(pauses[..4], [22, 45, 90, 180]);
    assert!(pauses[7..].iter().all(|pause| *pause == 2700), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn what_several_lack_is_found_out_by_one_of_them_within_a_minute_and_all_go_then() {
    for code in ["Forbidden.RAM", "NoPermission.ChangeResourceGroup", "IncorrectBusinessStatus.VpcEndpointService"] {
        let mut tenants = Tenants::refused(40, code);
        tenants.run(seconds(1800)).await;
        let since = tenants.now();
        tenants.provider.refuses = false;
        tenants.run(seconds(62)).await;
        assert_eq!(tenants.calls_since(since), 40, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_quota_with_room_for_one_costs_few_calls_in_vain_and_with_room_for_all_few_rounds() {
    let mut tenants = Tenants::refused(100, "QuotaMisMatched");
    tenants.run(seconds(1800)).await;
    let since = tenants.now();
    tenants.provider.refuses = false;
    tenants.run(seconds(62)).await;
    assert_eq!(tenants.calls_since(since), 100);

    let mut tenants = Tenants::refused(100, "QuotaMisMatched");
    tenants.run(seconds(1800)).await;
    let since = tenants.now();
    tenants.provider.room = 1;
    tenants.run(seconds(62)).await;
    assert_eq!(tenants.done.len(), 1);
    assert!(tenants.calls_since(since) <= 12, "{} calls for one place", tenants.calls_since(since));
}

#[tokio::test(start_paused = true)]
async fn the_one_that_finds_out_is_of_each_namespace_round_robin() {
    let mut rig = rig(Rates::documented());
    for (namespace, name) in [("a", "1"), ("a", "2"), ("a", "3"), ("b", "4")] {
        let permit = rig.scheduler.ask(&of(namespace, name), request(CREATE, "")).expect("not tripped");
        permit.end(Err(&refused(CREATE, "Forbidden.RAM")));
    }
    let mut order = Vec::new();
    for period in [15, 30, 60, 60, 60] {
        let requeued = rig.pass(seconds(period)).await;
        assert_eq!(requeued.len(), 1, "{order:?} {requeued:?}");
        order.extend(requeued);
    }
    assert_eq!(order, ["1", "4", "2", "4", "3"]);
}

#[tokio::test(start_paused = true)]
async fn an_edit_and_a_request_to_reconcile_are_a_new_beginning_and_a_change_in_the_cloud_is_worth_one_try() {
    let rig = rig(Rates::documented());
    let error = refused(UPDATE, "InvalidParameter");
    let ask = |content: Content| rig.scheduler.ask(&object("a"), Request { content, ..request(UPDATE, "epsrv-a") });
    let first = Content { revision: 1, request: 1, seen: 1 };
    ask(first).expect("nothing was refused").end(Err(&error));
    assert!(matches!(ask(first), Err(NoPermit::Withheld { .. })));
    // Another call of the object is another matter.
    assert!(ask(Content { request: 2, ..first }).is_ok());
    // Seen otherwise: once, and not at once, because it may be so each time.
    sleep(seconds(23)).await;
    ask(first).expect("the first delay has passed").end(Err(&error));
    assert!(matches!(ask(Content { seen: 2, ..first }), Err(NoPermit::Withheld { .. })));
    sleep(seconds(31)).await;
    ask(Content { seen: 2, ..first }).expect("the cloud shows something else").end(Err(&error));
    // A new beginning, at once.
    ask(Content { revision: 2, ..first }).expect("a person asked for it").end(Err(&error));
    sleep(seconds(23)).await;
    assert!(ask(Content { revision: 2, ..first }).is_ok(), "its delay is the first again");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_kept_of_objects_that_are_gone_nor_more_than_a_few_calls_of_one() {
    let rig = rig(Rates::documented().with(TAG, Rate { calls: 10_000, per: seconds(1) }));
    for n in 0..500_u64 {
        let content = Content { request: n, ..Content::default() };
        let permit = rig.scheduler.ask(&object("a"), Request { content, ..request(TAG, "epsrv-a") });
        permit.expect("each is another call").end(Err(&refused(TAG, "Forbidden.RAM")));
    }
    let kept = (0..500).filter(|n| {
        let content = Content { request: *n, ..Content::default() };
        let asked = rig.scheduler.ask(&object("a"), Request { content, ..request(TAG, "epsrv-a") });
        matches!(asked, Err(NoPermit::Withheld { .. }))
    });
    assert_eq!(kept.count(), 64);
    rig.scheduler.forget(&object("a"));
    assert!(rig.scheduler.shared.lock().remembers_nothing());
}
