{{/* What values.schema.json cannot say: rules between values, each refused with one sentence. */}}
{{- define "fiddler.rules" -}}
{{- $v := .Values -}}
{{- $db := $v.database -}}
{{- if eq $db.mode "external" -}}
  {{- if not $db.external.url -}}
    {{- fail "database.external.url is needed where database.mode is external: jdbc:postgresql://host:5432/name" -}}
  {{- end -}}
  {{- if and (not $db.external.existingSecret) (not (and $db.external.username $db.external.password)) -}}
    {{- fail "database.external needs existingSecret, or username and password" -}}
  {{- end -}}
  {{- if and $db.external.existingSecret (or $db.external.username $db.external.password) -}}
    {{- fail "database.external.existingSecret holds username and password: leave those of the values empty" -}}
  {{- end -}}
{{- end -}}
{{- if eq $db.mode "embedded" -}}
  {{- if or (gt (int $v.replicas) 1) $v.autoscaling.enabled -}}
    {{- fail "database.mode embedded is for one replica: its data belong to one pod; use external or cloudnativepg" -}}
  {{- end -}}
  {{- if ne (int64 $v.runAsUser) 10001 -}}
    {{- fail (printf "runAsUser must be 10001 where database.mode is embedded, since PostgreSQL asks the image for its user's name; got %d" (int64 $v.runAsUser)) -}}
  {{- end -}}
{{- end -}}
{{- if and $v.adminKey.existingSecret $v.adminKey.value -}}
  {{- fail "adminKey.existingSecret holds the key: leave adminKey.value empty" -}}
{{- end -}}
{{- $volume := $v.model.volume -}}
{{- if and (hasPrefix "/" $v.model.path) (eq $volume.type "none") -}}
  {{- fail (printf "model.path %s is a folder: set model.volume.type to pvc, hostPath or download" $v.model.path) -}}
{{- end -}}
{{- if ne $volume.type "none" -}}
  {{- $path := trimSuffix "/" $v.model.path -}}
  {{- $mount := trimSuffix "/" $volume.mountPath -}}
  {{- if not (or (eq $path $mount) (hasPrefix (printf "%s/" $mount) $path)) -}}
    {{- fail (printf "model.path must lie in model.volume.mountPath %s, got %s" $volume.mountPath $v.model.path) -}}
  {{- end -}}
{{- end -}}
{{- if and (eq $volume.type "hostPath") (not $volume.hostPath.path) -}}
  {{- fail "model.volume.hostPath.path is needed where model.volume.type is hostPath" -}}
{{- end -}}
{{- if eq $volume.type "download" -}}
  {{- if not (and $volume.download.url $volume.download.files) -}}
    {{- fail "model.volume.download.url and files are needed where model.volume.type is download" -}}
  {{- end -}}
{{- end -}}
{{- if and (eq $volume.type "pvc") (not $volume.pvc.existingClaim) -}}
  {{- fail "model.volume.pvc.existingClaim is needed where model.volume.type is pvc: a claim with the model in it" -}}
{{- end -}}
{{- if eq $volume.type "pvc" -}}
  {{- include "fiddler.claimRules" (list $v "model.volume.pvc.accessMode" $volume.pvc.accessMode) -}}
{{- else if and (eq $volume.type "download") $volume.download.claim -}}
  {{- include "fiddler.claimRules" (list $v "model.volume.download.claimAccessMode" $volume.download.claimAccessMode) -}}
{{- end -}}
{{- if and (eq (int $v.rollout.maxSurge) 0) (eq (int $v.rollout.maxUnavailable) 0) -}}
  {{- fail "rollout.maxSurge and rollout.maxUnavailable must not both be 0: no pod could be replaced" -}}
{{- end -}}
{{- if $v.autoscaling.enabled -}}
  {{- if gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas) -}}
    {{- fail (printf "autoscaling.minReplicas must not be above maxReplicas, got %d and %d" (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
  {{- end -}}
{{- end -}}
{{- if $v.gateway.enabled -}}
  {{- if not $v.gateway.parentRefs -}}
    {{- fail "gateway.parentRefs is needed where gateway.enabled is set: which Gateway takes the requests" -}}
  {{- end -}}
  {{- if and $v.gateway.inferencePool.enabled (not $v.gateway.inferencePool.endpointPicker.name) -}}
    {{- fail "gateway.inferencePool.endpointPicker.name is needed where gateway.inferencePool.enabled is set: the Service of the endpoint picker" -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* A claim that one node holds, or one pod: values, name of the value, its access mode. */}}
{{- define "fiddler.claimRules" -}}
{{- $v := index . 0 -}}
{{- $name := index . 1 -}}
{{- $mode := index . 2 -}}
{{- if hasPrefix "ReadWriteOnce" $mode -}}
  {{- if or (gt (int $v.replicas) 1) $v.autoscaling.enabled -}}
    {{- fail (printf "%s %s is for pods of one node: with several replicas use a claim that many nodes mount" $name $mode) -}}
  {{- end -}}
  {{- if and (ne $v.database.mode "embedded") (gt (int $v.rollout.maxSurge) 0) -}}
    {{- fail (printf "%s %s lets no new pod start beside the old one: set rollout.maxSurge=0 and rollout.maxUnavailable=1, or use a claim that many nodes mount" $name $mode) -}}
  {{- end -}}
{{- end -}}
{{- end }}
