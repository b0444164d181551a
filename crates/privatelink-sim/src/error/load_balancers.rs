//! Errors of the APIs of load balancers: code, HTTP status, text. Those of NLB and ALB are of their API references; GWLB is taken to answer as
//! ALB does, and what CLB answers is known by its code only, so status and text are a guess.

#[rustfmt::skip]
pub(super) const ROWS: &[(&str, u16, &str)] = &[
    ("DuplicatedParam", 400, "The param of %s is duplicated."),
    ("Forbidden.LoadBalancer", 400, "Authentication has failed for LoadBalancer."),
    ("Forbidden.NoPermission", 403, "Authentication is failed for NoPermission."),
    ("InvalidLoadBalancerId.NotFound", 404, "The specified LoadBalancerId does not exist."),
    ("OperationFailed.GetXipFailed", 400, "Operation failed because GetXipFailed."),
    ("ResourceNotFound.LoadBalancer", 404, "The specified resource %s is not found."),
    ("ResourceNotFound.loadBalancer", 404, "The specified resource of loadbalancer is not found."),
];
