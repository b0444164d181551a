//! Errors for people.

use std::error::Error;

/// An error with all that caused it, in one line.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::chain;

    #[derive(Debug, thiserror::Error)]
    #[error("failed to start")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn causes_follow_in_order() {
        assert_eq!(chain(&Outer(std::io::Error::other("no room"))), "failed to start: no room");
    }
}
