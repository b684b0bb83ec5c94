{{- define "ragops.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "ragops.fullname" -}}
{{- $name := include "ragops.name" . -}}
{{- if contains $name .Release.Name -}}{{- .Release.Name | trunc 52 | trimSuffix "-" -}}{{- else -}}{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}{{- end -}}
{{- end -}}

{{- define "ragops.serviceAccount" -}}
{{- default (printf "%s-operator" (include "ragops.fullname" .)) .Values.serviceAccount.name -}}
{{- end -}}

{{- define "ragops.selector" -}}
app.kubernetes.io/name: ragops-operator
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ragops.labels" -}}
{{ include "ragops.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "ragops.image" -}}
{{- if .Values.image.digest -}}{{ .Values.image.repository }}@{{ .Values.image.digest }}{{- else -}}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{- end -}}
{{- end -}}

{{/* What the operator may do where it works. No wildcard, no Secret: those rights stand in secret-rbac.yaml. */}}
{{- define "ragops.rules" -}}
# Its own API. Specs belong to people: it writes status only.
- apiGroups: [ragops.dev]
  resources: [ragmodels, ragrollouts]
  verbs: [get, list, watch]
- apiGroups: [ragops.dev]
  resources: [ragmodels/status, ragrollouts/status]
  verbs: [get, update, patch]
# Needed to set blockOwnerDeletion on what a RagModel owns; it sets no finalizer.
- apiGroups: [ragops.dev]
  resources: [ragmodels/finalizers]
  verbs: [update]
# What a RagModel owns.
- apiGroups: [apps]
  resources: [deployments, controllerrevisions]
  verbs: [get, list, watch, create, update, patch, delete]
- apiGroups: [""]
  resources: [services, configmaps, serviceaccounts]
  verbs: [get, list, watch, create, update, patch, delete]
- apiGroups: [policy]
  resources: [poddisruptionbudgets]
  verbs: [get, list, watch, create, update, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, update, patch, delete]
- apiGroups: [autoscaling]
  resources: [horizontalpodautoscalers]
  verbs: [get, list, watch, create, update, patch, delete]
# A gateway's right to read its route and its endpoints. The operator can grant only what it holds itself (both are on this list).
- apiGroups: [rbac.authorization.k8s.io]
  resources: [roles, rolebindings]
  verbs: [get, list, watch, create, update, patch, delete]
# Volumes of documents and bundle caches are made and never deleted.
- apiGroups: [""]
  resources: [persistentvolumeclaims]
  verbs: [get, list, watch, create, patch]
# What it looks at.
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [discovery.k8s.io]
  resources: [endpointslices]
  verbs: [get, list, watch]
# What it tells.
- apiGroups: ["", events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
