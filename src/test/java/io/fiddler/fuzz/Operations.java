package io.fiddler.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/// Makes requests for the operations of OpenAPI documents.
final class Operations {
  private static final List<String> METHODS = List.of("get", "post", "put", "delete");

  /// What takes a body is what there is to get wrong.
  private static final int SHARE_WITH_BODY = 4;

  private record Operation(JsonNode document, String method, String path, JsonNode node) {}

  private final List<Operation> operations = new ArrayList<>();
  private final Map<String, String> inPaths;
  private final List<String> keys;

  /// @param inPaths what stands for the names in paths
  /// @param keys with which requests come, each as often; an empty one is none
  Operations(List<JsonNode> documents, Map<String, String> inPaths, List<String> keys) {
    this.inPaths = inPaths;
    this.keys = keys;
    documents.forEach(this::add);
  }

  private void add(JsonNode document) {
    document
        .get("paths")
        .forEachEntry((path, item) ->
            item.forEachEntry((method, node) -> {
              for (int i = METHODS.contains(method) ? share(node) : 0; i > 0; i--) {
                operations.add(
                    new Operation(document, method.toUpperCase(Locale.ROOT), path(path), node));
              }
            }));
  }

  private static int share(JsonNode operation) {
    return operation.has("requestBody") ? SHARE_WITH_BODY : 1;
  }

  private String path(String path) {
    String filled = path;
    for (Map.Entry<String, String> each : inPaths.entrySet()) {
      filled = filled.replace("{" + each.getKey() + "}", each.getValue());
    }
    return filled;
  }

  /// A well-formed request.
  FuzzRequest request(SplittableRandom random) {
    Operation operation = operations.get(random.nextInt(operations.size()));
    JsonNode schema = operation.node().at("/requestBody/content/application~1json/schema");
    byte[] body =
        schema.isMissingNode()
            ? new byte[0]
            : new SchemaValues(operation.document(), random).of(schema).toString().getBytes(UTF_8);
    FuzzRequest request = new FuzzRequest(operation.method(), operation.path(), body);
    String key = keys.get(random.nextInt(keys.size()));
    if (!key.isEmpty()) {
      request.headers.put("Authorization", "Bearer " + key);
    }
    return request;
  }
}
