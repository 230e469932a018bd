package io.fiddler.config.settings;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the API keys of the database are known, and their limits held.
///
/// @param cache How long a key that was checked counts without asking the database again; changes
///   of keys are announced and take effect sooner.
/// @param offline How long keys that were checked go on counting while the database does not
///   answer.
/// @param lease For how long a replica takes of a key's limits at once; what it takes is at most
///   what the limit lets through in this time, or one request.
public record KeysProperties(
    @DefaultValue("10s") Duration cache,
    @DefaultValue("15m") Duration offline,
    @DefaultValue("2s") Duration lease) {
  private static final Duration LONGEST_LEASE = Duration.ofSeconds(30);

  public KeysProperties {
    Rules.positive("fiddler.security.keys.cache", cache);
    Rules.notNegative("fiddler.security.keys.offline", offline);
    Rules.positive("fiddler.security.keys.lease", lease);
    if (lease.compareTo(LONGEST_LEASE) > 0) {
      throw new InvalidSettingException("fiddler.security.keys.lease", "at most 30s", lease);
    }
  }
}
