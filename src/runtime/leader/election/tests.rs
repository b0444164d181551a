use super::*;
use crate::runtime::leader::test_support::Server;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn wall(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// The wall clock agrees with the monotonic one, and jitter is the largest.
fn at(moment: Moment) -> Now {
    Now { moment, wall: wall(i64::try_from(moment.as_secs()).unwrap()), fraction: 0.999_999 }
}

/// A candidate at an API server that answers at once.
struct Candidate {
    election: Election,
    server: Server,
}

impl Candidate {
    fn new(identity: &str, server: &Server) -> Self {
        let terms = Terms {
            name: "privatelink-operator".into(),
            identity: identity.into(),
            duration: secs(15),
            renew_deadline: secs(10),
            retry_period: secs(2),
        };
        Self { election: Election::new(terms), server: server.clone() }
    }

    /// Does what is to be done at that moment; answers the verbs of its calls, and what came then.
    fn does(&mut self, now: Now) -> (Vec<&'static str>, Step) {
        let mut verbs = Vec::new();
        loop {
            let step = self.election.step(now);
            match step {
                Step::Read => {
                    verbs.push("get");
                    self.election.read(Ok(self.server.lease()), now);
                }
                Step::Create(lease) => {
                    verbs.push("create");
                    self.election.writes();
                    self.election.wrote(self.server.create_now(*lease), now.moment, now);
                }
                Step::Replace(lease) => {
                    verbs.push("update");
                    self.election.writes();
                    self.election.wrote(self.server.replace_now(*lease), now.moment, now);
                }
                Step::Wait(_) | Step::Lost(_) => return (verbs, step),
            }
            assert!(verbs.len() < 10, "it never rests: {verbs:?}");
        }
    }

    fn leads(&self) -> bool {
        self.election.end().is_some()
    }
}

fn record(holder: &str, seconds: i32, acquired: i64, renewed: i64, transitions: i32) -> LeaseSpec {
    LeaseSpec {
        holder_identity: Some(holder.into()),
        lease_duration_seconds: Some(seconds),
        acquire_time: Some(MicroTime(wall(acquired))),
        renew_time: Some(MicroTime(wall(renewed))),
        lease_transitions: Some(transitions),
        ..LeaseSpec::default()
    }
}

fn lease(spec: LeaseSpec) -> Lease {
    Lease {
        metadata: ObjectMeta { name: Some("privatelink-operator".into()), ..ObjectMeta::default() },
        spec: Some(spec),
    }
}

#[test]
fn where_there_is_no_lease_it_is_made_and_renewed_every_retry_period() {
    let server = Server::default();
    let mut a = Candidate::new("a", &server);
    assert_eq!(a.does(at(secs(0))), (vec!["get", "create"], Step::Wait(secs(2))));
    assert_eq!(server.spec(), record("a", 15, 0, 0, 0));
    assert_eq!(a.election.end(), Some(secs(10)));
    assert_eq!(a.does(at(secs(1))), (vec![], Step::Wait(secs(2))));
    assert_eq!(a.does(at(secs(2))), (vec!["update"], Step::Wait(secs(4))));
    assert_eq!(server.spec(), record("a", 15, 0, 2, 0));
    assert_eq!(a.election.end(), Some(secs(12)));
}

#[test]
fn while_another_holds_it_a_standby_looks_several_times_a_retry_period_and_writes_nothing() {
    let server = Server::default();
    server.put(lease(record("b", 15, 0, 0, 3)));
    let mut a = Candidate::new("a", &server);
    let mut now = secs(0);
    for second in 0..40 {
        server.put(lease(record("b", 15, 0, second, 3)));
        let (verbs, Step::Wait(next)) = a.does(at(now)) else { panic!("it waits") };
        assert_eq!(verbs, ["get"]);
        let pause = next.saturating_sub(now);
        assert!(pause >= Duration::from_millis(500) && pause <= secs(1), "{pause:?}");
        now = next;
    }
    assert!(!a.leads());
    assert_eq!(a.election.holder(), Some("b"));
}

#[test]
fn a_record_that_nobody_renews_is_taken_over_when_its_own_duration_has_passed_since_it_was_first_seen() {
    let server = Server::default();
    server.put(lease(record("b", 4, 0, 0, 3)));
    let mut a = Candidate::new("a", &server);
    let mut now = secs(100);
    while let (verbs, Step::Wait(next)) = a.does(at(now)) {
        if a.leads() {
            assert_eq!(verbs, ["get", "update"]);
            break;
        }
        now = next;
    }
    // Neither earlier nor later, whatever the jitter.
    assert_eq!(now, secs(104));
    assert_eq!(server.spec(), record("a", 15, 104, 104, 4));
}

#[test]
fn the_time_in_the_record_says_nothing_whichever_way_clocks_differ() {
    for skew in [-86_400, 86_400] {
        let server = Server::default();
        server.put(lease(record("b", 15, skew, skew, 0)));
        let mut a = Candidate::new("a", &server);
        for moment in [secs(0), Duration::from_millis(14_999)] {
            a.does(at(moment));
            assert!(!a.leads(), "{skew} {moment:?}");
        }
        // Renewed in time, as its holder's clock has it.
        server.put(lease(record("b", 15, skew, skew + 10, 0)));
        a.does(at(Duration::from_millis(14_999) + secs(1)));
        assert!(!a.leads(), "{skew}");
        a.does(at(Duration::from_millis(14_999) + secs(16)));
        assert!(a.leads(), "{skew}");
    }
}

#[test]
fn a_label_that_somebody_puts_on_the_lease_is_no_renewal_and_stays() {
    let server = Server::default();
    server.put(lease(record("b", 15, 0, 0, 0)));
    let mut a = Candidate::new("a", &server);
    a.does(at(secs(0)));
    let mut labelled = lease(record("b", 15, 0, 0, 0));
    labelled.metadata.labels = Some([("team".into(), "ops".into())].into());
    server.put(labelled.clone());
    a.does(at(secs(14)));
    assert!(!a.leads());
    a.does(at(secs(15)));
    assert!(a.leads());
    assert_eq!(server.lease().unwrap().metadata.labels, labelled.metadata.labels);
}

#[test]
fn what_was_given_back_is_taken_at_the_next_look() {
    let server = Server::default();
    let (mut a, mut b) = (Candidate::new("a", &server), Candidate::new("b", &server));
    a.does(at(secs(0)));
    b.does(at(secs(1)));
    let Step::Replace(released) = a.election.release(at(secs(5))) else { panic!("it holds it") };
    assert!(a.election.released(&server.replace_now(*released)));
    assert_eq!(server.spec(), record("", 1, 5, 5, 0));
    assert!(!a.leads());
    assert_eq!(a.election.release(at(secs(5))), Step::Wait(secs(5)), "there is nothing left to give back");
    assert_eq!(b.does(at(secs(6))).0, ["get", "update"]);
    assert_eq!(server.spec(), record("b", 15, 6, 6, 1));
}

#[test]
fn of_two_that_want_a_free_lease_one_gets_it() {
    let server = Server::default();
    server.put(lease(record("", 1, 0, 0, 7)));
    let (mut a, mut b) = (Candidate::new("a", &server), Candidate::new("b", &server));
    // Both have looked when the first writes.
    a.election.read(Ok(server.lease()), at(secs(0)));
    b.election.read(Ok(server.lease()), at(secs(0)));
    a.does(at(secs(0)));
    let (verbs, then) = b.does(at(secs(0)));
    assert_eq!(verbs, ["update"]);
    assert!(matches!(then, Step::Wait(next) if next <= secs(1)), "{then:?}");
    assert!(a.leads() && !b.leads());
    assert_eq!(b.does(at(secs(1))).0, ["get"]);
    assert_eq!(b.election.holder(), Some("a"));
    assert_eq!(server.spec().lease_transitions, Some(8));
}

#[test]
fn a_leader_whose_write_meets_a_conflict_looks_once_at_once_and_then_with_patience() {
    let server = Server::default();
    let mut a = Candidate::new("a", &server);
    a.does(at(secs(0)));
    let touched = || server.put(server.lease().unwrap());
    touched();
    assert_eq!(a.does(at(secs(2))), (vec!["update", "get", "update"], Step::Wait(secs(4))));
    // Somebody who writes between every look and every write.
    touched();
    let Step::Replace(renewed) = a.election.step(at(secs(4))) else { panic!("it renews") };
    a.election.writes();
    a.election.wrote(server.replace_now(*renewed), secs(4), at(secs(4)));
    a.election.read(Ok(server.lease()), at(secs(4)));
    touched();
    assert_eq!(a.does(at(secs(4))), (vec!["update"], Step::Wait(secs(6))));
}

#[test]
fn a_leader_that_finds_another_holder_leads_no_more() {
    let server = Server::default();
    let mut a = Candidate::new("a", &server);
    a.does(at(secs(0)));
    server.put(lease(record("b", 15, 1, 1, 1)));
    assert_eq!(a.does(at(secs(2))), (vec!["update", "get"], Step::Lost(Loss::Taken("b".into()))));
    server.put(lease(record("", 1, 1, 1, 1)));
    let mut c = Candidate::new("c", &server);
    c.does(at(secs(0)));
    server.put(lease(record("", 1, 1, 1, 2)));
    assert_eq!(c.does(at(secs(2))).1, Step::Lost(Loss::Released));
}

#[test]
fn a_lease_that_is_deleted_is_made_again_by_its_leader() {
    let server = Server::default();
    let mut a = Candidate::new("a", &server);
    a.does(at(secs(0)));
    server.delete();
    assert_eq!(a.does(at(secs(2))), (vec!["update", "get", "create"], Step::Wait(secs(4))));
    assert_eq!(a.election.end(), Some(secs(12)));
}

#[test]
fn a_leader_that_cannot_renew_tries_every_retry_period_and_leads_no_more_at_the_deadline() {
    let server = Server::default();
    let mut a = Candidate::new("a", &server);
    a.does(at(secs(0)));
    let away = || KubernetesError::Unavailable("away".into());
    assert!(matches!(a.election.step(at(secs(2))), Step::Replace(_)));
    a.election.writes();
    a.election.wrote(Err(away()), secs(2), at(secs(3)));
    assert_eq!(a.election.step(at(secs(3))), Step::Wait(secs(5)));
    for moment in [5, 7, 9] {
        // What is stored is unknown now, so it looks first.
        assert_eq!(a.election.step(at(secs(moment))), Step::Read);
        a.election.read(Err(away()), at(secs(moment)));
    }
    assert_eq!(a.election.step(at(secs(9))), Step::Wait(secs(10)), "the deadline comes before the next try");
    assert_eq!(a.election.step(at(secs(10))), Step::Lost(Loss::Overdue(secs(10))));
}

#[test]
fn a_renewal_counts_from_when_it_was_sent() {
    let server = Server::default();
    let mut a = Candidate::new("a", &server);
    a.does(at(secs(0)));
    let Step::Replace(renewed) = a.election.step(at(secs(2))) else { panic!("it renews") };
    a.election.writes();
    a.election.wrote(server.replace_now(*renewed), secs(2), at(secs(6)));
    assert_eq!(a.election.end(), Some(secs(12)));
    // A process that stood still for a while does nothing but end.
    assert_eq!(a.election.step(at(secs(60))), Step::Lost(Loss::Overdue(secs(10))));
}

#[test]
fn a_renewal_whose_answer_got_lost_is_found_and_extends_nothing_by_itself() {
    let server = Server::default();
    let mut a = Candidate::new("a", &server);
    a.does(at(secs(0)));
    let Step::Replace(renewed) = a.election.step(at(secs(2))) else { panic!("it renews") };
    a.election.writes();
    server.replace_now(*renewed).unwrap();
    a.election.wrote(Err(KubernetesError::Unavailable("lost".into())), secs(2), at(secs(2)));
    assert_eq!(a.election.end(), Some(secs(10)));
    assert_eq!(a.does(at(secs(4))), (vec!["get", "update"], Step::Wait(secs(6))));
    assert_eq!(a.election.end(), Some(secs(14)));
    assert_eq!(server.spec(), record("a", 15, 0, 4, 0));
}

#[test]
fn an_acquisition_whose_answer_got_lost_is_taken_up_or_given_back() {
    let server = Server::default();
    let unheard = || {
        server.delete();
        let mut a = Candidate::new("a", &server);
        a.election.read(Ok(server.lease()), at(secs(0)));
        let Step::Create(first) = a.election.step(at(secs(0))) else { panic!("there is none") };
        a.election.writes();
        server.create_now(*first).unwrap();
        a.election.wrote(Err(KubernetesError::Unavailable("lost".into())), secs(0), at(secs(0)));
        assert!(!a.leads());
        a
    };
    let mut a = unheard();
    assert_eq!(a.does(at(secs(1))).0, ["get", "update"]);
    assert!(a.leads());
    let mut a = unheard();
    assert_eq!(a.election.release(at(secs(1))), Step::Read);
    a.election.read(Ok(server.lease()), at(secs(1)));
    assert!(matches!(a.election.release(at(secs(1))), Step::Replace(_)));
}

#[test]
fn a_standby_has_nothing_to_give_back() {
    let server = Server::default();
    server.put(lease(record("b", 15, 0, 0, 0)));
    let mut a = Candidate::new("a", &server);
    a.does(at(secs(0)));
    assert_eq!(a.election.release(at(secs(1))), Step::Wait(secs(1)));
}

#[test]
fn a_duration_is_written_in_whole_seconds_rounded_up() {
    assert_eq!(whole_seconds(Duration::from_millis(1_001)), 2);
    assert_eq!(whole_seconds(secs(15)), 15);
}
