{{/* The chart's name, as a label. */}}
{{- define "privatelink-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of the objects. 55 characters leave room for the longest ending, "-metrics", within the 63 of a Service. */}}
{{- define "privatelink-operator.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 55 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 55 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 55 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "privatelink-operator.serviceAccountName" -}}
{{- default (include "privatelink-operator.fullname" .) .Values.serviceAccount.name }}
{{- end }}

{{- define "privatelink-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "privatelink-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* What the pod of the Job before helm uninstall is found by: none of the labels by which Service and budget find the operator's pods. */}}
{{- define "privatelink-operator.checkLabels" -}}
app.kubernetes.io/name: {{ include "privatelink-operator.name" . | trunc 57 | trimSuffix "-" }}-check
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/*
Labels and annotations of an object, as lines of its metadata: list of the root, more labels, more annotations. What comes first
wins, so that nobody takes the labels that the selectors need from the chart.
*/}}
{{- define "privatelink-operator.metadata" -}}
{{- $root := index . 0 }}
{{- $labels := include "privatelink-operator.selectorLabels" $root | fromYaml }}
{{- $_ := set $labels "app.kubernetes.io/version" ($root.Chart.AppVersion | replace "+" "_" | trunc 63) }}
{{- $_ := set $labels "app.kubernetes.io/managed-by" $root.Release.Service }}
{{- $_ := set $labels "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63) }}
{{- $labels = merge $labels (index . 1) $root.Values.commonLabels }}
{{- $annotations := merge (dict) (index . 2) $root.Values.commonAnnotations -}}
labels:
  {{- toYaml $labels | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "privatelink-operator.image" -}}
{{- with .Values.image }}
{{- $name := .repository }}
{{- with .registry }}{{ $name = printf "%s/%s" (trimSuffix "/" .) $name }}{{ end }}
{{- if .digest }}
{{- printf "%s@%s" $name .digest }}
{{- else }}
{{- printf "%s:%s" $name (default $.Chart.AppVersion .tag) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Who gives the pod the token of the source rrsa: webhook, projected, or nobody, because the source is another. */}}
{{- define "privatelink-operator.rrsaMode" -}}
{{- with .Values.credentials }}
{{- if eq .source "rrsa" }}{{ .rrsa.mode }}{{ end }}
{{- end }}
{{- end }}

{{/* Environment variables of the container. Those of the chart come first; validate refuses the same name in extraEnv. */}}
{{- define "privatelink-operator.env" -}}
{{- if eq (include "privatelink-operator.rrsaMode" .) "projected" }}
{{- with .Values.credentials.rrsa }}
- name: ALIBABA_CLOUD_ROLE_ARN
  value: {{ .roleArn }}
- name: ALIBABA_CLOUD_OIDC_PROVIDER_ARN
  value: {{ .oidcProviderArn }}
- name: ALIBABA_CLOUD_OIDC_TOKEN_FILE
  value: /var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "privatelink-operator.volumeMounts" -}}
{{- if .Values.credentials.existingSecret }}
- name: credentials
  mountPath: /etc/privatelink/credentials
  readOnly: true
{{- end }}
{{- if eq (include "privatelink-operator.rrsaMode" .) "projected" }}
- name: rrsa-oidc-token
  mountPath: /var/run/secrets/ack.alibabacloud.com/rrsa-tokens
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "privatelink-operator.volumes" -}}
{{- with .Values.credentials }}
{{- if .existingSecret }}
# As files, so that a key that is replaced in the Secret is used within minutes. Optional: without it the operator starts all the
# same, is not ready, and says which file is missing; and the Secret of a key that is not temporary has no token.
- name: credentials
  secret:
    secretName: {{ .existingSecret }}
    defaultMode: 0440
    optional: true
    items:
    - key: {{ .keys.accessKeyId | quote }}
      path: access-key-id
    - key: {{ .keys.accessKeySecret | quote }}
      path: access-key-secret
    - key: {{ .keys.securityToken | quote }}
      path: security-token
{{- end }}
{{- if eq (include "privatelink-operator.rrsaMode" $) "projected" }}
# What the webhook would add: a token of the ServiceAccount that is good for STS only.
- name: rrsa-oidc-token
  projected:
    sources:
    - serviceAccountToken:
        audience: sts.aliyuncs.com
        expirationSeconds: {{ int .rrsa.tokenExpirationSeconds }}
        path: token
{{- end }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The command line: each value that is set, as its flag. */}}
{{- define "privatelink-operator.args" -}}
{{- $values := .Values }}
{{- $args := list "run" }}
{{- if $values.credentials.existingSecret }}
{{- $args = append $args "--credentials-dir=/etc/privatelink/credentials" }}
{{- end }}
{{- if ne $values.network "public" }}
{{- $args = append $args (printf "--network=%s" $values.network) }}
{{- end }}
{{- $texts := list
  (list "credentials" $values.credentials.source)
  (list "assume-role-arn" $values.credentials.assumeRole.roleArn)
  (list "assume-role-session-name" $values.credentials.assumeRole.sessionName)
  (list "assume-role-external-id" $values.credentials.assumeRole.externalId)
  (list "assume-role-duration" $values.credentials.assumeRole.duration)
  (list "region" $values.region)
  (list "account-id" $values.accountId)
  (list "privatelink-endpoint" $values.privatelinkEndpoint)
  (list "load-balancer-endpoint" $values.loadBalancerEndpoint)
  (list "sts-endpoint" $values.stsEndpoint)
  (list "cluster-id" $values.clusterId)
  (list "watch-namespace" $values.watchNamespace)
  (list "log-format" $values.logFormat)
  (list "log-level" $values.logLevel) }}
{{- range $texts }}
{{- if index . 1 }}
{{- $args = append $args (printf "--%s=%s" (index . 0) (index . 1)) }}
{{- end }}
{{- end }}
{{- if not $values.leaderElection.enabled }}
{{- $args = append $args "--leader-elect=false" }}
{{- end }}
{{- if $values.ignoreCrdDeletion }}
{{- $args = append $args "--ignore-crd-deletion" }}
{{- end }}
{{- if $values.deleteOrphans }}
{{- $args = append $args "--delete-orphans" }}
{{- end }}
{{- with $values.maxConcurrentReconciles }}
{{- $args = append $args (printf "--max-concurrent-reconciles=%d" (int .)) }}
{{- end }}
{{- range $key, $duration := $values.timing }}
{{- $args = append $args (printf "--timing=%s=%s" $key $duration) }}
{{- end }}
{{- range $operation, $rate := $values.rate }}
{{- $args = append $args (printf "--rate=%s=%s" $operation $rate) }}
{{- end }}
{{- toYaml $args }}
{{- end }}

{{/*
The rules of the operator, by where they are needed, as {namespaced, cluster}. The reasons stand in config/rbac, which the tests compare with
this.
*/}}
{{- define "privatelink-operator.rules" -}}
namespaced:
- apiGroups: [privatelink.alibabacloud.com]
  resources: [vpcendpointservices]
  verbs: [get, list, watch, patch]
- apiGroups: [privatelink.alibabacloud.com]
  resources: [vpcendpointservices/status]
  verbs: [patch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
- apiGroups: [""]
  resources: [services]
  verbs: [list, watch]
cluster:
{{- if not .Values.clusterId }}
- apiGroups: [""]
  resources: [namespaces]
  resourceNames: [kube-system]
  verbs: [get]
{{- end }}
{{- if not .Values.ignoreCrdDeletion }}
- apiGroups: [apiextensions.k8s.io]
  resources: [customresourcedefinitions]
  resourceNames: [vpcendpointservices.privatelink.alibabacloud.com]
  verbs: [get]
{{- end }}
{{- end }}

{{/*
How a rollout goes. With leader election the new pod is ready, and its caches are filled, before an old one stops. Without it nothing
coordinates two, so the old one finishes first. What is not the default is written out, or it would stay behind when the type changes.
*/}}
{{- define "privatelink-operator.strategy" -}}
{{- if .Values.leaderElection.enabled -}}
type: RollingUpdate
rollingUpdate:
  maxSurge: 1
  maxUnavailable: 0
{{- else -}}
type: Recreate
{{- end }}
{{- end }}

{{/* What any pod of the chart needs to be let in and to find a node. */}}
{{- define "privatelink-operator.placement" -}}
{{- with .Values }}
{{- $parts := dict
  "imagePullSecrets" .imagePullSecrets
  "securityContext" .podSecurityContext
  "priorityClassName" .priorityClassName
  "runtimeClassName" .runtimeClassName
  "hostAliases" .hostAliases
  "dnsConfig" .dnsConfig
  "nodeSelector" .nodeSelector
  "tolerations" .tolerations
  "affinity" .affinity }}
{{- range $name, $part := $parts }}
{{- if $part }}
{{- dict $name $part | toYaml | nindent 0 }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where the pods go. The default is soft: a cluster of one node or zone runs all of them. Pods of another ReplicaSet do not count. */}}
{{- define "privatelink-operator.spread" -}}
{{- $constraints := .Values.topologySpreadConstraints }}
{{- if kindIs "invalid" $constraints }}
{{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
- maxSkew: 1
  topologyKey: {{ . }}
  whenUnsatisfiable: ScheduleAnyway
  matchLabelKeys: [pod-template-hash]
  labelSelector:
    matchLabels:
      {{- include "privatelink-operator.selectorLabels" $ | nindent 6 }}
{{- end }}
{{- else if $constraints }}
{{- toYaml $constraints }}
{{- end }}
{{- end }}

{{/* What the schema cannot say well: values that need each other. */}}
{{- define "privatelink-operator.validate" -}}
{{- with .Values }}
{{- if and .watchNamespace (not .clusterId) }}
{{- fail "clusterId: give a name of this cluster, a DNS label, because watchNamespace is set: the UID of kube-system cannot be read then" }}
{{- end }}
{{- if and .deleteOrphans .clusterId }}
{{- fail "deleteOrphans: must be false, because clusterId is set: the services of another cluster with the same id would be taken for orphans" }}
{{- end }}
{{- if and .deleteOrphans .ignoreCrdDeletion }}
{{- fail "deleteOrphans: must be false, because ignoreCrdDeletion is true: services that were left with an earlier definition would be taken for orphans" }}
{{- end }}
{{- if and .rbac.exportTo.namespaces (not .rbac.exportTo.enabled) }}
{{- fail "rbac.exportTo.enabled: must be true, because rbac.exportTo.namespaces is given" }}
{{- end }}
{{- if and .rbac.exportTo.namespaces .watchNamespace }}
{{- fail "rbac.exportTo.namespaces: must be empty, because watchNamespace is set: the rights are given there" }}
{{- end }}
{{- if and .credentials.source .credentials.existingSecret }}
{{- fail (printf "credentials.existingSecret: must be empty, because credentials.source is %s: the operator takes one source" .credentials.source) }}
{{- end }}
{{- with .credentials.assumeRole }}
{{- if and (not .roleArn) (or .sessionName .externalId .duration) }}
{{- fail "credentials.assumeRole.roleArn: name the role, as acs:ram::<account>:role/<name>, because other values of credentials.assumeRole are set" }}
{{- end }}
{{- end }}
{{- if and .crds.enabled (not .crds.keep) .protection.crds }}
{{- fail "protection.crds: must be false, because crds.keep is false: helm uninstall could not delete the definitions" }}
{{- end }}
{{- $rrsa := .credentials.rrsa }}
{{- if ne .credentials.source "rrsa" }}
{{- range list "roleName" "roleArn" "oidcProviderArn" }}
{{- if index $rrsa . }}
{{- fail (printf "credentials.source: must be rrsa, because credentials.rrsa.%s is set" .) }}
{{- end }}
{{- end }}
{{- else if eq $rrsa.mode "projected" }}
{{- range list "roleArn" "oidcProviderArn" }}
{{- if not (index $rrsa .) }}
{{- fail (printf "credentials.rrsa.%s: must be given, because credentials.rrsa.mode is projected; the mode webhook needs none" .) }}
{{- end }}
{{- end }}
{{- if $rrsa.roleName }}
{{- fail "credentials.rrsa.roleName: must be empty, because credentials.rrsa.mode is projected: the role is roleArn" }}
{{- end }}
{{- else }}
{{- range list "roleArn" "oidcProviderArn" }}
{{- if index $rrsa . }}
{{- fail (printf "credentials.rrsa.%s: must be empty, because credentials.rrsa.mode is webhook: give roleName, or the mode projected" .) }}
{{- end }}
{{- end }}
{{- $annotated := index (default dict .serviceAccount.annotations) "pod-identity.alibabacloud.com/role-name" }}
{{- if and $rrsa.roleName $annotated (ne $annotated $rrsa.roleName) }}
{{- fail (printf "credentials.rrsa.roleName: is %s, and serviceAccount.annotations names the role %s; give one" $rrsa.roleName $annotated) }}
{{- else if and $rrsa.roleName (not .serviceAccount.create) }}
{{- fail "credentials.rrsa.roleName: must be empty, because serviceAccount.create is false: annotate that ServiceAccount with pod-identity.alibabacloud.com/role-name" }}
{{- else if and .serviceAccount.create (not (or $rrsa.roleName $annotated)) }}
{{- fail "credentials.rrsa.roleName: name the RAM role, because credentials.source is rrsa: without it the webhook gives the pod nothing, and says nothing" }}
{{- end }}
{{- end }}
{{- if and (gt (int .replicas) 1) (not .leaderElection.enabled) }}
{{- fail (printf "replicas: must be 1 and not %d, because leaderElection.enabled is false: nothing else coordinates two operators" (int .replicas)) }}
{{- end }}
{{- if and (not .serviceAccount.create) (not .serviceAccount.name) }}
{{- fail "serviceAccount.name: name the ServiceAccount to use, because serviceAccount.create is false" }}
{{- end }}
{{- if and .metrics.serviceMonitor.enabled (not .metrics.service.enabled) }}
{{- fail "metrics.service.enabled: must be true, because metrics.serviceMonitor.enabled is: a ServiceMonitor finds its targets by the Service" }}
{{- end }}
{{- if and .metrics.serviceMonitor.enabled .metrics.podMonitor.enabled }}
{{- fail "metrics.podMonitor.enabled: must be false, because metrics.serviceMonitor.enabled is true: everything would be scraped twice" }}
{{- end }}
{{- $names := dict }}
{{- if and (eq .credentials.source "rrsa") (eq $rrsa.mode "projected") }}
{{- range list "ALIBABA_CLOUD_ROLE_ARN" "ALIBABA_CLOUD_OIDC_PROVIDER_ARN" "ALIBABA_CLOUD_OIDC_TOKEN_FILE" }}
{{- $_ := set $names . true }}
{{- end }}
{{- end }}
{{- range .extraEnv }}
{{- if hasKey $names .name }}
{{- fail (printf "extraEnv: %s is named twice, or set by credentials.rrsa, and the API server takes each name once" .name) }}
{{- end }}
{{- $_ := set $names .name true }}
{{- end }}
{{- end }}
{{- end }}
