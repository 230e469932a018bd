package io.fiddler.config.settings;

import java.time.Duration;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Writing to the database. Which database is Spring's own `spring.datasource.url`.
///
/// @param flushInterval How often records are written; a killed process loses at most this.
/// @param buffer Most request rows kept in memory while the database does not answer; further ones
///   are dropped and counted.
/// @param required Whether to exit, instead of starting degraded, when the database does not answer
///   at start.
/// @param startTimeout How long to wait for the database at start.
/// @param closeTimeout How long the last records may take to be written when the service stops.
/// @param retention How long things are kept.
public record StoreProperties(
    @DefaultValue("1s") Duration flushInterval,
    @DefaultValue("100000") int buffer,
    @DefaultValue("false") boolean required,
    @DefaultValue("30s") Duration startTimeout,
    @DefaultValue("5s") Duration closeTimeout,
    @NestedConfigurationProperty @DefaultValue RetentionProperties retention) {
  public StoreProperties {
    Rules.positive("fiddler.store.flush-interval", flushInterval);
    Rules.atLeast(1, "fiddler.store.buffer", buffer);
    Rules.notNegative("fiddler.store.start-timeout", startTimeout);
    Rules.notNegative("fiddler.store.close-timeout", closeTimeout);
  }
}
