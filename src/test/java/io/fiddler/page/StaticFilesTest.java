package io.fiddler.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class StaticFilesTest {
  private final StaticFiles dashboard =
      StaticFiles.page("dashboard", "/dashboard")
          .and(
              StaticFiles.webjar(
                  "org.webjars.npm",
                  "uplot",
                  "dist/",
                  "/dashboard/uplot/",
                  Set.of("uPlot.esm.js", "uPlot.min.css")));
  private final StaticFiles chat = StaticFiles.page("chat", "/");

  @Test
  void page_isAtItsPath_andItsIndexNowhereElse() {
    assertThat(dashboard.at("/dashboard")).isPresent();
    assertThat(dashboard.at("/dashboard/index.html")).isEmpty();
    assertThat(dashboard.paths())
        .contains("/dashboard", "/dashboard/", "/dashboard/uplot/uPlot.esm.js")
        .doesNotContain("/dashboard/stream")
        .allMatch(path -> path.startsWith("/dashboard"));
    assertThat(chat.paths()).contains("/", "/chat/js/main.js").doesNotContain("//");
  }

  @Test
  void pageWithoutSlash_isFound_onlyWhereThereIsAPage() {
    assertThat(dashboard.pageWithoutSlash("/dashboard/")).contains("/dashboard");
    assertThat(dashboard.pageWithoutSlash("/dashboard")).isEmpty();
    assertThat(dashboard.pageWithoutSlash("/dashboard/uplot/uPlot.esm.js/")).isEmpty();
    assertThat(chat.pageWithoutSlash("/")).isEmpty();
  }

  @Test
  void scripts_importOnlyWhatIsThere() {
    StaticFiles all = dashboard.and(chat);
    all.paths().stream()
        .filter(path -> path.endsWith(".js") && !path.contains("/uplot/"))
        .forEach(path -> assertImports(all, path));
  }

  private static void assertImports(StaticFiles files, String path) {
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
