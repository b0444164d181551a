//! What the provider may turn out to do: each guess of the configuration, both ways.

use std::time::Duration;

use privatelink_sim::{
    BusinessStatus, DEFAULT_PROVIDER, EmptyDescription, Fault, FaultKind, LoadBalancer, OwnerAmong, ServiceChange,
    Simulator, Span, StoredText, Switch, TokenMemory, UserLists, UserTotal,
};
use serde_json::{Value, json};

use crate::support::{Client, NLB_SERVICE, REGION, ZONE_I, pass, provider};

type Params<'a> = &'a [(&'a str, &'a str)];

async fn code(client: &Client, action: &str, params: &[(&str, &str)]) -> String {
    client.call(action, params).await.code().to_owned()
}

fn guess(simulator: &Simulator, patch: &Value) {
    simulator.patch_config(&json!({ "guesses": patch })).unwrap();
}

#[tokio::test(start_paused = true)]
async fn every_guess_can_be_changed_through_the_admin_api_by_the_names_of_the_readme() {
    let (simulator, _) = provider();
    let patch = json!({
        "guesses": {
            "delete_drops_attachments": "off", "other_connect_bandwidth": "refused", "user_lists": "separate", "owner_among": "arns",
            "user_total": "both", "total_ignores_tags": "on", "descriptions": "trimmed", "tag_values": "folded",
            "empty_description": "ignored", "auto_allocated": "off", "no_gwlb": ["cn-hangzhou"],
        },
        "timers": { "account_lock": "1s..10s" },
        "lists": { "tags_late": "3s" },
        "tokens": { "at_work": "IdempotenceProcessing", "remember_refusals": "on" },
    });
    simulator.patch_config(&patch).unwrap();
    let config = simulator.config();
    let guesses = config.guesses;
    assert_eq!((guesses.user_lists, guesses.owner_among), (UserLists::Separate, OwnerAmong::Arns));
    assert_eq!((guesses.descriptions, guesses.tag_values), (StoredText::Trimmed, StoredText::Folded));
    assert_eq!((guesses.user_total, guesses.total_ignores_tags), (UserTotal::Both, Switch::On));
    assert_eq!((guesses.empty_description, guesses.auto_allocated), (EmptyDescription::Ignored, Switch::Off));
    assert_eq!((config.timers.account_lock, config.lists.tags_late), (Span::secs(1, 10), Duration::from_secs(3)));
    assert_eq!(
        (config.tokens.at_work.as_str(), config.tokens.remember_refusals),
        ("IdempotenceProcessing", Switch::On)
    );
    assert!(simulator.patch_config(&json!({ "guesses": { "user_lists": "three" } })).is_err());
}

