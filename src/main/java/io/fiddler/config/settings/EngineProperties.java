package io.fiddler.config.settings;

import io.fiddler.engine.EngineOptions.Limits;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Sizes of the engine's queue, step and cache.
///
/// @param maxQueued Most generations waiting; further ones are answered with 429.
/// @param maxRunning Most sequences in a step.
/// @param maxStepTokens Most tokens of a step, prompts in chunks included; memory is set aside for
///   as many, and the measured latency model says how many pay.
/// @param kvCacheTokens Positions the key/value cache holds over all sequences; 0 for a default
///   from the model.
public record EngineProperties(
    @DefaultValue("256") int maxQueued,
    @DefaultValue("16") int maxRunning,
    @DefaultValue("2048") int maxStepTokens,
    @DefaultValue("0") int kvCacheTokens) {
  public EngineProperties {
    Rules.atLeast(1, "fiddler.engine.max-queued", maxQueued);
    Rules.atLeast(1, "fiddler.engine.max-running", maxRunning);
    Rules.atLeast(1, "fiddler.engine.max-step-tokens", maxStepTokens);
    Rules.atLeast(0, "fiddler.engine.kv-cache-tokens", kvCacheTokens);
    if (maxStepTokens < maxRunning) {
      throw new InvalidSettingException(
          "fiddler.engine.max-step-tokens",
          "at least fiddler.engine.max-running (" + maxRunning + "), a token for each sequence",
          maxStepTokens);
    }
  }

  Limits toLimits() {
    return new Limits(maxQueued, maxRunning, maxStepTokens, kvCacheTokens);
  }
}
