//! Crowds: many objects at once, each of which comes when it is requeued.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// An object that wants one call of one operation and comes whenever it is requeued.
async fn get_through(
    rig: &Scheduler,
    bell: &mut UnboundedReceiver<()>,
    id: &ObjectId,
    operation: ApiOperation,
) -> Instant {
    loop {
        if let Ok(permit) = rig.ask(id, request(operation, &id.name)) {
            let began = Instant::now();
            permit.call(async { Ok(()) }).await.expect("the call is made up");
            return began;
        }
        bell.recv().await.expect("the porter lives as long as the test");
    }
}

/// Hands every requeue to the object that it is for.
async fn porter(
    mut requeued: UnboundedReceiver<ObjectId>,
    bells: HashMap<ObjectId, tokio::sync::mpsc::UnboundedSender<()>>,
) {
    while let Some(id) = requeued.recv().await {
        // An object that got through no longer listens.
        let _ = bells[&id].send(());
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_creations_at_200_a_minute_take_four_minutes_and_no_rate_window_holds_more() {
    let Rig { scheduler, requeued } = rig(Rates::documented());
    let mut bells = HashMap::new();
    let mut objects = Vec::new();
    for n in 0..1000 {
        let (ring, bell) = tokio::sync::mpsc::unbounded_channel();
        let id = object(format!("{n:04}"));
        bells.insert(id.clone(), ring);
        objects.push((id, bell));
    }
    let porter = AbortOnDropHandle::new(tokio::spawn(porter(requeued, bells)));
    let began = Instant::now();
    let calls = objects.iter_mut().map(|(id, bell)| get_through(&scheduler, bell, id, CREATE));
    let mut times: Vec<_> = join_all(calls).await.into_iter().map(|call| call - began).collect();
    drop(porter);

    // In the order in which they asked.
    assert!(times.is_sorted());
    times.sort_unstable();
    for (first, beyond) in times.iter().zip(&times[200..]) {
        assert!(beyond.saturating_sub(*first) >= seconds(60), "201 calls from {first:?} to {beyond:?}");
    }
    let took = times[999];
    assert!(took >= seconds(240) && took < seconds(241), "{took:?}");
}

const OPERATIONS: [ApiOperation; 5] =
    [CREATE, UPDATE, DELETE, ATTACH, Operation::RemoveUserFromVpcEndpointService.api_operation()];

/// One thing that may happen.
#[derive(Clone, Debug)]
enum Act {
    Ask { object: u8, operation: usize, service: u8 },
    End { permit: usize, code: Option<&'static str> },
    GiveBack { permit: usize },
    Leave { object: u8 },
    Pass { millis: u64 },
}

fn act() -> impl Strategy<Value = Act> {
    let codes = prop::sample::select(vec![
        None,
        None,
        Some("Throttling.User"),
        Some("NeedOpenProduct"),
        Some("ConcurrentCallNotSupported"),
        Some("LoadBalancerNotFound"),
        Some("Forbidden.RAM"),
        Some("QuotaMisMatched"),
    ]);
    prop_oneof![
        6 => (0..8_u8, 0..OPERATIONS.len(), 0..3_u8)
            .prop_map(|(object, operation, service)| Act::Ask { object, operation, service }),
        4 => (0..8_usize, codes).prop_map(|(permit, code)| Act::End { permit, code }),
        1 => (0..8_usize).prop_map(|permit| Act::GiveBack { permit }),
        1 => (0..8_u8).prop_map(|object| Act::Leave { object }),
        3 => (0..5000_u64).prop_map(|millis| Act::Pass { millis }),
    ]
}

/// The pure state with everything that somebody outside can see of it.
struct World {
    state: State,
    now: Elapsed,
    /// Permits given and not ended.
    out: Vec<(Option<Lock>, Grant)>,
    /// What each object that got no permit wants still, and whether it was woken since it asked.
    waiting: HashMap<ObjectId, (Want, bool)>,
    /// When calls of each operation began.
    began: HashMap<ApiOperation, Vec<Elapsed>>,
}

const FEW: Rate = Rate { calls: 4, per: Duration::from_secs(10) };

impl World {
    fn new() -> Self {
        let rates = OPERATIONS.into_iter().fold(Rates::documented(), |rates, operation| rates.with(operation, FEW));
        let state = State::new(rates, &Timing::default());
        let (out, waiting, began) = (Vec::new(), HashMap::new(), HashMap::new());
        Self { state, now: Elapsed::ZERO, out, waiting, began }
    }

    fn act(&mut self, act: &Act) {
        match *act {
            Act::Ask { object: n, operation, service } => {
                let operation = OPERATIONS[operation];
                let lock = Lock::of(operation, Some(&format!("epsrv-{service}")));
                self.ask(&object(n.to_string()), Want { operation, lock, content: Content::default() });
            }
            Act::End { permit, code } if !self.out.is_empty() => {
                let (_, grant) = self.out.remove(permit % self.out.len());
                let error = code.map(|code| refused(grant.want.operation, code));
                let outcome = CallOutcome::of(error.as_ref().map_or(Ok(()), Err));
                let woken = self.state.end(self.now, grant, outcome, 0.5);
                self.woken(woken);
            }
            Act::GiveBack { permit } if !self.out.is_empty() => {
                let (_, grant) = self.out.remove(permit % self.out.len());
                // It was no call.
                self.began.get_mut(&grant.want.operation).expect("it began").pop();
                let woken = self.state.give_back(self.now, grant);
                self.woken(woken);
            }
            Act::Leave { object: n } => {
                let id = object(n.to_string());
                self.waiting.remove(&id);
                let woken = self.state.leave(self.now, &id);
                self.woken(woken);
            }
            Act::Pass { millis } => self.pass(Duration::from_millis(millis)),
            Act::End { .. } | Act::GiveBack { .. } => {}
        }
    }

    fn ask(&mut self, id: &ObjectId, want: Want) {
        let state::Change { answer, woken } = self.state.ask(self.now, id, want.clone());
        self.woken(woken);
        match answer {
            Ok(grant) => {
                self.waiting.remove(id);
                self.began.entry(want.operation).or_default().push(self.now);
                self.out.push((want.lock, grant));
            }
            Err(Refusal::Queued { .. } | Refusal::Tripped { .. }) => {
                self.waiting.insert(id.clone(), (want, false));
            }
            // It comes again by itself.
            Err(Refusal::Withheld { until, .. }) => {
                assert!(until > self.now, "it is withheld although its time has come");
                self.waiting.remove(id);
            }
        }
    }

    fn woken(&mut self, woken: Vec<ObjectId>) {
        for id in woken {
            // Or who is next to find out whether what several lack is there again.
            if let Some((_, woken)) = self.waiting.get_mut(&id) {
                *woken = true;
            }
        }
    }

    /// Lets time pass as the keeper does: the state sees every time that it asked for.
    fn pass(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(next) = self.state.next_change(self.now).filter(|next| *next <= end) {
            assert!(next > self.now, "the keeper would spin");
            self.now = next;
            let woken = self.state.tick(self.now);
            self.woken(woken);
        }
        self.now = end;
    }

    fn check(&self) {
        let mut locks: Vec<_> = self.out.iter().filter_map(|(lock, _)| lock.as_ref()).collect();
        let all = locks.len();
        locks.sort_unstable_by_key(|lock| format!("{lock:?}"));
        locks.dedup();
        assert_eq!(locks.len(), all, "two permits with one lock");
        for began in self.began.values() {
            for (first, beyond) in began.iter().zip(began.iter().skip(FEW.calls as usize)) {
                assert!(beyond.saturating_sub(*first) >= FEW.per, "a rate window holds more than the rate");
            }
        }
    }

    /// Everybody who has a permit ends well, everybody who was woken comes: nobody may be left over.
    fn drain(&mut self) {
        for _ in 0..2000 {
            if self.waiting.is_empty() && self.out.is_empty() {
                return;
            }
            if !self.out.is_empty() {
                self.act(&Act::End { permit: 0, code: None });
            }
            let woken: Vec<_> = self
                .waiting
                .iter()
                .filter(|(_, (_, woken))| *woken)
                .map(|(id, (want, _))| (id.clone(), want.clone()))
                .collect();
            for (id, want) in woken {
                self.ask(&id, want);
            }
            self.pass(Duration::from_millis(500));
            self.check();
        }
        panic!("still waiting: {:?}", self.waiting);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_lock_is_given_twice_no_rate_window_overflows_and_nobody_who_waits_is_lost(acts in vec(act(), 1..120)) {
        let mut world = World::new();
        for act in &acts {
            world.act(act);
            world.check();
        }
        world.drain();
    }
}
