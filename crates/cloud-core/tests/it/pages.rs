//! Lists: read to their end, and never silently short.

use cloud_core::{ErrorKind, Fate, Listed};
use serde_json::{Value, json};

use crate::product::ListThings;
use crate::support::{Reply, Script, client, error, ok};

/// A page of things.
fn page(ids: &[&str], next: Option<&str>, total: &Value) -> Reply {
    let things: Vec<Value> = ids.iter().map(|id| json!({"ThingId": id})).collect();
    ok(&json!({"RequestId": "R", "Things": things, "NextToken": next, "TotalCount": total}))
}

struct Found {
    ids: Vec<String>,
    pages: u32,
    total_count: Option<u64>,
}

/// Ids, or the message of the error.
async fn list(script: &std::sync::Arc<Script>) -> Result<Found, String> {
    let outcome = client(script).list(&ListThings::default()).await;
    match outcome {
        Ok(Listed { items, pages, total_count }) => {
            Ok(Found { ids: items.into_iter().filter_map(|item| item.thing_id).collect(), pages, total_count })
        }
        Err(error) => {
            assert_eq!((error.kind(), error.fate()), (ErrorKind::Transient, Fate::Ambiguous));
            Err(error.message().unwrap().to_owned())
        }
    }
}

async fn complaint(replies: impl IntoIterator<Item = Reply>) -> String {
    list(&Script::of(replies)).await.err().unwrap()
}

#[tokio::test(start_paused = true)]
async fn all_pages_are_read_in_order() {
    let script = Script::of([
        page(&["a", "b"], Some("t1"), &json!(5)),
        page(&["c", "d"], Some("t2"), &json!("5")),
        page(&["e"], Some(""), &json!(5)),
    ]);
    let found = list(&script).await.unwrap();
    assert_eq!(found.ids, ["a", "b", "c", "d", "e"]);
    assert_eq!((found.pages, found.total_count), (3, Some(5)));
    assert_eq!(script.parameters("NextToken"), ["-", "t1", "t2"]);
    assert_eq!(script.parameters("MaxResults"), ["1000"; 3]);
}

#[tokio::test(start_paused = true)]
async fn an_empty_list_is_one_page() {
    for total in [json!(0), json!("0"), Value::Null] {
        let found = list(&Script::of([page(&[], None, &total)])).await.unwrap();
        assert_eq!((found.ids.len(), found.pages), (0, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_without_entries_in_the_middle_is_read_over() {
    let script = Script::of([
        page(&["a"], Some("t1"), &json!(2)),
        page(&[], Some("t2"), &json!(2)),
        page(&["b"], None, &json!(2)),
    ]);
    assert_eq!(list(&script).await.unwrap().ids, ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_comes_twice_is_an_error() {
    let replies = [page(&["a"], Some("t1"), &json!(9)), page(&["b"], Some("t1"), &json!(9))];
    assert_eq!(complaint(replies).await, "failed to read the whole list: the same page was announced twice");
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_comes_twice_is_an_error() {
    let replies = [page(&["a", "b"], Some("t1"), &json!(4)), page(&["b", "c"], None, &json!(4))];
    assert_eq!(complaint(replies).await, "failed to read the whole list: b came twice");
    assert_eq!(complaint([page(&["a", "a"], None, &json!(2))]).await, "failed to read the whole list: a came twice");
}

#[tokio::test(start_paused = true)]
async fn fewer_entries_than_counted_are_the_list_once_two_readings_agree() {
    for total in [json!(3), json!("3")] {
        let reading = |ids: [&str; 2]| [page(&ids[..1], Some("t1"), &total), page(&ids[1..], None, &total)];
        let script = Script::of([reading(["a", "b"]), reading(["b", "a"])].into_iter().flatten());
        let found = list(&script).await.unwrap();
        assert_eq!(
            (found.ids.as_slice(), found.pages, found.total_count),
            (&["b".to_owned(), "a".to_owned()][..], 4, Some(3))
        );
        assert_eq!(script.parameters("NextToken"), ["-", "t1", "-", "t1"]);
        assert_eq!(script.parameters("MaxResults"), ["1000", "1000", "999", "999"], "a page lost twice is another one");
    }
    let nothing = || page(&[], None, &json!(7));
    assert_eq!(list(&Script::of([nothing(), nothing()])).await.unwrap().ids, Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_fits_its_count_needs_no_second_one_and_a_short_one_before_it_does_not_count() {
    let lost = [page(&["a"], Some("t1"), &json!(3)), page(&["c"], None, &json!(3))];
    let whole = [page(&["a", "b", "c"], None, &json!(3))];
    let found = list(&Script::of(lost.into_iter().chain(whole))).await.unwrap();
    assert_eq!((found.ids, found.pages), (vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], 3));
}

#[tokio::test(start_paused = true)]
async fn readings_that_are_short_and_do_not_agree_are_an_error() {
    let short = |id: &str| page(&[id], None, &json!(3));
    let expected =
        "failed to read the whole list: 1 entries came, fewer than counted, and other ones in each of 3 readings";
    assert_eq!(complaint([short("a"), short("b"), short("a")]).await, expected);
    assert_eq!(list(&Script::of([short("a"), short("b"), short("b")])).await.unwrap().ids, ["b"]);
}

#[tokio::test(start_paused = true)]
async fn a_repeated_page_in_a_second_reading_is_an_error() {
    let replies = [page(&["a"], None, &json!(2)), page(&["a"], Some("t1"), &json!(2)), page(&["a"], None, &json!(2))];
    assert_eq!(complaint(replies).await, "failed to read the whole list: a came twice");
}

#[tokio::test(start_paused = true)]
async fn more_entries_than_counted_are_taken() {
    let found = list(&Script::of([page(&["a", "b"], None, &json!(1))])).await.unwrap();
    assert_eq!(found.ids, ["a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn pages_without_end_end() {
    let replies = (0..500).map(|number| page(&[&format!("s{number}")], Some(&format!("t{number}")), &json!(1)));
    assert_eq!(complaint(replies).await, "failed to read the whole list: there are more than 500 pages");
}

#[tokio::test(start_paused = true)]
async fn an_error_on_a_later_page_is_the_list_s_error() {
    let script = Script::of([page(&["a"], Some("t1"), &json!(2)), error(400, "NeedOpenProduct")]);
    let client = client(&script);
    let error = client.list(&ListThings::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Account);
}
