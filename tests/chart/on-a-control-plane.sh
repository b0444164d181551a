#!/usr/bin/env bash
# Installs, upgrades and uninstalls the charts on a real API server without nodes, with Helm 3 and Helm 4:
# on-a-control-plane.sh LOCAL_CONTROL_PLANE OPERATOR FOLDER_OF_HELM KUBECTL. Prints what is wrong, and how many checks passed.
#
# No pod starts here; the Job before an uninstallation is run by jobs.py. What is shown: the API server accepts every object, without a warning of pod
# security; rights are as they should be; the definition, and with it every object of a user, outlives the release; an uninstallation says what is left.
set -euo pipefail
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
root=$(realpath "$here/../..")
chart=$root/charts/privatelink-operator
control_plane=$1 operator=$2 helm_folder=$3 kubectl_program=$4

work=$(mktemp -d)
server='' jobs=''
stop() {
    local process
    for process in $jobs $server; do
        kill "$process" 2>/dev/null || true
        wait "$process" || true
    done
    rm -rf "$work"
}
trap stop EXIT
# HOME stays: the control plane's programs are in a cache below it.
export KUBECONFIG=$work/kubeconfig KUBECACHEDIR=$work/kubectl HELM_CACHE_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_DATA_HOME=$work/helm
unset HTTP_PROXY HTTPS_PROXY http_proxy https_proxy

