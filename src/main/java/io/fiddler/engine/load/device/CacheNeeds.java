package io.fiddler.engine.load.device;

import io.fiddler.device.ExpertFrames;
import io.fiddler.engine.CacheRoom;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.residency.FrameLoans;
import io.fiddler.engine.step.KvLayout;
import io.fiddler.engine.step.KvStorage;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.MemoryKind;
import org.jspecify.annotations.Nullable;

/// The size of the key/value cache, from the model and the limits.
///
/// @param blocks blocks that are always there
/// @param maxBlocks blocks at most, borrowed ones included
/// @param type type of its elements
/// @param open how it lies if it may borrow frames of experts, whatever their number; null if not
/// @param limits what it was made for
public record CacheNeeds(
    int blocks, int maxBlocks, ElementType type, @Nullable KvLayout open, Limits limits) {
  /// Size of the cache if none is configured, unless a few thousand tokens (on the host, where
  /// pages cost nothing before they are used, one full context) need more.
  private static final long DEFAULT_CACHE_BYTES = 512L << 20;

  private static final int MIN_DEFAULT_TOKENS = 4096;

  static CacheNeeds of(
      ModelConfig config, long expertBytes, Limits limits, MemoryKind kind, ElementType type) {
    int blocks = Math.ceilDiv(tokens(config, limits, kind, type), CacheRoom.BLOCK_TOKENS);
    if (kind == MemoryKind.HOST
        || limits.cacheGrowth().maxShare() == 0
        || !KvLayout.suits(config)) {
      return new CacheNeeds(blocks, blocks, type, null, limits);
    }
    KvLayout open = KvLayout.of(config, blocks, type);
    long numExperts =
        config.layers().stream()
            .mapToLong(layer ->
                switch (layer.mlp()) {
                  case MixtureOfExperts moe -> moe.numExperts();
                })
            .sum();
    long frames = (long) (limits.cacheGrowth().maxShare() * numExperts);
    long lendable = frames * (ExpertFrames.frameBytes(expertBytes) / open.blockBytes());
    long useful =
        (long) limits.maxRunning() * Math.ceilDiv(config.contextLength(), CacheRoom.BLOCK_TOKENS);
    long most = Math.max(blocks, Math.min(useful, blocks + lendable));
    return new CacheNeeds(blocks, Math.toIntExact(most), type, most > blocks ? open : null, limits);
  }

  private static int tokens(ModelConfig config, Limits limits, MemoryKind kind, ElementType type) {
    if (limits.kvCacheTokens() > 0) {
      return limits.kvCacheTokens();
    }
    long affordable = DEFAULT_CACHE_BYTES / KvStorage.bytesPerToken(config, type);
    long useful = (long) limits.maxRunning() * config.contextLength();
    long least = kind == MemoryKind.HOST ? config.contextLength() : MIN_DEFAULT_TOKENS;
    return (int) Math.min(useful, Math.max(least, affordable));
  }

  /// Positions of the longest sequence.
  int maxPositions(int contextLength) {
    return (int) Math.min(contextLength, (long) maxBlocks * CacheRoom.BLOCK_TOKENS);
  }

  /// Blocks that the tables of a step's sequences name at most: more than there are, since
  /// sequences share them.
  int maxBlocksOfStep(int contextLength) {
    int longest = Math.ceilDiv(maxPositions(contextLength), CacheRoom.BLOCK_TOKENS);
    return Math.toIntExact((long) limits.maxRunning() * longest);
  }

  /// Bytes of the blocks that are always there.
  long bytes(ModelConfig config) {
    return KvStorage.bytesPerToken(config, type) * blocks * CacheRoom.BLOCK_TOKENS;
  }

  /// What it may borrow of so many frames.
  ///
  /// @param expertBytes of an expert
  public FrameLoans.Terms terms(int frames, long expertBytes) {
    if (open == null) {
      return FrameLoans.Terms.NOTHING;
    }
    int each = open.leastInFrame(frames, expertBytes);
    int most = (int) (limits.cacheGrowth().maxShare() * frames);
    if (each == 0 || most == 0) {
      return FrameLoans.Terms.NOTHING;
    }
    int useful = Math.ceilDiv(maxBlocks - blocks, each);
    return new FrameLoans.Terms(
        Math.min(most, useful), each, limits.cacheGrowth().idle().toNanos());
  }
}
