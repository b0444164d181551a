//! What is wrong with a load balancer, whoever wants it attached. Pure.

use loadbalancers::{AddressType, BusinessStatus, IpVersion, LoadBalancer, NetworkType, PayType, Product, Status};

/// Why a load balancer cannot be attached now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// The account has none of that id in the region.
    Missing,
    /// By what: the provider's words.
    Locked(Vec<String>),
    NotActive(Status),
    /// The account may not use it: the provider's word.
    BusinessStatus(String),
    /// `PrivateLink` does not take its like.
    Unfit(Unfit),
}

/// What `PrivateLink` does not take, by the documentation of Classic Load Balancers. It takes the other products with public addresses as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    Public,
    OutsideOfVpc,
    PaidAhead,
    Ipv6,
}

/// The first thing that is wrong with what a read found; `None`: it can be attached.
pub fn flaw(found: Option<&LoadBalancer>) -> Option<Flaw> {
    let Some(found) = found else { return Some(Flaw::Missing) };
    locked(found).or_else(|| not_active(found)).or_else(|| barred(found)).or_else(|| unfit(found).map(Flaw::Unfit))
}

fn locked(found: &LoadBalancer) -> Option<Flaw> {
    let locks: Vec<_> = found.locks.iter().map(|lock| lock.lock_type.as_str().to_owned()).collect();
    (found.status == Status::Locked || !locks.is_empty()).then_some(Flaw::Locked(locks))
}

/// A word that nobody knows is not Active.
fn not_active(found: &LoadBalancer) -> Option<Flaw> {
    (found.status != Status::Active).then(|| Flaw::NotActive(found.status.clone()))
}

/// A product that does not say is taken to have nothing to say.
fn barred(found: &LoadBalancer) -> Option<Flaw> {
    let word = found.business_status.as_ref().filter(|status| **status != BusinessStatus::Normal)?.as_str();
    (!word.is_empty()).then(|| Flaw::BusinessStatus(word.to_owned()))
}

fn unfit(found: &LoadBalancer) -> Option<Unfit> {
    if found.id.product() != Product::Clb {
        return None;
    }
    let wrong = [
        (found.address_type == Some(AddressType::Internet), Unfit::Public),
        (found.network_type == Some(NetworkType::Classic), Unfit::OutsideOfVpc),
        (found.pay_type == Some(PayType::PrePay), Unfit::PaidAhead),
        (found.ip_version == IpVersion::Ipv6, Unfit::Ipv6),
    ];
    wrong.into_iter().find_map(|(is_so, unfit)| is_so.then_some(unfit))
}

#[cfg(test)]
mod tests {
    use loadbalancers::{Lock, LockType};

    use super::*;
    use crate::cloud::load_balancers::test_support::good;

    fn changed(id: &str, change: impl FnOnce(&mut LoadBalancer)) -> Option<Flaw> {
        let mut found = good(id, &["h"]);
        change(&mut found);
        flaw(Some(&found))
    }

    #[test]
    fn a_load_balancer_that_is_active_and_normal_can_be_attached() {
        for id in ["nlb-1", "alb-1", "gwlb-1", "lb-1"] {
            assert_eq!(changed(id, |_| ()), None, "{id}");
        }
        assert_eq!(changed("nlb-1", |found| found.business_status = None), None);
        assert_eq!(
            changed("nlb-1", |found| found.business_status = Some(BusinessStatus::Unknown(String::new()))),
            None
        );
    }

    #[test]
    fn what_is_gone_locked_not_active_or_barred_cannot() {
        assert_eq!(flaw(None), Some(Flaw::Missing));
        for status in [
            Status::Inactive,
            Status::Provisioning,
            Status::Configuring,
            Status::CreateFailed,
            Status::Unknown("Melting".to_owned()),
            Status::Unknown(String::new()),
        ] {
            let wanted = Flaw::NotActive(status.clone());
            assert_eq!(changed("nlb-1", |found| found.status = status), Some(wanted));
        }
        assert_eq!(changed("lb-1", |found| found.status = Status::Locked), Some(Flaw::Locked(vec![])));
        let lock = Lock { lock_type: LockType::FinancialLocked, reason: None };
        assert_eq!(
            changed("nlb-1", |found| found.locks = vec![lock]),
            Some(Flaw::Locked(vec!["FinancialLocked".to_owned()]))
        );
        for (status, word) in [
            (BusinessStatus::Abnormal, "Abnormal"),
            (BusinessStatus::FinancialLocked, "FinancialLocked"),
            (BusinessStatus::Unknown("Odd".to_owned()), "Odd"),
        ] {
            let wanted = Flaw::BusinessStatus(word.to_owned());
            assert_eq!(changed("alb-1", |found| found.business_status = Some(status)), Some(wanted));
        }
    }

    #[test]
    fn a_classic_load_balancer_must_be_private_in_a_vpc_paid_by_use_and_of_ipv4_the_others_need_not() {
        type Change = fn(&mut LoadBalancer);
        let changes: [(Change, Unfit); 4] = [
            (|found| found.address_type = Some(AddressType::Internet), Unfit::Public),
            (|found| found.network_type = Some(NetworkType::Classic), Unfit::OutsideOfVpc),
            (|found| found.pay_type = Some(PayType::PrePay), Unfit::PaidAhead),
            (|found| found.ip_version = IpVersion::Ipv6, Unfit::Ipv6),
        ];
        for (change, unfit) in changes {
            assert_eq!(changed("lb-1", change), Some(Flaw::Unfit(unfit)));
            assert_eq!(changed("nlb-1", change), None);
        }
    }
}
