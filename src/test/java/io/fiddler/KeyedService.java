package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.TestDatabase;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The running service as its administrator and those he made keys for see it.
///
/// @param service asks for keys
record KeyedService(RunningService service) implements AutoCloseable {
  static final String ADMIN = "the-first-administrators-key";
  static final String KEYS = "/actuator/keys";

  static KeyedService start(Path home, TestDatabase database, String... more) {
    return start(home, database, List.of(), more);
  }

  /// The same with further parts, such as listeners of the engine.
  static KeyedService start(
      Path home, TestDatabase database, List<Class<?>> parts, String... more) {
    return new KeyedService(
        RunningService.start(
            home,
            database,
            parts,
            Stream.concat(
                    Stream.of(
                        "--fiddler.device.kind=none", "--fiddler.security.admin-key=" + ADMIN),
                    Stream.of(more))
                .toArray(String[]::new)));
  }

  /// The answer to the administrator, which must have a status.
  JsonNode admin(String method, String path, @Nullable String json, int status) {
    HttpResponse<String> answer = service.send(method, path, json, ADMIN);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JsonMapper.shared().readTree(answer.body());
  }

  /// Makes a key; single quotes in `settings` stand for double ones.
  String key(String settings) {
    return admin("POST", KEYS, settings.replace('\'', '"'), 200).get("key").asString();
  }

  /// Asks for a completion; single quotes in `json` stand for double ones.
  HttpResponse<String> complete(String json, String key) {
    return service.send("POST", "/v1/completions", json.replace('\'', '"'), key);
  }

  @Override
  public void close() {
    service.close();
  }
}
