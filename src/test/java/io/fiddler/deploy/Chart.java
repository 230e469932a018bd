package io.fiddler.deploy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.util.FileSystemUtils;
import org.yaml.snakeyaml.Yaml;

/// The chart, by Helm's own code.
final class Chart {
  static final Path FOLDER = Path.of("helm/fiddler");
  private static final Path VALUES = Path.of("src/test/charts");

  private Chart() {}

  /// The service's version that it installs unless told otherwise.
  static String appVersion() throws IOException {
    return Manifests.of(Files.readString(FOLDER.resolve("Chart.yaml")))
        .documents()
        .getFirst()
        .at("/appVersion")
        .asString();
  }

  /// What Helm's strict linter says of it with one of the files of values. The linter knows only
  /// the chart's own values, so they are put into a copy of it under `work`.
  static LintResult lint(Path work, String values) throws IOException {
    FileSystemUtils.copyRecursively(FOLDER, work.resolve("fiddler"));
    Path file = work.resolve("fiddler/values.yaml");
    Files.writeString(
        file, new Yaml().dump(merged(yaml(file), yaml(VALUES.resolve(values + ".yaml")))));
    return new Helm(work.resolve("fiddler")).lint().strict().call();
  }

  private static Map<String, Object> yaml(Path file) throws IOException {
    return new Yaml().load(Files.readString(file));
  }

  private static Map<String, Object> merged(
      Map<String, Object> defaults, Map<String, Object> more) {
    Map<String, Object> all = new LinkedHashMap<>(defaults);
    more.forEach((key, value) -> all.merge(key, value, Chart::merged));
    return all;
  }

  @SuppressWarnings("unchecked")
  private static Object merged(Object value, Object over) {
    return value instanceof Map && over instanceof Map
        ? merged((Map<String, Object>) value, (Map<String, Object>) over)
        : over;
  }

  /// The manifests for one of the files of values, in the namespace `llm`.
  static Manifests render(String values) {
    return render(values, Map.of());
  }

  /// The same with further values, as `--set` takes them.
  ///
  /// @throws IllegalStateException if Helm refuses them, with what it says
  static Manifests render(String values, Map<String, String> more) {
    return render(Optional.of(VALUES.resolve(values + ".yaml")), more);
  }

  /// The manifests for a file of values, if any, and further values.
  ///
  /// @throws IllegalStateException if Helm refuses them, with what it says
  static Manifests render(Optional<Path> values, Map<String, String> more) {
    return render("test", values, more);
  }

  /// The same for a release of another name than `test`.
  static Manifests render(String release, Optional<Path> values, Map<String, String> more) {
    TemplateCommand command =
        new Helm(FOLDER)
            .template()
            .withName(release)
            .withNamespace("llm")
            .withKubeVersion("1.33.0");
    values.ifPresent(command::withValuesFile);
    more.forEach(command::set);
    return Manifests.of(command.call());
  }
}
