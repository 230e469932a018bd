package io.fiddler.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A metric that an expression of the alert rules, of the dashboard or of the autoscaler's adapter
/// selects.
///
/// @param metric its name
/// @param labels those it is selected by, without the ones that Prometheus adds itself
/// @param where in which file, and for what
public record Selected(String metric, Set<String> labels, String where) {
  private static final Pattern METRIC =
      Pattern.compile(
          "\\b((?:fiddler|gen_ai|http_server|jvm|process|system)_[a-z0-9_]+)(?:\\{([^}]*)})?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+) *(?:=~|!~|!=|=) *\"");
  private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job", "namespace", "pod");

  /// All that are selected anywhere.
  public static List<Selected> everywhere() {
    List<Selected> all = new ArrayList<>();
    Alert.read().forEach(alert -> all.addAll(in(alert.expression(), "alert " + alert.name())));
    for (JsonNode panel : json("dashboard.json").at("/panels")) {
      for (JsonNode target : panel.path("targets")) {
        all.addAll(in(target.at("/expr").asString(), "panel " + panel.at("/title").asString()));
      }
    }
    for (JsonNode variable : json("dashboard.json").at("/templating/list")) {
      all.addAll(in(variable.at("/query/query").asString(""), "variable of the dashboard"));
    }
    for (JsonNode rule : yaml("prometheus-adapter.yaml").at("/rules/custom")) {
      all.addAll(in(rule.at("/seriesQuery").asString(), "adapter"));
    }
    return all;
  }

  static List<Selected> in(String expression, String where) {
    List<Selected> found = new ArrayList<>();
    Matcher metric = METRIC.matcher(expression);
    while (metric.find()) {
      Set<String> labels = new TreeSet<>();
      Matcher label = LABEL.matcher(metric.group(2) == null ? "" : metric.group(2));
      while (label.find()) {
        labels.add(label.group(1));
      }
      labels.removeAll(OF_PROMETHEUS);
      found.add(new Selected(metric.group(1), labels, where));
    }
    return found;
  }

  private static JsonNode json(String file) {
    return JsonMapper.shared().readTree(text(file));
  }

  private static JsonNode yaml(String file) {
    return Manifests.of(text(file)).documents().getFirst();
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of("helm/fiddler/files", file), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
