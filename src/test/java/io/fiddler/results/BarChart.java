package io.fiddler.results;

import java.util.List;
import java.util.Locale;

/// Horizontal bars with whiskers, as SVG that shows on light and dark pages alike.
///
/// @param title above the bars
/// @param unit behind the numbers
/// @param bars from above
record BarChart(String title, String unit, List<Bar> bars) {
  private static final int WIDTH = 720;
  private static final int LABELS = 210;
  private static final int NUMBERS = 130;
  private static final int HEAD = 34;
  private static final int ROW = 30;
  private static final int BAR = 18;

  /// The picture.
  String svg() {
    int height = HEAD + bars.size() * ROW + 6;
    double most = bars.stream().mapToDouble(Bar::high).max().orElse(1);
    StringBuilder svg =
        new StringBuilder(
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-label="%s">
              <style>
                text { font: 13px sans-serif; fill: #24292f }
                .title { font-weight: bold }
                .whisker { stroke: #24292f }
                @media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .whisker { stroke: #e6edf3 } }
              </style>
              <text class="title" x="0" y="18">%s</text>
            """
                .formatted(WIDTH, height, WIDTH, height, escaped(title), escaped(title)));
    for (int index = 0; index < bars.size(); index++) {
      row(svg, bars.get(index), HEAD + index * ROW, (WIDTH - LABELS - NUMBERS) / most);
    }
    return svg.append("</svg>\n").toString();
  }

  private void row(StringBuilder svg, Bar bar, int top, double scale) {
    int middle = top + BAR / 2;
    svg.append("  <text x=\"0\" y=\"%d\">%s</text>\n".formatted(middle + 5, escaped(bar.label())));
    svg.append(
        "  <rect x=\"%d\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"#4c8bbf\"/>\n"
            .formatted(LABELS, top, number(bar.value() * scale), BAR));
    svg.append(
        "  <line class=\"whisker\" x1=\"%s\" y1=\"%d\" x2=\"%s\" y2=\"%d\"/>\n"
            .formatted(
                number(LABELS + bar.low() * scale),
                middle,
                number(LABELS + bar.high() * scale),
                middle));
    svg.append(
        "  <text x=\"%d\" y=\"%d\">%s %s</text>\n"
            .formatted(WIDTH - NUMBERS + 10, middle + 5, number(bar.value()), escaped(unit)));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 1000 ? "%.0f" : "%.1f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
