{{/* What runs before the service. */}}
{{- define "fiddler.initContainers" -}}
{{- /* YAML reads off without quotes as false. Memory is locked for a GPU only. */}}
{{- $hugePages := .Values.nodeChecks.hugePages | default "off" }}
{{- $memlock := ternary .Values.nodeChecks.memlock false .Values.gpu.enabled | default "off" }}
{{- /* Requests are the limits, here too: a pod has cores of its own only if that holds for all its containers. */}}
{{- if or (ne $hugePages "off") (ne $memlock "off") }}
- name: node-check
  image: {{ include "fiddler.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  command:
    - /opt/fiddler/bin/node-check
    - --huge-pages={{ $hugePages }}
    - --memlock={{ $memlock }}
    - --locked-mib={{ int .Values.memory.modelMiB }}
  securityContext:
    {{- include "fiddler.containerSecurity" . | nindent 4 }}
  resources:
    requests: {cpu: 100m, memory: 64Mi}
    limits: {cpu: 100m, memory: 64Mi}
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
    requests: {cpu: "1", memory: 256Mi}
    limits: {cpu: "1", memory: 256Mi}
  volumeMounts:
    - {name: models, mountPath: {{ .Values.model.volume.mountPath }}}
{{- end }}
{{- end }}
