package io.fiddler.bench.report;

import com.google.errorprone.annotations.FormatMethod;
import io.fiddler.bench.probe.MachineRates;
import io.fiddler.bench.report.BenchReport.LoadPhase;
import io.fiddler.bench.report.BenchReport.ModelReport;
import io.fiddler.bench.report.ScenarioReport.LaneReport;
import io.fiddler.bench.report.ScenarioReport.PhaseReport;
import java.io.PrintStream;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A report for people: what is known before the scenarios, then a table, row by row.
public final class BenchText {
  private static final double GIGA = 1e9;
  private static final String ROW = "%-38s %9s %19s %9s %6s %8s %9s %22s %9s %6s";

  private final PrintStream out;

  public BenchText(PrintStream out) {
    this.out = out;
  }

  /// Machine, model and probes, and the head of the table.
  public void head(BenchReport report) {
    report.machine().lines().forEach(out::println);
    ModelReport model = report.model();
    line("device: %s, %s", report.machine().device(), model.deviceReason());
    line(
        "%s: %.2f GB of weights, ready after %.1f s (%.2f GB/s); kernels %s; %d of %d experts"
            + " resident (%s), %.2f GB in use on the device",
        model.name(),
        model.weightsBytes() / GIGA,
        report.start().seconds(),
        report.start().bytesPerSecond() / GIGA,
        model.kernels(),
        model.residentExperts(),
        model.numExperts(),
        model.placement(),
        model.deviceUsedBytes() / GIGA);
    line(
        "start: %s",
        report.start().phases().stream().map(BenchText::phase).collect(Collectors.joining(", ")));
    line("probes: %s", probes(report.probes()));
    out.println();
    line(
        ROW,
        "",
        "ms",
        "p10 .. p90",
        "tok/s",
        "hits",
        "missed",
        "GB/token",
        "host+copy+device ms",
        "limit ms",
        "ratio");
  }

  private static String phase(LoadPhase phase) {
    String time = format("%s %.2f s", phase.name(), phase.seconds());
    return phase.bytes() == null || phase.bytesPerSecond() == null
        ? time
        : format(
            "%s (%.2f GB, %.2f GB/s)", time, phase.bytes() / GIGA, phase.bytesPerSecond() / GIGA);
  }

  private static String probes(MachineRates rates) {
    String host =
        format("CPU reads %.1f GB/s (%d threads)", rates.hostRead() / GIGA, rates.threads());
    if (rates.copy() == null
        || rates.hostReadTogether() == null
        || rates.copyTogether() == null
        || rates.deviceCopy() == null) {
      return host;
    }
    return format(
        "%s, copies %.1f, both at once %.1f + %.1f; device memory %.1f GB/s",
        host,
        rates.copy() / GIGA,
        rates.hostReadTogether() / GIGA,
        rates.copyTogether() / GIGA,
        rates.deviceCopy() / GIGA);
  }

  /// The rows of one scenario: decoding, and for a request by itself the first token.
  public void rows(ScenarioReport scenario) {
    if (scenario.decode() != null) {
      row("decode, " + scenario.name() + (scenario.cut() ? " (cut)" : ""), scenario.decode());
    }
    if (scenario.requests() == 1 && scenario.prefill() != null) {
      row(format("first token, %d in", scenario.promptTokens()), scenario.prefill());
    }
    if (scenario.correcting() != null) {
      correcting(scenario.correcting());
    }
    if (scenario.decode() == null && scenario.prefill() == null) {
      line("%s: nothing was done in the time there was (--seconds)", scenario.name());
    }
  }

  /// What came of several clients, behind the table.
  public void gains(BenchReport report) {
    for (GainReport gain : report.gains()) {
      line(
          "%d clients at once: %.2f tok/s against %.2f of one, %.2f times as much; the kernels' times predict %.2f: %.2f of it",
          gain.requests(),
          gain.tokensPerSecond(),
          gain.tokensPerSecondOfOne(),
          gain.measured(),
          gain.predicted(),
          gain.ratio());
    }
  }

  private void correcting(CorrectingReport report) {
    line(
        "  while experts are exchanged: %s ms a step, %s without (%+.1f %%); hits %.3f, %.3f without;"
            + " %d experts came, %.1f MB/s copied between steps",
        millis(report.secondsExchanging().median()),
        millis(report.seconds().median()),
        100 * report.delay(),
        report.hitRateExchanging(),
        report.hitRate(),
        report.experts(),
        report.copiedBytesPerSecond() / 1e6);
  }

  private void row(String name, PhaseReport phase) {
    LaneReport lanes = phase.lanes();
    line(
        ROW,
        name,
        millis(phase.seconds().median()),
        millis(phase.seconds().p10()) + " .. " + millis(phase.seconds().p90()),
        format("%.2f", phase.tokensPerSecond().median()),
        format("%.3f", phase.hitRate()),
        format("%.1f", phase.missedExperts()),
        format("%.3f", phase.streamedBytesPerToken() / GIGA),
        "%s+%s+%s"
            .formatted(
                millis(lanes.hostSeconds()),
                millis(lanes.copySeconds()),
                millis(lanes.computeSeconds())),
        millis(phase.limit() == null ? null : phase.limit().seconds()),
        phase.ratio() == null ? "-" : format("%.2f", phase.ratio()));
  }

  private static String millis(@Nullable Double seconds) {
    if (seconds == null) {
      return "-";
    }
    return seconds < 0.1 ? format("%.2f", seconds * 1e3) : format("%.1f", seconds * 1e3);
  }

  @FormatMethod
  private void line(String format, Object... args) {
    out.println(format(format, args).stripTrailing());
  }

  @FormatMethod
  private static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
