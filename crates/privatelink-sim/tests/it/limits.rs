//! Serial locks, rates, and when answers come.

use std::time::Duration;

use futures::future::join;
use privatelink_sim::{Rate, Switch};
use tokio::time::Instant;

use crate::support::{Client, REGION, ZONE_I, ZONE_J, pass, provider};

#[tokio::test(start_paused = true)]
async fn two_account_serial_calls_that_overlap_do_not_both_work() {
    let (simulator, client) = provider();
    let (a, b) = (client.create_active().await, client.create_active().await);
    let (on_a, on_b) = ([("ServiceId", a.as_str())], [("ServiceId", b.as_str()), ("UserId", "7")]);
    let begun = Instant::now();
    let (first, second) = join(
        client.call("UpdateVpcEndpointServiceAttribute", &on_a),
        client.call("AddUserToVpcEndpointService", &on_b),
    )
    .await;
    assert_eq!((first.code(), second.code(), second.status), ("good", "ConcurrentCallNotSupported", 400));
    assert_eq!(begun.elapsed(), Duration::from_secs(1), "a serial call takes its time");
    assert_eq!(client.call("AddUserToVpcEndpointService", &on_b).await.code(), "good", "after the answer");
    let consumer = Client::in_process(&simulator, "consumer");
    let (own, foreign) = join(
        client.call("AddUserToVpcEndpointService", &on_b),
        consumer.call("UpdateVpcEndpointServiceAttribute", &on_a),
    )
    .await;
    assert_eq!((own.code(), foreign.code()), ("good", "EndpointServiceNotFound"), "another account, another lock");
}

#[tokio::test(start_paused = true)]
async fn service_serial_calls_exclude_one_another_on_one_service_only() {
    let (_, client) = provider();
    let (a, b) = (client.create_active().await, client.create_active().await);
    let attach = |id| [("ServiceId", id), ("ResourceType", "nlb"), ("ResourceId", "nlb-b"), ("ZoneId", ZONE_J)];
    let remove = |id| [("ServiceId", id), ("UserId", "7")];
    let action = "AttachResourceToVpcEndpointService";
    let params = attach(a.as_str());
    let (first, second) =
        join(client.call(action, &params), client.call("RemoveUserFromVpcEndpointService", &remove(&a))).await;
    assert_eq!((first.code(), second.code()), ("good", "ConcurrentCallNotSupported"));
    client.settle(&a).await;
    let detach = [("ServiceId", a.as_str()), ("ResourceId", "nlb-b"), ("ZoneId", ZONE_J)];
    let params = attach(b.as_str());
    let (first, second) =
        join(client.call("DetachResourceFromVpcEndpointService", &detach), client.call(action, &params)).await;
    assert_eq!((first.code(), second.code()), ("good", "good"));
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_goes_away_leaves_the_effect_and_the_lock() {
    let (_, client) = provider();
    let id = client.create_active().await;
    let params = [("ServiceId", id.as_str()), ("ServiceDescription", "done")];
    let call = client.call("UpdateVpcEndpointServiceAttribute", &params);
    assert!(tokio::time::timeout(Duration::from_millis(100), call).await.is_err());
    let got = client.call("GetVpcEndpointServiceAttribute", &params[..1]).await;
    assert_eq!(got.text("ServiceDescription"), "done");
    let again = client.call("DeleteVpcEndpointService", &params[..1]).await;
    assert_eq!(again.code(), "ConcurrentCallNotSupported");
}

#[tokio::test(start_paused = true)]
async fn locks_can_be_switched_off() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    simulator.change_config(|config| config.serial_locks = Switch::Off);
    let params = [("ServiceId", id.as_str()), ("UserId", "7")];
    let action = "AddUserToVpcEndpointService";
    let (first, second) = join(client.call(action, &params), client.call(action, &params)).await;
    assert_eq!((first.code(), second.code()), ("good", "good"));
}

#[tokio::test(start_paused = true)]
async fn the_call_beyond_the_rate_is_throttled_until_the_window_ends() {
    let (simulator, client) = provider();
    let action = "DetachResourceFromVpcEndpointService";
    let params = [("ServiceId", "epsrv-none"), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_I)];
    simulator.change_config(|config| {
        config.timers.serial_call = privatelink_sim::Span::millis(0);
        config.timers.read_call = privatelink_sim::Span::millis(0);
    });
    for _ in 0..200 {
        assert_eq!(client.call(action, &params).await.code(), "EndpointServiceNotFound");
    }
    pass(20).await;
    let throttled = client.call(action, &params).await;
    assert_eq!((throttled.code(), throttled.status), ("Throttling.User", 400));
    let wait: u64 = throttled.headers["x-acs-retry-after"].to_str().unwrap().parse().unwrap();
    assert!((39_000..=40_000).contains(&wait), "{wait}");
    assert_eq!(client.call("DeleteVpcEndpointService", &params[..1]).await.code(), "EndpointServiceNotFound");
    let elsewhere = [("RegionId", "cn-beijing"), params[0], params[1], params[2]];
    assert_eq!(client.try_call(action, &elsewhere).await.unwrap().code(), "EndpointServiceNotFound");
    simulator.change_config(|config| {
        config.rates.status = 429;
        config.rates.retry_after = Switch::Off;
    });
    let throttled = client.call(action, &params).await;
    assert_eq!((throttled.status, throttled.headers.get("x-acs-retry-after")), (429, None));
    pass(40).await;
    assert_eq!(client.call(action, &params).await.code(), "EndpointServiceNotFound");
}

#[tokio::test(start_paused = true)]
async fn a_rate_can_be_another_one() {
    let (simulator, client) = provider();
    let rate = Rate { calls: 1, per: Duration::from_secs(10) };
    simulator.change_config(|config| {
        config.rates.overrides.insert("ListVpcEndpointServices".to_owned(), rate);
    });
    assert_eq!(client.call("ListVpcEndpointServices", &[]).await.code(), "good");
    assert_eq!(client.call("ListVpcEndpointServices", &[]).await.code(), "Throttling.User");
    simulator.change_config(|config| config.rates.enforce = Switch::Off);
    assert_eq!(client.call("ListVpcEndpointServices", &[]).await.code(), "good");
    assert_eq!(simulator.services("1111222233334444", REGION), []);
}