passed=0 failed=0
# check WHAT FOUND EXPECTED
check() {
    if [[ $2 == "$3" ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED %s\n  expected: %s\n  found:    %s\n' "$1" "$3" "$2"
    fi
}

# accepted WHAT COMMAND…: it succeeds, and says nothing on standard error. What it prints is in $work/out.
accepted() {
    local what=$1 code=0
    shift
    "$@" >"$work/out" 2>"$work/err" || code=$?
    check "$what" "$code $(cat "$work/err")" "0 "
}

# refused WHAT COMMAND…: it fails. What it says on standard error is in $work/err.
refused() {
    local what=$1 code=0
    shift
    "$@" >"$work/out" 2>"$work/err" || code=$?
    check "$what" "$((code != 0))" 1
}

# says WHAT FILE TEXT: the file has the text.
says() { check "$1" "$(grep -cF -- "$3" "$2" >/dev/null && echo yes || cat "$2")" yes; }

# until WHAT COMMAND…: it succeeds within half a minute.
until_true() {
    local what=$1 deadline=$((SECONDS + 30))
    shift
    until "$@" >/dev/null 2>&1; do
        ((SECONDS < deadline)) || { check "$what" "not within 30 s" "in time"; return; }
        sleep 0.1
    done
    check "$what" "in time" "in time"
}

kubectl() { "$kubectl_program" "$@"; }
definition() { kubectl get crd vpcendpointservices.privatelink.alibabacloud.com --output 'jsonpath={.metadata.uid}'; }
may() { kubectl auth can-i "$@" 2>/dev/null || true; }

start_control_plane() {
    "$control_plane" run --kubernetes "${KUBERNETES_VERSION:-1.37}" --kubeconfig-out "$KUBECONFIG" >/dev/null 2>"$work/log" &
    server=$!
    local deadline=$((SECONDS + 60))
    until [[ -s $KUBECONFIG ]]; do
        ((SECONDS < deadline)) && kill -0 "$server" 2>/dev/null ||
            { echo "the control plane did not start:" >&2; cat "$work/log" >&2; return 1; }
        sleep 0.1
    done
}

# The definition of a ServiceMonitor, PodMonitor or PrometheusRule, as far as the API server must know it: the Prometheus Operator's own are not here.
monitor_definition() {
    local plural=$1 kind=$2
    cat <<YAML
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: $plural.monitoring.coreos.com}
spec:
  group: monitoring.coreos.com
  scope: Namespaced
  names: {plural: $plural, kind: $kind}
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
YAML
}

# Every values file of ci/, and the folders of config/ that stand for them, as far as the API server: nothing is kept.
check_every_case() {
    local helm=$1 file name folder
    for folder in default admission network-policy prometheus prometheus/pod-monitor monitoring; do
        accepted "the API server accepts config/$folder" kubectl apply --server-side --dry-run=server --kustomize "$root/config/$folder"
    done
    for file in "$root"/charts/*/ci/*-values.yaml; do
        name=$(basename "$file" -values.yaml)
        "$helm" template privatelink-operator "${file%/ci/*}" --namespace privatelink-system --values "$file" >"$work/rendered.yaml"
        accepted "the API server accepts $name" kubectl apply --server-side --dry-run=server --filename "$work/rendered.yaml"
    done
}

check_rights() {
    local name=$1 account=system:serviceaccount:privatelink-system:privatelink-operator
    local vpces=vpcendpointservices.privatelink.alibabacloud.com
    check "$name: the operator may patch objects" "$(may patch "$vpces" --as "$account" --all-namespaces)" yes
    check "$name: the operator may patch statuses" "$(may patch "$vpces" --subresource status --as "$account" --all-namespaces)" yes
    check "$name: the operator may not delete objects" "$(may delete "$vpces" --as "$account" --all-namespaces)" no
    check "$name: the operator may read kube-system" "$(may get namespaces/kube-system --as "$account")" yes
    check "$name: the operator may not read Secrets" "$(may get secrets --as "$account" --all-namespaces)" no

    # There is no controller here that adds the roles to those of the cluster, so they are bound as they are.
    kubectl create rolebinding viewer --clusterrole privatelink-operator-view --user viewer --namespace default >/dev/null
    kubectl create rolebinding editor --clusterrole privatelink-operator-edit --user editor --namespace default >/dev/null
    check "$name: who views may list" "$(may list "$vpces" --as viewer --namespace default)" yes
    check "$name: who views may not write" "$(may create "$vpces" --as viewer --namespace default)" no
    check "$name: who edits may create" "$(may create "$vpces" --as editor --namespace default)" yes
    check "$name: who edits may not write a status" "$(may patch "$vpces" --subresource status --as editor --namespace default)" no
    kubectl delete rolebinding viewer editor --namespace default >/dev/null
}

arguments() {
    kubectl get deployment privatelink-operator --namespace privatelink-system \
        --output 'jsonpath={.spec.template.spec.containers[0].args}'
}

# One life of a release.
check_release() {
    local helm=$1 name=$2 uid
    local -a release=(privatelink-operator "$chart" --namespace privatelink-system --values "$chart/ci/registry-values.yaml")
    accepted "$name: dry run by the server" "$helm" install "${release[@]}" --dry-run=server
    accepted "$name: install" "$helm" install "${release[@]}"
    check "$name: the notes name the Secret" "$(grep -c 'create secret generic privatelink-credentials' "$work/out")" 1
    accepted "$name: the definition is established" kubectl wait --for condition=Established --timeout 30s \
        crd/vpcendpointservices.privatelink.alibabacloud.com
    uid=$(definition)
    check_rights "$name"
    accepted "$name: an object" kubectl apply --filename "$root/config/samples/slb-minimal.yaml" --namespace default

    accepted "$name: upgrade" "$helm" upgrade "${release[@]}" --set logLevel=debug
    check "$name: the upgrade changed the flags" "$(arguments)" \
        '["run","--credentials-dir=/etc/privatelink/credentials","--region=cn-hangzhou","--log-format=json","--log-level=debug"]'
    accepted "$name: rollback" "$helm" rollback privatelink-operator 1 --namespace privatelink-system
    check "$name: the rollback changed them back" "$(arguments)" \
        '["run","--credentials-dir=/etc/privatelink/credentials","--region=cn-hangzhou","--log-format=json"]'

    accepted "$name: uninstall" "$helm" uninstall privatelink-operator --namespace privatelink-system
    check "$name: nothing of the release is left but the definition and what protects it" \
        "$(kubectl get deployments,services,serviceaccounts,jobs,poddisruptionbudgets --namespace privatelink-system --output name
           kubectl get clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings \
               --selector app.kubernetes.io/name=privatelink-operator --output name)" "$policies"
    refused "$name: the definition is still protected" kubectl delete crd vpcendpointservices.privatelink.alibabacloud.com
    says "$name: the refusal names the command" "$work/err" privatelink.alibabacloud.com/allow-deletion=true
    check "$name: the definition stays" "$(definition)" "$uid"
    check "$name: the object stays" "$(kubectl get vpces --namespace default --output name)" \
        vpcendpointservice.privatelink.alibabacloud.com/payments
    accepted "$name: install again over the definition that stayed" "$helm" install "${release[@]}"
    check "$name: it is still the same definition" "$(definition)" "$uid"
    "$helm" uninstall privatelink-operator --namespace privatelink-system >/dev/null 2>&1
    kubectl delete vpces payments --namespace default >/dev/null
}

policies='validatingadmissionpolicy.admissionregistration.k8s.io/privatelink-operator-crds
validatingadmissionpolicy.admissionregistration.k8s.io/privatelink-operator-objects
validatingadmissionpolicybinding.admissionregistration.k8s.io/privatelink-operator-crds
validatingadmissionpolicybinding.admissionregistration.k8s.io/privatelink-operator-objects'

strategy() { kubectl get deployment privatelink-operator --namespace privatelink-system --output 'jsonpath={.spec.replicas} {.spec.strategy}'; }

# From two pods with leader election to one without, and back: what the API server sets by default must not stay behind.
check_replicas() {
    local helm=$1 name=$2
    local -a release=(privatelink-operator "$chart" --namespace privatelink-system --values "$chart/ci/registry-values.yaml")
    local rolling='2 {"rollingUpdate":{"maxSurge":1,"maxUnavailable":0},"type":"RollingUpdate"}'
    accepted "$name: two replicas" "$helm" install "${release[@]}"
    check "$name: they roll" "$(strategy)" "$rolling"
    accepted "$name: one replica without leader election" "$helm" upgrade "${release[@]}" --set replicas=1,leaderElection.enabled=false
    check "$name: it stops first" "$(strategy)" '1 {"type":"Recreate"}'
    accepted "$name: two again" "$helm" upgrade "${release[@]}"
    check "$name: they roll again" "$(strategy)" "$rolling"
    accepted "$name: two replicas uninstalled" "$helm" uninstall privatelink-operator --namespace privatelink-system
}

# An object that an operator has taken up.
hold_object() {
    kubectl apply --filename "$root/config/samples/slb-minimal.yaml" --namespace default >/dev/null 2>&1
    kubectl patch vpces payments --namespace default --type merge \
        --patch '{"metadata":{"finalizers":["privatelink.alibabacloud.com/finalizer"]}}' >/dev/null
}

let_object_go() {
    kubectl patch vpces payments --namespace default --type merge --patch '{"metadata":{"finalizers":null}}' >/dev/null
    kubectl delete vpces payments --namespace default >/dev/null
}

check_uninstall() {
    local helm=$1 name=$2 begin back
    local -a release=(privatelink-operator "$chart" --namespace privatelink-system --values "$chart/ci/registry-values.yaml")
    local -a uninstall=("$helm" uninstall privatelink-operator --namespace privatelink-system)
    "$helm" install "${release[@]}" --set uninstallCheck.activeDeadlineSeconds=10 >/dev/null
    hold_object

    refused "$name: with an object left, uninstall fails" "${uninstall[@]}"
    says "$name: Helm names the Job" "$work/err" privatelink-operator-check
    says "$name: the Job names the object" "$work/jobs/privatelink-operator-check.log" "default    payments  -           deletes the service"
    says "$name: and the way past it" "$work/jobs/privatelink-operator-check.log" \
        "helm uninstall privatelink-operator --namespace privatelink-system --no-hooks"
    back=$(grep -F '  helm rollback ' "$work/jobs/privatelink-operator-check.log")
    check "$name: and the way back" "$back" "  helm rollback privatelink-operator 1 --namespace privatelink-system"
    check "$name: nothing is uninstalled" "$(kubectl get deployments --namespace privatelink-system --output name)" \
        deployment.apps/privatelink-operator
    refused "$name: the same again fails again" "${uninstall[@]}"
    # The way back that the Job names.
    check "$name: the release counts as being uninstalled" "$("$helm" status privatelink-operator --namespace privatelink-system --output json |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["info"]["status"])')" uninstalling
    accepted "$name: it is rolled back to where it is" bash -c \
        "PATH=$(dirname "$helm"); $(basename "$helm") ${back#*helm }"
    accepted "$name: it can be upgraded after that" "$helm" upgrade "${release[@]}" --set uninstallCheck.activeDeadlineSeconds=10

    touch "$work/jobs/no-image"
    begin=$SECONDS
    refused "$name: a Job that cannot start holds nothing up for long" "${uninstall[@]}"
    check "$name: it took its deadline, and little more" "$((SECONDS - begin < 30))" 1
    says "$name: Helm names it" "$work/err" privatelink-operator-check
    rm "$work/jobs/no-image"

    accepted "$name: --no-hooks goes on all the same" "${uninstall[@]}" --no-hooks
    check "$name: the object is not being deleted" \
        "$(kubectl get vpces payments --namespace default --output 'jsonpath={.metadata.deletionTimestamp}')" ""
    kubectl delete jobs --all --namespace privatelink-system >/dev/null

    "$helm" install "${release[@]}" --set uninstallCheck.blocks=false >/dev/null
    accepted "$name: a check that does not block lets it go on" "${uninstall[@]}"
    says "$name: and says what is left" "$work/jobs/privatelink-operator-check.log" "default    payments"
    let_object_go

    "$helm" install "${release[@]}" >/dev/null
    accepted "$name: with no object left, uninstall goes through" "${uninstall[@]}"
    check "$name: the Job is gone" "$(kubectl get jobs --namespace privatelink-system --output name)" ""
}

delete_definitions() {
    kubectl annotate --overwrite crd vpcendpointservices.privatelink.alibabacloud.com privatelink.alibabacloud.com/allow-deletion=true >/dev/null
    kubectl delete crd vpcendpointservices.privatelink.alibabacloud.com >/dev/null
    kubectl delete validatingadmissionpolicies,validatingadmissionpolicybindings --selector app.kubernetes.io/name=privatelink-operator >/dev/null
}

# Definitions by a chart of their own, and definitions that go with the release.
check_definitions() {
    local helm=$1 name=$2
    local -a alone=(privatelink-operator-crds "$root/charts/privatelink-operator-crds" --namespace privatelink-system)
    accepted "$name: the definitions alone" "$helm" install "${alone[@]}"
    accepted "$name: the operator without them" "$helm" install privatelink-operator "$chart" --namespace privatelink-system \
        --values "$chart/ci/registry-values.yaml" --set crds.enabled=false,protection.crds=false,protection.objects=false
    until_true "$name: they are protected" bash -c "! '$kubectl_program' delete crd vpcendpointservices.privatelink.alibabacloud.com --dry-run=server"
    accepted "$name: the operator is uninstalled" "$helm" uninstall privatelink-operator --namespace privatelink-system
    accepted "$name: the definitions are uninstalled" "$helm" uninstall privatelink-operator-crds --namespace privatelink-system
    check "$name: and stay" "$(kubectl get crd --output name)" \
        customresourcedefinition.apiextensions.k8s.io/vpcendpointservices.privatelink.alibabacloud.com
    delete_definitions
    accepted "$name: definitions that are not kept" "$helm" install "${alone[@]}" --values "$root/charts/privatelink-operator-crds/ci/alone-values.yaml"
    # The API server forgets a policy a little after it is gone.
    until_true "$name: nothing protects them any more" kubectl delete crd vpcendpointservices.privatelink.alibabacloud.com --dry-run=server
    accepted "$name: uninstalled" "$helm" uninstall privatelink-operator-crds --namespace privatelink-system
    # A definition goes when its objects have, a moment after it was deleted.
    until_true "$name: go with their release" bash -c "[[ -z \$('$kubectl_program' get crd,validatingadmissionpolicies --output name) ]]"
}

# The commands of docs/uninstall.md for a release without objects, but the last: nobody here takes a namespace away.
check_documented_uninstall() {
    sed -n '/^The same with Helm/,/^```$/p' "$root/docs/uninstall.md" | sed -e '1,/^```sh$/d' -e '/^```$/d' -e '/^kubectl delete namespace/d' >"$work/commands"
    check "docs/uninstall.md has the commands" "$(grep -c . "$work/commands")" 5
    "$helm_folder/helm4" install privatelink-operator "$chart" --namespace privatelink-system >/dev/null
    accepted "docs/uninstall.md: with Helm" env PATH="$work/bin:$(dirname "$kubectl_program"):$PATH" bash -euo pipefail "$work/commands"
    check "docs/uninstall.md: nothing is left" \
        "$(kubectl get crd,clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings --output name | grep -c privatelink
           kubectl get deployments,services,serviceaccounts,jobs,poddisruptionbudgets --namespace privatelink-system --output name)" 0
}

# The example that Artifact Hub shows is one that the API server takes.
check_example() {
    sed -n '/crdsExamples: |/,/^  [a-z]/{s/^    //p}' "$chart/Chart.yaml" | sed -e 's/^- /---\n/' -e t -e 's/^  //' >"$work/example.yaml"
    accepted "the example of Chart.yaml" kubectl apply --dry-run=server --namespace default --filename "$work/example.yaml"
}

# Installed by one version of Helm, and upgraded by the next.
check_next_helm() {
    local -a release=(privatelink-operator "$chart" --namespace privatelink-system --values "$chart/ci/registry-values.yaml")
    accepted "helm3, then helm4: install" "$helm_folder/helm3" install "${release[@]}"
    accepted "helm3, then helm4: upgrade" "$helm_folder/helm4" upgrade "${release[@]}" --set maxConcurrentReconciles=8
    check "helm3, then helm4: the upgrade changed the flags" "$(arguments)" \
        '["run","--credentials-dir=/etc/privatelink/credentials","--region=cn-hangzhou","--log-format=json","--max-concurrent-reconciles=8"]'
    accepted "helm3, then helm4: uninstall" "$helm_folder/helm4" uninstall privatelink-operator --namespace privatelink-system
}

# The commands of a page that begin with helm, each on one line.
documented() {
    sed -e ':joined' -e '/\\$/{N; s/\\\n */ /; b joined' -e '}' -e '/^helm /!d' -e 's/  *#.*//' "$1"
}

