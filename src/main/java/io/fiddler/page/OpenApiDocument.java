package io.fiddler.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.json.JsonMapper;

/// The description of the API, kept by hand in `openapi/`: one YAML file a subject, merged into one
/// OpenAPI document. Tests hold it to what the service does.
final class OpenApiDocument {
  private static final String FILES = "classpath:openapi/*.yaml";

  /// Has the beginning; the others follow in the order of their names.
  private static final String FIRST = "api.yaml";

  private OpenApiDocument() {}

  /// The document as JSON.
  ///
  /// @throws IllegalStateException if two files say the same
  static byte[] json() {
    try {
      Resource[] files = new PathMatchingResourcePatternResolver().getResources(FILES);
      Map<String, Object> document = new LinkedHashMap<>();
      for (Resource file : inOrder(files)) {
        try (InputStream in = file.getInputStream()) {
          Map<String, Object> part = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
          merge(document, part, Objects.requireNonNull(file.getFilename()));
        }
      }
      return JsonMapper.shared().writeValueAsBytes(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Resource> inOrder(Resource[] files) {
    return Arrays.stream(files)
        .sorted(
            Comparator.comparing((Resource file) -> !FIRST.equals(file.getFilename()))
                .thenComparing(file -> Objects.requireNonNull(file.getFilename())))
        .toList();
  }

  /// Adds the objects of a part to those of the whole; everything else may be said once only.
  @SuppressWarnings("unchecked")
  private static void merge(Map<String, Object> whole, Map<String, Object> part, String place) {
    part.forEach((key, value) -> {
      Object there = whole.putIfAbsent(key, value);
      if (there == null) {
        return;
      }
      if (!(there instanceof Map<?, ?> known) || !(value instanceof Map<?, ?> more)) {
        throw new IllegalStateException(
            "%s: %s is said in another file, too".formatted(place, key));
      }
      merge((Map<String, Object>) known, (Map<String, Object>) more, place + ": " + key);
    });
  }
}
