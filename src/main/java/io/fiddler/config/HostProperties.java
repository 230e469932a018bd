package io.fiddler.config;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// What the engine takes of the host.
///
/// @param threads Threads that compute on the CPU; 0 for the available processors minus one, at
///   least one.
record HostProperties(@DefaultValue("0") int threads) {
  HostProperties {
    Rules.atLeast(0, "fiddler.host.threads", threads);
  }

  /// Threads to use; the processors the JVM sees respect a container's limit.
  int effectiveThreads() {
    return threads > 0 ? threads : Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }
}
