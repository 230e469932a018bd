package io.fiddler.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SamplingParametersTest {
  private static final double NAN = Double.NaN;
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  @Test
  void parameters_areAccepted_onTheirBounds() {
    assertThat(of(0, 0, 1, 0, 1, -2, -2, Map.of()).temperature()).isZero();
    assertThat(
            of(1e9, Integer.MAX_VALUE, Double.MIN_VALUE, 1, 1e-9, 2, 2, Map.of(0, -100.0)).topP())
        .isPositive();
  }

  @Test
  void parameters_areRefused_outOfRange() {
    for (double bad : List.of(-0.1, NAN, INFINITY, -INFINITY)) {
      assertRefused("temperature", () -> of(bad, 0, 1, 0, 1, 0, 0, Map.of()));
    }
    assertRefused("topK", () -> of(1, -1, 1, 0, 1, 0, 0, Map.of()));
    for (double bad : List.of(0.0, -0.1, 1.01, NAN, INFINITY)) {
      assertRefused("topP", () -> of(1, 0, bad, 0, 1, 0, 0, Map.of()));
    }
    for (double bad : List.of(-0.1, 1.01, NAN)) {
      assertRefused("minP", () -> of(1, 0, 1, bad, 1, 0, 0, Map.of()));
    }
    for (double bad : List.of(0.0, -1.0, NAN, INFINITY)) {
      assertRefused("repetitionPenalty", () -> of(1, 0, 1, 0, bad, 0, 0, Map.of()));
    }
    for (double bad : List.of(-2.01, 2.01, NAN, INFINITY)) {
      assertRefused("frequencyPenalty", () -> of(1, 0, 1, 0, 1, bad, 0, Map.of()));
      assertRefused("presencePenalty", () -> of(1, 0, 1, 0, 1, 0, bad, Map.of()));
    }
    for (double bad : List.of(-101.0, 100.5, NAN, INFINITY)) {
      assertRefused("logitBias", () -> of(1, 0, 1, 0, 1, 0, 0, Map.of(3, bad)));
    }
    assertRefused("logitBias", () -> of(1, 0, 1, 0, 1, 0, 0, Map.of(-3, 1.0)));
  }

  @Test
  void refusal_saysNameRuleAndValue() {
    assertThatExceptionOfType(SamplingParameterException.class)
        .isThrownBy(() -> of(1, 0, 1.5, 0, 1, 0, 0, Map.of()))
        .withMessage("topP must be in (0, 1], got 1.5")
        .satisfies(e -> {
          assertThat(e.parameter()).isEqualTo("topP");
          assertThat(e.rule()).isEqualTo("in (0, 1]");
          assertThat(e.got()).isEqualTo("1.5");
        });
  }

  @Test
  void logitBias_isCopied() {
    Map<Integer, Double> bias = new HashMap<>(Map.of(1, 2.0));
    SamplingParameters parameters = of(1, 0, 1, 0, 1, 0, 0, bias);
    bias.put(2, 1000.0);
    assertThat(parameters.logitBias()).containsOnlyKeys(1);
  }

  private static void assertRefused(
      String parameter, org.assertj.core.api.ThrowableAssert.ThrowingCallable construction) {
    assertThatExceptionOfType(SamplingParameterException.class)
        .isThrownBy(construction)
        .satisfies(e -> assertThat(e.parameter()).isEqualTo(parameter))
        .withMessageMatching(parameter + " must be .+, got .+");
  }

  private static SamplingParameters of(
      double temperature,
      int topK,
      double topP,
      double minP,
      double repetition,
      double frequency,
      double presence,
      Map<Integer, Double> bias) {
    return new SamplingParameters(
        temperature, topK, topP, minP, repetition, frequency, presence, bias, 0);
  }
}
