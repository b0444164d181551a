//! What went wrong between us and the API server.

use std::error::Error as StdError;
use std::iter;

use kube::core::Status;

/// The cause in the answer to a create in a namespace that is being deleted.
const NAMESPACE_TERMINATING: &str = "NamespaceTerminating";

/// What went wrong between us and the API server, as far as anybody has to act on it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KubernetesError {
    /// 409: the object changed since it was read.
    #[error("the object changed meanwhile")]
    Conflict,
    /// 404: the object is gone.
    #[error("the object is deleted")]
    Gone,
    /// 401 or 403, with the API server's sentence.
    #[error("the API server refuses: {0}")]
    Forbidden(String),
    /// 403 to a create, because the namespace is being deleted.
    #[error("the namespace is being deleted")]
    NamespaceTerminating,
    /// 400 or 422, with the API server's sentence.
    #[error("the API server finds it invalid: {0}")]
    Invalid(String),
    /// No answer in time, no connection, 429 or 5xx.
    #[error("the API server cannot be reached: {0}")]
    Unavailable(String),
}

impl KubernetesError {
    /// Sorts an error of the client.
    pub(super) fn of(error: &kube::Error) -> Self {
        match error {
            kube::Error::Api(status) => Self::answered(status),
            other => Self::Unavailable(chain(other)),
        }
    }

    fn answered(status: &Status) -> Self {
        let sentence = || status.message.clone();
        match status.code {
            404 => Self::Gone,
            409 => Self::Conflict,
            403 if is_terminating(status) => Self::NamespaceTerminating,
            401 | 403 => Self::Forbidden(sentence()),
            400 | 413 | 415 | 422 => Self::Invalid(sentence()),
            code => Self::Unavailable(format!("{code} {}", status.message)),
        }
    }
}

fn is_terminating(status: &Status) -> bool {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes.into_iter().any(|cause| cause.reason == NAMESPACE_TERMINATING)
}

/// The whole chain of causes: the outermost one often says no more than "service error".
pub(super) fn chain(error: &(dyn StdError + 'static)) -> String {
    let causes = iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(code: u16) -> KubernetesError {
        let status = Status::failure("as the server says", "Reason").with_code(code);
        KubernetesError::of(&kube::Error::Api(status.boxed()))
    }

    #[test]
    fn each_status_is_sorted_by_what_can_be_done_about_it() {
        let sentence = || "as the server says".to_owned();
        assert_eq!(answered(404), KubernetesError::Gone);
        assert_eq!(answered(409), KubernetesError::Conflict);
        assert_eq!(answered(401), KubernetesError::Forbidden(sentence()));
        assert_eq!(answered(403), KubernetesError::Forbidden(sentence()));
        assert_eq!(answered(400), KubernetesError::Invalid(sentence()));
        assert_eq!(answered(422), KubernetesError::Invalid(sentence()));
        assert_eq!(answered(429), KubernetesError::Unavailable("429 as the server says".into()));
        assert_eq!(answered(500), KubernetesError::Unavailable("500 as the server says".into()));
    }

    #[test]
    fn an_error_without_answer_means_that_nobody_is_there() {
        let error = kube::Error::Service(Box::new(std::io::Error::other("connection refused")));
        assert_eq!(
            KubernetesError::of(&error),
            KubernetesError::Unavailable("ServiceError: connection refused: connection refused".into())
        );
    }
}
