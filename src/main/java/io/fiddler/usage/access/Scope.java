package io.fiddler.usage.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a key may be used for.
public enum Scope {
  /// To have tokens generated.
  INFERENCE,
  /// To read operations: metrics, placements, usage, the dashboard.
  READ,
  /// To change operations and keys.
  ADMIN;

  /// As it is spelt in JSON and in the database.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The scope of that name.
  ///
  /// @throws IllegalArgumentException if there is none
  public static Scope of(String text) {
    return Arrays.stream(values())
        .filter(scope -> scope.text().equals(text))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "scopes must be of %s, got %s"
                    .formatted(
                        Arrays.stream(values()).map(Scope::text).collect(Collectors.joining(", ")),
                        text)));
  }
}
