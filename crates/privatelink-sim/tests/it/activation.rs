//! Activation of the product.

use privatelink_sim::{AccessKey, Account, BusinessStatus, DEFAULT_PROVIDER, Switch};
use serde_json::json;

use crate::support::{NLB_SERVICE, provider};

#[tokio::test(start_paused = true)]
async fn an_account_is_closed_then_opened_once() {
    let (simulator, client) = provider();
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret");
    let closed = Account { product_open: Switch::Off, ..Account::new(DEFAULT_PROVIDER, key) };
    simulator.put_account(closed);
    let call = async |action| client.try_call(action, &[]).await.unwrap();
    let refused = call("CheckProductOpen").await;
    assert_eq!((refused.status, refused.code()), (400, "NeedOpenProduct"));
    assert_eq!(client.call("CreateVpcEndpointService", NLB_SERVICE).await.code(), "NeedOpenProduct");
    let opened = call("OpenPrivateLinkService").await;
    assert!(opened.text("OrderId").bytes().all(|byte| byte.is_ascii_digit()), "{opened:?}");
    let good = call("CheckProductOpen").await;
    assert_eq!(good.body, json!({ "RequestId": good.text("RequestId"), "Success": true }));
    assert_eq!(client.call("CreateVpcEndpointService", NLB_SERVICE).await.code(), "good");
    assert_eq!(call("OpenPrivateLinkService").await.code(), "OrderOpend");
}

#[tokio::test(start_paused = true)]
async fn an_account_in_debt_cannot_open_it() {
    let (simulator, client) = provider();
    let key = AccessKey::new("sim-provider-key", "sim-provider-secret");
    simulator.put_account(Account {
        product_open: Switch::Off,
        business_status: BusinessStatus::FinancialLocked,
        ..Account::new(DEFAULT_PROVIDER, key)
    });
    let reply = client.try_call("OpenPrivateLinkService", &[]).await.unwrap();
    assert_eq!(reply.code(), "InvalidAccountStatus.NotEnoughBalance");
}
