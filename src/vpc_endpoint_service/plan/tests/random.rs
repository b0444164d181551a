//! What holds in every scenario, however odd.

use privatelink::{ConnectionStatus, RegionStatus, ServiceStatus};
use proptest::prelude::*;

use super::super::fixtures::random::{any_scenario, drifted_scenario, owned_ids};
use super::super::fixtures::{Scenario, at, limits, now};
use super::super::freshness::before;
use super::super::{Mode, Plan, Step};
use crate::cloud::services::observed::{AttemptEnd, DetailsView, ServiceView};
use crate::cloud::services::{Attachment, Connection, Details, Field, Proof, Write};
use crate::crd::WhenGone;
use crate::identity::Life;
use crate::vpc_endpoint_service::connections::{Answer, answer};

fn living_scenario() -> impl Strategy<Value = Scenario> {
    any_scenario().prop_map(|mut scenario| {
        scenario.resolved.life = Life::Live;
        scenario
    })
}

fn creates(plan: &Plan) -> Vec<&Step> {
    plan.steps.iter().filter(|step| matches!(step, Step::Create { .. })).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_service_is_written_to_that_does_not_carry_both_tags_in_a_recent_list(scenario in living_scenario()) {
        let plan = scenario.plan();
        let handed_over = match &scenario.observed.service {
            ServiceView::Former(former) | ServiceView::ToAdopt(former) => {
                former.tags.get("privatelink-operator.adopt") == Some(&"shop.web".to_owned())
            }
            _ => false,
        };
        let is_take_over = |step: &Step| handed_over && matches!(step, Step::Write { write: Write::Tag(_), .. });
        prop_assert!(plan.steps.iter().filter(|step| is_take_over(step)).count() <= 1);
        for id in plan.steps.iter().filter(|step| !is_take_over(step)).filter_map(Step::service_id) {
            prop_assert!(owned_ids(&scenario).contains(id), "{plan:?}");
            let service = scenario.clone().service().clone();
            prop_assert_eq!(service.id.as_str(), id);
            prop_assert_eq!(service.proof, Proof::Listed);
            prop_assert_eq!(&service.status, &ServiceStatus::Active);
            prop_assert!(scenario.observed.as_of >= Some(before(now(), limits().resync_period * 2)));
        }
    }

    #[test]
    fn nothing_is_created_while_any_service_is_shown(scenario in living_scenario()) {
        let is_absent = matches!(scenario.observed.service, ServiceView::Absent { .. });
        prop_assert!(is_absent || creates(&scenario.plan()).is_empty());
    }

    #[test]
    fn nothing_is_created_without_record_and_look_up(scenario in living_scenario()) {
        let plan = scenario.plan();
        // What is only shown is sent by nobody.
        for create in creates(&plan).into_iter().filter(|_| plan.mode == Mode::Act) {
            let Step::Create { record, request } = create else { unreachable!() };
            let is_written = plan.steps.first() == Some(&Step::Record(record.clone()));
            let is_carried = scenario.resolved.has_finalizer() && scenario.resolved.record.as_ref() == Some(record);
            prop_assert!(is_written || is_carried);
            prop_assert_eq!(request.client_token.as_ref(), Some(&record.client_token()));
            let needed = scenario.observed.own.attempts.iter().map(|attempt| attempt.ended);
            let needed = needed.fold(before(record.time, limits().create_lookup_max_age), Ord::max);
            prop_assert!(scenario.observed.as_of >= Some(needed));
        }
    }

    #[test]
    fn a_service_that_status_names_is_followed_by_one_of_a_later_incarnation_only(scenario in living_scenario()) {
        let plan = scenario.plan();
        for create in creates(&plan) {
            let Step::Create { record, .. } = create else { unreachable!() };
            let hint = &scenario.resolved.hint;
            prop_assert!(hint.service_id.is_none() || record.incarnation > hint.incarnation);
        }
    }

    #[test]
    fn the_incarnation_grows_by_a_token_that_leads_nowhere_or_because_the_spec_wants_another_service(
        scenario in living_scenario(),
    ) {
        let known = scenario.resolved.record.as_ref().map_or(0, |record| record.incarnation);
        let known = known.max(scenario.resolved.hint.incarnation);
        let attempts = &scenario.observed.own.attempts;
        let is_spent = attempts.iter().any(|one| matches!(one.end, AttemptEnd::TokenSpent { .. }));
        let refused = attempts.iter().filter(|one| matches!(one.end, AttemptEnd::Refused { .. }));
        let is_refused = refused.map(|one| if one.is_repeated { 2 } else { 1 }).sum::<u32>() > 1;
        let may_grow = is_spent || is_refused || scenario.resolved.spec.when_gone == WhenGone::Recreate;
        for step in scenario.plan().steps {
            let Step::Record(record) = step else { continue };
            prop_assert!(record.incarnation <= known || may_grow && record.incarnation == known + 1);
        }
    }

    #[test]
    fn a_create_is_the_last_step_and_alone_in_the_cloud(scenario in living_scenario()) {
        let steps = scenario.plan().steps;
        if let Some(position) = steps.iter().position(|step| matches!(step, Step::Create { .. })) {
            prop_assert_eq!(position, steps.len() - 1);
            prop_assert!(steps[..position].iter().all(|step| step.operation().is_none()));
        }
    }

    #[test]
    fn a_living_object_keeps_its_service_and_its_finalizer(scenario in living_scenario()) {
        let is_end = |step: &Step| matches!(step, Step::Write { write: Write::Delete, .. } | Step::ReleaseFinalizer);
        prop_assert!(!scenario.plan().steps.iter().any(is_end));
    }

    #[test]
    fn nobody_is_accepted_or_cut_off_but_by_the_rules_and_by_a_list_that_is_recent(scenario in living_scenario()) {
        for step in scenario.plan().steps.iter().filter(|step| step.is_about_connection()) {
            let Step::Write { write, .. } = step else { unreachable!() };
            let rules = scenario.resolved.spec.connections.as_ref().unwrap();
            let connections = scenario.observed.connections.as_ref().unwrap();
            prop_assert!(connections.as_of >= before(now(), limits().resync_period * 2));
            let is_meant = connections.list.iter().any(|connection| match (write, answer(rules, connection)) {
                (Write::Accept { endpoint_id, .. }, Answer::Accept(_))
                | (Write::Connection { endpoint_id, .. }, Answer::Change(_))
                | (Write::Disconnect(endpoint_id), Answer::Disconnect) => *endpoint_id == connection.endpoint_id,
                _ => false,
            });
            prop_assert!(is_meant, "{step:?}");
        }
    }

    #[test]
    fn a_plan_is_the_same_when_it_is_made_again(scenario in living_scenario()) {
        prop_assert_eq!(scenario.plan(), scenario.plan());
    }

    #[test]
    fn whatever_differs_is_repaired_step_by_step_until_the_plan_is_empty(scenario in drifted_scenario()) {
        let mut scenario = scenario;
        // Every difference takes at most three reconciles.
        for _ in 0..60 {
            let plan = scenario.plan();
            if plan.is_empty() {
                break;
            }
            prop_assert!(!plan.steps.is_empty() || plan.wait.is_some() || plan.look.is_some(), "{plan:?}");
            carry_out(&mut scenario, &plan);
        }
        prop_assert_eq!(Plan { mode: Mode::Act, ..scenario.plan() }, Plan::default());
    }
}

