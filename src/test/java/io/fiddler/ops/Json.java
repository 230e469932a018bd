package io.fiddler.ops;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a client sees of an answer.
final class Json {
  private Json() {}

  static JsonNode of(WebEndpointResponse<?> response) {
    return JsonMapper.shared().valueToTree(response.getBody());
  }
}
