package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// The service's description of its API, as the service gives it.
final class OpenApi {
  private static final String ADDRESS = "https://fiddler.test/openapi.json";

  private final JsonNode document;
  private final SchemaRegistry schemas;

  OpenApi(JsonNode document) {
    this.document = document;
    this.schemas =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemas(Map.of(ADDRESS, document.toString())));
  }

  JsonNode document() {
    return document;
  }

  /// An operation of a route.
  ///
  /// @param method in upper case
  record Operation(String path, String method, JsonNode node) {
    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  Stream<Operation> operations() {
    return document.get("paths").properties().stream()
        .flatMap(path ->
            path.getValue().properties().stream()
                .filter(member ->
                    Set.of("get", "post", "put", "delete", "patch").contains(member.getKey()))
                .map(member ->
                    new Operation(
                        path.getKey(),
                        member.getKey().toUpperCase(java.util.Locale.ROOT),
                        member.getValue())));
  }

  /// Every example of an error; one that operations share once only.
  Stream<OpenApiRefusal> refusals() {
    return operations()
        .flatMap(operation ->
            operation.node().get("responses").properties().stream()
                .filter(response -> response.getKey().charAt(0) >= '4')
                .flatMap(response ->
                    response.getValue().has("$ref")
                        ? refusals("POST", "", response)
                        : refusals(operation.method(), operation.path(), response)))
        .distinct();
  }

  private Stream<OpenApiRefusal> refusals(
      String method, String path, Map.Entry<String, JsonNode> response) {
    JsonNode described = resolved(response.getValue());
    return described.at("/content/application~1json/examples").properties().stream()
        .map(example ->
            new OpenApiRefusal(
                method,
                path,
                Integer.parseInt(response.getKey()),
                example.getValue(),
                alwaysSent(described)));
  }

  /// The headers without which no such answer is sent.
  Set<String> alwaysSent(JsonNode response) {
    return response.path("headers").properties().stream()
        .filter(header -> resolved(header.getValue()).path("required").asBoolean(false))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /// What a reference within the document stands for; a node that is none is its own.
  JsonNode resolved(JsonNode node) {
    JsonNode target = node;
    while (target.has("$ref")) {
      String reference = target.get("$ref").asString();
      target = document.at(reference.substring(1));
      assertThat(target.isMissingNode()).as(reference + " leads nowhere").isFalse();
    }
    return target;
  }

  /// Holds a value to one of the document's schemas.
  void assertValid(String context, JsonNode schema, JsonNode value) {
    assertThat(schema(schema).validate(value)).as("%s: %s", context, value).isEmpty();
  }

  /// The names of all properties that a schema knows, those of objects within it too.
  Set<String> propertiesOf(JsonNode schema) {
    Set<String> names = new TreeSet<>();
    collect(schema, names, new TreeSet<>());
    return names;
  }

  private void collect(JsonNode node, Set<String> names, Set<String> followed) {
    if (node.has("$ref") && !followed.add(node.get("$ref").asString())) {
      return;
    }
    JsonNode schema = resolved(node);
    if (schema.isObject() && schema.has("properties")) {
      names.addAll(schema.get("properties").propertyNames());
    }
    if (schema.isContainer()) {
      schema.forEach(child -> collect(child, names, followed));
    }
  }

  /// The schema at a reference into the document.
  private Schema schema(JsonNode schema) {
    String reference = schema.get("$ref").asString();
    return schemas.getSchema(SchemaLocation.of(ADDRESS + reference));
  }
}
