use cloud_core::test_support::refused;
use privatelink::Operation;

use super::*;

fn of(code: &str) -> Concern {
    concern(&refused(Operation::CreateVpcEndpointService, code))
}

#[test]
fn only_what_can_be_about_nothing_else_closes_for_the_account() {
    let account = [
        "NeedOpenProduct",
        "InvalidAccountStatus.NotEnoughBalance",
        "InvalidAccountStatus.Bogus",
        "InvalidAccessKeyId.NotFound",
        "InvalidSecurityToken.Expired",
        "SignatureDoesNotMatch",
        "Forbidden.AccessKeyDisabled",
        "Forbidden.RiskControl",
    ];
    for code in account {
        assert_eq!(of(code), Concern::Account(Cause::Account), "{code}");
    }
    let rights = [
        "Forbidden",
        "Forbidden.RAM",
        "NoPermission",
        "NoPermission.ChangeResourceGroup",
        "NotAuthorized",
        "EndpointServicePayerForbidden",
        "EndpointServiceNotAuthorized",
        "AccountTypeRestricted",
        "IncorrectBusinessStatus.VpcEndpointService",
        "OperationDenied.EndpointProtected",
        "StatusForbidden",
    ];
    for code in rights {
        assert_eq!(of(code), Concern::Object(Class::Rights), "{code}");
    }
}

#[test]
fn a_quota_a_spec_and_what_is_missing_are_the_objects_own() {
    for code in ["QuotaMisMatched", "QuotaExceed.TagsPerResource", "EniIpUnavailable"] {
        assert_eq!(of(code), Concern::Object(Class::Quota), "{code}");
    }
    for code in ["IllegalParam.AddressIpVersion", "InvalidResourceGroup", "ResourceNotFound"] {
        assert_eq!(of(code), Concern::Object(Class::Spec), "{code}");
    }
    for code in ["LoadBalancerNotFound", "Bogus"] {
        assert_eq!(of(code), Concern::Object(Class::Missing), "{code}");
    }
    for code in ["EndpointServiceLocked", "DeleteFailedDueToEndpointExist", "SystemError"] {
        assert_eq!(of(code), Concern::Nobody, "{code}");
    }
}
