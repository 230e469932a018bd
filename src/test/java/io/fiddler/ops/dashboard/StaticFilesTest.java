package io.fiddler.ops.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class StaticFilesTest {
  private final StaticFiles files = StaticFiles.read();

  @Test
  void page_isAtThePathOfTheDashboard() {
    assertThat(files.at("/dashboard")).isPresent();
    assertThat(files.at("/dashboard/index.html")).isEmpty();
    assertThat(files.paths())
        .contains("/dashboard", "/dashboard/", "/dashboard/uplot/uPlot.esm.js")
        .doesNotContain("/dashboard/stream")
        .allMatch(path -> path.startsWith("/dashboard"));
  }

  @Test
  void scripts_importOnlyWhatIsThere() {
    files.paths().stream()
        .filter(path -> path.endsWith(".js") && !path.contains("/uplot/"))
        .forEach(this::assertImports);
  }

  private void assertImports(String path) {
    String script = new String(files.at(path).orElseThrow().content(), UTF_8);
    Pattern.compile("from '([^']+)'")
        .matcher(script)
        .results()
        .map(found -> URI.create(path).resolve(found.group(1)).getPath())
        .forEach(imported ->
            assertThat(files.at(imported)).as("%s, imported by %s", imported, path).isPresent());
  }

  @Test
  void etag_namesTheContent() {
    assertThat(StaticFile.of("a.js", new byte[] {1}).etag())
        .isEqualTo(StaticFile.of("b.css", new byte[] {1}).etag())
        .isNotEqualTo(StaticFile.of("a.js", new byte[] {2}).etag())
        .matches("\"[0-9a-f]{24}\"");
  }

  @Test
  void file_isRefused_whenItsKindIsUnknown() {
    assertThatThrownBy(() -> StaticFile.of("a.exe", new byte[0]))
        .hasMessageContaining("must end with one of")
        .hasMessageContaining("a.exe");
  }
}
