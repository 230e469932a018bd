package io.fiddler.config.settings;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Request rows and counts on disk, below fiddler.home, while the database does not answer.
///
/// @param maxSize Most bytes of it; 0 keeps everything in memory.
public record SpoolProperties(@DefaultValue("256MB") DataSize maxSize) {
  public SpoolProperties {
    Rules.notNegative("fiddler.store.spool.max-size", maxSize);
  }
}
