use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::cloud::inventory::resource::Resource as _;
use crate::cloud::services::Details;

/// Any accepted write to a service that exists.
fn write() -> impl Strategy<Value = Write> {
    let text = || "[a-c]{1}";
    prop_oneof![
        text().prop_map(|text| described(&text)),
        any::<bool>()
            .prop_map(|enabled| { Write::Attributes(Attributes::default().with(Field::AutoAcceptEnabled, enabled)) }),
        text().prop_map(Write::ResourceGroup),
        (text(), text()).prop_map(|(key, value)| Write::Tag(BTreeMap::from([(key, value)]))),
        text().prop_map(|key| Write::Untag(BTreeSet::from([key]))),
        text().prop_map(|resource| attach(&resource)),
        text().prop_map(|resource| detach(&resource)),
        any::<bool>().prop_map(|enabled| Write::AutoAllocation { key: key("never-detached"), enabled }),
        text().prop_map(Write::AddPrincipal),
        text().prop_map(Write::RemovePrincipal),
    ]
}

/// The provider's side: what the writes make of the service.
fn carried_out(writes: &[Write]) -> (Service, Details) {
    let mut service = service("epsrv-1", "web");
    let mut details = Details {
        as_of: at(0),
        read_at: at(0),
        attachments: BTreeMap::new(),
        principals: Some(BTreeSet::from(["1001".to_owned()])),
    };
    for (field, value) in writes.iter().flat_map(Write::values) {
        EndpointServices::overlay(&mut service, &field, &value);
        EndpointServices::overlay_details(&mut details, &field, &value);
    }
    (service, details)
}

/// A state that has listed and read the service as it was, and then made the writes, one a second from 1 s on.
fn written(writes: &[Write]) -> State {
    let mut state = state();
    look(&mut state, "web", at(0));
    let (service, details) = carried_out(&[]);
    state.listed(at(0), [service]);
    state.read_details("epsrv-1", details);
    for (second, write) in (1..).zip(writes) {
        state.remember("epsrv-1", write, at(second));
    }
    state
}

/// What is known, without the marks of what lists have not shown.
fn known(state: &mut State) -> (Service, Details) {
    let observed = look(state, "web", at(1_000));
    let (ServiceView::Ours(service), crate::cloud::services::observed::DetailsView::Known(details)) =
        (observed.service, observed.details)
    else {
        panic!("the service is not known");
    };
    let service = Service { unseen: BTreeSet::new(), settling: false, ..*service };
    (service, Details { as_of: at(0), ..details })
}

/// Those writes of which no field was written before.
fn first_of_each_field(writes: Vec<Write>) -> Vec<Write> {
    let mut seen = BTreeSet::new();
    writes.into_iter().filter(|write| write.values().into_iter().all(|(field, _)| seen.insert(field))).collect()
}

/// A list, a read and a Get begun at one moment, all of them true.
fn look_everywhere(state: &mut State, writes: &[Write], as_of: Timestamp) -> Observed {
    let (service, details) = carried_out(writes);
    state.listed(as_of, [service]);
    state.read_details("epsrv-1", Details { as_of, ..details });
    state.got("epsrv-1", as_of, Some(ServiceStatus::Active));
    look(state, "web", at(1_000))
}

proptest! {
    /// Overlaid on an old list, the pending writes show what a new list would show.
    #[test]
    fn pending_writes_overlaid_on_an_old_list_are_the_new_list(writes in vec(write(), 0..12)) {
        let mut state = written(&writes);
        prop_assert_eq!(known(&mut state), carried_out(&writes));
    }

    /// Lists that lag, each showing the service as it was after some of the writes, never undo one.
    #[test]
    fn no_list_that_lags_undoes_a_pending_write(writes in vec(write(), 0..12), mut shown in vec(0_usize..=12, 0..6)) {
        let mut state = written(&writes);
        shown.sort_unstable();
        for (second, shown) in (20..).zip(shown) {
            let (service, details) = carried_out(&writes[..shown.min(writes.len())]);
            state.listed(at(second), [service]);
            state.read_details("epsrv-1", Details { as_of: at(second), ..details });
            prop_assert_eq!(known(&mut state), carried_out(&writes));
        }
    }

    /// A list that shows every write is all that is known afterwards, as if nothing had ever been remembered.
    #[test]
    fn a_list_that_shows_all_writes_is_believed_entirely(writes in vec(write(), 0..12)) {
        let writes = first_of_each_field(writes);
        let observed = look_everywhere(&mut written(&writes), &writes, at(20));
        prop_assert_eq!(observed, look_everywhere(&mut written(&[]), &writes, at(20)));
    }

    /// So is any list after the assumed lag, whatever was written over what.
    #[test]
    fn a_late_list_is_believed_entirely(writes in vec(write(), 0..12), kept in 0_usize..=12) {
        let truth = &writes[..kept.min(writes.len())];
        let mut observed = look_everywhere(&mut written(&writes), truth, at(72));
        // What it does not confirm is remembered of the writes, not of the service.
        observed.own.field_failures.clear();
        prop_assert_eq!(observed, look_everywhere(&mut written(&[]), truth, at(72)));
    }
}
