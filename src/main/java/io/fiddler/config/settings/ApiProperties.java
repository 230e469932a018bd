package io.fiddler.config.settings;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// The HTTP API.
///
/// @param maxBodySize Largest request body; larger ones are answered with 413.
public record ApiProperties(@DefaultValue("4MB") DataSize maxBodySize) {
  private static final DataSize MOST = DataSize.ofGigabytes(1);

  public ApiProperties {
    Rules.positive("fiddler.api.max-body-size", maxBodySize);
    if (maxBodySize.compareTo(MOST) > 0) {
      throw new InvalidSettingException("fiddler.api.max-body-size", "at most 1GB", maxBodySize);
    }
  }
}
