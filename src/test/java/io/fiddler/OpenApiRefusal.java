package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An example of an error in the API's description, with the request that gets it.
///
/// @param method of its operation
/// @param path of its operation
/// @param status of the answer
/// @param example the answer as `value`; as `x-request` what is other than the operation has it:
///   `method`, `path`, the content's `type` and its `body`, `text` or `length`, `origin`, the sort
///   of `key` that is shown, the `state` that the service is in
/// @param headers that the answer has
record OpenApiRefusal(
    String method, String path, int status, JsonNode example, Set<String> headers) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private JsonNode request() {
    return example.get("x-request");
  }

  /// Whether the service must ask for keys; it may otherwise.
  boolean needsKey() {
    return request().has("key") || request().has("state");
  }

  /// The sort of key shown; any, if empty.
  String key() {
    return request().path("key").asString("");
  }

  /// Whether the service must be stopping.
  boolean isAtTheEnd() {
    return request().path("state").asString("").equals("draining");
  }

  /// Sends the request and holds the answer to the example.
  ///
  /// @param key to be shown; null for none
  void assertAnswered(URI root, @Nullable String key) throws Exception {
    String content =
        request().has("body")
            ? request().get("body").toString()
            : request().path("text").asString("x".repeat(request().path("length").asInt(0)));
    String verb = request().path("method").asString(method);
    HttpRequest.Builder sent =
        HttpRequest.newBuilder(root.resolve(request().path("path").asString(path)))
            .method(
                verb,
                verb.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(content))
            .header("Content-Type", request().path("type").asString("application/json"));
    if (request().has("origin")) {
      sent.header("Origin", request().get("origin").asString());
    }
    if (key != null) {
      sent.header("Authorization", "Bearer " + key);
    }

    HttpResponse<String> answer = HTTP.send(sent.build(), BodyHandlers.ofString());

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(JsonMapper.shared().readTree(answer.body())).isEqualTo(example.get("value"));
    headers.forEach(
        header -> assertThat(answer.headers().firstValue(header)).as(header).isPresent());
  }

  @Override
  public String toString() {
    return "%s %s: %s"
        .formatted(
            request().path("method").asString(method),
            request().path("path").asString(path),
            example.at("/value/error/code").asString());
  }
}
