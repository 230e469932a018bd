package io.fiddler.config.settings;

import io.fiddler.engine.EngineOptions.CacheGrowth;
import io.fiddler.engine.EngineOptions.Limits;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Sizes of the engine's queue, step and cache.
///
/// @param maxQueued Most generations waiting; further ones are answered with 429.
/// @param maxRunning Most sequences in a step.
/// @param maxStepTokens Most tokens of a step, prompts in chunks included; memory is set aside for
///   as many, and the measured latency model says how many pay.
/// @param kvCacheTokens Positions the key/value cache always holds over all sequences; 0 for a
///   default from the model.
/// @param kvCacheMaxShare Share of the resident experts' device memory that the key/value cache may
///   borrow when sequences need more; 0 for a cache of a fixed size.
/// @param kvCacheIdle How long borrowed memory must have been of no use before experts return.
public record EngineProperties(
    @DefaultValue("256") int maxQueued,
    @DefaultValue("16") int maxRunning,
    @DefaultValue("2048") int maxStepTokens,
    @DefaultValue("0") int kvCacheTokens,
    @DefaultValue("0.5") double kvCacheMaxShare,
    @DefaultValue("2s") Duration kvCacheIdle) {
  public EngineProperties {
    Rules.atLeast(1, "fiddler.engine.max-queued", maxQueued);
    Rules.atLeast(1, "fiddler.engine.max-running", maxRunning);
    Rules.atLeast(1, "fiddler.engine.max-step-tokens", maxStepTokens);
    Rules.atLeast(0, "fiddler.engine.kv-cache-tokens", kvCacheTokens);
    if (!(kvCacheMaxShare >= 0 && kvCacheMaxShare <= 1)) {
      throw new InvalidSettingException(
          "fiddler.engine.kv-cache-max-share", "in [0, 1]", kvCacheMaxShare);
    }
    Rules.notNegative("fiddler.engine.kv-cache-idle", kvCacheIdle);
    if (maxStepTokens < maxRunning) {
      throw new InvalidSettingException(
          "fiddler.engine.max-step-tokens",
          "at least fiddler.engine.max-running (" + maxRunning + "), a token for each sequence",
          maxStepTokens);
    }
  }

  Limits toLimits() {
    return new Limits(
        maxQueued,
        maxRunning,
        maxStepTokens,
        kvCacheTokens,
        new CacheGrowth(kvCacheMaxShare, kvCacheIdle));
  }
}
