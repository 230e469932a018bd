package io.fiddler.api.web;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Who may use the service.
///
/// @param adminKey the key that every request must carry as `Authorization: Bearer`; null to serve
///   this machine only
/// @param openPaths paths that never need the key
public record SecurityOptions(@Nullable String adminKey, Set<String> openPaths) {
  /// The groups an orchestrator probes; it has no key.
  public static final Set<String> PROBES =
      Set.of("/actuator/health/liveness", "/actuator/health/readiness");

  public SecurityOptions {
    openPaths = Set.copyOf(openPaths);
    if (adminKey != null && adminKey.isBlank()) {
      throw new IllegalArgumentException("adminKey must not be blank; leave it out to have none");
    }
  }

  /// Without a key: this machine only.
  public static SecurityOptions local() {
    return new SecurityOptions(null, PROBES);
  }

  /// With a key.
  public static SecurityOptions withKey(String adminKey) {
    return new SecurityOptions(adminKey, PROBES);
  }

  /// The same with further paths that never need the key.
  public SecurityOptions opening(Set<String> more) {
    return new SecurityOptions(
        adminKey,
        Stream.of(openPaths, more).flatMap(Set::stream).collect(Collectors.toUnmodifiableSet()));
  }

  @Override
  public String toString() {
    return "SecurityOptions[adminKey=%s, openPaths=%s]"
        .formatted(adminKey == null ? "none" : "***", openPaths);
  }
}
