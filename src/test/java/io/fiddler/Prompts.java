package io.fiddler;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/// Real text in five domains whose experts differ a lot.
public final class Prompts {
  private Prompts() {}

  /// The prompts of a domain, such as `dictionary`.
  public static List<String> of(String domain) {
    String resource = "/prompts/" + domain + ".json";
    try (InputStream json = Objects.requireNonNull(Prompts.class.getResourceAsStream(resource))) {
      return List.of(JsonMapper.shared().readValue(json, String[].class));
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
