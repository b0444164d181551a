use std::time::Duration;

use jiff::Timestamp;
use loadbalancers::LoadBalancerId;
use privatelink::Operation;

use super::*;

use crate::cloud::load_balancers::{Purpose, Want, Wanted};
use crate::cloud::scheduler::{Content, Request};
use crate::cloud::services::{DetailsQuery, Query};
use crate::identity::{ObjectKey, Owner, Target};
use crate::runtime::Reconciler;
use crate::runtime::backoff::{Cause, Revision};
use crate::test_support::context;

#[tokio::test(start_paused = true)]
async fn nothing_names_an_object_once_it_is_forgotten() {
    let context = context(&Arc::default());
    let ids: Vec<ObjectId> = (0..100)
        .map(|number| ObjectId {
            namespace: "team".to_owned(),
            name: format!("gone-{number}"),
            uid: format!("gone-uid-{number}"),
        })
        .collect();
    let account = context.accounts.at(&Target { account: "1".to_owned(), region: "cn-hangzhou".to_owned() }).unwrap();
    let mut permits = Vec::new();
    for id in &ids {
        let owner = Owner { cluster: "test".to_owned(), uid: id.uid.clone(), object: format!("team.{}", id.name) };
        let requested_at = Some("now");
        let details = DetailsQuery { requested_at, ..DetailsQuery::default() };
        let query = Query { id, owner: &owner, generation: 1, named: None, adopt: None, record: None, details };
        account.inventory.observed(&query);
        account.inventory.request_refresh(id, Timestamp::UNIX_EPOCH);
        account.inventory.request_dependents(id, Timestamp::UNIX_EPOCH);
        let want = Want { purpose: Purpose::Zones, expected_zones: [].into(), address: None, can_wait: false };
        let each = [(LoadBalancerId::parse(&format!("nlb-{}", id.name)).unwrap(), want)].into();
        account.load_balancers.seen(id, &Wanted { each, ..Wanted::default() });
        let operation = Operation::UpdateVpcEndpointServiceAttribute.into();
        let request = Request { operation, resource_id: Some("epsrv-1"), content: Content::default() };
        permits.push(account.scheduler.ask(id, request));
        account.dry_runs.passed(id, Content::default(), Timestamp::UNIX_EPOCH);
        let revision = Revision { generation: 1, requested_at: None };
        context.runtime.back_off.fail(id, revision, Cause::Other, Duration::ZERO, context.runtime.clock.now());
        context.runtime.freshness.wrote(&id.uid, "7");
        let key = ObjectKey {
            namespace: id.namespace.clone(),
            name: id.name.clone(),
            uid: id.uid.clone(),
            generation: 1,
            resource_version: "7".to_owned(),
        };
        let names = ["facts".to_owned()];
        let (runtime, now) = (&context.runtime, context.runtime.clock.now());
        context.exports.look(&key, &names, &*runtime.kubernetes.config_maps, &runtime.timing, now).await;
        assert!(context.place(id).await.account.is_ok());
    }
    drop(permits);
    let named = |id: &ObjectId| format!("{context:?}").matches(&format!("\"{}\"", id.uid)).count();
    assert!(named(&ids[7]) >= 7, "the test sees what is remembered");
    for id in &ids {
        context.runtime.forget(id);
        context.forget(id);
    }
    assert!(!format!("{context:?}").contains("gone-"), "{context:#?}");
}
