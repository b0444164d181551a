//! Looking: the only thing that this crate does.

use cloud_core::{Client, Error};

use crate::codes::is_not_found;
use crate::id::LoadBalancerId;
use crate::load_balancer::LoadBalancer;
use crate::product::Product;
use crate::wire::{Read, alb, clb, gwlb, nlb};

/// Looks at load balancers and cannot change them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reader {
    client: Client,
}

impl Reader {
    /// Reads over this client, whose region, credentials and connections it shares.
    pub fn new(client: &Client) -> Self {
        Self { client: client.clone() }
    }

    /// Reads one load balancer from the API of its product, in the client's region. `None`: the account has none of that id there.
    ///
    /// One call. An error that says [`Error::is_access_denied`] is about [`Product::action`]. An answer about another load balancer, or about
    /// none, is an error too.
    pub async fn load_balancer(&self, id: &LoadBalancerId) -> Result<Option<LoadBalancer>, Error> {
        match id.product() {
            Product::Nlb => self.read::<nlb::GetLoadBalancerAttribute>(id).await,
            Product::Alb => self.read::<alb::GetLoadBalancerAttribute>(id).await,
            Product::Clb => self.read::<clb::DescribeLoadBalancerAttribute>(id).await,
            Product::Gwlb => self.read::<gwlb::GetLoadBalancerAttribute>(id).await,
        }
    }

    async fn read<R: Read>(&self, id: &LoadBalancerId) -> Result<Option<LoadBalancer>, Error> {
        let answer = match self.client.call(&R::of(id)).await {
            Ok(answer) => answer,
            Err(error) if is_not_found(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        match R::id(&answer) {
            Some(found) if found == id.as_str() => Ok(Some(R::load_balancer(id.clone(), answer))),
            Some(_) => Err(Error::unusable_answer(R::OPERATION, "it is about another load balancer")),
            None => Err(Error::unusable_answer(R::OPERATION, "it names no load balancer")),
        }
    }
}
