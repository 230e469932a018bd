package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A page of `src/docs` that is generated: a test says what it has to be, and writes it if it is
/// told to with `-Dfiddler.docs.write=true`.
public record GeneratedDocument(String name) {
  /// Fails if the page is another one.
  public void requireIs(String text) throws IOException {
    Path page = Path.of("src", "docs", name);
    if (Boolean.getBoolean("fiddler.docs.write")) {
      Files.writeString(page, text);
    }
    assertThat(page)
        .as("to write it: ./mvnw test -Dtest=*ReferenceTest -Dfiddler.docs.write=true")
        .hasContent(text);
  }
}