/// What execution and the provider make of a plan: the steps up to the first that is awaited; and while there are none, every endpoint leaves.
fn carry_out(scenario: &mut Scenario, plan: &Plan) {
    for step in &plan.steps {
        apply(scenario, step);
        if step.is_awaited() {
            return;
        }
    }
    if plan.steps.is_empty() {
        // A look at the attachments, or a wait until nobody uses one any more.
        details(scenario).attachments.values_mut().for_each(|one| one.related_endpoint_count = 0);
        open_regions(scenario);
    }
}

fn open_regions(scenario: &mut Scenario) {
    let Some(regions) = &mut scenario.service().regions else { return };
    let opening = |status: &RegionStatus| matches!(status, RegionStatus::Pending | RegionStatus::Unknown(_));
    let opening: Vec<_> = regions.iter().filter(|(_, status)| opening(status)).map(|(id, _)| id.clone()).collect();
    for region in opening {
        regions.set(&region, RegionStatus::Available);
    }
}

fn details(scenario: &mut Scenario) -> &mut Details {
    let DetailsView::Known(view) = &mut scenario.observed.details else { panic!("attachments are not known") };
    (view.as_of, view.read_at) = (at(999), at(999));
    view
}

fn connection<'a>(scenario: &'a mut Scenario, endpoint_id: &str) -> &'a mut Connection {
    let list = &mut scenario.observed.connections.as_mut().expect("connections are known").list;
    list.iter_mut().find(|connection| connection.endpoint_id == endpoint_id).expect("it is listed")
}

fn apply(scenario: &mut Scenario, step: &Step) {
    let Step::Write { write, .. } = step.clone() else { panic!("not a change of a service: {step:?}") };
    match write {
        Write::Tag(tags) => scenario.service().tags.extend(tags),
        Write::Untag(keys) => scenario.service().tags.retain(|key, _| !keys.contains(key)),
        Write::ResourceGroup(id) => scenario.service().attributes.set(Field::ResourceGroupId, id),
        Write::Attributes(change) => {
            for (field, value) in change {
                scenario.service().attributes.set(field, value);
            }
        }
        Write::AddRegions(regions) => {
            for region in regions {
                scenario.service().regions.get_or_insert_default().set(&region, RegionStatus::Pending);
            }
        }
        Write::RemoveRegions(regions) => {
            for region in regions {
                scenario.service().regions.get_or_insert_default().set(&region, RegionStatus::Deleting);
            }
        }
        Write::AddPrincipal(account) => {
            details(scenario).principals.get_or_insert_default().insert(account);
        }
        Write::RemovePrincipal(account) => {
            details(scenario).principals.get_or_insert_default().remove(&account);
        }
        Write::Attach { key, .. } => {
            let zone_id = key.zone_id.clone();
            details(scenario).attachments.insert(key, Attachment::new(zone_id));
        }
        Write::Detach { key, .. } => {
            let gone = details(scenario).attachments.remove(&key).expect("only what is attached is detached");
            assert_eq!(gone.related_endpoint_count, 0, "nothing is detached that endpoints use");
        }
        Write::AutoAllocation { key, enabled } => {
            details(scenario).attachments.get_mut(&key).expect("it is attached").auto_allocated_enabled = enabled;
        }
        Write::Accept { endpoint_id, attributes } | Write::Connection { endpoint_id, attributes } => {
            let connection = connection(scenario, &endpoint_id);
            connection.status = ConnectionStatus::Connected;
            connection.bandwidth_mbps = attributes.bandwidth_mbps.or(connection.bandwidth_mbps);
        }
        Write::Disconnect(endpoint_id) => connection(scenario, &endpoint_id).status = ConnectionStatus::Disconnected,
        Write::Migrate { .. } | Write::CloseReplaced { .. } | Write::Delete => {
            panic!("not a change of a service: {step:?}")
        }
    }
}
