use super::super::explained::{
    AttachmentSeen, ConditionSeen, ConnectionSeen, EventSeen, Found, Intent, LeaseSeen, LoadBalancerSeen, ObjectSeen,
    Ownership, Planned, ServiceSeen, StatusSeen, Unapplied, Valued, Wanted,
};
use super::*;
use crate::crd::{Drift, LastError};

fn at(text: &str) -> Timestamp {
    format!("2026-12-01T{text}Z").parse().unwrap()
}

fn nothing() -> Explained {
    Explained {
        format_version: 1,
        namespace: "shop".to_owned(),
        name: "orders".to_owned(),
        object: None,
        status: None,
        standing: None,
        wanted: None,
        found: None,
        intent: None,
        leases: Vec::new(),
        events: Vec::new(),
        unread: Vec::new(),
    }
}

fn object() -> ObjectSeen {
    ObjectSeen {
        uid: Some("u-1".to_owned()),
        generation: Some(3),
        created_at: Some(at("09:00:00")),
        deleted_at: None,
        has_finalizer: true,
        suspend: false,
        management_policy: "Manage",
        drift_policy: "Correct",
        deletion_policy: "Delete",
        adopts: None,
    }
}

fn status() -> StatusSeen {
    StatusSeen {
        observed_generation: Some(2),
        is_current: false,
        service_id: Some("epsrv-1".to_owned()),
        service_domain: None,
        conditions: vec![ConditionSeen {
            kind: "Ready".to_owned(),
            status: "True".to_owned(),
            reason: "Available".to_owned(),
            message: "The service epsrv-1 is Active.".to_owned(),
            since: at("11:59:00"),
            remedy: Some("nothing to do"),
        }],
        drift: vec![drift()],
        last_error: Some(LastError {
            code: Some("Throttling".to_owned()),
            message: Some("too\u{1b}many".to_owned()),
            request_id: Some("r-1".to_owned()),
            time: None,
        }),
    }
}

fn drift() -> Drift {
    Drift { field: Some("spec.description".to_owned()), wanted: Some("intake".to_owned()), found: None }
}

fn standing() -> Standing {
    Standing {
        is_fresh: true,
        ready: "False".to_owned(),
        reason: "Updating".to_owned(),
        message: "The service epsrv-1 is being changed to fit the spec.".to_owned(),
        remedy: Some("wait"),
        is_stalled: false,
        looks_again: Some(LooksAgain::After { seconds: 5 }),
    }
}

fn wanted() -> Wanted {
    Wanted {
        account_id: "1".to_owned(),
        region: "cn-hangzhou".to_owned(),
        region_named_by: "spec.region".to_owned(),
        cluster_id: "prod".to_owned(),
        service_resource_type: "nlb".to_owned(),
        payer: "Endpoint".to_owned(),
        fields: vec![Valued::new("description", "intake")],
        unmanaged: vec!["tags", "connections"],
        services: Vec::new(),
    }
}

fn service() -> ServiceSeen {
    let connection = |endpoint_id: &str| ConnectionSeen {
        endpoint_id: endpoint_id.to_owned(),
        account_id: Some("2".to_owned()),
        vpc_id: None,
        status: "Connected".to_owned(),
        bandwidth_mbps: Some(100),
        decision: Some("Accept"),
    };
    ServiceSeen {
        id: "epsrv-1".to_owned(),
        name: Some("n".to_owned()),
        domain: Some("d".to_owned()),
        status: "Active".to_owned(),
        business_status: Some("Normal".to_owned()),
        resource_type: Some("nlb".to_owned()),
        payer: None,
        create_time: None,
        fields: vec![Valued::new("description", "")],
        supported_regions: Some([("cn-beijing".to_owned(), "Available".to_owned())].into()),
        tags: [("team".to_owned(), "shop".to_owned())].into(),
        attachments: Some(vec![AttachmentSeen {
            resource_id: "nlb-1".to_owned(),
            zone_id: Some("cn-hangzhou-h".to_owned()),
            auto_allocated_enabled: false,
            endpoints: 1,
            deprecated_endpoints: 2,
        }]),
        allowed_principals: Some(["1".to_owned()].into()),
        connections: Some(vec![connection("ep-1")]),
    }
}

fn found() -> Found {
    Found {
        listed_at: Some(at("11:59:58")),
        ownership: Ownership::Ours,
        service: Some(service()),
        duplicates: Vec::new(),
        load_balancers: vec![LoadBalancerSeen {
            id: "nlb-1".to_owned(),
            status: Some("Active".to_owned()),
            zone_ids: vec!["cn-hangzhou-h".to_owned()],
            message: None,
        }],
    }
}

fn intent() -> Intent {
    let text = "UpdateVpcEndpointServiceAttribute: description = \"intake\"".to_owned();
    Intent {
        differences: vec![drift()],
        reported: Vec::new(),
        steps: vec![Planned { operation: Some("UpdateVpcEndpointServiceAttribute"), service_id: None, text }],
        waits_for: Some("service-active(Pending)".to_owned()),
        unapplied: vec![Unapplied {
            field: "spec.tags[a]".to_owned(),
            wanted: "b".to_owned(),
            found: String::new(),
            why: "refused".to_owned(),
        }],
    }
}

