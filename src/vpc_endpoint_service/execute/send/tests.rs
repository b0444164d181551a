use super::*;

#[test]
fn an_account_is_written_in_the_spelling_in_which_it_is_read() {
    assert_eq!(arn("2000000000000001"), "acs:ram:*:2000000000000001:*");
}

#[test]
fn what_is_no_account_goes_back_as_it_came() {
    assert_eq!(arn("acs:ram:*:*:*"), "acs:ram:*:*:*");
}

#[test]
fn a_created_service_has_the_tags_that_were_sent_and_awaits_its_first_list() {
    let request = CreateVpcEndpointServiceRequest {
        service_resource_type: Some("nlb".into()),
        payer: Some("Endpoint".into()),
        tags: vec![Tag { key: "team".into(), value: "orders".into() }],
        ..CreateVpcEndpointServiceRequest::default()
    };
    // An old answer under a repeated token may say Active of a service that is gone.
    let status = Some("Active".to_owned());
    let answer =
        EndpointService { service_id: Some("epsrv-1".into()), service_status: status, ..EndpointService::default() };
    let Created { service, .. } = created(answer, &request).unwrap();
    assert_eq!((service.proof, service.status), (Proof::OwnCreate, ServiceStatus::Creating));
    assert_eq!(service.tags, BTreeMap::from([("team".to_owned(), "orders".to_owned())]));
    assert_eq!((service.resource_type.as_deref(), service.payer.as_deref()), (Some("nlb"), Some("Endpoint")));
}

#[test]
fn an_answer_without_an_id_makes_no_service() {
    assert_eq!(created(EndpointService::default(), &CreateVpcEndpointServiceRequest::default()), None);
}

#[test]
fn sent_attachments_are_those_of_the_request() {
    let resource = |zone: Option<&str>| Resource {
        resource_type: Some("nlb".into()),
        resource_id: Some("nlb-1".into()),
        zone_id: zone.map(str::to_owned),
    };
    let request = CreateVpcEndpointServiceRequest {
        resources: vec![resource(Some("cn-hangzhou-h"))],
        ..CreateVpcEndpointServiceRequest::default()
    };
    let key = AttachmentKey { resource_id: "nlb-1".into(), zone_id: Some("cn-hangzhou-h".into()) };
    let attachment = Attachment::new(Some("cn-hangzhou-h".into()));
    let answer = EndpointService { service_id: Some("epsrv-1".into()), ..EndpointService::default() };
    assert_eq!(created(answer, &request).unwrap().attachments, BTreeMap::from([(key, attachment)]));
}

#[test]
fn a_connection_is_moved_gracefully_and_only_its_old_side_closed() {
    use cloud_core::Request as _;

    let moved: BTreeSet<(String, String)> =
        migrate("epsrv-1", ("ep-1", "cn-hangzhou-h"), ("alb", "alb-2")).parameters().into_iter().collect();
    let closed: BTreeSet<(String, String)> =
        close_replaced("epsrv-1", "ep-1", "cn-hangzhou-h").parameters().into_iter().collect();
    let place = [("ServiceId", "epsrv-1"), ("EndpointId", "ep-1"), ("ZoneId", "cn-hangzhou-h")];
    let with = |more: &[(&str, &str)]| -> BTreeSet<(String, String)> {
        place.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let to = [("ResourceReplaceMode", "Graceful"), ("ResourceId", "alb-2"), ("ResourceType", "alb")];
    assert_eq!(moved, with(&to));
    assert_eq!(closed, with(&[("ReplacedResource", "true")]));
}
