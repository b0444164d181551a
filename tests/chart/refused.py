"""Wrong values, each with what the refusal must say: the value's name, and where the chart itself refuses also the remedy."""


def one(key, text):
    return ["--set-string", f"{key}={text}"]


def literal(key, text):
    return ["--set-json", f"{key}={text}"]


RRSA = ["--set", "credentials.source=rrsa,credentials.existingSecret="]
PROJECTED = [*RRSA, "--set", "credentials.rrsa.mode=projected"]
ROLE = ["--set", "credentials.rrsa.roleArn=acs:ram::1:role/r"]
PROVIDER = ["--set", "credentials.rrsa.oidcProviderArn=acs:ram::1:oidc-provider/p"]

REFUSED = [
    # Names that are none.
    (literal("replica", "2"), "additional properties 'replica' not allowed"),
    (literal("leaderElection.on", "true"), "at '/leaderElection': additional properties 'on' not allowed"),
    (literal("pdb.minAvailable", "1"), "at '/pdb': additional properties 'minAvailable' not allowed"),
    (one("image.name", "x"), "at '/image': additional properties 'name' not allowed"),
    (one("credentials.accessKeyId", "x"), "at '/credentials': additional properties 'accessKeyId' not allowed"),
    (one("credentials.keys.secret", "x"), "at '/credentials/keys': additional properties 'secret' not allowed"),
    (one("timing.resyncperiod", "1m"), "at '/timing': additional properties 'resyncperiod' not allowed"),
    (literal("metrics.service.enable", "true"), "at '/metrics/service': additional properties 'enable' not allowed"),
    (literal("metrics.podMonitor.on", "true"), "at '/metrics/podMonitor': additional properties 'on' not allowed"),
    (literal("metrics.prometheusRule.rules", "[]"), "at '/metrics/prometheusRule': additional properties 'rules' not allowed"),
    (literal("metrics.dashboard.folder", '"x"'), "at '/metrics/dashboard': additional properties 'folder' not allowed"),
    (literal("crds.install", "true"), "at '/crds': additional properties 'install' not allowed"),
    (literal("protection.all", "true"), "at '/protection': additional properties 'all' not allowed"),
    (literal("rbac.aggregateTo.all", "true"), "at '/rbac/aggregateTo': additional properties 'all' not allowed"),
    (literal("rbac.exportTo.on", "true"), "at '/rbac/exportTo': additional properties 'on' not allowed"),
    (literal("serviceAccount.automount", "true"), "at '/serviceAccount': additional properties 'automount' not allowed"),
    (literal("networkPolicy.ingress", "[]"), "at '/networkPolicy': additional properties 'ingress' not allowed"),
    (literal("resources.request", "{}"), "at '/resources': additional properties 'request' not allowed"),
    (literal("livenessProbe.httpGet", "{}"), "at '/livenessProbe': additional properties 'httpGet' not allowed"),
    (literal("affinity.node", "{}"), "at '/affinity': additional properties 'node' not allowed"),
    # Values that are none.
    (one("image.digest", "sha256:12"), "at '/image/digest'"),
    (one("image.tag", "a b"), "at '/image/tag'"),
    (one("image.registry", "https://registry.example.com"), "at '/image/registry'"),
    (one("image.pullPolicy", "Sometimes"), "at '/image/pullPolicy': value must be one of 'IfNotPresent', 'Always', 'Never'"),
    (one("region", "Hangzhou"), "at '/region'"),
    (literal("accountId", "1000000000000001"), "at '/accountId': got number, want string"),
    (one("accountId", "me"), "at '/accountId'"),
    (one("privatelinkEndpoint", "a b"), "at '/privatelinkEndpoint'"),
    (one("loadBalancerEndpoint", "a b"), "at '/loadBalancerEndpoint'"),
    (one("fullnameOverride", "private.link"), "at '/fullnameOverride'"),
    (one("credentials.source", "files"), "at '/credentials/source': value must be one of"),
    (one("credentials.source", "rrsa"), "credentials.existingSecret: must be empty, because credentials.source is rrsa"),
    (one("credentials.assumeRole.arn", "x"), "at '/credentials/assumeRole': additional properties 'arn' not allowed"),
    (one("credentials.assumeRole.roleArn", "network"), "at '/credentials/assumeRole/roleArn'"),
    (one("credentials.assumeRole.sessionName", "a b"), "at '/credentials/assumeRole/sessionName'"),
    (one("credentials.assumeRole.externalId", "x"), "at '/credentials/assumeRole/externalId'"),
    (one("credentials.assumeRole.duration", "3600"), "at '/credentials/assumeRole/duration'"),
    (one("network", "private"), "at '/network': value must be one of 'public', 'vpc'"),
    (one("clusterId", "Production"), "at '/clusterId'"),
    (literal("maxConcurrentReconciles", "0"), "at '/maxConcurrentReconciles': minimum: got 0, want 1"),
    (literal("maxConcurrentReconciles", "1001"), "at '/maxConcurrentReconciles': maximum"),
    (literal("timing.resyncPeriod", "60"), "at '/timing/resyncPeriod': got number, want string"),
    (one("timing.resyncPeriod", "60"), "at '/timing/resyncPeriod'"),
    (one("rate.CreateVpcEndpointService", "200"), "at '/rate/CreateVpcEndpointService'"),
    (literal("uninstallCheck.timeout", "1"), "at '/uninstallCheck': additional properties 'timeout' not allowed"),
    (literal("uninstallCheck.activeDeadlineSeconds", "300"), "at '/uninstallCheck/activeDeadlineSeconds': maximum: got 300, want 280"),
    (literal("replicas", "-1"), "at '/replicas': minimum: got -1, want 0"),
    (one("replicas", "2"), "at '/replicas': got string, want integer"),
    (literal("pdb.maxUnavailable", "0"), "at '/pdb/maxUnavailable': minimum: got 0, want 1"),
    (one("pdb.maxUnavailable", "0%"), "at '/pdb/maxUnavailable'"),
    (literal("topologySpreadConstraints", '"soft"'), "at '/topologySpreadConstraints': got string, want"),
    (one("logFormat", "xml"), "at '/logFormat': value must be one of 'json', 'text'"),
    (one("metrics.serviceMonitor.interval", "often"), "at '/metrics/serviceMonitor/interval'"),
    (one("metrics.prometheusRule.runbookBaseUrl", "git.example.com"), "at '/metrics/prometheusRule/runbookBaseUrl'"),
    (literal("metrics.service.port", "0"), "at '/metrics/service/port'"),
    (literal("podLabels.a", "1"), "at '/podLabels/a': got number, want string"),
    (literal("extraEnv", '[{"value": "x"}]'), "at '/extraEnv/0': missing property 'name'"),
    (literal("extraEnv", '{"A": "x"}'), "at '/extraEnv': got object, want array"),
    (literal("crds.enabled", '"no"'), "at '/crds/enabled': got string, want boolean"),
    (one("credentials.rrsa.role", "x"), "at '/credentials/rrsa': additional properties 'role' not allowed"),
    (one("credentials.rrsa.mode", "sidecar"), "at '/credentials/rrsa/mode': value must be one of 'webhook', 'projected'"),
    (one("credentials.rrsa.roleArn", "privatelink-operator"), "at '/credentials/rrsa/roleArn'"),
    (one("credentials.rrsa.roleName", "acs:ram::1:role/r"), "at '/credentials/rrsa/roleName'"),
    (one("credentials.rrsa.oidcProviderArn", "acs:ram::1:role/r"), "at '/credentials/rrsa/oidcProviderArn'"),
    (literal("credentials.rrsa.tokenExpirationSeconds", "599"), "at '/credentials/rrsa/tokenExpirationSeconds': minimum: got 599, want 600"),
    (literal("rbac.exportTo.namespaces", '["Payments"]'), "at '/rbac/exportTo/namespaces/0'"),
    # Values that need each other.
    (literal("rbac.exportTo.namespaces", '["payments"]'), "rbac.exportTo.enabled: must be true, because rbac.exportTo.namespaces is given"),
    (
        ["--set", "watchNamespace=payments,clusterId=c,rbac.exportTo.enabled=true", *literal("rbac.exportTo.namespaces", '["payments"]')],
        "rbac.exportTo.namespaces: must be empty, because watchNamespace is set",
    ),
    (literal("crds.keep", "false"), "protection.crds: must be false, because crds.keep is false"),
    (one("credentials.rrsa.roleName", "r"), "credentials.source: must be rrsa, because credentials.rrsa.roleName is set"),
    (RRSA, "credentials.rrsa.roleName: name the RAM role, because credentials.source is rrsa"),
    (
        [*RRSA, "--set", "credentials.rrsa.roleName=r,serviceAccount.annotations.pod-identity\\.alibabacloud\\.com/role-name=s"],
        "credentials.rrsa.roleName: is r, and serviceAccount.annotations names the role s; give one",
    ),
    (
        [*RRSA, "--set", "credentials.rrsa.roleName=r,serviceAccount.create=false,serviceAccount.name=s"],
        "credentials.rrsa.roleName: must be empty, because serviceAccount.create is false",
    ),
    ([*RRSA, *ROLE], "credentials.rrsa.roleArn: must be empty, because credentials.rrsa.mode is webhook"),
    ([*PROJECTED, *ROLE], "credentials.rrsa.oidcProviderArn: must be given, because credentials.rrsa.mode is projected"),
    ([*PROJECTED, *PROVIDER], "credentials.rrsa.roleArn: must be given, because credentials.rrsa.mode is projected"),
    (
        [*PROJECTED, *ROLE, *PROVIDER, *one("credentials.rrsa.roleName", "r")],
        "credentials.rrsa.roleName: must be empty, because credentials.rrsa.mode is projected",
    ),
    (
        [*PROJECTED, *ROLE, *PROVIDER, *literal("extraEnv", '[{"name": "ALIBABA_CLOUD_ROLE_ARN"}]')],
        "extraEnv: ALIBABA_CLOUD_ROLE_ARN is named twice, or set by credentials.rrsa",
    ),
    (
        ["--set", "deleteOrphans=true,clusterId=production-1"],
        "deleteOrphans: must be false, because clusterId is set",
    ),
    (
        ["--set", "deleteOrphans=true,ignoreCrdDeletion=true"],
        "deleteOrphans: must be false, because ignoreCrdDeletion is true",
    ),
    (one("watchNamespace", "payments"), "clusterId: give a name of this cluster, a DNS label, because watchNamespace is set"),
    (one("credentials.assumeRole.duration", "1h"), "credentials.assumeRole.roleArn: name the role, as acs:ram::<account>:role/<name>"),
    (literal("replicas", "2") + literal("leaderElection.enabled", "false"), "replicas: must be 1 and not 2, because leaderElection.enabled is false"),
    (literal("serviceAccount.create", "false"), "serviceAccount.name: name the ServiceAccount to use"),
    (
        ["--set", "metrics.service.enabled=false,metrics.serviceMonitor.enabled=true"],
        "metrics.service.enabled: must be true, because metrics.serviceMonitor.enabled is",
    ),
    (
        ["--set", "metrics.podMonitor.enabled=true,metrics.serviceMonitor.enabled=true"],
        "metrics.podMonitor.enabled: must be false, because metrics.serviceMonitor.enabled is true",
    ),
    (literal("extraEnv", '[{"name": "A"}, {"name": "A"}]'), "extraEnv: A is named twice"),
]
