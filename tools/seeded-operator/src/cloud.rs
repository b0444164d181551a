//! The door to the cloud, with something in it that changes what passes. It knows the protocol, and no type of the operator.

mod answers;
mod tokens;

pub(crate) use self::answers::{burnt_is_processing, only_the_first_page, success_by_status, with_answers};
pub(crate) use self::tokens::{fresh, of_the_first, with_tokens};

/// The name of the operation that a request is for.
fn action<B>(request: &http::Request<B>) -> &str {
    request.headers().get("x-acs-action").and_then(|value| value.to_str().ok()).unwrap_or_default()
}
