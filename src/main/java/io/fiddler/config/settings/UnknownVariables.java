package io.fiddler.config.settings;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Refuses environment variables that look like settings and are none: Spring passes over them, and
/// a misspelt limit would be none.
final class UnknownVariables {
  private static final String PREFIX = "FIDDLER_";

  /// For the scripts that start the service; the JVM has them already.
  private static final Set<String> OF_SCRIPTS = Set.of("FIDDLER_OPTS");

  /// Settings of Spring Boot that one may take for Fiddler's.
  private static final List<String> OF_SPRING = List.of("SERVER_PORT", "SERVER_ADDRESS");

  /// What Kubernetes adds for Services whose names begin with fiddler, unless `enableServiceLinks`
  /// is off.
  private static final Pattern SERVICE_LINK =
      Pattern.compile(
          "FIDDLER_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
              + "|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

  private static final Pattern SERVICE_PORT = Pattern.compile("FIDDLER_([A-Z0-9_]+_)?PORT");
  private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  private UnknownVariables() {}

  /// Throws for the first, in alphabetical order.
  ///
  /// @throws InvalidSettingException with a sentence that names it and the nearest that there is
  static void refuse(Map<String, ?> environment) {
    List<String> settings = SettingNames.all();
    List<String> variables = settings.stream().map(UnknownVariables::variable).toList();
    // Spring also takes them without the underscores of dashes.
    Set<String> known =
        settings.stream()
            .map(name -> variable(name.replace("-", "")))
            .collect(Collectors.toCollection(HashSet::new));
    known.addAll(variables);
    known.addAll(OF_SCRIPTS);
    new TreeMap<>(environment)
        .forEach((name, value) -> {
          String upper = name.toUpperCase(Locale.ROOT);
          if (upper.startsWith(PREFIX)
              && !known.contains(upper)
              && !isServiceLink(upper, String.valueOf(value))) {
            throw new InvalidSettingException(
                "the environment variable %s is not a setting of Fiddler, the nearest is %s; application.yml lists all there are"
                    .formatted(name, nearest(upper, variables)));
          }
        });
  }

  private static String variable(String setting) {
    return setting.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  private static boolean isServiceLink(String name, String value) {
    return SERVICE_LINK.matcher(name).matches()
        || (SERVICE_PORT.matcher(name).matches() && SERVICE_ADDRESS.matcher(value).matches());
  }

  /// One that goes on where `name` ends, else the one with the fewest letters that differ; what
  /// stands before the first underscore does not count.
  private static String nearest(String name, List<String> settings) {
    String rest = rest(name);
    return Stream.concat(settings.stream(), OF_SPRING.stream())
        .min(
            Comparator.comparing((String each) -> !rest(each).startsWith(rest + "_"))
                .thenComparingInt(each -> distance(rest, rest(each))))
        .orElseThrow();
  }

  private static String rest(String name) {
    return name.substring(name.indexOf('_') + 1);
  }

  /// Letters to change, add or take away to make one of the other (Levenshtein).
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }
}
