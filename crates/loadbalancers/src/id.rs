//! The id of a load balancer, which tells its product.

use std::fmt;
use std::str::FromStr;

use crate::product::Product;

/// The id of a load balancer of a known product, such as `nlb-83ckzc8d4xlp8oexample`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LoadBalancerId {
    product: Product,
    text: String,
}

/// Why a text is not the id of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "failed to use {0:?} as the id of a load balancer: it begins with nlb-, alb-, lb- or gwlb-, and letters, digits and hyphens follow"
)]
pub struct ParseIdError(String);

impl LoadBalancerId {
    /// Reads an id. What follows the prefix is the provider's, as long as it is of letters, digits and hyphens.
    pub fn parse(text: &str) -> Result<Self, ParseIdError> {
        let fits = |rest: &str| {
            let mut bytes = rest.bytes();
            !rest.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let product = Product::ALL.into_iter().find(|product| text.strip_prefix(product.prefix()).is_some_and(fits));
        product.map(|product| Self { product, text: text.to_owned() }).ok_or_else(|| ParseIdError(text.to_owned()))
    }

    /// The product that it is of.
    pub const fn product(&self) -> Product {
        self.product
    }

    /// The id as the provider writes it.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for LoadBalancerId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for LoadBalancerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prefix_of_an_id_tells_the_product() {
        let product = |text: &str| LoadBalancerId::parse(text).map(|id| (id.product(), id.to_string()));
        for (text, expected) in [
            ("nlb-83ckzc8d4xlp8o", Product::Nlb),
            ("alb-o9ulmq5hgn68jk", Product::Alb),
            ("lb-bp1b6c719dfa08exfuca5", Product::Clb),
            ("gwlb-9njtjmqt7zfcqm", Product::Gwlb),
            ("nlb-with-hyphens", Product::Nlb),
        ] {
            assert_eq!(product(text), Ok((expected, text.to_owned())));
        }
    }

    #[test]
    fn what_no_product_calls_a_load_balancer_is_refused_and_named() {
        for text in ["", "nlb-", "nlb", "NLB-a", "ngw-2ze8hqi59w9wrm30z", "xlb-a", "lb-a b", "lb-a\n", " lb-a", "lb-ä"]
        {
            let refused = LoadBalancerId::parse(text);
            assert_eq!(refused, Err(ParseIdError(text.to_owned())), "{text:?}");
            assert!(refused.unwrap_err().to_string().contains(&format!("{text:?}")), "{text:?}");
        }
    }
}
