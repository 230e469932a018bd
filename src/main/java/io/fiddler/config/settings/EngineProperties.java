package io.fiddler.config.settings;

import io.fiddler.engine.EngineOptions.CacheGrowth;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.PrefixCache;
import io.fiddler.engine.EngineOptions.QueueOptions;
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
/// @param maxQueuedPerKey Most generations of one API key that wait; further ones are answered with
///   429. 0 for three quarters of max-queued.
/// @param requestTimeout How long a request may take, waiting included; then it is ended with 503,
///   or with an error in the stream where tokens have been sent. 0 for as long as it likes. A key
///   whose turn has not come for a quarter of it goes first, whatever the priorities.
/// @param priorityAgeing A key whose turn has not come for so long counts one priority higher, so
///   that none waits for ever behind those of higher priority.
/// @param prefixCache Whether a prompt that begins like an earlier one of the same tenant reuses
///   what was computed for that.
/// @param sharePrefixCache Whether that holds across tenants too. How fast an answer begins then
///   tells whether somebody else sent the same prompt.
public record EngineProperties(
    @DefaultValue("256") int maxQueued,
    @DefaultValue("16") int maxRunning,
    @DefaultValue("2048") int maxStepTokens,
    @DefaultValue("0") int kvCacheTokens,
    @DefaultValue("0.5") double kvCacheMaxShare,
    @DefaultValue("2s") Duration kvCacheIdle,
    @DefaultValue("0") int maxQueuedPerKey,
    @DefaultValue("30m") Duration requestTimeout,
    @DefaultValue("30s") Duration priorityAgeing,
    @DefaultValue("true") boolean prefixCache,
    @DefaultValue("false") boolean sharePrefixCache) {
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
    Rules.atLeast(0, "fiddler.engine.max-queued-per-key", maxQueuedPerKey);
    Rules.notNegative("fiddler.engine.request-timeout", requestTimeout);
    Rules.positive("fiddler.engine.priority-ageing", priorityAgeing);
    if (sharePrefixCache && !prefixCache) {
      throw new InvalidSettingException(
          "fiddler.engine.share-prefix-cache", "false where fiddler.engine.prefix-cache is", true);
    }
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
        new CacheGrowth(kvCacheMaxShare, kvCacheIdle),
        new QueueOptions(perKey(), requestTimeout, priorityAgeing),
        prefixes());
  }

  private int perKey() {
    return maxQueuedPerKey > 0 ? maxQueuedPerKey : Math.ceilDiv(3 * maxQueued, 4);
  }

  private PrefixCache prefixes() {
    if (!prefixCache) {
      return PrefixCache.OFF;
    }
    return sharePrefixCache ? PrefixCache.SHARED : PrefixCache.SPACE;
  }
}
