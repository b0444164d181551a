//! What is not an answer about the load balancer.

use cloud_core::{ErrorKind, Fate};
use loadbalancers::Product;
use serde_json::json;

use crate::support::{Script, client, cut, error, ok};
use crate::{id_of, read, read_reply};

#[tokio::test(start_paused = true)]
async fn none_of_that_id_is_an_answer_whatever_the_product_calls_it() {
    for (product, status, code) in [
        (Product::Nlb, 404, "ResourceNotFound.loadBalancer"),
        (Product::Alb, 404, "ResourceNotFound.LoadBalancer"),
        (Product::Alb, 400, "-735"),
        (Product::Clb, 404, "InvalidLoadBalancerId.NotFound"),
        (Product::Gwlb, 404, "ResourceNotFound.LoadBalancer"),
        // Should the l change its size.
        (Product::Nlb, 404, "ResourceNotFound.LoadBalancer"),
        (Product::Gwlb, 404, "ResourceNotFound.loadBalancer"),
    ] {
        let answer = read_reply(&id_of(product), error(status, code)).await;
        assert_eq!(answer, Ok(None), "{product:?} {code}");
    }
}

#[tokio::test(start_paused = true)]
async fn something_else_that_is_not_there_is_a_failure() {
    for product in Product::ALL {
        for code in ["ResourceNotFound", "ResourceNotFound.Vpc", "InvalidApi.NotFound", "InvalidRegionId.NotFound", ""]
        {
            let answer = read_reply(&id_of(product), error(404, code)).await;
            assert!(answer.is_err(), "{product:?} {code}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_missing_right_is_told_apart() {
    for (product, status, code) in [
        (Product::Nlb, 403, "Forbidden.RAM"),
        (Product::Nlb, 403, "Forbidden.NoPermission"),
        (Product::Alb, 400, "Forbidden.LoadBalancer"),
        (Product::Clb, 403, "Forbidden.RAM"),
        (Product::Gwlb, 403, "NoPermission"),
    ] {
        let failure = read_reply(&id_of(product), error(status, code)).await.unwrap_err();
        assert!(failure.is_access_denied(), "{product:?} {code}");
        assert_eq!((failure.kind(), failure.operation()), (ErrorKind::Account, product.operation()));
    }
    for code in ["Throttling.User", "InternalError", "SystemBusy", "OperationFailed.GetXipFailed", "SomethingNew"] {
        let failure = read_reply(&id_of(Product::Nlb), error(400, code)).await.unwrap_err();
        assert!(!failure.is_access_denied(), "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_another_load_balancer_or_about_none_is_a_failure() {
    for product in Product::ALL {
        let id = id_of(product);
        let other = format!("{id}d");
        for answer in [
            json!({}),
            json!({"LoadBalancerId": null}),
            json!({"LoadBalancerId": ""}),
            json!({"LoadBalancerId": other}),
        ] {
            let failure = read_reply(&id, ok(&answer)).await.unwrap_err();
            assert_eq!((failure.kind(), failure.fate()), (ErrorKind::Transient, Fate::Ambiguous), "{answer}");
            assert!(failure.to_string().contains("failed to read the answer"), "{failure}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_that_broke_off_is_sent_again() {
    let id = id_of(Product::Clb);
    let script = Script::of([cut(), ok(&json!({"LoadBalancerId": id.as_str()}))]);
    assert!(read(&client(&script), &id).await.unwrap().is_some());
    assert_eq!(script.requests().len(), 2);
}
