//! What the error codes of the four products mean. Those of the platform (key, signature, permission, throttling) are known to every client.
//!
//! Sources: the error lists of the API references, and what other clients of these APIs handle though no list has it. Kind and class are this
//! client's judgement.

use cloud_core::ErrorKind::{Busy, DependencyMissing, Spec, Transient};
use cloud_core::{CodeEntry, Error, ErrorCodes};

/// "There is no such load balancer", in the words of any product: an answer, not a failure.
const NOT_FOUND: [&str; 3] = [
    // NLB, whose l is a small one; ALB and GWLB, whose is not.
    "ResourceNotFound.LoadBalancer",
    // ALB, in no list; Terraform's provider takes it so.
    "-735",
    // CLB.
    "InvalidLoadBalancerId.NotFound",
];

/// Whether the error says that there is no such load balancer. The products do not agree on capitals, so none count.
pub(crate) fn is_not_found(error: &Error) -> bool {
    error.code().is_some_and(|code| NOT_FOUND.iter().any(|known| known.eq_ignore_ascii_case(code)))
}

pub(crate) const NLB: ErrorCodes = ErrorCodes {
    exact: &[
        ("Forbidden.NoPermission", CodeEntry::denial()),
        // It is still being created.
        ("OperationFailed.GetXipFailed", CodeEntry::of(Busy)),
        ("ResourceNotFound.loadBalancer", CodeEntry::of(DependencyMissing)),
        ("SystemBusy", CodeEntry::of(Transient)),
    ],
    templates: &[("DuplicatedParam.", CodeEntry::of(Spec))],
    ..ErrorCodes::NONE
};

pub(crate) const ALB: ErrorCodes = ErrorCodes {
    exact: &[
        ("-735", CodeEntry::of(DependencyMissing)),
        ("Forbidden.LoadBalancer", CodeEntry::denial()),
        ("ResourceNotFound.LoadBalancer", CodeEntry::of(DependencyMissing)),
        ("SystemBusy", CodeEntry::of(Transient)),
    ],
    ..ErrorCodes::NONE
};

pub(crate) const CLB: ErrorCodes = ErrorCodes {
    exact: &[
        ("InvalidLoadBalancerId.NotFound", CodeEntry::of(DependencyMissing)),
        ("SystemBusy", CodeEntry::of(Transient)),
    ],
    ..ErrorCodes::NONE
};

pub(crate) const GWLB: ErrorCodes = ErrorCodes {
    exact: &[
        ("ResourceNotFound.LoadBalancer", CodeEntry::of(DependencyMissing)),
        ("SystemBusy", CodeEntry::of(Transient)),
    ],
    ..ErrorCodes::NONE
};
