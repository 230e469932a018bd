package io.fiddler.config.settings;

import io.fiddler.engine.EngineOptions.HostOptions;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What the engine takes of the host.
///
/// @param threads Threads that compute on the CPU; 0 for the available processors minus one, at
///   least one.
/// @param kernels float32 rounds nothing and gives the reference's tokens; fastest rounds the
///   activations of a bf16 model's experts to bf16 where the CPU has AMX; auto is fastest beside a
///   GPU, which rounds them, too, and else float32.
public record HostProperties(
    @DefaultValue("0") int threads, @DefaultValue("auto") HostOptions.Kernels kernels) {
  public HostProperties {
    Rules.atLeast(0, "fiddler.host.threads", threads);
  }

  HostOptions toHostOptions() {
    return new HostOptions(effectiveThreads(), kernels);
  }

  /// Threads to use; the processors the JVM sees respect a container's limit.
  public int effectiveThreads() {
    return threads > 0 ? threads : Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
  }
}
