//! The admin API through its typed client, and the program itself.

use std::process::Stdio;
use std::time::Duration;

use privatelink_sim::{
    AccessKey, Account, AdminClient, AdminError, Config, DEFAULT_CONSUMER, DEFAULT_PROVIDER, EndpointOrder, Fault,
    FaultKind, JournalQuery, LoadBalancer, ServiceChange, Simulator, serve,
};
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::support::{Client, NLB_SERVICE, REGION, ZONE_I, config};

#[tokio::test]
async fn each_route_does_what_its_method_says() {
    let simulator = Simulator::new(Config { timers: Config::fast().timers, ..config() });
    let any = "127.0.0.1:0".parse().unwrap();
    let served = serve(simulator.clone(), any, any).await.unwrap();
    let client = Client::over_http(&simulator, "provider", &served.api_url());
    let admin = AdminClient::new(served.admin_url()).unwrap();
    admin.health().await.unwrap();

    let added = LoadBalancer::new("nlb-new", "nlb", REGION, &[ZONE_I]);
    admin.seed_load_balancer(&added).await.unwrap();
    assert!(admin.load_balancers().await.unwrap().contains(&added));
    admin.patch_load_balancer("nlb-new", &json!({"status": "Inactive", "locks": ["SecurityLocked"]})).await.unwrap();
    let (status, locks) = ("Inactive".to_owned(), vec!["SecurityLocked".to_owned()]);
    assert!(admin.load_balancers().await.unwrap().contains(&LoadBalancer { status, locks, ..added.clone() }));
    let refused = admin.patch_load_balancer("nlb-new", &json!({"id": "nlb-other"})).await.unwrap_err();
    assert!(matches!(refused, AdminError::Refused { status: 400, .. }), "{refused}");
    let unknown = admin.patch_load_balancer("nlb-none", &json!({})).await.unwrap_err();
    assert!(matches!(unknown, AdminError::Refused { status: 404, .. }), "{unknown}");
    admin.remove_load_balancer("nlb-new").await.unwrap();
    assert!(admin.load_balancers().await.unwrap().iter().all(|found| found.id != added.id));

    let id = client.create_active().await;
    let service = admin.service(&id).await.unwrap();
    assert_eq!(admin.services(Some(DEFAULT_PROVIDER), Some(REGION)).await.unwrap(), std::slice::from_ref(&service));
    assert_eq!(admin.services(Some(DEFAULT_CONSUMER), None).await.unwrap(), []);
    let change = ServiceChange {
        description: Some("by hand".to_owned()),
        tags: [("k".to_owned(), Some("v".to_owned())), ("none".to_owned(), None)].into(),
        add_users: vec![DEFAULT_CONSUMER.parse().unwrap()],
        ..ServiceChange::default()
    };
    admin.change_service(&id, &change).await.unwrap();
    let mut expected = service;
    expected.description = "by hand".to_owned();
    expected.tags.insert("k".to_owned(), "v".to_owned());
    expected.users.push(format!("acs:ram:*:{DEFAULT_CONSUMER}:*"));
    assert_eq!(admin.service(&id).await.unwrap(), expected);

    let endpoint = admin.create_endpoint(&EndpointOrder::new(DEFAULT_CONSUMER, &id)).await.unwrap();
    let shown = admin.endpoints().await.unwrap();
    assert_eq!((shown[0].id.as_str(), shown[0].connection_status.as_str()), (endpoint.as_str(), "Disconnected"));
    let refused = admin.create_endpoint(&EndpointOrder::new("42", &id)).await.unwrap_err();
    assert!(
        matches!(&refused, AdminError::Refused { status: 409, message, .. } if message == "EndpointServiceNotAuthorized")
    );
    admin.delete_endpoint(&endpoint).await.unwrap();
    admin.advance(Duration::from_secs(1)).await.unwrap();
    assert_eq!(admin.endpoints().await.unwrap(), []);

    admin.clear_journal().await.unwrap();
    let fault = Fault::next("GetVpcEndpointServiceAttribute", FaultKind::ExpiredToken);
    admin.fault(&fault).await.unwrap();
    assert_eq!(admin.faults().await.unwrap(), [fault]);
    admin.clear_faults().await.unwrap();
    assert_eq!(client.status(&id).await, "Active");
    client.call("ListVpcEndpointServices", &[]).await;
    let query = JournalQuery { object: Some(id.clone()), ..JournalQuery::default() };
    let calls = admin.journal(&query).await.unwrap();
    let told: Vec<_> = calls.iter().map(|call| (call.operation.as_str(), call.user_agent.as_deref())).collect();
    assert_eq!(told, [("GetVpcEndpointServiceAttribute", Some("sim-test"))]);
    let later = JournalQuery { since: Some(calls[0].sequence), ..JournalQuery::default() };
    assert_eq!(admin.journal(&later).await.unwrap().len(), 1);

    admin.put_account(&Account::new("42", AccessKey::new("other-key", "other-secret"))).await.unwrap();
    let mut other = client.clone();
    (other.key.access_key_id, other.key.access_key_secret) = ("other-key".to_owned(), "other-secret".into());
    assert_eq!(other.call("ListVpcEndpointServices", &[]).await.body["TotalCount"], 0);

    admin.patch_config(&json!({ "lists": { "page_size_cap": 7 } })).await.unwrap();
    let config = admin.config().await.unwrap();
    assert_eq!((&config["lists"]["page_size_cap"], config.get("accounts")), (&json!(7), None));
    assert!(admin.patch_config(&json!({ "nonsense": 1 })).await.is_err());

    let before = admin.now().await.unwrap();
    assert!(admin.advance(Duration::from_secs(100)).await.unwrap() >= before + jiff::SignedDuration::from_secs(100));
    admin.delete_service(&id).await.unwrap();
    admin.advance(Duration::from_secs(1)).await.unwrap();
    let gone = admin.delete_service(&id).await.unwrap_err();
    assert!(matches!(gone, AdminError::Refused { status: 404, .. }));
    assert_eq!(admin.witness().await.unwrap(), []);
    served.stop().await;
}

