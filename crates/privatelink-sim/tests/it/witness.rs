//! The witness: at most one live service for an owner.

use privatelink_sim::{DEFAULT_PROVIDER, Violation};

use crate::support::{Client, REGION, pass, provider};

async fn create(client: &Client, cluster: &str, uid: &str) -> (String, String) {
    let tags = [
        ("Tag.1.Key", "privatelink-operator.cluster"),
        ("Tag.1.Value", cluster),
        ("Tag.2.Key", "privatelink-operator.uid"),
        ("Tag.2.Value", uid),
    ];
    let reply = client.call("CreateVpcEndpointService", &tags).await;
    (reply.text("ServiceId").to_owned(), reply.text("RequestId").to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_second_live_service_of_one_owner_is_seen_at_once_and_remembered() {
    let (simulator, client) = provider();
    let (first, _) = create(&client, "c", "u").await;
    create(&client, "c", "v").await;
    create(&client, "d", "u").await;
    client.create().await;
    assert_eq!(simulator.witness(), []);
    let time = simulator.now();
    let (second, request_id) = create(&client, "c", "u").await;
    let expected = Violation {
        time,
        account: DEFAULT_PROVIDER.to_owned(),
        region: REGION.to_owned(),
        cluster: "c".to_owned(),
        uid: "u".to_owned(),
        services: vec![first.clone(), second.clone()],
        request_id,
    };
    assert_eq!(simulator.witness(), std::slice::from_ref(&expected));
    for id in [first, second] {
        assert!(simulator.delete_service(&id));
    }
    pass(20).await;
    assert_eq!(simulator.witness(), [expected], "cleaning up does not undo it");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_goes_makes_room_and_a_repeated_token_makes_no_second() {
    let (simulator, client) = provider();
    let (first, _) = create(&client, "c", "u").await;
    client.settle(&first).await;
    assert_eq!(client.call("DeleteVpcEndpointService", &[("ServiceId", &first)]).await.code(), "good");
    create(&client, "c", "u").await;
    assert_eq!(simulator.witness(), []);
}
