//! The memory of client tokens.

use futures::future::join;
use privatelink_sim::{AfterDeletion, CallEffect, Fault, FaultKind, Switch};

use crate::support::{Client, NLB_SERVICE, pass, provider};

async fn create(client: &Client, more: &[(&str, &str)]) -> crate::support::Reply {
    client.call("CreateVpcEndpointService", &[NLB_SERVICE, &[("ClientToken", "token-1")], more].concat()).await
}

#[tokio::test(start_paused = true)]
async fn the_same_token_gives_the_same_answer_and_makes_nothing_new() {
    let (simulator, client) = provider();
    let mut first = create(&client, &[]).await.body;
    pass(60).await;
    let mut again = create(&client, &[]).await.body;
    assert_ne!(first["RequestId"], again["RequestId"]);
    for body in [&mut first, &mut again] {
        body.as_object_mut().unwrap().remove("RequestId");
    }
    assert_eq!(again, first);
    assert_eq!(simulator.all_services().len(), 1);
    let effects: Vec<_> = simulator.journal().iter().map(|call| call.effect).collect();
    assert_eq!(effects, [CallEffect::Applied, CallEffect::Replayed]);
}

#[tokio::test(start_paused = true)]
async fn other_parameters_under_the_same_token_are_a_mismatch() {
    let (_, client) = provider();
    assert_eq!(create(&client, &[]).await.code(), "good");
    assert_eq!(create(&client, &[("ServiceDescription", "other")]).await.code(), "IdempotentParameterMismatch");
}

#[tokio::test(start_paused = true)]
async fn a_token_in_work_is_processing() {
    let (simulator, client) = provider();
    let (first, second) = join(create(&client, &[]), create(&client, &[])).await;
    assert_eq!((first.code(), second.code()), ("good", "IdempotentProcessing"));
    assert_eq!(create(&client, &[]).await.text("ServiceId"), first.text("ServiceId"));
    assert_eq!(simulator.all_services().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_token_makes_a_second_service() {
    let (simulator, client) = provider();
    let first = create(&client, &[]).await;
    pass(601).await;
    assert_ne!(create(&client, &[]).await.text("ServiceId"), first.text("ServiceId"));
    assert_eq!(simulator.all_services().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_and_a_dry_run_do_not_use_the_token_up() {
    let (simulator, client) = provider();
    assert_eq!(create(&client, &[("AddressIpVersion", "IPv5")]).await.code(), "IllegalParam.AddressIpVersion");
    assert_eq!(create(&client, &[("DryRun", "true")]).await.code(), "DryRunOperation");
    assert_eq!(create(&client, &[]).await.code(), "good");
    simulator.change_config(|config| config.tokens.remember_refusals = Switch::On);
    let delete = async |id| client.call("DeleteVpcEndpointService", &[("ServiceId", id), ("ClientToken", "t")]).await;
    assert_eq!(delete("epsrv-none").await.code(), "EndpointServiceNotFound");
    assert_eq!(delete("epsrv-other").await.code(), "IdempotentParameterMismatch");
}

#[tokio::test(start_paused = true)]
async fn a_burnt_token_fails_for_ever() {
    let (simulator, client) = provider();
    simulator.fault(Fault::next("CreateVpcEndpointService", FaultKind::BurntToken));
    let burnt = create(&client, &[]).await;
    assert_eq!((burnt.code(), burnt.status), ("InternalError", 500));
    for _ in 0..2 {
        assert_eq!(create(&client, &[]).await.code(), "IdempotentFailed");
        pass(3600).await;
    }
    assert_eq!(simulator.all_services(), []);
}

#[tokio::test(start_paused = true)]
async fn tokens_mean_nothing_when_switched_off_and_belong_to_one_operation() {
    let (simulator, client) = provider();
    let id = create(&client, &[]).await.text("ServiceId").to_owned();
    client.settle(&id).await;
    let user = [("ServiceId", id.as_str()), ("UserId", "7"), ("ClientToken", "token-1")];
    assert_eq!(client.call("AddUserToVpcEndpointService", &user).await.code(), "good");
    simulator.change_config(|config| config.tokens.enforce = Switch::Off);
    assert_ne!(create(&client, &[]).await.text("ServiceId"), id);
}

#[tokio::test(start_paused = true)]
async fn the_token_of_a_dead_service_answers_as_it_is_switched() {
    let (simulator, client) = provider();
    let first = create(&client, &[]).await.text("ServiceId").to_owned();
    assert!(simulator.delete_service(&first));
    pass(20).await;
    assert_eq!(simulator.all_services(), []);
    let set = |wanted| simulator.change_config(|config| config.tokens.after_deletion = wanted);
    assert_eq!(create(&client, &[]).await.text("ServiceId"), first);
    set(AfterDeletion::Refuse);
    assert_eq!(create(&client, &[]).await.code(), "EndpointServiceDeleted");
    set(AfterDeletion::Forget);
    let second = create(&client, &[]).await.text("ServiceId").to_owned();
    assert_ne!(second, first);
    // This one lives, so its token answers what it answered.
    pass(20).await;
    assert_eq!(create(&client, &[]).await.text("ServiceId"), second);
}

#[tokio::test(start_paused = true)]
async fn a_create_may_answer_active_of_a_service_that_is_creating() {
    let (simulator, client) = provider();
    simulator.change_config(|config| config.guesses.created_is_active = Switch::On);
    assert_eq!(create(&client, &[]).await.text("ServiceStatus"), "Active");
    assert_eq!(simulator.all_services()[0].status, "Creating");
}
