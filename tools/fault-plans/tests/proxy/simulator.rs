//! In front of the simulated cloud, with our own client.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cloud_core::{Client, StaticCredentials, sts};
use fault_plans::proxy::{Answer, Arrival, Interceptor, OnAnswer, PassEverything, Proxy, Upstream};
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use privatelink::{
    API, CreateVpcEndpointServiceRequest, DeleteVpcEndpointServiceRequest, ListVpcEndpointServicesRequest, Reader,
    Writer,
};
use privatelink_sim::{Config, LoadBalancer, Served, Simulator, serve};

const REGION: &str = "cn-hangzhou";
const CREATE: &str = "CreateVpcEndpointService";

struct Setup {
    simulator: Simulator,
    proxy: Proxy,
    client: Client,
    _served: Served,
}

impl Setup {
    async fn new(interceptor: Arc<dyn Interceptor>) -> Self {
        let mut config = Config::fast();
        config.load_balancers = vec![LoadBalancer::new("nlb-1", "nlb", REGION, &["cn-hangzhou-h", "cn-hangzhou-i"])];
        let simulator = Simulator::new(config);
        let any = "127.0.0.1:0".parse().unwrap();
        let served = serve(simulator.clone(), any, any).await.unwrap();
        let proxy = Proxy::start(Upstream::cloud(&served.api_url()).unwrap(), interceptor).await.unwrap();
        let credentials = StaticCredentials::key("sim-provider-key", "sim-provider-secret").unwrap();
        let client = Client::builder().region(REGION).credentials(Arc::new(credentials)).endpoint(&API, proxy.url());
        let client = client.endpoint(&sts::API, proxy.url()).build().unwrap();
        Self { simulator, proxy, client, _served: served }
    }

    async fn create(&self, token: &str) -> Result<String, cloud_core::Error> {
        let request = CreateVpcEndpointServiceRequest {
            service_description: Some("a name with blanks, ünd more".to_owned()),
            service_resource_type: Some("nlb".to_owned()),
            client_token: Some(token.to_owned()),
            ..CreateVpcEndpointServiceRequest::default()
        };
        let created = Writer::new(&self.client).create_vpc_endpoint_service(&request).await?;
        Ok(created.service.service_id.unwrap())
    }

    fn services(&self) -> Vec<String> {
        self.simulator.all_services().into_iter().map(|service| service.id).collect()
    }

    fn calls(&self) -> Vec<(String, Option<String>, usize)> {
        let told = |seen: &fault_plans::proxy::Seen| (seen.kind.to_string(), seen.object.clone(), seen.nth);
        self.proxy.calls().iter().map(told).collect()
    }
}

#[tokio::test]
async fn what_is_signed_stays_signed() {
    let setup = Setup::new(Arc::new(PassEverything)).await;
    let id = setup.create("a").await.unwrap();
    assert_eq!(setup.services(), std::slice::from_ref(&id));
    let listed =
        Reader::new(&setup.client).list_vpc_endpoint_services(&ListVpcEndpointServicesRequest::default()).await;
    let ids: Vec<_> = listed.unwrap().items.into_iter().map(|service| service.service_id.unwrap()).collect();
    assert_eq!(ids, std::slice::from_ref(&id));
    setup.client.caller_identity().await.unwrap();
    let delete = DeleteVpcEndpointServiceRequest { service_id: id.clone(), ..Default::default() };
    // It comes too early, which only the service itself can tell.
    let refused = Writer::new(&setup.client).delete_vpc_endpoint_service(&delete).await.unwrap_err();
    assert_eq!(refused.code(), Some("EndpointServiceOperationDenied"));
    let call = |kind: &str, object| (kind.to_owned(), object, 1);
    let expected = [
        call(CREATE, None),
        call("ListVpcEndpointServices", None),
        call("GetCallerIdentity", None),
        call("DeleteVpcEndpointService", Some(id)),
    ];
    assert_eq!(setup.calls(), expected);
}

/// Cuts the answer of the first Create, after its effect.
#[derive(Default)]
struct LoseOne(AtomicBool);

impl Interceptor for LoseOne {
    fn answer<'a>(&'a self, arrival: &'a Arrival, _: &'a Answer) -> BoxFuture<'a, OnAnswer> {
        let lost = arrival.kind == CREATE && !self.0.swap(true, Ordering::Relaxed);
        ready(if lost { OnAnswer::Cut } else { OnAnswer::Pass }).boxed()
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_its_effect_and_the_repetition_finds_it() {
    let setup = Setup::new(Arc::new(LoseOne::default())).await;
    let id = setup.create("a").await.unwrap();
    assert_eq!(setup.services(), [id]);
    assert_eq!(setup.calls(), [(CREATE.to_owned(), None, 1), (CREATE.to_owned(), None, 2)]);
}
