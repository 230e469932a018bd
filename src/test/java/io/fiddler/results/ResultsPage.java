package io.fiddler.results;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// The page: for every run its machine, pictures and a table.
///
/// @param runs in order
record ResultsPage(List<BenchRun> runs) {
  private static final double GB = 1e9;

  private static final String HEAD =
      """
      # Results

      What `bench` measured, drawn from its JSON in [raw](raw) and nothing else; how to measure and what the numbers mean is in [gpu](gpu.md),
      [cpu](cpu.md), [lanes](lanes.md) and the other pages here. Bars are medians over steps, the lines on them go from the 10th to the 90th percentile.
      *Of the limit* is the limit's time over the measured one: the weights that were needed and not resident, over the rates of the CPU's kernel
      and of the copies in the same run, plus the device's own time. A run of your own is added by putting its JSON there and writing the page anew:

      ```bash
      ./mvnw test -Dtest=ResultsPageReferenceTest -Dfiddler.docs.write=true
      ```
      """;

  String text() {
    StringBuilder text = new StringBuilder(HEAD);
    runs.forEach(run -> section(text, run));
    return text.toString();
  }

  private static void section(StringBuilder text, BenchRun run) {
    JsonNode machine = run.machine();
    JsonNode model = run.model();
    text.append("\n## ").append(run.name()).append("\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "%s (%s GB of weights, %d of %d experts resident) on %s with %s GB allowed, %d cores, %s; %s. [JSON](raw/%s)\n\n",
            model.get("name").asString(),
            tenths(model.get("weightsBytes").asDouble() / GB),
            model.get("residentExperts").asInt(),
            model.get("numExperts").asInt(),
            machine.get("device").asString(),
            tenths(machine.get("deviceMemoryBytes").asDouble() / GB),
            machine.get("cores").asInt(),
            model.get("kernels").asString(),
            machine.get("date").asString().substring(0, 10),
            run.file()));
    picture(text, run, "decode");
    picture(text, run, "prefill");
    text.append(
        "\n| scenario | first token, s | prefill, tokens/s | decode, tokens/s | hit rate | prefill, of the limit | decode, of the limit |\n|---|---|---|---|---|---|---|\n");
    for (JsonNode scenario : run.scenarios()) {
      JsonNode prefill = scenario.path("prefill");
      JsonNode decode = scenario.path("decode");
      text.append(
          "| %s | %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  scenario.get("name").asString(),
                  shown(scenario.path("firstTokenSeconds").path("median"), "%.3f"),
                  shown(prefill.path("tokensPerSecond").path("median"), "%.1f"),
                  shown(decode.path("tokensPerSecond").path("median"), "%.1f"),
                  shown(decode.path("hitRate"), "%.3f"),
                  shown(prefill.path("ratio"), "%.2f"),
                  shown(decode.path("ratio"), "%.2f")));
    }
  }

  private static void picture(StringBuilder text, BenchRun run, String phase) {
    if (!run.rates(phase).isEmpty()) {
      text.append("![%s](%s)\n".formatted(title(phase), file(run, phase)));
    }
  }

  /// What a picture is called.
  static String title(String phase) {
    return phase.equals("decode") ? "Generated tokens a second" : "Prompt tokens a second";
  }

  /// Where a picture is, beside the page.
  static String file(BenchRun run, String phase) {
    return "pictures/" + run.name() + "-" + phase + ".svg";
  }

  private static String shown(JsonNode number, String format) {
    return number.isNumber() ? String.format(Locale.ROOT, format, number.asDouble()) : "";
  }

  private static String tenths(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
