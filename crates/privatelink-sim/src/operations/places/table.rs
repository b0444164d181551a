//! The regions of the product and the zones in which each kind of service can be made.
//!
//! The regions are those of the SDKs; the zones of network and gateway load balancers are those that the documentation
//! listed in 2026. For classic and application load balancers no list was found: the zones of network load balancers, or
//! else a and b, are a guess. Names are those of the console, some of them guessed from their neighbours.

/// A region.
#[derive(Clone, Copy, Debug)]
pub(super) struct Region {
    pub(super) id: &'static str,
    /// `LocalName`, in English.
    pub(super) name: &'static str,
    /// Letters of the zones with network load balancers.
    nlb: &'static str,
    /// Letters of the zones with gateway load balancers.
    gwlb: &'static str,
}

impl Region {
    /// Letters of the zones in which services of a resource type can be made.
    pub(super) fn zones_of(&self, resource_type: &str) -> &'static str {
        match resource_type {
            "nlb" => self.nlb,
            "gwlb" => self.gwlb,
            _ if self.nlb.is_empty() => "ab",
            _ => self.nlb,
        }
    }

    /// Their ids: `cn-hangzhou-b` in China, `eu-west-1a` elsewhere.
    pub(super) fn zone_ids(&self, resource_type: &str) -> impl Iterator<Item = String> + use<> {
        let (id, dash) = (self.id, if self.id.starts_with("cn-") { "-" } else { "" });
        self.zones_of(resource_type).chars().map(move |letter| format!("{id}{dash}{letter}"))
    }

    /// The name without the country.
    pub(super) fn city(&self) -> &'static str {
        self.name.split_once('(').map_or(self.name, |(_, city)| city.trim_end_matches(')'))
    }
}

const fn region(id: &'static str, name: &'static str, nlb: &'static str, gwlb: &'static str) -> Region {
    Region { id, name, nlb, gwlb }
}

pub(super) const REGIONS: &[Region] = &[
    region("cn-qingdao", "China (Qingdao)", "bc", ""),
    region("cn-beijing", "China (Beijing)", "fghijkl", "fikl"),
    region("cn-zhangjiakou", "China (Zhangjiakou)", "abc", ""),
    region("cn-huhehaote", "China (Hohhot)", "", ""),
    region("cn-wulanchabu", "China (Ulanqab)", "abc", "bc"),
    region("cn-hangzhou", "China (Hangzhou)", "bghijk", "jk"),
    region("cn-shanghai", "China (Shanghai)", "bdefglmn", "elmn"),
    region("cn-nanjing", "China (Nanjing)", "a", ""),
    region("cn-fuzhou", "China (Fuzhou)", "", ""),
    region("cn-shenzhen", "China (Shenzhen)", "cdef", "cdef"),
    region("cn-heyuan", "China (Heyuan)", "ab", ""),
    region("cn-guangzhou", "China (Guangzhou)", "ab", ""),
    region("cn-chengdu", "China (Chengdu)", "ab", ""),
    region("cn-hongkong", "China (Hong Kong)", "bcd", "bcd"),
    region("cn-wuhan-lr", "China (Wuhan)", "a", ""),
    region("cn-zhengzhou-jva", "China (Zhengzhou)", "", ""),
    region("cn-zhongwei", "China (Zhongwei)", "", ""),
    region("ap-northeast-1", "Japan (Tokyo)", "abc", "abc"),
    region("ap-northeast-2", "South Korea (Seoul)", "a", ""),
    region("ap-southeast-1", "Singapore", "", "bc"),
    region("ap-southeast-2", "Australia (Sydney)", "", ""),
    region("ap-southeast-3", "Malaysia (Kuala Lumpur)", "", "ab"),
    region("ap-southeast-5", "Indonesia (Jakarta)", "", ""),
    region("ap-southeast-6", "Philippines (Manila)", "", ""),
    region("ap-southeast-7", "Thailand (Bangkok)", "", ""),
    region("ap-southeast-8", "Malaysia (Johor)", "", ""),
    region("ap-south-1", "India (Mumbai)", "", ""),
    region("us-east-1", "US (Virginia)", "", ""),
    region("us-west-1", "US (Silicon Valley)", "", ""),
    region("us-southeast-1", "US (Atlanta)", "", ""),
    region("na-south-1", "Mexico", "", ""),
    region("sa-east-1", "Brazil (Sao Paulo)", "", ""),
    region("eu-central-1", "Germany (Frankfurt)", "", ""),
    region("eu-west-1", "UK (London)", "", ""),
    region("eu-west-2", "France (Paris)", "", ""),
    region("me-east-1", "UAE (Dubai)", "", "ab"),
    // Documented as having gateway load balancers, without its zones.
    region("me-central-1", "Saudi Arabia (Riyadh)", "", "ab"),
    region("cn-beijing-finance-1", "China (Beijing Finance)", "", ""),
    region("cn-shanghai-finance-1", "China (Shanghai Finance)", "", ""),
    region("cn-shenzhen-finance-1", "China (Shenzhen Finance)", "", ""),
    region("cn-wulanchabu-gic-1", "China (Ulanqab GIC)", "", ""),
    region("cn-heyuan-acdr-1", "China (Heyuan ACDR)", "", ""),
    region("cn-north-2-gov-1", "China (Beijing Government)", "", ""),
];

#[cfg(test)]
mod tests {
    use super::REGIONS;

    #[test]
    fn zones_are_named_as_their_part_of_the_world_does() {
        let zones = |id: &str, kind: &str| -> Vec<String> {
            REGIONS.iter().find(|region| region.id == id).unwrap().zone_ids(kind).collect()
        };
        assert_eq!(zones("cn-hangzhou", "gwlb"), ["cn-hangzhou-j", "cn-hangzhou-k"]);
        assert_eq!(zones("ap-southeast-1", "gwlb"), ["ap-southeast-1b", "ap-southeast-1c"]);
        assert_eq!(zones("eu-west-1", "slb"), ["eu-west-1a", "eu-west-1b"]);
        assert_eq!(zones("eu-west-1", "nlb"), Vec::<String>::new());
    }

    #[test]
    fn no_region_comes_twice() {
        let mut ids: Vec<_> = REGIONS.iter().map(|region| region.id).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
