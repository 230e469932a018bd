package io.fiddler.config.command;

import com.google.errorprone.annotations.FormatMethod;
import io.fiddler.learning.simulation.SimulationReport;
import io.fiddler.learning.simulation.SimulationReport.Line;
import io.fiddler.learning.simulation.SimulationReport.Point;
import io.fiddler.learning.simulation.SimulationReport.PolicyLine;
import io.fiddler.tensor.ByteSize;
import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A simulation as tables for people.
final class SimulationText {
  private final PrintStream out;

  SimulationText(PrintStream out) {
    this.out = out;
  }

  void print(SimulationReport report) {
    SimulationReport.Asked asked = report.asked();
    line(
        "%s: %d traces with %d tokens, %s to %s",
        report.model(),
        report.traces().count(),
        report.traces().tokens(),
        report.traces().from(),
        report.traces().to());
    line(
        "planned from the first %d, scored on the other %d; %s, %d experts, copies x %s, CPU x %s, %d at once",
        report.planned().count(),
        report.scored().count(),
        ByteSize.describe(asked.memoryBytes()),
        asked.experts(),
        asked.copy(),
        asked.host(),
        asked.concurrency());
    out.println();
    line("%-18s %9s %9s %14s %10s", "placement", "hit rate", "decode", "copied/token", "tokens/s");
    for (PolicyLine policy : report.policies()) {
      row(
          policy.policy(),
          policy.hitRate(),
          policy.decodeHitRate(),
          policy.bytesPerToken(),
          policy.tokensPerSecond());
    }
    row("best fixed, after", report.hindsight());
    row("oracle (Belady)", report.oracle());
    out.println();
    line(
        "%-12s %8s %12s %10s %12s %10s",
        "memory", "experts", asked.policy(), "tokens/s", "oracle", "tokens/s");
    for (Point point : report.curve()) {
      line(
          "%-12s %8d %12.3f %10s %12.3f %10s",
          ByteSize.describe(point.memoryBytes()),
          point.experts(),
          point.hitRate(),
          number(point.tokensPerSecond()),
          point.oracleHitRate(),
          number(point.oracleTokensPerSecond()));
    }
  }

  private void row(String name, Line line) {
    row(name, line.hitRate(), line.decodeHitRate(), line.bytesPerToken(), line.tokensPerSecond());
  }

  private void row(
      String name,
      double hitRate,
      double decodeHitRate,
      @Nullable Double bytes,
      @Nullable Double tokensPerSecond) {
    line(
        "%-18s %9.3f %9.3f %14s %10s",
        name,
        hitRate,
        decodeHitRate,
        bytes == null ? "-" : ByteSize.describe(Math.round(bytes)),
        number(tokensPerSecond));
  }

  private static String number(@Nullable Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, "%.1f", value);
  }

  @FormatMethod
  private void line(String format, Object... args) {
    out.println(String.format(Locale.ROOT, format, args));
  }
}
