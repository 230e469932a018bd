package io.fiddler.config.settings;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the service stops.
///
/// @param drain How long running requests may take to end once the service is told to stop; new
///   ones are answered with 503 meanwhile, and those still running then end with an error.
public record ShutdownProperties(@DefaultValue("30s") Duration drain) {
  public ShutdownProperties {
    Rules.notNegative("fiddler.shutdown.drain", drain);
  }
}
