//! Faults on order, in process.

use std::time::Duration;

use cloud_core::TransportError;
use privatelink_sim::{Fault, FaultKind, Moment, Span};
use tokio::time::Instant;

use crate::support::{Client, NLB_SERVICE, provider};

const CREATE: &str = "CreateVpcEndpointService";

/// What became of one create: the code, or the way in which the answer got lost; and how many services there are.
async fn outcome(kind: FaultKind) -> (String, usize) {
    let (simulator, client) = provider();
    simulator.fault(Fault::next(CREATE, kind));
    let answer = create(&client).await;
    let text = match answer {
        Ok(reply) => format!("{} {}", reply.status, reply.code()),
        Err(TransportError::Timeout(_)) => "timeout".to_owned(),
        Err(TransportError::Interrupted(_)) => "interrupted".to_owned(),
        Err(TransportError::Connect(_) | TransportError::UnknownHost(_)) => "connect".to_owned(),
    };
    (text, simulator.all_services().len())
}

async fn create(client: &Client) -> Result<crate::support::Reply, TransportError> {
    client.try_call(CREATE, &[&[("RegionId", crate::support::REGION)], NLB_SERVICE].concat()).await
}

#[tokio::test(start_paused = true)]
async fn each_fault_does_what_it_says() {
    let (before, after) = (Moment::BeforeEffect, Moment::AfterEffect);
    let hang = Duration::from_secs(30);
    let cases = [
        (FaultKind::Throttle { status: 429, retry_after: None }, "429 Throttling.User", 0),
        (FaultKind::error("QuotaMisMatched"), "400 QuotaMisMatched", 0),
        (FaultKind::error("ResourceNotFound.VpcEndpoint"), "404 ResourceNotFound.VpcEndpoint", 0),
        (FaultKind::Error { code: "Brand.New".into(), status: Some(418), moment: before }, "418 Brand.New", 0),
        (FaultKind::internal_error(before), "500 InternalError", 0),
        (FaultKind::internal_error(after), "500 InternalError", 1),
        (FaultKind::TimeOut { moment: before, after: hang }, "timeout", 0),
        (FaultKind::TimeOut { moment: after, after: hang }, "timeout", 1),
        (FaultKind::Cut { moment: before }, "interrupted", 0),
        (FaultKind::Cut { moment: after }, "interrupted", 1),
        (FaultKind::Truncate { bytes: 10 }, "interrupted", 1),
        (FaultKind::Delay { by: Duration::from_secs(2) }, "200 good", 1),
        (FaultKind::ExpiredToken, "400 InvalidSecurityToken.Expired", 0),
        (FaultKind::BurntToken, "500 InternalError", 0),
    ];
    for (kind, expected, services) in cases {
        assert_eq!(outcome(kind.clone()).await, (expected.to_owned(), services), "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn faults_take_their_time() {
    let (simulator, client) = provider();
    let took = async |kind: FaultKind| {
        simulator.fault(Fault::next(CREATE, kind));
        let begun = Instant::now();
        let _ = create(&client).await;
        begun.elapsed()
    };
    let hang = Duration::from_secs(30);
    assert_eq!(took(FaultKind::TimeOut { moment: Moment::AfterEffect, after: hang }).await, hang);
    assert_eq!(took(FaultKind::Delay { by: Duration::from_secs(2) }).await, Duration::from_millis(2100));
    let retry_after = Some(Span::secs(7, 7));
    simulator.fault(Fault::next(CREATE, FaultKind::Throttle { status: 400, retry_after }));
    assert_eq!(create(&client).await.unwrap().headers["x-acs-retry-after"], "7000");
}

#[tokio::test(start_paused = true)]
async fn a_call_after_a_lost_answer_gets_the_first_answer_by_its_token() {
    for kind in [
        FaultKind::internal_error(Moment::AfterEffect),
        FaultKind::Cut { moment: Moment::AfterEffect },
        FaultKind::Truncate { bytes: 1 },
        FaultKind::TimeOut { moment: Moment::AfterEffect, after: Duration::from_secs(30) },
    ] {
        let (simulator, client) = provider();
        simulator.fault(Fault::next(CREATE, kind));
        let params = [&[("RegionId", crate::support::REGION), ("ClientToken", "t")], NLB_SERVICE].concat();
        let _ = client.try_call(CREATE, &params).await;
        let reply = client.try_call(CREATE, &params).await.unwrap();
        let services = simulator.all_services();
        assert_eq!((services.len(), reply.text("ServiceId")), (1, services[0].id.as_str()));
    }
}

#[tokio::test(start_paused = true)]
async fn the_journal_says_which_fault_struck_and_whether_anything_happened() {
    let (simulator, client) = provider();
    simulator.fault(Fault::next(CREATE, FaultKind::Cut { moment: Moment::AfterEffect }));
    simulator.fault(Fault::next(CREATE, FaultKind::error("NeedOpenProduct")).at(2));
    let _ = create(&client).await;
    let _ = create(&client).await;
    let told: Vec<_> = simulator
        .journal()
        .into_iter()
        .map(|call| (call.fault.unwrap(), call.http_status, call.code, format!("{:?}", call.effect)))
        .collect();
    let expected = [
        ("cut".to_owned(), None, None, "Applied".to_owned()),
        ("error".to_owned(), Some(400), Some("NeedOpenProduct".to_owned()), "None".to_owned()),
    ];
    assert_eq!(told, expected);
}
