use serde_json::json;

use super::*;

/// Drops every object that is called "b", and counts the others.
struct WithoutB;

impl Traffic for WithoutB {
    fn show(&self, _: Shown, object: &mut Value) -> bool {
        object["seen"] = json!(true);
        object["name"] != "b"
    }
}

#[test]
fn the_events_of_a_watch_pass_one_by_one_however_they_are_cut() {
    let chunks = [
        r#"{"type":"ADDED","obj"#,
        "ect\":{\"name\":\"a\"}}\n{\"type\":\"ADDED\",",
        "\"object\":{\"name\":\"b\"}}\n{\"type\":\"BOOKMARK\"}\n",
    ];
    let mut begun = Vec::new();
    let shown: Vec<Vec<u8>> = chunks.iter().map(|chunk| lines(&mut begun, chunk.as_bytes(), &WithoutB)).collect();
    let shown = String::from_utf8(shown.concat()).unwrap();
    assert_eq!(shown, "{\"object\":{\"name\":\"a\",\"seen\":true},\"type\":\"ADDED\"}\n{\"type\":\"BOOKMARK\"}\n");
}

#[test]
fn what_a_request_is_about_shows_in_its_path() {
    let is = |uri: &str, expected: fn(&About) -> bool| assert!(expected(&About::of(&uri.parse().unwrap())), "{uri}");
    let group = "/apis/privatelink.alibabacloud.com/v1alpha1";
    is(&format!("{group}/vpcendpointservices?limit=500"), |about| matches!(about, About::List));
    is(&format!("{group}/namespaces/a/vpcendpointservices?watch=true&x=1"), |about| matches!(about, About::Watch));
    is(&format!("{group}/namespaces/a/vpcendpointservices/b/status?force=true"), |about| {
        matches!(about, About::Object)
    });
    is("/api/v1/namespaces/kube-system", |about| matches!(about, About::Other));
}

#[test]
fn a_successor_that_looks_the_same_is_swallowed_once() {
    let traffic = SuccessorSwallowed::default();
    let show = |how, uid: &str, generation: u64| {
        let metadata = json!({"namespace": "team", "name": "a", "uid": uid, "generation": generation});
        traffic.show(how, &mut json!({ "metadata": metadata }))
    };
    assert!(show(Shown::Listed, "1", 1));
    assert!(show(Shown::Deleted, "1", 1));
    assert!(!show(Shown::Watched, "2", 1));
    assert!(show(Shown::Watched, "2", 1));
    assert!(show(Shown::Watched, "3", 2));
}
