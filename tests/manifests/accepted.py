"""Findings of the linters that are accepted: tool, check, objects as a pattern of the whole "Kind name", reason."""

PODS = "(Deployment|Job) privatelink-operator(-check)?"

ACCEPTED = [
    # Where leader election is switched off.
    ("kube-score", "Deployment update strategy", "Deployment privatelink-operator", "one replica without leader election is stopped before its successor starts"),
    ("kube-score", "Deployment few replicas", "Deployment privatelink-operator", "as above"),
    ("checkov", "CKV_K8S_11", PODS, "no CPU limit: the work comes in bursts, and throttled probes would restart a healthy operator"),
    ("kube-score", "CPU limit is not set", PODS, "as above"),
    ("checkov", "CKV_K8S_15", PODS, "a tag is never moved to another image, so that the node need not ask for it at each start; image.pullPolicy"),
    ("kube-score", "ImagePullPolicy is not set to Always", PODS, "as above"),
    ("checkov", "CKV_K8S_43", PODS, "the digest is known where the image is built; image.digest, or kustomize"),
    ("checkov", "CKV_K8S_38", PODS, "an operator talks to the API server"),
    ("kube-score", "Ephemeral Storage limit is not set", PODS, "it writes no file, and the kubelet rotates its log; a limit would evict it for the log"),
    ("kube-score", "Ephemeral Storage request is not set", PODS, "as above"),
    (
        "kube-score",
        "Deployment does not have a host podAntiAffinity set",
        "Deployment privatelink-operator",
        "topologySpreadConstraints spread the pods over nodes and zones, softly: a cluster of one node runs all of them",
    ),
]
