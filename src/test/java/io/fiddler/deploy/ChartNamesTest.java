package io.fiddler.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What things are called after the release.
@Tag("helm")
final class ChartNamesTest {
  private static final int LONGEST_OF_CLOUDNATIVEPG = 50;

  /// Helm takes names of up to 53 characters.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "fiddler-of-the-team-that-answers-what-customers-write",
        "the-models-of-the-team-that-answers-what-others-write"
      })
  void aLongRelease_hasADatabaseThatItsOperatorTakes(String release) {
    assertThat(release).hasSize(53);
    Manifests manifests =
        Chart.render(release, Optional.empty(), Map.of("database.mode", "cloudnativepg"));

    JsonNode cluster = manifests.only("Cluster");
    String name = cluster.at("/metadata/name").asString();

    assertThat(name).contains("fiddler").endsWith("-db");
    assertThat(name.length()).isBetween(40, LONGEST_OF_CLOUDNATIVEPG);
    assertThat(manifests.variable("SPRING_DATASOURCE_URL")).contains("//" + name + "-rw:");
  }
}
