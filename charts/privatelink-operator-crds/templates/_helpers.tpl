{{/* Labels and annotations of an object, as lines of its metadata: list of the root, more annotations. What comes first wins. */}}
{{- define "privatelink-operator-crds.metadata" -}}
{{- $root := index . 0 }}
{{- $labels := dict
  "app.kubernetes.io/name" "privatelink-operator"
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/version" ($root.Chart.AppVersion | replace "+" "_" | trunc 63)
  "app.kubernetes.io/managed-by" $root.Release.Service
  "helm.sh/chart" (printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" | trunc 63) }}
{{- $labels = merge $labels $root.Values.commonLabels }}
{{- $annotations := merge (dict) (index . 1) $root.Values.commonAnnotations -}}
labels:
  {{- toYaml $labels | nindent 2 }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The annotation that leaves an object in the cluster at an uninstallation, as YAML. */}}
{{- define "privatelink-operator-crds.keep" -}}
{{- if .Values.keep -}}
helm.sh/resource-policy: keep
{{- else -}}
{}
{{- end }}
{{- end }}
