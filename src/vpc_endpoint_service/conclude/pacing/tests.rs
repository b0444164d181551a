use super::*;
use crate::crd::Drift;
use crate::vpc_endpoint_service::conclude::tests::ready;

/// A change of what people and tools act on.
type Change = fn(&mut VpcEndpointServiceStatus);

#[test]
fn what_people_and_tools_act_on_is_written_at_once() {
    let changes: [(&str, Change); 11] = [
        ("observedGeneration", |status| status.observed_generation = Some(9)),
        ("serviceId", |status| status.service_id = Some("another".to_owned())),
        ("serviceName", |status| status.service_name = Some("another".to_owned())),
        ("serviceDomain", |status| status.service_domain = Some("another".to_owned())),
        ("region", |status| status.region = Some("another".to_owned())),
        ("accountId", |status| status.account_id = Some("another".to_owned())),
        ("incarnation", |status| status.incarnation = Some(9)),
        ("drift", |status| status.drift = vec![Drift { field: Some("another".to_owned()), wanted: None, found: None }]),
        ("plan", |status| status.plan = vec!["a call".to_owned()]),
        ("lastError", |status| status.last_error = Some(LastError::default())),
        ("conditions", |status| status.conditions = ready().conditions),
    ];
    let before = VpcEndpointServiceStatus::default();
    for (field, change) in changes {
        let mut wanted = before.clone();
        change(&mut wanted);
        assert_eq!(with_progress_of(&before, wanted.clone()), wanted, "{field}");
        assert_ne!(wanted, before, "{field}");
    }
}
