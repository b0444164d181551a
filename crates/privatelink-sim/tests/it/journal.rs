//! The journal.

use privatelink_sim::{Call, CallEffect, DEFAULT_PROVIDER, JournalQuery};

use crate::support::{REGION, provider};

#[tokio::test(start_paused = true)]
async fn it_tells_everything_of_a_call_but_secrets() {
    let (simulator, client) = provider();
    let reply = client.call("CreateVpcEndpointService", &[("ClientToken", "t"), ("ServiceDescription", "d")]).await;
    let pairs = [("ClientToken", "t"), ("RegionId", REGION), ("ServiceDescription", "d")];
    let signed =
        ["host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];
    let calls = simulator.journal();
    let expected = Call {
        sequence: 1,
        time: calls[0].time,
        method: "POST".to_owned(),
        path: "/".to_owned(),
        operation: "CreateVpcEndpointService".to_owned(),
        action: Some("privatelink:CreateVpcEndpointService".to_owned()),
        account: Some(DEFAULT_PROVIDER.to_owned()),
        region: Some(REGION.to_owned()),
        parameters: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        form: [].into(),
        client_token: Some("t".to_owned()),
        object: Some(reply.text("ServiceId").to_owned()),
        http_status: Some(200),
        code: None,
        request_id: reply.text("RequestId").to_owned(),
        effect: CallEffect::Applied,
        fault: None,
        signature: Some("ACS3-HMAC-SHA256".to_owned()),
        signed_headers: signed.map(str::to_owned).into(),
        content_type: None,
        user_agent: Some("sim-test".to_owned()),
    };
    assert_eq!(calls, [expected]);
}

#[tokio::test(start_paused = true)]
async fn it_is_narrowed_by_query_bounded_and_cleared() {
    let (simulator, client) = provider();
    let id = client.create().await;
    client.status(&id).await;
    client.call("ListVpcEndpointServices", &[]).await;
    let sequences = |query: JournalQuery| -> Vec<u64> {
        simulator.journal_of(&query).into_iter().map(|call| call.sequence).collect()
    };
    let none = JournalQuery::default;
    assert_eq!(sequences(none()), [1, 2, 3]);
    assert_eq!(sequences(JournalQuery { object: Some(id), ..none() }), [1, 2]);
    assert_eq!(sequences(JournalQuery { operation: Some("ListVpcEndpointServices".to_owned()), ..none() }), [3]);
    assert_eq!(sequences(JournalQuery { since: Some(1), ..none() }), [2, 3]);
    assert_eq!(sequences(JournalQuery { account: Some("42".to_owned()), ..none() }), Vec::<u64>::new());
    simulator.change_config(|config| config.journal_limit = 2);
    client.call("ListVpcEndpointServices", &[]).await;
    assert_eq!(sequences(none()), [3, 4]);
    simulator.clear_journal();
    client.call("ListVpcEndpointServices", &[]).await;
    assert_eq!(sequences(none()), [5]);
}
