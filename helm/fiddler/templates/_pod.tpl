{{/* Parts of the pod. */}}
{{- define "fiddler.env" -}}
- name: FIDDLER_MODEL_PATH
  value: {{ .Values.model.path | quote }}
{{- with .Values.model.name }}
- name: FIDDLER_MODEL_NAME
  value: {{ . | quote }}
{{- end }}
# Pins are kept by this name.
- name: FIDDLER_REPLICA
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: FIDDLER_DEVICE_KIND
  value: {{ ternary "cuda" "none" .Values.gpu.enabled }}
{{- if and .Values.gpu.enabled .Values.gpu.memory }}
- name: FIDDLER_DEVICE_MEMORY
  value: {{ .Values.gpu.memory | quote }}
{{- end }}
{{- if eq .Values.database.mode "external" }}
- name: SPRING_DATASOURCE_URL
  value: {{ .Values.database.external.url | quote }}
{{- else if eq .Values.database.mode "cloudnativepg" }}
- name: SPRING_DATASOURCE_URL
  value: {{ printf "jdbc:postgresql://%s-db-rw:5432/%s" (include "fiddler.name" .) .Values.database.cloudnativepg.database | quote }}
{{- else }}
- name: FIDDLER_STORE_EMBEDDED
  value: "true"
{{- end }}
- name: FIDDLER_SHUTDOWN_DRAIN
  value: {{ printf "%ds" (int .Values.shutdown.drainSeconds) }}
- name: FIDDLER_STORE_CLOSE_TIMEOUT
  value: {{ printf "%ds" (int .Values.shutdown.storeSeconds) }}
- name: FIDDLER_OPTS
  value: {{ printf "-Xmx%dm" (int .Values.memory.heapMiB) }}
# Each file there is a setting: the admin key, the database's user and password, headers for a collector.
- name: SPRING_CONFIG_IMPORT
  value: configtree:/run/secrets/fiddler/
{{- end }}

{{/* As an argument; whole numbers of a file of values come as floating point, and would be 1e+06. */}}
{{- define "fiddler.setting" -}}
{{- if and (kindIs "float64" .value) (eq (floor .value) .value) -}}
{{ printf "--%s=%d" .name (int64 .value) }}
{{- else -}}
{{ printf "--%s=%v" .name .value }}
{{- end -}}
{{- end }}

{{- define "fiddler.resources" -}}
{{- $memory := printf "%dMi" (add (int .Values.memory.heapMiB) (int .Values.memory.modelMiB) (int .Values.memory.overheadMiB)) -}}
requests:
  cpu: {{ .Values.cpu.cores | quote }}
  memory: {{ $memory }}
limits:
  cpu: {{ .Values.cpu.cores | quote }}
  memory: {{ $memory }}
  {{- if .Values.gpu.enabled }}
  {{ .Values.gpu.resource }}: "1"
  {{- end }}
{{- end }}

{{- define "fiddler.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "fiddler.secretSources" -}}
- secret:
    name: {{ include "fiddler.adminKeySecret" . }}
    items:
      - key: {{ ternary .Values.adminKey.key "admin-key" (ne .Values.adminKey.existingSecret "") }}
        path: fiddler.security.admin-key
{{- if ne .Values.database.mode "embedded" }}
{{- $external := and (eq .Values.database.mode "external") (ne .Values.database.external.existingSecret "") }}
- secret:
    name: {{ include "fiddler.databaseSecret" . }}
    items:
      - key: {{ ternary .Values.database.external.usernameKey "username" $external }}
        path: spring.datasource.username
      - key: {{ ternary .Values.database.external.passwordKey "password" $external }}
        path: spring.datasource.password
{{- end }}
{{- with .Values.telemetry.headersSecret }}
{{- if .name }}
- secret:
    name: {{ .name }}
    items:
      - key: {{ .key }}
        path: fiddler.telemetry.headers
{{- end }}
{{- end }}
{{- end }}

{{- define "fiddler.volumes" -}}
- name: home
  {{- if eq .Values.database.mode "embedded" }}
  persistentVolumeClaim:
    claimName: {{ include "fiddler.name" . }}-home
  {{- else }}
  emptyDir:
    sizeLimit: {{ .Values.home.sizeLimit }}
  {{- end }}
# Native kernels are loaded from there, so it must not be mounted noexec; an emptyDir is not.
- name: tmp
  emptyDir:
    medium: Memory
    sizeLimit: 256Mi
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- include "fiddler.secretSources" . | nindent 6 }}
{{- $volume := .Values.model.volume }}
{{- if eq $volume.type "pvc" }}
- name: models
  persistentVolumeClaim:
    claimName: {{ $volume.pvc.existingClaim }}
    readOnly: true
{{- else if eq $volume.type "hostPath" }}
- name: models
  hostPath:
    path: {{ $volume.hostPath.path | quote }}
    type: Directory
{{- else if eq $volume.type "download" }}
- name: models
  {{- if $volume.download.claim }}
  persistentVolumeClaim:
    claimName: {{ $volume.download.claim }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ $volume.download.sizeLimit }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Not a default of Kubernetes but the sum of all that may happen: preStop, the drain, the last bytes (Spring's phase, 5 s), the
     last records, and a margin for PostgreSQL and the JVM. */}}
{{- define "fiddler.grace" -}}
{{ add (int .Values.shutdown.preStopSeconds) (int .Values.shutdown.drainSeconds) 5 (int .Values.shutdown.storeSeconds) 10 }}
{{- end }}
