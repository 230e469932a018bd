{{/* What runs before the service. */}}
{{- define "fiddler.checksNode" -}}
{{- $memlock := and .Values.gpu.enabled (ne .Values.nodeChecks.memlock "off") -}}
{{- if or $memlock (ne .Values.nodeChecks.hugePages "off") -}}true{{- end -}}
{{- end }}

{{- define "fiddler.initContainers" -}}
{{- if include "fiddler.checksNode" . }}
- name: node-check
  image: {{ include "fiddler.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command:
    - /opt/fiddler/bin/node-check
    - --huge-pages={{ .Values.nodeChecks.hugePages }}
    - --memlock={{ ternary .Values.nodeChecks.memlock "off" .Values.gpu.enabled }}
    - --locked-mib={{ int .Values.memory.modelMiB }}
  securityContext:
    {{- include "fiddler.containerSecurity" . | nindent 4 }}
  resources:
    requests: {cpu: 10m, memory: 16Mi}
    limits: {memory: 64Mi}
{{- end }}
{{- if eq .Values.model.volume.type "download" }}
{{- $download := .Values.model.volume.download }}
- name: download
  image: {{ $download.image }}
  # A file is under its own name only once it is whole, and a container that is restarted resumes what it has. Pods that share a
  # claim wait for the one that downloads; where its file system knows no locks each has a part of its own, so that none writes into
  # another's.
  command: [sh, -euc]
  args:
    - |
      mkdir -p "$TARGET"
      exec 9>"$TARGET/.lock"
      flock 9 || echo "no locks under $TARGET: pods do not wait for each other"
      get() {
        curl "$@" -fsSL --retry 10 --retry-all-errors --speed-limit 1 --speed-time 120 -C - -o "$part" "$URL/$file"
      }
      for file in $FILES; do
        part="$TARGET/.$file~${HOSTNAME:-$(hostname)}.part"
        if [ -e "$TARGET/$file" ]; then continue; fi
        echo "$file"
        if [ -n "${TOKEN:-}" ]; then
          printf 'header = "Authorization: Bearer %s"\n' "$TOKEN" | get -K -
        else
          get
        fi
        [ -e "$TARGET/$file" ] || mv "$part" "$TARGET/$file" || [ -e "$TARGET/$file" ]
        rm -f "$TARGET/.$file~"*
      done
  env:
    - name: URL
      value: {{ trimSuffix "/" $download.url | quote }}
    - name: FILES
      value: {{ join " " $download.files | quote }}
    - name: TARGET
      value: {{ .Values.model.path | quote }}
    {{- if $download.tokenSecret }}
    - name: TOKEN
      valueFrom:
        secretKeyRef:
          name: {{ $download.tokenSecret }}
          key: {{ $download.tokenKey }}
    {{- end }}
  securityContext:
    {{- include "fiddler.containerSecurity" . | nindent 4 }}
  resources:
    requests: {cpu: 100m, memory: 64Mi}
    limits: {memory: 256Mi}
  volumeMounts:
    - {name: models, mountPath: {{ .Values.model.volume.mountPath }}}
{{- end }}
{{- end }}
