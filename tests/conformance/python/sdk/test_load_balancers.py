"""Load balancers, read in the APIs of their products with the SDK of each."""

import json
from pathlib import Path
from typing import Any, Callable

from alibabacloud_alb20200616 import models as alb_models
from alibabacloud_alb20200616.client import Client as AlbClient
from alibabacloud_gwlb20240415 import models as gwlb_models
from alibabacloud_gwlb20240415.client import Client as GwlbClient
from alibabacloud_nlb20220430 import models as nlb_models
from alibabacloud_nlb20220430.client import Client as NlbClient
from alibabacloud_slb20140515 import models as slb_models
from alibabacloud_slb20140515.client import Client as SlbClient

from support.simulator import NARROW, PROVIDER, REGION, Key, add_load_balancer, journal, remove_load_balancer

from scenario import Scenario, config_of

# What the SDKs send; our own client is compared with the same file.
REQUESTS = Path(__file__).parents[2] / "recorded" / "load-balancer-requests.json"


def read_nlb(key: Key, id: str) -> Any:
    request = nlb_models.GetLoadBalancerAttributeRequest(load_balancer_id=id, region_id=REGION)
    return NlbClient(config_of(key)).get_load_balancer_attribute(request)


def read_alb(key: Key, id: str) -> Any:
    request = alb_models.GetLoadBalancerAttributeRequest(load_balancer_id=id)
    return AlbClient(config_of(key)).get_load_balancer_attribute(request)


def read_slb(key: Key, id: str) -> Any:
    request = slb_models.DescribeLoadBalancerAttributeRequest(load_balancer_id=id, region_id=REGION)
    return SlbClient(config_of(key)).describe_load_balancer_attribute(request)


def read_gwlb(key: Key, id: str) -> Any:
    request = gwlb_models.GetLoadBalancerAttributeRequest(load_balancer_id=id)
    return GwlbClient(config_of(key)).get_load_balancer_attribute(request)


# Product, how to read one of its load balancers, what its ids begin with, its answer where there is none.
PRODUCTS: list[tuple[str, Callable[[Key, str], Any], str, str]] = [
    ("nlb", read_nlb, "nlb-", "ResourceNotFound.loadBalancer"),
    ("alb", read_alb, "alb-", "ResourceNotFound.LoadBalancer"),
    ("slb", read_slb, "lb-", "InvalidLoadBalancerId.NotFound"),
    ("gwlb", read_gwlb, "gwlb-", "ResourceNotFound.LoadBalancer"),
]


