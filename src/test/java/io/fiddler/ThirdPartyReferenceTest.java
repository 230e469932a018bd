package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `src/docs/third-party.md` is written from the list of libraries that the build makes, and each
/// of them may be shipped.
final class ThirdPartyReferenceTest {
  /// What may be passed on in a binary under Apache-2.0, with the notices: permissive licences, and
  /// those whose copyleft ends at their own files. Of several, one that is here is enough.
  private static final Set<String> ALLOWED =
      Set.of(
          "Apache-2.0",
          "MIT",
          "MIT-0",
          "0BSD",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "CC0-1.0",
          "EPL-2.0",
          "MPL-2.0",
          "PostgreSQL");

  private static final String HEAD =
      """
      # Third-party software

      Every library in the jar with its licence, from the software bill of materials (CycloneDX, `META-INF/sbom/application.cdx.json`, served at
      `/actuator/sbom/application`). Of several licences the recipient may choose. What is not a library, such as the embedded model, the pages'
      scripts and PostgreSQL's binaries, is in [NOTICE](../../NOTICE).

      | library | version | licence |
      |---|---|---|
      """;

  @Test
  void everyLibrary_mayBeShipped() throws IOException {
    assertThat(libraries())
        .isNotEmpty()
        .allSatisfy(library ->
            assertThat(licences(library))
                .as(library.get("name").asString())
                .containsAnyElementsOf(ALLOWED));
  }

  @Test
  void page_listsEveryLibrary() throws IOException {
    TreeMap<String, String> rows = new TreeMap<>();
    for (JsonNode library : libraries()) {
      String name = library.path("group").asString("") + ":" + library.get("name").asString();
      rows.put(
          library.get("bom-ref").asString(),
          "| `%s` | %s | %s |\n"
              .formatted(
                  name, library.get("version").asString(), String.join(" or ", licences(library))));
    }
    new GeneratedDocument("third-party.md")
        .requireIs(HEAD + String.join("", rows.values().stream().distinct().toList()));
  }

  @Test
  void theJar_bringsLicenceAndNotices() {
    assertThat(Stream.of("LICENSE", "NOTICE", "third-party.md"))
        .allSatisfy(
            file -> assertThat(new ClassPathResource("META-INF/" + file).exists()).isTrue());
  }

  private static List<JsonNode> libraries() throws IOException {
    try (InputStream in =
        new ClassPathResource("META-INF/sbom/application.cdx.json").getInputStream()) {
      return JsonMapper.shared().readTree(in).get("components").valueStream().toList();
    }
  }

  private static List<String> licences(JsonNode library) {
    return library
        .path("licenses")
        .valueStream()
        .map(choice -> {
          JsonNode licence = choice.path("license");
          return licence.has("id")
              ? licence.get("id").asString()
              : licence.path("name").asString(choice.path("expression").asString("none stated"));
        })
        .toList();
  }
}
