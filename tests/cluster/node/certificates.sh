#!/usr/bin/env bash
# Makes the node's certificate authority, the certificates of servers and clients, and their kubeconfigs: certificates.sh FOLDER. Those that are
# there stay.
set -euo pipefail
. "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../settings.sh"
folder=$1
[[ ! -e $folder/complete ]] || exit 0
mkdir -p "$folder"
cd "$folder"

private_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

authority() {
    private_key ca
    openssl req -x509 -new -key ca.key -subj /CN=cluster-ca -days 30 -out ca.crt \
        -addext basicConstraints=critical,CA:true -addext keyUsage=critical,keyCertSign,digitalSignature
}

# certificate NAME SUBJECT serverAuth|clientAuth [ALTERNATIVE-NAMES]
certificate() {
    private_key "$1"
    {
        printf 'basicConstraints=CA:false\nextendedKeyUsage=%s\n' "$3"
        [[ -z ${4:-} ]] || printf 'subjectAltName=%s\n' "$4"
    } >"$1.extensions"
    openssl req -new -key "$1.key" -subj "$2" -out "$1.request"
    openssl x509 -req -in "$1.request" -CA ca.crt -CAkey ca.key -CAcreateserial -days 30 -extfile "$1.extensions" -out "$1.crt"
    rm "$1.request" "$1.extensions"
}

# client NAME SUBJECT: with a kubeconfig.
client() {
    certificate "$1" "$2" clientAuth
    cat >"$1.kubeconfig" <<YAML
apiVersion: v1
kind: Config
current-context: node
contexts: [{name: node, context: {cluster: node, user: $1}}]
clusters: [{name: node, cluster: {server: "https://$node_address:6443", certificate-authority-data: $(base64 -w0 ca.crt)}}]
users: [{name: $1, user: {client-certificate-data: $(base64 -w0 "$1.crt"), client-key-data: $(base64 -w0 "$1.key")}}]
YAML
}

all() {
    local kubernetes=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local
    authority
    certificate apiserver /CN=kube-apiserver serverAuth "$kubernetes,IP:127.0.0.1,IP:$kubernetes_address,IP:$node_address"
    certificate apiserver-to-kubelet /O=system:masters/CN=apiserver-to-kubelet clientAuth
    certificate kubelet-server "/O=system:nodes/CN=system:node:$node_name" serverAuth "DNS:$node_name,IP:$node_address"
    client admin /O=system:masters/CN=admin
    client kubelet "/O=system:nodes/CN=system:node:$node_name"
    client controller-manager /CN=system:kube-controller-manager
    client scheduler /CN=system:kube-scheduler
    client proxy /CN=system:kube-proxy
    # With this one tokens of ServiceAccounts are signed.
    openssl genrsa -out service-accounts.key 2048
    openssl rsa -in service-accounts.key -pubout -out service-accounts.pub
}

# openssl talks a lot; what it said counts only where it failed.
trap '[[ -e complete ]] || cat log >&2' EXIT
all 2>log
touch complete
