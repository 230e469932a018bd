package io.fiddler.placement.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What follows a policy's name: `parameter=number`, with commas between several.
final class PolicyParameters {
  private PolicyParameters() {}

  static Map<String, Double> parse(String policy, String text) {
    Map<String, Double> parameters = new TreeMap<>();
    for (String part : text.split(",", -1)) {
      int equals = part.lastIndexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            "parameters of %s must have the form name=number, got %s"
                .formatted(policy, part.isBlank() ? "nothing" : part));
      }
      String name = part.substring(0, equals).strip();
      if (parameters.put(name, number(policy, name, part.substring(equals + 1).strip())) != null) {
        throw new IllegalArgumentException("%s of %s is given twice".formatted(name, policy));
      }
    }
    return parameters;
  }

  private static double number(String policy, String name, String value) {
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s of %s must be a number, got %s".formatted(name, policy, value), e);
    }
  }

  /// Refuses parameters that a policy has not.
  static void only(String policy, Map<String, Double> given, String... known) {
    List<String> names = Arrays.asList(known);
    for (String name : given.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException(
            names.isEmpty()
                ? "%s has no parameters, got %s".formatted(policy, name)
                : "%s has only the parameter %s, got %s"
                    .formatted(policy, String.join(", ", names), name));
      }
    }
  }
}
