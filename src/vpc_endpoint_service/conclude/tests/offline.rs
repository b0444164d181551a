//! Deletions that need no cloud, and those that cannot reach theirs.

use serde_json::{Value, json};

use super::*;
use crate::identity::{Definition, DefinitionUnknown};
use crate::vpc_endpoint_service::resolve::{Marked, NamedBy, ResolveError};
use crate::vpc_endpoint_service::teardown::{without_cloud, without_place};

const RETAIN: &str = "the object is released, and the service stays in the cloud with the operator's tags.";

fn marked(definition: Definition, spec: Value) -> Marked {
    let resolved = Scenario::converged().edited().spec(spec).resolved;
    Marked { key: resolved.key, definition, finalizers: resolved.finalizers, spec: resolved.spec, leaves_tags: true }
}

/// What is left of a reconcile that did not look at the cloud.
fn ended(marked: Marked, resolved: Option<ResolveError>) -> ReconcileState {
    let plan = match &resolved {
        None => without_cloud(&marked),
        Some(error) => without_place(&marked, error),
    };
    let reached =
        ReconcileState { marked: Some(marked), resolved: resolved.map(Err), plan, ..ReconcileState::default() };
    if reached.plan.is_some() { reached.done() } else { reached }
}

fn concluded(reached: &ReconcileState) -> Report {
    let key = &reached.marked.as_ref().expect("it is marked").key;
    conclude(key, reached, &ready(), &Timing::default(), now())
}

fn blocked(message: &str) -> Vec<String> {
    reconciling(Reason::DeletionBlocked, message)
}

#[test]
fn what_the_api_server_does_not_say_is_named_and_asked_again_with_growing_delays() {
    const NEEDED: &str = "Nothing is written to the cloud until the operator knows whether this object or its whole kind is being deleted.";
    const GRANT: &str = "Grant the operator get on customresourcedefinitions/vpcendpointservices.privatelink.alibabacloud.com, as \
                         config/rbac does; then the operator continues by itself.";
    let table = [
        (
            DefinitionUnknown::Refused("User \"x\" cannot get resource".to_owned()),
            format!("{NEEDED} The API server refuses the read: User \"x\" cannot get resource. {GRANT}"),
        ),
        (
            DefinitionUnknown::Missing,
            format!(
                "{NEEDED} The API server says that there is no CustomResourceDefinition \
                 vpcendpointservices.privatelink.alibabacloud.com; install it again, or remove the finalizer by hand."
            ),
        ),
        (
            DefinitionUnknown::Unanswered,
            format!("{NEEDED} The API server gave no valid response; the operator retries by itself."),
        ),
    ];
    for (why, message) in table {
        let report = concluded(&ended(marked(Definition::Unknown(why), json!({})), None));
        assert_eq!(said(&report), blocked(&message));
        assert_eq!(report.requeue, Requeue::BackOff { at_least: Duration::ZERO });
        assert_eq!(report.events, [event(EventReason::DeletionBlocked, &message)]);
    }
}

#[test]
fn a_field_that_holds_a_deletion_is_named_and_the_kind_is_looked_at_all_the_same() {
    let suspend = "spec.suspend is true, so nothing is written to the cloud and the service epsrv-ours stays as it is; set spec.suspend to false to continue the deletion.";
    let config = "spec.providerConfigRef.name is not acted on in this version, so the service epsrv-ours is not deleted with credentials that \
                  the spec does not name; set spec.providerConfigRef.name back to default, or set spec.deletionPolicy to Retain.";
    let table = [(json!({ "suspend": true }), suspend), (json!({ "providerConfigRef": { "name": "other" } }), config)];
    for (spec, message) in table {
        let report = concluded(&ended(marked(Definition::Stays, spec), None));
        assert_eq!(said(&report), blocked(message));
        assert_eq!(report.requeue, Requeue::After(seconds(60)));
    }
}

