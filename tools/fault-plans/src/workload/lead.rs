//! Two replicas of which one leads: what becomes of the work when the lead is lost in the middle of it.

use serde_json::json;

use super::{NAME, Rest, Workload, nothing, spec, until_made, until_ready};

/// What the operators are told of the lease: short, but long enough for a machine on which six plans run at once.
pub(super) const ARGUMENTS: [&str; 4] = [
    "--leader-elect",
    "--internal-timing=leaseDuration=3s",
    "--internal-timing=leaseRenewDeadline=2s",
    "--internal-timing=leaseRetryPeriod=300ms",
];

pub(super) const ALL: &[Workload] = &[Workload {
    name: "leader",
    about: "of two replicas one leads: an object comes, is edited, and another comes",
    operators: 2,
    races: 0,
    prepare: nothing,
    act: |environment| {
        Box::pin(async move {
            environment.objects.apply(NAME, &spec()).await?;
            until_made(environment).await?;
            environment.objects.edit(NAME, &json!({"description": "edited"})).await?;
            environment.objects.apply("ledger", &spec()).await?;
            until_ready(environment, NAME).await
        })
    },
    rest: || vec![(NAME.to_owned(), Rest::Ready), ("ledger".to_owned(), Rest::Ready)],
}];
