package io.fiddler.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Where the NetworkPolicy lets the service connect to.
@Tag("helm")
final class ChartNetworkTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jdbc:postgresql://db.example/fiddler                     | 5432
          jdbc:postgresql://db.example:6432/fiddler?sslmode=require | 6432
          jdbc:postgresql://[fd00::5432]/fiddler                   | 5432
          jdbc:postgresql://[fd00::1]:7432/fiddler                 | 7432
          jdbc:postgresql://one:6432,two/fiddler                    | 6432 5432
          """)
  void database_isReachedAtThePortsOfItsUrl(String url, String ports) {
    assertThat(ports("external", Map.of("database.external.url", url))).isEqualTo("53 53 " + ports);
  }

  @ParameterizedTest
  @CsvSource({
    "https://models.example/mixtral, 443",
    "http://models.example/mixtral, 80",
    "http://models.example:8081, 8081",
    "https://user@models.example:8443/a:9/b, 8443"
  })
  void download_isReachedAtThePortOfItsUrl(String url, String port) {
    assertThat(ports("download", Map.of("model.volume.download.url", url)))
        .isEqualTo("53 53 5432 " + port);
  }

  private static String ports(String values, Map<String, String> more) {
    List<String> ports =
        Manifests.list(Chart.render(values, more).only("NetworkPolicy").at("/spec/egress")).stream()
            .flatMap(rule -> Manifests.list(rule.at("/ports")).stream())
            .map((JsonNode port) -> port.at("/port").asString())
            .toList();
    return String.join(" ", ports);
  }
}
