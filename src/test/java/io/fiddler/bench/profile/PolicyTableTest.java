package io.fiddler.bench.profile;

import io.fiddler.placement.*;
import io.fiddler.placement.policy.*;
import java.util.*;
import org.junit.jupiter.api.Test;

final class PolicyTableTest {
  @Test
  void table() {
    RealTraffic traffic = RealTraffic.run();
    Map<String, RealTraffic.Mix> mixes = new LinkedHashMap<>();
    mixes.put("dictionary", (d, h) -> d.equals("dictionary") ? 1 : 0);
    mixes.put("mix of five", (d, h) -> 1);
    mixes.put("day speeches/night dictionary", (d, h) -> d.equals(h / 12 % 2 == 0 ? "speeches" : "dictionary") ? 1 : 0);
    mixes.put("switch after 48h", (d, h) -> d.equals(h < 48 ? "speeches" : "dictionary") ? 1 : 0);
    mixes.put("another each hour", (d, h) -> d.equals(RealTraffic.DOMAINS.get(new SplittableRandom(h * 7919L).nextInt(5))) ? 1 : 0);
    mixes.put("drift fiction-jargon", (d, h) -> d.equals("fiction") ? 72 - h : d.equals("jargon") ? h : 0);
    PolicyCatalogue c = PolicyCatalogue.withDefaults();
    List<String> policies = List.of("even", "frequency", "blend:recent=0.5", "blend:recent=0.75", "blend:recent=1", "decode-weighted:weight=4", "decode-weighted:weight=16", "decode-weighted:weight=1000", "auto");
    for (int perHour : new int[] {8}) for (int cap : new int[] {12}) for (var hz : List.of(java.time.Duration.ofHours(1), Backtest.A_DAY)) {
      System.out.println(hz + "per hour " + perHour + " cap " + cap);
      for (var mix : mixes.entrySet()) {
        StringBuilder line = new StringBuilder("%-32s".formatted(mix.getKey()));
        var buckets = traffic.hours(72, perHour, mix.getValue(), new SplittableRandom(1));
        PastActivations past = new PastActivations(ActivationStatistics.sum(traffic.grid(), buckets.stream().map(TimeBucket::counts).toList()), new ActivationStatistics(traffic.grid()), Map.of(), buckets);
        for (String p : policies) {
          Backtest b = Backtest.of(c.policy(p), past, HalfLives.DEFAULT, cap, hz);
          int inside = 0; double w=0;
          
          line.append(" %.3f/%.3f".formatted(b.score(1), b.score(1e9)));
        }
        Backtest b = Backtest.of(c.policy("auto"), past, HalfLives.DEFAULT, cap, hz);
        line.append("  unc %.3f".formatted(b.uncertainty().halfWidth()));
        System.out.println(line);
        var pl = c.policy("auto").plan(past, cap);
        System.out.println("    " + pl.policy() + " " + pl.parameters() + " " + pl.forecast());
      }
    }
    System.out.println(policies);
  }
}
