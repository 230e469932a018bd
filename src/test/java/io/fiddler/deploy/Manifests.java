package io.fiddler.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Rendered manifests.
///
/// @param documents each one, in order
record Manifests(List<JsonNode> documents) {
  static Manifests of(String yaml) {
    return new Manifests(
        StreamSupport.stream(new Yaml().loadAll(yaml).spliterator(), false)
            .filter(document -> document != null)
            .map(document -> JsonMapper.shared().<JsonNode>valueToTree(document))
            .toList());
  }

  /// The only one of a kind.
  JsonNode only(String kind) {
    List<JsonNode> found = all(kind);
    assertThat(found).as(kind).hasSize(1);
    return found.getFirst();
  }

  List<JsonNode> all(String kind) {
    return documents.stream().filter(document -> kind(document).equals(kind)).toList();
  }

  List<String> kinds() {
    return documents.stream().map(Manifests::kind).distinct().sorted().toList();
  }

  /// The pod of the Deployment.
  JsonNode pod() {
    return only("Deployment").at("/spec/template/spec");
  }

  /// The service's container.
  JsonNode container() {
    JsonNode containers = pod().at("/containers");
    assertThat(containers).hasSize(1);
    return containers.get(0);
  }

  /// Its environment variables, in order.
  List<JsonNode> variables() {
    return list(container().at("/env"));
  }

  /// The value of one of them; fails unless it is there.
  String variable(String name) {
    return variables().stream()
        .filter(variable -> variable.at("/name").asString().equals(name))
        .map(variable -> variable.at("/value").asString())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no variable " + name));
  }

  static String kind(JsonNode document) {
    return document.at("/kind").asString();
  }

  static List<JsonNode> list(JsonNode array) {
    List<JsonNode> list = new ArrayList<>();
    array.forEach(list::add);
    return list;
  }
}