class LoadBalancers(Scenario):
    def test_an_nlb_in_order(self) -> None:
        expected = {
            "AddressIpVersion": "ipv4",
            "AddressType": "Intranet",
            "CrossZoneEnabled": True,
            "DNSName": "nlb-web.cn-hangzhou.nlb.aliyuncs.com",
            "LoadBalancerBillingConfig": {"PayType": "PostPay"},
            "LoadBalancerBusinessStatus": "Normal",
            "LoadBalancerId": "nlb-web",
            "LoadBalancerName": "nlb-web",
            "LoadBalancerStatus": "Active",
            "LoadBalancerType": "network",
            "OperationLocks": [],
            "RegionId": REGION,
            "Tags": [],
            "VpcId": "vpc-provider",
            "ZoneMappings": [
                self.nlb_zone("nlb-web", "cn-hangzhou-h", "vsw-web-h", "10.1.2.10", "Active"),
                self.nlb_zone("nlb-web", "cn-hangzhou-i", "vsw-web-i", "10.1.2.11", "Active"),
            ],
        }
        self.assertEqual(self.body(read_nlb(PROVIDER, "nlb-web")), expected)

    def test_an_nlb_in_trouble(self) -> None:
        body = self.body(read_nlb(PROVIDER, "nlb-locked"))
        self.assertEqual(body["LoadBalancerName"], "in arrears")
        self.assertEqual(body["AddressType"], "Internet")
        self.assertEqual(body["LoadBalancerBusinessStatus"], "Abnormal")
        self.assertEqual(
            body["OperationLocks"], [{"LockType": "FinancialLocked", "LockReason": "locked by order"}]
        )
        zone = self.nlb_zone("nlb-locked", "cn-hangzhou-h", "vsw-web-h", "10.1.6.10", "Shifted")
        self.assertEqual(body["ZoneMappings"], [zone])
        self.assertEqual(self.body(read_nlb(PROVIDER, "nlb-dual"))["AddressIpVersion"], "DualStack")

    def nlb_zone(self, balancer: str, zone: str, switch: str, ip: str, status: str) -> dict[str, Any]:
        address = {
            "EniId": f"eni-of-{balancer}-{zone}",
            "PrivateIPv4Address": ip,
            "PrivateIPv4HcStatus": "Healthy",
        }
        return {"ZoneId": zone, "VSwitchId": switch, "Status": status, "LoadBalancerAddresses": [address]}

    def test_an_alb(self) -> None:
        address = {"Address": "10.1.1.10", "IntranetAddress": "10.1.1.10", "IntranetAddressHcStatus": "Healthy"}
        expected = {
            "AddressAllocatedMode": "Fixed",
            "AddressIpVersion": "IPv4",
            "AddressType": "Intranet",
            "DNSName": "alb-web.cn-hangzhou.alb.aliyuncs.com",
            "LoadBalancerBillingConfig": {"PayType": "PostPay"},
            "LoadBalancerBussinessStatus": "Normal",
            "LoadBalancerEdition": "Standard",
            "LoadBalancerId": "alb-web",
            "LoadBalancerName": "alb-web",
            "LoadBalancerOperationLocks": [],
            "LoadBalancerStatus": "Active",
            "RegionId": REGION,
            "Tags": [],
            "VpcId": "vpc-provider",
            "ZoneMappings": [
                {
                    "ZoneId": "cn-hangzhou-i",
                    "VSwitchId": "vsw-web-i",
                    "Status": "Active",
                    "LoadBalancerAddresses": [address],
                }
            ],
        }
        self.assertEqual(self.body(read_alb(PROVIDER, "alb-web")), expected)

    def test_a_classic_one_with_two_zones(self) -> None:
        expected = {
            "Address": "10.1.7.10",
            "AddressIPVersion": "ipv4",
            "AddressType": "intranet",
            "BackendServers": {"BackendServer": []},
            "ListenerPorts": {"ListenerPort": []},
            "ListenerPortsAndProtocol": {"ListenerPortAndProtocol": []},
            "LoadBalancerId": "lb-pair",
            "LoadBalancerName": "lb-pair",
            "LoadBalancerStatus": "inactive",
            "MasterZoneId": "cn-hangzhou-i",
            "NetworkType": "vpc",
            "PayType": "PayOnDemand",
            "RegionId": REGION,
            "RegionIdAlias": REGION,
            "SlaveZoneId": "cn-hangzhou-j",
            "Tags": {"Tag": []},
            "VSwitchId": "vsw-classic",
            "VpcId": "vpc-provider",
        }
        self.assertEqual(self.body(read_slb(PROVIDER, "lb-pair")), expected)

    def test_a_classic_one_with_one_zone_and_a_public_one(self) -> None:
        single = read_slb(PROVIDER, "lb-classic").body
        self.assertEqual((single.master_zone_id, single.slave_zone_id), ("cn-hangzhou-i", None))
        self.assertEqual(single.load_balancer_status, "active")
        self.assertEqual(read_slb(PROVIDER, "lb-public").body.address_type, "internet")

    def test_a_gateway_one(self) -> None:
        address = {"EniId": "eni-of-gwlb-wall-cn-hangzhou-j", "PrivateIpv4Address": "10.1.5.10"}
        expected = {
            "AddressIpVersion": "Ipv4",
            "LoadBalancerBusinessStatus": "Normal",
            "LoadBalancerId": "gwlb-wall",
            "LoadBalancerName": "gwlb-wall",
            "LoadBalancerStatus": "Active",
            "Tags": [],
            "TrafficMode": "LoadBalance",
            "VpcId": "vpc-provider",
            "ZoneMappings": [
                {"ZoneId": "cn-hangzhou-j", "VSwitchId": "vsw-wall", "LoadBalancerAddresses": [address]}
            ],
        }
        self.assertEqual(self.body(read_gwlb(PROVIDER, "gwlb-wall")), expected)

    def test_one_that_is_removed_is_not_found(self) -> None:
        for product, read, prefix, code in PRODUCTS:
            with self.subTest(product):
                id = f"{prefix}{self.mark}"
                with self.refused(code, status=404):
                    read(PROVIDER, id)
                add_load_balancer({"id": id, "type": product, "region": REGION, "zones": ["cn-hangzhou-i"]})
                self.assertEqual(self.body(read(PROVIDER, id))["LoadBalancerId"], id)
                remove_load_balancer(id)
                with self.refused(code, status=404):
                    read(PROVIDER, id)

    def test_none_is_found_in_the_api_of_another_product(self) -> None:
        for product, read, _, code in PRODUCTS:
            other = "alb-web" if product == "nlb" else "nlb-web"
            with self.subTest(product), self.refused(code, status=404):
                read(PROVIDER, other)

    def test_a_key_without_the_right_is_told_which_one(self) -> None:
        for product, read, prefix, _ in PRODUCTS:
            with self.subTest(product):
                with self.refused("Forbidden.RAM", status=403):
                    read(NARROW, f"{prefix}any")
                [call] = journal(object=f"{prefix}any", operation=self.recorded(product)["action"])
                self.assertEqual((call["code"], call["account"]), ("Forbidden.RAM", None))

    def test_requests_are_those_that_our_client_sends(self) -> None:
        for product, read, prefix, code in PRODUCTS:
            with self.subTest(product):
                recorded = self.recorded(product)
                with self.refused(code, status=404):
                    read(PROVIDER, f"{prefix}abc")
                [call] = journal(object=f"{prefix}abc", operation=f"{product}:{recorded['action']}")
                sent = call["parameters"]
                form = {name: sent[name] for name in call["form"]}
                query = {name: value for name, value in sent.items() if name not in form}
                self.assertEqual((call["method"], query, form), ("POST", recorded["query"], recorded["form"]))

    def recorded(self, product: str) -> dict[str, Any]:
        with REQUESTS.open(encoding="utf-8") as file:
            return json.load(file)[product]
