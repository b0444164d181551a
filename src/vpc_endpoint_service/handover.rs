//! How a service is given to an object: two tags that somebody with rights in the cloud puts on it, and the command that does so.

use crate::names::{ADOPT_TAG, CLUSTER_TAG};

/// The command of the provider's CLI that puts them on. `object` is `<namespace>.<name>`.
pub fn command(region: &str, service_id: &str, cluster: &str, object: &str) -> String {
    let start = format!(
        "aliyun privatelink TagResources --RegionId {region} --ResourceType vpcendpointservice --ResourceId.1 {service_id}"
    );
    // The cluster first, as people read it.
    let tags = [(CLUSTER_TAG, cluster), (ADOPT_TAG, object)];
    tags.iter().zip(1..).fold(start, |command, ((key, value), number)| {
        format!("{command} --Tag.{number}.Key {key} --Tag.{number}.Value {value}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_puts_on_the_tags() {
        let command = command("cn-hangzhou", "epsrv-1", "prod", "shop.orders");
        assert_eq!(
            command,
            "aliyun privatelink TagResources --RegionId cn-hangzhou --ResourceType vpcendpointservice --ResourceId.1 epsrv-1 --Tag.1.Key \
             privatelink-operator.cluster --Tag.1.Value prod --Tag.2.Key privatelink-operator.adopt --Tag.2.Value shop.orders"
        );
    }
}
