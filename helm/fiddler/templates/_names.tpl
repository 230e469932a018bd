{{/* Names and labels. At most 47 characters, since NAME-db must not be longer than the 50 of CloudNativePG. */}}
{{- define "fiddler.name" -}}
{{- if contains "fiddler" .Release.Name -}}
{{ .Release.Name | trunc 47 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-fiddler" (.Release.Name | trunc 39 | trimSuffix "-") }}
{{- end -}}
{{- end }}

{{- define "fiddler.selector" -}}
app.kubernetes.io/name: fiddler
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "fiddler.labels" -}}
{{ include "fiddler.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "fiddler.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "fiddler.name" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end }}

{{- define "fiddler.image" -}}
{{- $suffix := ternary "-cuda" "" .Values.gpu.enabled -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default (printf "%s%s" .Chart.AppVersion $suffix) }}
{{- end }}

{{- define "fiddler.adminKeySecret" -}}
{{ .Values.adminKey.existingSecret | default (printf "%s-admin-key" (include "fiddler.name" .)) }}
{{- end }}

{{/* The Secret of the database: given, made by CloudNativePG (CLUSTER-app), or made here. */}}
{{- define "fiddler.databaseSecret" -}}
{{- if eq .Values.database.mode "cloudnativepg" -}}
{{ include "fiddler.name" . }}-db-app
{{- else -}}
{{ .Values.database.external.existingSecret | default (printf "%s-database" (include "fiddler.name" .)) }}
{{- end -}}
{{- end }}

{{/* Ports of a URL, separated by commas; a database's may name several hosts. */}}
{{- define "fiddler.ports" -}}
{{- $else := .else -}}
{{- $ports := list -}}
{{- range regexFind "//[^/?]*" .url | splitList "," -}}
{{- $ports = append $ports (regexFind ":[0-9]+$" . | trimPrefix ":" | default $else) -}}
{{- end -}}
{{ $ports | uniq | join "," }}
{{- end }}