#[test]
fn a_place_that_cannot_be_worked_in_is_named_with_its_ways_out() {
    let region = || "cn-hangzhou".to_owned();
    let unusable = |named_by| ResolveError::RegionUnusable { region: region(), named_by, reason: "no host".to_owned() };
    let mismatch =
        |named_by| ResolveError::RegionMismatch { wanted: region(), named_by, status: "eu-west-1".to_owned() };
    let clear = "If the service is in cn-hangzhou, clear the status: kubectl -n shop patch vpces web --subresource=status --type merge -p \
                 '{\"status\":{\"region\":null}}'. If it is in eu-west-1,";
    let annotation = "the annotation privatelink.alibabacloud.com/create-record";
    let table = [
        (
            ResolveError::AccountMismatch { recorded: "1".to_owned(), actual: "2".to_owned() },
            "The service epsrv-ours was created in account 1, and the operator's credentials belong to account 2, so nothing is written. Give \
             the operator credentials of account 1."
                .to_owned(),
        ),
        (ResolveError::RegionMissing, Reason::RegionMissing.sentence().to_owned()),
        (
            unusable(NamedBy::Record),
            format!(
                "The operator cannot call region cn-hangzhou, which {annotation} names: no host. Correct the region in the annotation, or remove the annotation: then spec.region counts, or else the operator's --region."
            ),
        ),
        (
            unusable(NamedBy::Spec),
            "The operator cannot call region cn-hangzhou, which spec.region names: no host. Delete the object and create it again with a \
             region of the provider's in spec.region."
                .to_owned(),
        ),
        (
            unusable(NamedBy::Default),
            "The operator cannot call region cn-hangzhou, which the operator's --region names: no host. Correct the operator's --region or \
             its endpoint flags."
                .to_owned(),
        ),
        (
            mismatch(NamedBy::Record),
            format!(
                "Region cn-hangzhou is named by {annotation}, region eu-west-1 by the status, so nothing is written in either. {clear} put \
                 eu-west-1 into the annotation."
            ),
        ),
        (
            mismatch(NamedBy::Spec),
            format!(
                "Region cn-hangzhou is named by spec.region, region eu-west-1 by the status, so nothing is written in either. {clear} create \
                 another object with spec.region eu-west-1, and let this one go."
            ),
        ),
        (
            mismatch(NamedBy::Default),
            format!(
                "Region cn-hangzhou is named by the operator's --region, region eu-west-1 by the status, so nothing is written in either. {clear} \
                 set the operator's --region to eu-west-1."
            ),
        ),
    ];
    for (error, message) in table {
        let live = ReconcileState { resolved: Some(Err(error.clone())), ..ReconcileState::default() };
        // Without a region nothing was created yet, so a live object has nothing to retain.
        let way_out = match error {
            ResolveError::RegionMissing => message.clone(),
            _ => format!("{message} Or set spec.deletionPolicy to Retain and delete the object: {RETAIN}"),
        };
        assert_eq!(said(&report(&live, &ready()))[0].split_once(": ").expect("a message").1, way_out);

        let deleting = concluded(&ended(marked(Definition::Stays, json!({})), Some(error.clone())));
        assert_eq!(said(&deleting), blocked(&format!("{message} Or set spec.deletionPolicy to Retain: {RETAIN}")));
        assert_eq!(deleting.requeue, Requeue::After(seconds(60)));

        let retained =
            concluded(&ended(marked(Definition::Stays, json!({ "deletionPolicy": "Retain" })), Some(error.clone())));
        let left = format!("The endpoint service epsrv-ours stays in the cloud, with the operator's tags: {error}.");
        let events = vec![event(EventReason::EndpointServiceRetained, &left)];
        assert_eq!(retained, Report { status: None, export: Vec::new(), events, requeue: Requeue::OnChange });
    }
}

#[test]
fn an_account_that_nobody_knows_holds_a_deletion_until_it_is_known() {
    let error = refused(Operation::ListVpcEndpointServices, "InvalidAccessKeyId.NotFound");
    let message =
        format!("{}. Or set spec.deletionPolicy to Retain: {RETAIN}", crate::cloud::errors::verdict(&error).message);
    let unknown = ResolveError::AccountUnknown(Box::new(error));
    let report = concluded(&ended(marked(Definition::Stays, json!({})), Some(unknown)));
    assert_eq!(said(&report), blocked(&message));
    assert_eq!(report.requeue, Requeue::After(seconds(60)));
}

#[test]
fn the_end_with_the_kind_or_without_management_says_that_the_service_stays() {
    let end = |definition, spec| concluded(&ended(marked(definition, spec), None)).events;
    let stays = |why: &str| {
        [event(
            EventReason::EndpointServiceRetained,
            &format!("The endpoint service epsrv-ours stays in the cloud{why}."),
        )]
    };
    assert_eq!(
        end(Definition::Goes, json!({})),
        stays(", with the operator's tags, because the CustomResourceDefinition is being deleted")
    );
    assert_eq!(
        end(Definition::Stays, json!({ "managementPolicy": "Observe" })),
        stays(", because spec.managementPolicy is not Manage")
    );
}

#[test]
fn tags_that_could_not_be_taken_off_are_told_at_the_end() {
    let list = Operation::ListVpcEndpointServices;
    let end = |scenario: Scenario| {
        let mut reached = reached(&scenario);
        reached.plan = Some(Plan { steps: vec![Step::ReleaseFinalizer], ..Plan::default() });
        report(&reached.done(), &ready()).events
    };
    let stays = |why: &str| {
        let text = format!("The endpoint service epsrv-ours stays in the cloud, with the operator's tags: {why}.");
        [event(EventReason::EndpointServiceRetained, &text)]
    };
    let retained = || Scenario::converged().deleting().edited().spec(json!({ "deletionPolicy": "Retain" }));
    assert_eq!(end(retained()), stays("the provider refused to remove them"));
    let mut unseen = retained().see(ServiceView::NotYetListed);
    unseen.observed.list_error = Some(refused(list, "Forbidden.RAM"));
    assert_eq!(end(unseen), stays(&crate::cloud::errors::verdict(&refused(list, "Forbidden.RAM")).message));
}
