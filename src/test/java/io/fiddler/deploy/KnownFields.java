package io.fiddler.deploy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/// What is wrong with a manifest by the rules of its kind: unknown fields, missing ones, wrong
/// types. Kubernetes' own kinds are checked by the official client's models, which are generated
/// from Kubernetes' OpenAPI document; those of the Gateway API and of the Prometheus operator by
/// fabric8's, which are generated from their sources, and do not say what is required; two more by
/// the list of the fields that the chart uses of them.
final class KnownFields {
  private static final String OFFICIAL = "io.kubernetes.client.openapi.models.";
  private static final Map<String, String> FABRIC8 =
      Map.of(
          "gateway.networking.k8s.io/v1 HTTPRoute",
          "io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute",
          "monitoring.coreos.com/v1 ServiceMonitor",
          "io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor",
          "monitoring.coreos.com/v1 PrometheusRule",
          "io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule");

  /// Compared with the CRDs of CloudNativePG 1.30 and of the Gateway API inference extension, v1;
  /// /* stands for any further ones.
  private static final Map<String, Set<String>> LISTED =
      Map.of(
          "postgresql.cnpg.io/v1 Cluster",
          Set.of(
              "/spec/instances",
              "/spec/imageName",
              "/spec/bootstrap/initdb/database",
              "/spec/bootstrap/initdb/owner",
              "/spec/storage/size",
              "/spec/storage/storageClass"),
          "inference.networking.k8s.io/v1 InferencePool",
          Set.of(
              "/spec/selector/matchLabels/*",
              "/spec/targetPorts/number",
              "/spec/endpointPickerRef/name",
              "/spec/endpointPickerRef/port/number",
              "/spec/endpointPickerRef/failureMode"));

  private KnownFields() {}

  /// Complaints; none if all is well.
  static Set<String> complaints(JsonNode document) {
    String kind = document.at("/apiVersion").asString() + " " + Manifests.kind(document);
    Set<String> found = new TreeSet<>();
    if (LISTED.containsKey(kind)) {
      listed(document, "", LISTED.get(kind), found);
    } else if (FABRIC8.containsKey(kind)) {
      modelled(document, FABRIC8.get(kind), found);
    } else {
      official(document, found);
    }
    return found;
  }

  private static void official(JsonNode document, Set<String> found) {
    String number = document.at("/apiVersion").asString().replaceFirst(".*/", "");
    String name =
        OFFICIAL
            + number.substring(0, 1).toUpperCase(Locale.ROOT)
            + number.substring(1)
            + Manifests.kind(document);
    try {
      Method validate = Class.forName(name).getMethod("validateJsonElement", JsonElement.class);
      validate.invoke(null, JsonParser.parseString(document.toString()));
    } catch (InvocationTargetException e) {
      found.add(String.valueOf(e.getTargetException().getMessage()));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no model of " + name, e);
    }
  }

  private static void modelled(JsonNode document, String model, Set<String> found) {
    try {
      Object read = new ObjectMapper().readValue(document.toString(), Class.forName(model));
      unknown(read, Manifests.kind(document), found);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no model " + model, e);
    } catch (IOException e) {
      found.add(String.valueOf(e.getMessage()));
    }
  }

  /// Whatever the models do not know, they keep as additional properties.
  private static void unknown(Object value, String path, Set<String> found)
      throws ReflectiveOperationException {
    if (value instanceof Collection<?> items) {
      for (Object item : items) {
        unknown(item, path + "[]", found);
      }
    } else if (value != null && value.getClass().getPackageName().startsWith("io.fabric8")) {
      for (Method getter : value.getClass().getMethods()) {
        boolean plain =
            getter.getParameterCount() == 0 && getter.getDeclaringClass() != Object.class;
        if (plain && getter.getName().equals("getAdditionalProperties")) {
          ((Map<?, ?>) getter.invoke(value))
              .keySet()
              .forEach(key -> found.add(path + "." + key + " is unknown"));
        } else if (plain && getter.getName().startsWith("get")) {
          unknown(getter.invoke(value), path + "." + getter.getName().substring(3), found);
        }
      }
    }
  }

  private static void listed(JsonNode node, String path, Set<String> known, Set<String> found) {
    if (path.equals("/apiVersion") || path.equals("/kind") || path.equals("/metadata")) {
      return;
    }
    if (node.isObject()) {
      node.properties()
          .forEach(field -> listed(field.getValue(), path + "/" + field.getKey(), known, found));
    } else if (node.isArray()) {
      node.forEach(item -> listed(item, path, known, found));
    } else if (known.stream().noneMatch(field -> fits(field, path))) {
      found.add(path + " is unknown");
    }
  }

  private static boolean fits(String field, String path) {
    return field.endsWith("/*")
        ? path.startsWith(field.substring(0, field.length() - 1))
        : path.equals(field);
  }
}
