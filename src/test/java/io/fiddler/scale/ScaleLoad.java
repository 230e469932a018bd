package io.fiddler.scale;

import io.fiddler.expert.ExpertGrid;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;

/// How much a fleet serves, and of what.
///
/// @param replicas processes that share the database
/// @param requestsPerSecond of each replica; each replica's requests come evenly
/// @param seconds how long
/// @param layers of the model
/// @param experts of a layer
/// @param tenants that requests come from in turn, each with a key that has limits
/// @param promptTokens of a request
/// @param completionTokens of a request
/// @param flushMillis `fiddler.store.flush-interval`
/// @param idle connections that a replica's pool keeps open at least
public record ScaleLoad(
    int replicas,
    double requestsPerSecond,
    int seconds,
    int layers,
    int experts,
    int tenants,
    int promptTokens,
    int completionTokens,
    int flushMillis,
    int idle) {
  /// Experts that a token chooses in a layer.
  static final int EXPERTS_PER_TOKEN = 2;

  /// Of the model's experts, those that a replica's device can hold.
  static final double RESIDENT = 0.22;

  /// Reads `name=number`, with defaults: Mixtral, one request a second of 250 and 150 tokens.
  static ScaleLoad of(Map<String, String> settings) {
    return new ScaleLoad(
        number(settings, "replicas", 1),
        Double.parseDouble(settings.getOrDefault("rate", "1")),
        number(settings, "seconds", 60),
        number(settings, "layers", 32),
        number(settings, "experts", 8),
        number(settings, "tenants", 10),
        number(settings, "prompt", 250),
        number(settings, "completion", 150),
        number(settings, "flush", 1000),
        number(settings, "idle", 2));
  }

  private static int number(Map<String, String> settings, String name, int other) {
    return Integer.parseInt(settings.getOrDefault(name, Integer.toString(other)));
  }

  ExpertGrid grid() {
    return new ExpertGrid(Collections.nCopies(layers, experts));
  }

  /// Experts that a replica's device can hold; every other replica has half the room.
  int capacity(int replica) {
    return (int) (layers * experts * RESIDENT / (1 + replica % 2));
  }

  Duration flushInterval() {
    return Duration.ofMillis(flushMillis);
  }

  /// Activations that a request causes.
  long activations() {
    return (long) (promptTokens + completionTokens) * layers * EXPERTS_PER_TOKEN;
  }

  /// A limit that no key reaches: four times what it asks for in a minute.
  long perMinute(long unitsOfARequest) {
    double asked = replicas * requestsPerSecond * 60 * unitsOfARequest / tenants;
    return (long) Math.max(4 * asked, 1_000.0 * unitsOfARequest);
  }
}
