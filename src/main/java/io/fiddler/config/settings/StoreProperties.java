package io.fiddler.config.settings;

import io.fiddler.store.writer.OnFull;
import java.time.Duration;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Writing to the database. Which database is Spring's own `spring.datasource.url`.
///
/// @param flushInterval How often records are written; a killed process loses at most this.
/// @param buffer Most request rows kept in memory.
/// @param bufferSize Most memory of them; prompts and answers are in them if fiddler.log.text is
///   set.
/// @param spool Where rows go on disk while the database does not answer.
/// @param onFull What to do when neither memory nor the spool has room: drop serves requests and
///   counts the rows given up; reject answers 503.
/// @param required Whether to exit, instead of starting degraded, when the database does not answer
///   at start.
/// @param startTimeout How long to wait for the database at start.
/// @param closeTimeout How long the last records may take to be written when the service stops;
///   what is not written then, waits in the spool.
/// @param retention How long things are kept.
/// @param embedded Whether to start the embedded PostgreSQL where spring.datasource.url is empty;
///   without it an URL is needed.
public record StoreProperties(
    @DefaultValue("1s") Duration flushInterval,
    @DefaultValue("100000") int buffer,
    @DefaultValue("64MB") DataSize bufferSize,
    @NestedConfigurationProperty @DefaultValue SpoolProperties spool,
    @DefaultValue("drop") OnFull onFull,
    @DefaultValue("false") boolean required,
    @DefaultValue("30s") Duration startTimeout,
    @DefaultValue("5s") Duration closeTimeout,
    @NestedConfigurationProperty @DefaultValue RetentionProperties retention,
    @DefaultValue("true") boolean embedded) {
  public StoreProperties {
    Rules.positive("fiddler.store.flush-interval", flushInterval);
    Rules.atLeast(1, "fiddler.store.buffer", buffer);
    Rules.positive("fiddler.store.buffer-size", bufferSize);
    Rules.notNegative("fiddler.store.start-timeout", startTimeout);
    Rules.notNegative("fiddler.store.close-timeout", closeTimeout);
  }
}
