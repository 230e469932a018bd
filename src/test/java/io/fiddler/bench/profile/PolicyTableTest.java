package io.fiddler.bench.profile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.bench.profile.RealTraffic.Mix;
import io.fiddler.placement.ActivationStatistics;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PastActivations;
import io.fiddler.placement.TimeBucket;
import io.fiddler.placement.policy.Backtest;
import io.fiddler.placement.policy.PolicyCatalogue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// The tables of `src/docs/policies.md`, written to `target/policies.md`, and what is concluded
/// from them: hit rates of real traffic, mixed over three days, by the policy that planned.
final class PolicyTableTest {
  private static final int HOURS = 72;
  private static final int PROMPTS_PER_HOUR = 8;
  private static final int CAPACITY = 12;
  private static final long SEED = 1;
  private static final double DECODE_ALONE = 1e9;
  private static final Duration HOUR = Duration.ofHours(1);

  private static final List<String> POLICIES =
      List.of(
          "even",
          "frequency",
          "blend:recent=0.5",
          "blend:recent=0.75",
          "blend:recent=1",
          "decode-weighted:weight=4",
          "decode-weighted:weight=16",
          "auto");

  private final PolicyCatalogue policies = PolicyCatalogue.withDefaults();
  private final Map<String, Backtest> served = new LinkedHashMap<>();

  @Test
  void auto_isAsGoodAsFrequency_andFollowsTrafficThatChangedForGood() throws IOException {
    RealTraffic traffic = RealTraffic.run();
    StringBuilder text = new StringBuilder();
    table(text, traffic, Backtest.A_DAY, POLICIES);
    table(text, traffic, HOUR, POLICIES.subList(0, POLICIES.size() - 1));
    Files.writeString(Path.of("target", "policies.md"), text);

    for (String workload : mixes().keySet()) {
      assertThat(rate(workload, "frequency"))
          .as(workload)
          .isGreaterThan(rate(workload, "even") + 0.1);
      assertThat(rate(workload, "auto"))
          .as(workload)
          .isGreaterThan(rate(workload, "frequency") - 0.015);
    }
    String changed = "speeches, from hour 48 on dictionary";
    assertThat(rate(changed, "auto")).isGreaterThan(rate(changed, "frequency") + 0.05);
    String phases = "all five";
    assertThat(backtest(phases, "decode-weighted:weight=16").score(DECODE_ALONE))
        .isGreaterThan(backtest(phases, "frequency").score(DECODE_ALONE) + 0.003);
  }

  private double rate(String workload, String policy) {
    return backtest(workload, policy).score(1);
  }

  private Backtest backtest(String workload, String policy) {
    return Objects.requireNonNull(served.get(workload + policy));
  }

  private void table(
      StringBuilder text, RealTraffic traffic, Duration horizon, List<String> names) {
    text.append("| plans serve %s |".formatted(horizon.equals(HOUR) ? "an hour" : "a day"));
    names.forEach(name -> text.append(" %s |".formatted(name.replaceAll(":.*=", " "))));
    text.append("\n|---|").append("---|".repeat(names.size())).append('\n');
    mixes()
        .forEach((workload, mix) -> {
          PastActivations past = past(traffic, mix);
          text.append("| %s |".formatted(workload));
          for (String name : names) {
            Backtest test =
                Backtest.of(policies.policy(name), past, HalfLives.DEFAULT, CAPACITY, horizon);
            if (!horizon.equals(HOUR)) {
              served.put(workload + name, test);
            }
            text.append(
                String.format(
                    Locale.ROOT, " %.3f (%.3f) |", test.score(1), test.score(DECODE_ALONE)));
          }
          text.append('\n');
        });
    text.append('\n');
  }

  private static PastActivations past(RealTraffic traffic, Mix mix) {
    List<TimeBucket> hours =
        traffic.hours(HOURS, PROMPTS_PER_HOUR, mix, new SplittableRandom(SEED));
    ActivationStatistics sum =
        ActivationStatistics.sum(traffic.grid(), hours.stream().map(TimeBucket::counts).toList());
    return new PastActivations(sum, sum, Map.of(), hours);
  }

  private static Map<String, Mix> mixes() {
    Map<String, Mix> mixes = new LinkedHashMap<>();
    mixes.put("dictionary", (domain, _) -> is(domain, "dictionary"));
    mixes.put("all five", (_, _) -> 1);
    mixes.put(
        "speeches by day, dictionary by night",
        (domain, hour) -> is(domain, hour / 12 % 2 == 0 ? "speeches" : "dictionary"));
    mixes.put(
        "speeches, from hour 48 on dictionary",
        (domain, hour) -> is(domain, hour < 48 ? "speeches" : "dictionary"));
    mixes.put(
        "another of the five each hour",
        (domain, hour) ->
            is(domain, RealTraffic.DOMAINS.get(new SplittableRandom(hour * 7919L).nextInt(5))));
    mixes.put(
        "from fiction to jargon over the time",
        (domain, hour) -> (HOURS - hour) * is(domain, "fiction") + hour * is(domain, "jargon"));
    return mixes;
  }

  private static double is(String domain, String wanted) {
    return domain.equals(wanted) ? 1 : 0;
  }
}
