package io.fiddler.config.settings;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// The HTTP API.
///
/// @param maxBodySize Largest request body; larger ones are answered with 413.
/// @param bodyTimeout How long the head of a request, and then its body, may take to arrive.
/// @param writeTimeout How long a client may take nothing of an answer before its connection is
///   closed.
/// @param streamBuffer Most memory of a stream's tokens that its client has not taken yet; more
///   ends the generation.
public record ApiProperties(
    @DefaultValue("4MB") DataSize maxBodySize,
    @DefaultValue("30s") Duration bodyTimeout,
    @DefaultValue("30s") Duration writeTimeout,
    @DefaultValue("1MB") DataSize streamBuffer) {
  private static final DataSize MOST = DataSize.ofGigabytes(1);

  public ApiProperties {
    Rules.positive("fiddler.api.max-body-size", maxBodySize);
    if (maxBodySize.compareTo(MOST) > 0) {
      throw new InvalidSettingException("fiddler.api.max-body-size", "at most 1GB", maxBodySize);
    }
    Rules.positive("fiddler.api.body-timeout", bodyTimeout);
    Rules.positive("fiddler.api.write-timeout", writeTimeout);
    Rules.positive("fiddler.api.stream-buffer", streamBuffer);
  }
}