# Every command of Helm in the documentation works as it stands there. Before an installation nothing is installed, and before
# anything else something is.
check_documented() {
    local page command release=privatelink-operator count=0
    mkdir "$work/bin"
    ln -s "$helm_folder/helm4" "$work/bin/helm"
    for page in README.md docs/install.md docs/uninstall.md charts/privatelink-operator/README.md charts/privatelink-operator-crds/README.md; do
        while read -r command; do
            count=$((count + 1))
            if [[ $command == "helm install "* ]]; then
                "$helm_folder/helm4" uninstall "$release" --namespace privatelink-system --ignore-not-found >/dev/null 2>&1
                # Each chart has a page whose installation starts without definitions.
                [[ $command != *-crds\ * ]] || delete_definitions
            elif ! "$helm_folder/helm4" status "$release" --namespace privatelink-system >/dev/null 2>&1; then
                "$helm_folder/helm4" install "$release" "$chart" --namespace privatelink-system >/dev/null
            fi
            accepted "$page: $command" env --chdir="$root" PATH="$work/bin:$PATH" bash -c "$command"
        done < <(documented "$root/$page")
    done
    check "commands of Helm in the documentation" "$count" 10
    "$helm_folder/helm4" uninstall "$release-crds" --namespace privatelink-system --ignore-not-found >/dev/null 2>&1
    "$helm_folder/helm4" uninstall "$release" --namespace privatelink-system --ignore-not-found >/dev/null 2>&1
}