#[test]
fn everything_is_told_in_order() {
    let explained = Explained {
        object: Some(object()),
        status: Some(status()),
        standing: Some(standing()),
        wanted: Some(wanted()),
        found: Some(found()),
        intent: Some(intent()),
        leases: vec![LeaseSeen {
            namespace: "privatelink-system".to_owned(),
            name: "privatelink-operator".to_owned(),
            holder: Some("pod-a_1".to_owned()),
            renewed_at: Some(at("11:59:57")),
            duration_seconds: Some(15),
        }],
        events: vec![EventSeen {
            at: Some(at("11:50:00")),
            kind: "Normal".to_owned(),
            reason: "EndpointServiceActive".to_owned(),
            message: "it is Active".to_owned(),
            count: 2,
            is_of_earlier_object: true,
        }],
        unread: vec![Unread { what: "connections", message: "not allowed".to_owned() }],
        ..nothing()
    };
    let expected = "\
shop/orders: Ready is False, Updating
  The service epsrv-1 is being changed to fit the spec.
  what to do: wait
  the operator looks again within 5s, and at once when something changes
object: generation 3, created 3h ago, uid u-1
operator: pod-a_1 leads (lease privatelink-system/privatelink-operator, renewed 3s ago)
status: of generation 2, and the object has 3: the operator has not reported on the newest spec yet
  Ready is True, Available, since 60s ago: The service epsrv-1 is Active.
  drift: spec.description: \"intake\", nothing
  last error: Throttling: too many (request r-1)
wanted: nlb in cn-hangzhou of account 1, payer Endpoint
  the region comes from spec.region; the cluster id is prod
  description = \"intake\"
  left as it is in the cloud: tags, connections
found: epsrv-1, of this object (listed 2s ago)
  it is Active, business status Normal, nlb
  name n
  domain d
  description = \"\"
  supported regions: cn-beijing Available
  tags: team=shop
  allowed principals: 1
  nlb-1 in cn-hangzhou-h: used by 1 endpoints, 2 that were moved away still have traffic here, not automatically allocated
  connection ep-1 of account 2: Connected, 100 Mbit/s, spec.connections says Accept
  load balancer nlb-1: Active, in cn-hangzhou-h
to do:
  differences, wanted and found:
    spec.description: \"intake\", nothing
  not in force: spec.tags[a]: \"b\", \"\": refused
  steps:
    UpdateVpcEndpointServiceAttribute: description = \"intake\"
  waits for service-active(Pending)
events:
  10m ago (2 times), of an earlier object of this name: Normal EndpointServiceActive: it is Active
could not be read:
  connections: not allowed
Nothing was written.
";
    assert_eq!(text(&explained, at("12:00:00")), expected);
}

#[test]
fn an_object_that_is_not_there_is_no_object_that_could_not_be_read() {
    let first = |explained: &Explained| text(explained, at("12:00:00")).lines().next().unwrap().to_owned();
    assert_eq!(first(&nothing()), "shop/orders: there is no such object");
    let unread = vec![Unread { what: "object", message: "forbidden".to_owned() }];
    assert_eq!(first(&Explained { unread, ..nothing() }), "shop/orders: could not be read");
    let silent = Explained { object: Some(object()), ..nothing() };
    assert_eq!(first(&silent), "shop/orders: no operator has reported on it yet");
}

#[test]
fn what_holds_the_operator_back_is_told_with_the_object() {
    let held = ObjectSeen {
        deleted_at: Some(at("11:59:30")),
        suspend: true,
        management_policy: "Observe",
        drift_policy: "Report",
        adopts: Some("epsrv-9".to_owned()),
        ..object()
    };
    let told = text(&Explained { object: Some(held), ..nothing() }, at("12:00:00"));
    for line in [
        "  marked for deletion 30s ago, held by the operator's finalizer, deletionPolicy Delete\n",
        "  suspend is true: nothing is written to the cloud\n",
        "  managementPolicy is Observe: nothing is written to the cloud\n",
        "  driftPolicy is Report: what somebody changes in the cloud is told and left\n",
        "  adopt.serviceId is epsrv-9: no service is created\n",
    ] {
        assert!(told.contains(line), "{line}{told}");
    }
}

#[test]
fn without_a_lease_that_is_told_unless_it_could_not_be_read() {
    let told = |explained: &Explained| text(explained, at("12:00:00")).contains("no lease was found");
    assert!(told(&nothing()));
    let unread = vec![Unread { what: "lease", message: "forbidden".to_owned() }];
    assert!(!told(&Explained { unread, ..nothing() }));
}

#[test]
fn a_time_is_told_in_the_largest_unit_of_which_it_has_two() {
    let told = [0, 119, 120, 7_199, 7_200, 172_799, 172_800].map(span);
    assert_eq!(told, ["0s", "119s", "2m", "119m", "2h", "47h", "2d"]);
    assert_eq!(ago(at("12:00:05"), at("12:00:00")), "0s ago", "another clock is ahead");
}