/// The program with a configuration, and its two URLs once it listens.
async fn start(folder: &std::path::Path, config: &str) -> (Child, Value) {
    let (file, ports) = (folder.join("config.yaml"), folder.join("ports.json"));
    std::fs::write(&file, config).unwrap();
    let child = Command::new(env!("CARGO_BIN_EXE_privatelink-sim"))
        .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--config"])
        .arg(file)
        .arg("--port-file")
        .arg(&ports)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let written = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            if let Ok(text) = std::fs::read_to_string(&ports) {
                return text;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    let ports = written.await.unwrap();
    (child, serde_json::from_str(&ports).unwrap())
}

#[tokio::test]
async fn the_program_serves_its_configuration_and_stops_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let text = "seed: 1\ntimers: {creating: 10ms}\nload_balancers:\n  - {id: nlb-a, type: nlb, region: cn-hangzhou, zones: [cn-hangzhou-i]}\n";
    let (mut child, ports) = start(folder.path(), text).await;
    let reference = Simulator::new(config());
    let client = Client::over_http(&reference, "provider", ports["api"].as_str().unwrap());
    let created = client.call("CreateVpcEndpointService", NLB_SERVICE).await;
    assert_eq!(created.code(), "good", "{created:?}");
    let admin = AdminClient::new(ports["admin"].as_str().unwrap()).unwrap();
    assert_eq!(admin.services(None, None).await.unwrap()[0].id, created.text("ServiceId"));
    let pid = child.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().await.unwrap().success());
    let status = tokio::time::timeout(Duration::from_secs(5), child.wait()).await.unwrap().unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test]
async fn a_wrong_configuration_ends_the_program_with_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.yaml");
    std::fs::write(&file, "timer: {}\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_privatelink-sim"))
        .args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--config"])
        .arg(file)
        .output()
        .await
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("failed to parse configuration") && said.contains("timer"),
        "{said}"
    );
}

#[test]
fn a_configuration_survives_being_written_and_read() {
    let whole = serde_json::to_value(Config { accounts: Config::default().accounts, ..config() }).unwrap();
    let read = Config::parse(&whole.to_string()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), whole);
}