# Somebody with all rights in two namespaces, and none beyond.
check_namespaced() {
    local helm=$1 name=$2 namespace
    for namespace in privatelink-system payments; do
        kubectl create rolebinding installer --clusterrole cluster-admin --user installer --namespace "$namespace" >/dev/null
    done
    accepted "$name: one namespace, without any right in the cluster" "$helm" install privatelink-operator "$chart" \
        --namespace privatelink-system --values "$chart/ci/namespaced-values.yaml" --kube-as-user installer
    local account=system:serviceaccount:privatelink-system:privatelink-operator
    local vpces=vpcendpointservices.privatelink.alibabacloud.com
    check "$name: the operator may patch in its namespace" "$(may patch "$vpces" --as "$account" --namespace payments)" yes
    check "$name: the operator may not list elsewhere" "$(may list "$vpces" --as "$account" --namespace default)" no
    check "$name: the operator may not read kube-system" "$(may get namespaces/kube-system --as "$account")" no
    accepted "$name: uninstalled by the same" "$helm" uninstall privatelink-operator --namespace privatelink-system \
        --kube-as-user installer
    for namespace in privatelink-system payments; do
        kubectl delete rolebinding installer --namespace "$namespace" >/dev/null
    done
}

start_control_plane
mkdir "$work/jobs"
PYTHONDONTWRITEBYTECODE=1 python3 "$here/jobs.py" "$kubectl_program" "$operator" privatelink-system "$work/jobs" 2>"$work/jobs/errors" &
jobs=$!
# With the level "restricted", at which a pod template that breaks it is a warning.
kubectl apply --server-side --filename "$root/config/default/namespace.yaml" >/dev/null
for namespace in payments orders; do kubectl create namespace "$namespace" >/dev/null; done
for version in helm3 helm4; do
    check_release "$helm_folder/$version" "$version"
    check_replicas "$helm_folder/$version" "$version"
    check_uninstall "$helm_folder/$version" "$version"
    check_namespaced "$helm_folder/$version" "$version"
done
check_next_helm
check_documented
check_example
delete_definitions
check_documented_uninstall
for version in helm3 helm4; do
    check_definitions "$helm_folder/$version" "$version"
done
monitor_definition servicemonitors ServiceMonitor | kubectl apply --filename - >/dev/null
monitor_definition podmonitors PodMonitor | kubectl apply --filename - >/dev/null
monitor_definition prometheusrules PrometheusRule | kubectl apply --filename - >/dev/null
kubectl wait --for condition=Established --timeout 30s crd/servicemonitors.monitoring.coreos.com \
    crd/podmonitors.monitoring.coreos.com crd/prometheusrules.monitoring.coreos.com >/dev/null
check_every_case "$helm_folder/helm4"
echo "chart-installed: $passed passed, $failed failed"
((failed == 0))
