//! The memory of client tokens.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::after;
use crate::config::TokenMemory;
use crate::error::Refusal;
use crate::wire::envelope::Fields;
use crate::wire::params::Params;
use crate::wire::request::OF_A_SIGNATURE;

/// Account, region, operation, token.
pub(crate) type TokenKey = (String, String, &'static str, String);

/// What a token stands for.
#[derive(Debug)]
struct Memory {
    /// Everything that was asked but the token.
    asked: Vec<(String, String)>,
    answered: Timestamp,
    outcome: Outcome,
}

/// How the first call ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// With an answer, which is given again.
    Answer(Result<Fields, Refusal>),
    /// Inside the cloud, with nothing to show: the token is useless for ever.
    Burnt,
}

/// The tokens that are remembered.
#[derive(Debug, Default)]
pub(crate) struct Tokens(BTreeMap<TokenKey, Memory>);

impl Tokens {
    /// What a repeated token answers; none for a new one, or one that is forgotten.
    pub(crate) fn recall(
        &mut self,
        key: &TokenKey,
        params: &Params,
        now: Timestamp,
        rules: &TokenMemory,
    ) -> Option<Result<Fields, Refusal>> {
        self.forget(now, rules.retention);
        let memory = self.0.get(key)?;
        Some(match &memory.outcome {
            _ if memory.answered > now => Err(Refusal::by_code(&rules.at_work)),
            Outcome::Burnt => Err(Refusal::of("IdempotentFailed")),
            Outcome::Answer(_) if memory.asked != without_token(params) => {
                Err(Refusal::of("IdempotentParameterMismatch"))
            }
            Outcome::Answer(answer) => answer.clone(),
        })
    }

    /// Keeps what the token stands for; until `answered` the call counts as under way.
    pub(crate) fn remember(&mut self, key: TokenKey, params: &Params, answered: Timestamp, outcome: Outcome) {
        self.0.insert(key, Memory { asked: without_token(params), answered, outcome });
    }

    /// Keeps a definite refusal, unless the token stands for something already.
    pub(crate) fn remember_refusal(&mut self, key: TokenKey, params: &Params, answered: Timestamp, refusal: Refusal) {
        self.0.entry(key).or_insert_with(|| Memory {
            asked: without_token(params),
            answered,
            outcome: Outcome::Answer(Err(refusal)),
        });
    }

    fn forget(&mut self, now: Timestamp, retention: Duration) {
        self.0.retain(|_, memory| memory.outcome == Outcome::Burnt || after(memory.answered, retention) > now);
    }
}

/// The parameters that count when two calls are compared: neither the token nor what only old signatures carry.
fn without_token(params: &Params) -> Vec<(String, String)> {
    const OF_THE_CALL: &[&str] = &["ClientToken", "Action", "Version", "Format"];
    let counted = params.iter().filter(|(name, _)| !OF_THE_CALL.contains(name) && !OF_A_SIGNATURE.contains(name));
    counted.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Outcome, TokenKey, Tokens};
    use crate::config::TokenMemory;
    use crate::error::Refusal;
    use crate::wire::envelope::Fields;
    use crate::wire::params::Params;

    fn rules() -> TokenMemory {
        TokenMemory { retention: Duration::from_mins(10), ..TokenMemory::default() }
    }

    fn second(n: i64) -> Timestamp {
        Timestamp::from_second(n).unwrap()
    }

    fn key() -> TokenKey {
        ("a".to_owned(), "r".to_owned(), "Op", "token".to_owned())
    }

    fn params(size: &str) -> Params {
        Params::new([("Size".to_owned(), size.to_owned()), ("ClientToken".to_owned(), "token".to_owned())].into())
    }

    fn code(answer: Option<Result<Fields, Refusal>>) -> Option<String> {
        answer.map(|answer| answer.map_or_else(|refusal| refusal.code.into_owned(), |_| "good".to_owned()))
    }

    #[test]
    fn a_token_goes_through_processing_answer_and_oblivion() {
        let mut tokens = Tokens::default();
        tokens.remember(key(), &params("1"), second(10), Outcome::Answer(Ok(Fields::new())));
        let mut seen = |n, size| code(tokens.recall(&key(), &params(size), second(n), &rules()));
        assert_eq!(seen(9, "1").as_deref(), Some("IdempotentProcessing"));
        assert_eq!(seen(10, "1").as_deref(), Some("good"));
        assert_eq!(seen(10, "2").as_deref(), Some("IdempotentParameterMismatch"));
        assert_eq!(seen(609, "1").as_deref(), Some("good"));
        assert_eq!(seen(610, "1"), None);
    }

    #[test]
    fn a_burnt_token_stays_burnt() {
        let mut tokens = Tokens::default();
        tokens.remember(key(), &params("1"), second(10), Outcome::Burnt);
        for n in [10, 611, 1_000_000] {
            let seen = code(tokens.recall(&key(), &params("2"), second(n), &rules()));
            assert_eq!(seen.as_deref(), Some("IdempotentFailed"));
        }
    }
}
