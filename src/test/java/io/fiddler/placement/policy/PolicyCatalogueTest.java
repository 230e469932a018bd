package io.fiddler.placement.policy;

import static io.fiddler.placement.policy.SyntheticTraffic.GRID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.Placement;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PolicyCatalogueTest {
  private final PolicyCatalogue policies = PolicyCatalogue.withDefaults();
  private final PastActivations past =
      SyntheticTraffic.past(SyntheticTraffic.hours(12, 0.9, new SplittableRandom(1)));

  @Test
  void everyName_isAPolicy_thatPlansWithAnUncertainty() {
    for (String name : PolicyCatalogue.names()) {
      Placement placement = policies.policy(name).plan(past, 12);
      assertThat(placement.experts()).as(name).hasSize(12);
      assertThat(placement.forecast().uncertainty()).as(name).isBetween(0.001, 0.3);
      if (!name.equals("auto")) {
        assertThat(placement.policy()).isEqualTo(name);
      }
      assertThat(policies.policy(name).plan(PastActivations.none(GRID), 12).experts()).hasSize(12);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          blend                              | blend           | recent       | 0.5
          blend:recent=0.75                  | blend           | recent       | 0.75
          decode-weighted                    | decode-weighted | weight       | 16.0
          decode-weighted: weight = 2        | decode-weighted | weight       | 2.0
          tenant-weighted:alice=2,bob=0.5    | tenant-weighted | weight.bob   | 0.5
          tenant-weighted:key=a=2            | tenant-weighted | weight.key=a | 2.0
          """)
  void parameters_reachThePolicy_andThePlacement(
      String text, String name, String parameter, String value) {
    Placement placement = policies.policy(text).plan(past, 12);

    assertThat(placement.policy()).isEqualTo(name);
    assertThat(placement.parameters()).containsEntry(parameter, value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          best                        | policy must be one of auto, even, frequency, decode-weighted, tenant-weighted, blend, got best
          ''                          | policy must be one of auto, even, frequency, decode-weighted, tenant-weighted, blend, got nothing
          even:recent=1               | even has no parameters, got recent
          auto:recent=1               | auto has no parameters, got recent
          blend:weight=1              | blend has only the parameter recent, got weight
          blend:recent=2              | recent of blend must be in [0, 1], got 2.0
          blend:recent=half           | recent of blend must be a number, got half
          blend:recent                | parameters of blend must have the form name=number, got recent
          blend:                      | parameters of blend must have the form name=number, got nothing
          decode-weighted:weight=0    | weight of decode-weighted must be a number above 0, got 0.0
          tenant-weighted:a=1,a=2     | a of tenant-weighted is given twice
          tenant-weighted:a=-1        | the weight of a tenant in tenant-weighted must be a number of at least 0, got -1.0 for a
          """)
  void policy_isRefusedWithOneSentence_whenItIsWrong(String text, String sentence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policies.policy(text))
        .withMessage(sentence);
  }

  @Test
  void standard_isTheUsualOne_unlessAnotherIsAskedFor() {
    PolicyCatalogue even = new PolicyCatalogue(HalfLives.DEFAULT, 1, "even");

    assertThat(even.standard().plan(past, 3).policy()).isEqualTo("even");
    assertThat(even.get(Optional.empty()).plan(past, 3).policy()).isEqualTo("even");
    assertThat(even.get(Optional.of("frequency")).plan(past, 3).policy()).isEqualTo("frequency");
  }
}
