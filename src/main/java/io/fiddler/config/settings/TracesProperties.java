package io.fiddler.config.settings;

import io.fiddler.engine.EngineOptions.TraceOptions;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// Which experts the tokens of some generations chose, recorded for simulations.
///
/// @param sampleRate Share of the generations that are traced, from 0 to 1.
/// @param maxSize Most bytes of a trace, two for each layer and expert of a token; one that reaches
///   this ends there.
public record TracesProperties(
    @DefaultValue("0.01") double sampleRate, @DefaultValue("256KB") DataSize maxSize) {
  public TracesProperties {
    if (!(sampleRate >= 0) || sampleRate > 1) {
      throw new InvalidSettingException(
          "fiddler.traces.sample-rate", "a share from 0 to 1, such as 0.01", sampleRate);
    }
    Rules.positive("fiddler.traces.max-size", maxSize);
  }

  TraceOptions toTraceOptions() {
    return new TraceOptions(sampleRate, maxSize.toBytes(), 0);
  }
}