#[tokio::test(start_paused = true)]
async fn a_token_at_work_is_spelled_as_the_sister_products_spell_it() {
    for spelling in TokenMemory::AT_WORK {
        let (simulator, client) = provider();
        simulator.change_config(|config| spelling.clone_into(&mut config.tokens.at_work));
        let params = [NLB_SERVICE, &[("ClientToken", "t")]].concat();
        let create = || client.call("CreateVpcEndpointService", &params);
        let (first, second) = futures::future::join(create(), create()).await;
        assert_eq!((first.code(), second.code(), second.status), ("good", spelling, 400));
        assert_eq!(create().await.text("ServiceId"), first.text("ServiceId"));
        assert_eq!(simulator.all_services().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_token_may_remember_a_refusal_whose_cause_is_corrected() {
    let (simulator, client) = provider();
    let resource =
        [("Resource.1.ResourceType", "nlb"), ("Resource.1.ResourceId", "nlb-new"), ("Resource.1.ZoneId", ZONE_I)];
    let create = async |token: &str| {
        let params = [&[("ServiceResourceType", "nlb"), ("ClientToken", token)], &resource[..]].concat();
        code(&client, "CreateVpcEndpointService", &params).await
    };
    assert_eq!(create("forgets").await, "LoadBalancerNotFound");
    simulator.change_config(|config| config.tokens.remember_refusals = Switch::On);
    assert_eq!(create("remembers").await, "LoadBalancerNotFound");
    simulator.seed_load_balancer(LoadBalancer::new("nlb-new", "nlb", REGION, &[ZONE_I]));
    assert_eq!(create("remembers").await, "LoadBalancerNotFound");
    assert_eq!(create("forgets").await, "good");
    assert_eq!(create("another").await, "good");
    pass(601).await;
    assert_eq!(create("remembers").await, "good");
    assert_eq!(simulator.all_services().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_on_order_is_remembered_too_but_not_one_that_invites_a_repetition() {
    let (simulator, client) = provider();
    simulator.change_config(|config| config.tokens.remember_refusals = Switch::On);
    let create = async |token: &str| {
        let params = [NLB_SERVICE, &[("ClientToken", token)]].concat();
        code(&client, "CreateVpcEndpointService", &params).await
    };
    let cases = [
        ("QuotaMisMatched", "QuotaMisMatched"),
        ("EndpointServiceOperationDenied", "EndpointServiceOperationDenied"),
        ("ConcurrentCallNotSupported", "good"),
        ("Throttling.User", "good"),
        ("SystemError", "good"),
    ];
    for (refusal, again) in cases {
        simulator.fault(Fault::next("CreateVpcEndpointService", FaultKind::error(refusal)));
        assert_eq!(create(refusal).await, refusal);
        assert_eq!(create(refusal).await, again, "again after {refusal}");
    }
    assert_eq!(create("good").await, "good");
    simulator.fault(Fault::next("CreateVpcEndpointService", FaultKind::error("QuotaMisMatched")));
    assert_eq!(create("good").await, "QuotaMisMatched");
    assert_eq!(create("good").await, "good", "what took effect stays remembered");
    assert_eq!(simulator.all_services().len(), 4);
}

async fn lists(client: &Client, id: &str) -> (Value, Value) {
    let list = async |kind| {
        let mut body =
            client.call("ListVpcEndpointServiceUsers", &[("ServiceId", id), ("UserListType", kind)]).await.body;
        body.as_object_mut().unwrap().retain(|key, _| ["Users", "UserARNs", "TotalCount"].contains(&key.as_str()));
        body
    };
    (list("Users").await, list("UserARNs").await)
}

#[tokio::test(start_paused = true)]
async fn ids_and_arns_may_be_two_lists_of_which_one_holds_the_owner() {
    let owner: i64 = DEFAULT_PROVIDER.parse().unwrap();
    let id = |account: i64| json!({ "UserId": account });
    let arn = |account: i64| json!({ "UserARN": format!("acs:ram:*:{account}:*") });
    let shown = |ids: &[Value], arns: &[Value]| {
        (
            json!({ "Users": ids, "UserARNs": [], "TotalCount": ids.len().to_string() }),
            json!({ "Users": [], "UserARNs": arns, "TotalCount": arns.len().to_string() }),
        )
    };
    for (among, ids, arns) in [
        (OwnerAmong::Ids, vec![id(owner)], vec![]),
        (OwnerAmong::Arns, vec![], vec![arn(owner)]),
        (OwnerAmong::Both, vec![id(owner)], vec![arn(owner)]),
    ] {
        let (simulator, client) = provider();
        simulator.change_config(|config| {
            (config.guesses.user_lists, config.guesses.owner_among) = (UserLists::Separate, among);
        });
        let service = client.create_active().await;
        assert_eq!(lists(&client, &service).await, shown(&ids, &arns), "{among:?}");
        let change = async |action: &str, more: &[(&str, &str)]| {
            let params = [&[("ServiceId", service.as_str())], more].concat();
            assert_eq!(code(&client, action, &params).await, "good");
            pass(2).await;
        };
        change("AddUserToVpcEndpointService", &[("UserId", "7")]).await;
        change("AddUserToVpcEndpointService", &[("UserARN", "acs:ram:*:8:*")]).await;
        change("AddUserToVpcEndpointService", &[("UserId", "9"), ("UserARN", "acs:ram:*:9:*")]).await;
        let with = |own: &[Value], more: [Value; 2]| [&more, own].concat();
        let both = shown(&with(&ids, [id(7), id(9)]), &with(&arns, [arn(8), arn(9)]));
        assert_eq!(lists(&client, &service).await, both, "{among:?}");
        let view = simulator.all_services().remove(0);
        assert_eq!(view.users.len(), 4, "who is on either is on the list: {view:?}");
        let lengths = view.user_lists.map(|lists| (lists.ids.len(), lists.arns.len()));
        assert_eq!(lengths, Some((ids.len() + 2, arns.len() + 2)));

        // What is taken off in one spelling stays in the other.
        change("RemoveUserFromVpcEndpointService", &[("UserARN", "acs:ram:*:7:*")]).await;
        change("RemoveUserFromVpcEndpointService", &[("UserId", "9")]).await;
        let left = shown(&[&[id(7)], &ids[..]].concat(), &with(&arns, [arn(8), arn(9)]));
        assert_eq!(lists(&client, &service).await, left, "{among:?}");
        let outside = ServiceChange {
            remove_users: vec![7],
            add_user_arns: vec!["acs:ram:*::*".to_owned(), "no arn".to_owned()],
            remove_user_arns: vec!["acs:ram:*:8:*".to_owned()],
            ..ServiceChange::default()
        };
        assert!(simulator.change_service(&service, &outside));
        let everybody = json!({ "UserARN": "acs:ram:*::*" });
        let left = shown(&ids, &[&[arn(9)], &arns[..], &[everybody]].concat());
        assert_eq!(lists(&client, &service).await, left, "{among:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_count_of_users_may_be_that_of_both_spellings() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    let total = async || lists(&client, &id).await.0["TotalCount"].clone();
    assert_eq!(total().await, "1");
    guess(&simulator, &json!({ "user_total": "both" }));
    assert_eq!(total().await, "2");
    guess(&simulator, &json!({ "user_lists": "separate" }));
    assert_eq!(total().await, "1");
}

#[tokio::test(start_paused = true)]
async fn the_count_of_services_may_leave_the_tag_filter_out() {
    let (simulator, client) = provider();
    client.create().await;
    let tagged = client.call("CreateVpcEndpointService", &[("Tag.1.Key", "env"), ("Tag.1.Value", "p")]).await;
    let filters: &[(Params<'_>, i32, i32)] = &[
        (&[("Tag.1.Key", "env")], 1, 2),
        (&[("Tag.1.Key", "none")], 0, 2),
        (&[("Tag.1.Key", "env"), ("ServiceId", tagged.text("ServiceId"))], 1, 1),
        (&[], 2, 2),
    ];
    for (ignores, column) in [(Switch::Off, 0), (Switch::On, 1)] {
        simulator.change_config(|config| config.guesses.total_ignores_tags = ignores);
        for (filter, shown, counted) in filters {
            let body = client.call("ListVpcEndpointServices", filter).await.body;
            let expected = [*shown, *counted][column];
            assert_eq!(
                (body["Services"].as_array().unwrap().len(), &body["TotalCount"]),
                (usize::try_from(*shown).unwrap(), &json!(expected))
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn texts_may_be_kept_otherwise_than_they_were_sent() {
    for (kept, created, updated, value) in [
        (StoredText::AsSent, " Created ", " Updated ", " Value "),
        (StoredText::Trimmed, "Created", "Updated", "Value"),
        (StoredText::Folded, " created ", " updated ", " value "),
        (StoredText::Ignored, "", "", ""),
    ] {
        let (simulator, client) = provider();
        simulator.change_config(|config| (config.guesses.descriptions, config.guesses.tag_values) = (kept, kept));
        let texts = [("ServiceDescription", " Created "), ("Tag.1.Key", "made"), ("Tag.1.Value", " Value ")];
        let id = client.call("CreateVpcEndpointService", &texts).await.text("ServiceId").to_owned();
        let service = || simulator.all_services().remove(0);
        assert_eq!((service().description.as_str(), service().tags["made"].as_str()), (created, value), "{kept:?}");
        client.settle(&id).await;
        let update = [("ServiceId", id.as_str()), ("ServiceDescription", " Updated ")];
        assert_eq!(code(&client, "UpdateVpcEndpointServiceAttribute", &update).await, "good");
        let tag = [
            ("ResourceType", "vpcendpointservice"),
            ("ResourceId.1", id.as_str()),
            ("Tag.1.Key", "late"),
            ("Tag.1.Value", " Value "),
        ];
        assert_eq!(code(&client, "TagResources", &tag).await, "good");
        assert_eq!((service().description.as_str(), service().tags["late"].as_str()), (updated, value), "{kept:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_description_clears_or_counts_as_not_given() {
    for (empty, left) in [(EmptyDescription::Clears, ""), (EmptyDescription::Ignored, "first")] {
        let (simulator, client) = provider();
        simulator.change_config(|config| config.guesses.empty_description = empty);
        let id = client
            .call("CreateVpcEndpointService", &[("ServiceDescription", "first")])
            .await
            .text("ServiceId")
            .to_owned();
        client.settle(&id).await;
        let update = [("ServiceId", id.as_str()), ("ServiceDescription", "")];
        assert_eq!(code(&client, "UpdateVpcEndpointServiceAttribute", &update).await, "good");
        assert_eq!(simulator.all_services()[0].description, left, "{empty:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_lock_of_an_account_may_be_held_longer_than_the_call() {
    let (simulator, client) = provider();
    let (one, two) = (client.create_active().await, client.create_active().await);
    let update = async |id: &str| code(&client, "UpdateVpcEndpointServiceAttribute", &[("ServiceId", id)]).await;
    simulator.change_config(|config| config.timers.account_lock = Span::secs(5, 5));
    assert_eq!(update(&one).await, "good");
    pass(4).await;
    assert_eq!(update(&two).await, "ConcurrentCallNotSupported");
    let detach = [("ServiceId", two.as_str()), ("ResourceId", "nlb-a"), ("ZoneId", ZONE_I)];
    assert_eq!(code(&client, "DetachResourceFromVpcEndpointService", &detach).await, "good", "another lock");
    client.settle(&two).await;
    pass(1).await;
    assert_eq!(update(&two).await, "good");
}

#[tokio::test(start_paused = true)]
async fn a_list_may_show_a_new_service_some_time_before_its_tags() {
    let (simulator, client) = provider();
    simulator.change_config(|config| config.lists.tags_late = Duration::from_secs(5));
    let tag = [("Tag.1.Key", "env"), ("Tag.1.Value", "p")];
    let id = client.call("CreateVpcEndpointService", &tag).await.text("ServiceId").to_owned();
    let seen = async || {
        let all = client.call("ListVpcEndpointServices", &[]).await;
        let filtered = client.call("ListVpcEndpointServices", &tag).await;
        let resource = [("ResourceType", "vpcendpointservice"), ("ResourceId.1", id.as_str())];
        let tags = client.call("ListTagResources", &resource).await;
        let tags_in_list = all.list("Services")[0]["Tags"].as_array().unwrap().len();
        (all.list("Services").len(), tags_in_list, filtered.list("Services").len(), tags.list("TagResources").len())
    };
    assert_eq!(seen().await, (1, 0, 0, 0));
    pass(5).await;
    assert_eq!(seen().await, (1, 1, 1, 1));
    let untag = [("ResourceType", "vpcendpointservice"), ("ResourceId.1", id.as_str()), ("TagKey.1", "env")];
    assert_eq!(code(&client, "UntagResources", &untag).await, "good");
    assert_eq!(seen().await, (1, 1, 1, 1));
    pass(5).await;
    assert_eq!(seen().await, (1, 0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_new_attachment_may_not_be_given_to_new_connections() {
    for (switch, expected) in [(Switch::On, json!([true, true])), (Switch::Off, json!([false, false]))] {
        let (simulator, client) = provider();
        simulator.change_config(|config| config.guesses.auto_allocated = switch);
        let id = client.create_active().await;
        let attach = [("ServiceId", id.as_str()), ("ResourceType", "nlb"), ("ResourceId", "nlb-b"), ("ZoneId", ZONE_I)];
        assert_eq!(code(&client, "AttachResourceToVpcEndpointService", &attach).await, "good");
        pass(10).await;
        let listed = client.call("ListVpcEndpointServiceResources", &[("ServiceId", &id)]).await;
        let shown: Vec<_> =
            listed.list("Resources").iter().map(|found| found["AutoAllocatedEnabled"].clone()).collect();
        assert_eq!(json!(shown), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_load_balancer_may_not_be_offered_in_a_region() {
    let (simulator, client) = provider();
    let create = async |kind| code(&client, "CreateVpcEndpointService", &[("ServiceResourceType", kind)]).await;
    for (nowhere, expected) in [
        (json!([]), "good"),
        (json!(["cn-beijing"]), "good"),
        (json!([REGION]), "UnsupportedFeature.GWLB"),
        (json!(["*"]), "UnsupportedFeature.GWLB"),
    ] {
        guess(&simulator, &json!({ "no_gwlb": nowhere }));
        assert_eq!((create("gwlb").await.as_str(), create("nlb").await.as_str()), (expected, "good"), "{nowhere}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_in_one_text_is_refused_and_no_filter_is_dropped_in_silence() {
    let (_, client) = provider();
    let id = client.create().await;
    let tag = r#"[{"Key":"env","Value":"p"}]"#;
    let cases: &[(&str, Params<'_>, &str)] = &[
        ("ListVpcEndpointServices", &[("Tag", tag)], "IllegalParamFormat.Tag"),
        ("ListVpcEndpointServices", &[("Tag", "")], "good"),
        ("CreateVpcEndpointService", &[("Tag", tag)], "IllegalParamFormat.Tag"),
        ("CreateVpcEndpointService", &[("Resource", "[{}]")], "IllegalParamFormat.Resource"),
        (
            "CreateVpcEndpointService",
            &[("SupportedRegionList", r#"["cn-beijing"]"#)],
            "IllegalParamFormat.SupportedRegionList",
        ),
        (
            "TagResources",
            &[("ResourceType", "vpcendpointservice"), ("ResourceId.1", &id), ("Tag", tag)],
            "IllegalParamFormat.Tag",
        ),
        ("ListTagResources", &[("ResourceType", "vpcendpointservice"), ("Tag", tag)], "IllegalParamFormat.Tag"),
        ("ListVpcEndpoints", &[("Tag", tag)], "IllegalParamFormat.Tag"),
    ];
    for (action, params, expected) in cases {
        assert_eq!(code(&client, action, params).await, *expected, "{action} {params:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn any_word_can_be_a_business_status_and_only_the_two_locks_lock() {
    let (simulator, client) = provider();
    let id = client.create_active().await;
    let shown = async || {
        client
            .call("GetVpcEndpointServiceAttribute", &[("ServiceId", &id)])
            .await
            .text("ServiceBusinessStatus")
            .to_owned()
    };
    for (word, expected) in [
        ("Normal", "good"),
        ("normal", "good"),
        ("", "good"),
        ("Reviewed", "good"),
        ("FinancialLocked", "EndpointServiceLocked"),
        ("SecurityLocked", "EndpointServiceLocked"),
    ] {
        let change = ServiceChange { business_status: Some(word.to_owned().into()), ..ServiceChange::default() };
        assert!(simulator.change_service(&id, &change));
        assert_eq!(shown().await, word);
        let listed = client.call("ListVpcEndpointServices", &[("ServiceBusinessStatus", word)]).await;
        assert_eq!(listed.list("Services")[0]["ServiceBusinessStatus"], word);
        client.settle(&id).await;
        let update = [("ServiceId", id.as_str()), ("ServiceDescription", word)];
        assert_eq!(code(&client, "UpdateVpcEndpointServiceAttribute", &update).await, expected, "{word}");
    }
    let account = |simulator: &Simulator, word: &str| {
        simulator.change_config(|config| config.accounts[0].business_status = BusinessStatus::from(word.to_owned()));
    };
    account(&simulator, "Reviewed");
    assert_eq!(code(&client, "CreateVpcEndpointService", &[]).await, "good");
    assert_eq!(simulator.config().accounts[0].business_status, BusinessStatus::Word("Reviewed".to_owned()));
    account(&simulator, "FinancialLocked");
    assert_eq!(code(&client, "CreateVpcEndpointService", &[]).await, "InvalidAccountStatus.NotEnoughBalance");
}
