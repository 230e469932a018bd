package io.fiddler.engine;

import java.nio.file.Path;
import java.time.Duration;

/// Everything an engine needs to know to start.
///
/// @param modelPath see {@link io.fiddler.model.ModelSources}
/// @param home the service's own folder: unpacked models, measured latency models
/// @param device which device
/// @param host what the CPU computes with
/// @param limits sizes of queue, batch and cache
/// @param dispatch how experts are spread over the lanes
/// @param lanes how lanes are watched, and whether what is seen changes anything
/// @param traces of which generations it is recorded which experts each token chose
public record EngineOptions(
    String modelPath,
    Path home,
    DeviceOptions device,
    HostOptions host,
    Limits limits,
    DispatchMode dispatch,
    LaneOptions lanes,
    TraceOptions traces) {

  /// Without traces of tokens.
  public EngineOptions(
      String modelPath,
      Path home,
      DeviceOptions device,
      HostOptions host,
      Limits limits,
      DispatchMode dispatch,
      LaneOptions lanes) {
    this(modelPath, home, device, host, limits, dispatch, lanes, TraceOptions.NONE);
  }

  /// With lanes watched as by default.
  public EngineOptions(
      String modelPath,
      Path home,
      DeviceOptions device,
      HostOptions host,
      Limits limits,
      DispatchMode dispatch) {
    this(modelPath, home, device, host, limits, dispatch, LaneOptions.DEFAULT);
  }

  /// Threads that compute on the CPU, the step thread included.
  public int hostThreads() {
    return host.threads();
  }

  /// What the CPU computes with.
  ///
  /// @param threads threads, the step thread included
  /// @param kernels which kernels
  public record HostOptions(int threads, Kernels kernels) {
    /// Kernels by how they round.
    public enum Kernels {
      /// `FASTEST` beside a GPU, whose kernels round activations alike; else `FLOAT32`, which gives
      /// the reference's tokens.
      AUTO,
      /// The fastest with float32 activations.
      FLOAT32,
      /// The fastest of this machine: where it has tile registers, they compute the experts of bf16
      /// models, with activations rounded to bf16.
      FASTEST
    }
  }

  /// Which device and how much of it.
  ///
  /// @param kind `auto`, `cuda`, `emulated` or `none`
  /// @param memoryBytes everything the process takes on the device; 0 for the device's default
  /// @param experts resident experts, if fixed; -1 to fill the memory
  /// @param ordinal which GPU, as the driver counts them
  public record DeviceOptions(Kind kind, long memoryBytes, int experts, int ordinal) {
    /// On the first GPU, where the kind is one.
    public DeviceOptions(Kind kind, long memoryBytes, int experts) {
      this(kind, memoryBytes, experts, 0);
    }

    /// Kinds of device.
    public enum Kind {
      /// CUDA if there is one, else none.
      AUTO,
      /// A CUDA GPU or refuse to start.
      CUDA,
      /// Emulated on the CPU.
      EMULATED,
      /// All on the CPU.
      NONE
    }
  }

  /// Sizes.
  ///
  /// @param maxQueued most generations waiting
  /// @param maxRunning most sequences in a step
  /// @param maxStepTokens most rows of a step (the token budget)
  /// @param kvCacheTokens positions the key/value cache always holds over all sequences; 0 for a
  ///   default from the model
  /// @param cacheGrowth how it grows beyond that
  /// @param queue how generations wait
  /// @param prefixCache whose prompts may begin with blocks that others computed
  public record Limits(
      int maxQueued,
      int maxRunning,
      int maxStepTokens,
      int kvCacheTokens,
      CacheGrowth cacheGrowth,
      QueueOptions queue,
      PrefixCache prefixCache) {
    /// With a cache that grows as by default.
    public Limits(int maxQueued, int maxRunning, int maxStepTokens, int kvCacheTokens) {
      this(maxQueued, maxRunning, maxStepTokens, kvCacheTokens, CacheGrowth.DEFAULT);
    }

    /// With a queue as by default, and prompts shared within a tenant.
    public Limits(
        int maxQueued,
        int maxRunning,
        int maxStepTokens,
        int kvCacheTokens,
        CacheGrowth cacheGrowth) {
      this(
          maxQueued,
          maxRunning,
          maxStepTokens,
          kvCacheTokens,
          cacheGrowth,
          QueueOptions.DEFAULT,
          PrefixCache.SPACE);
    }

    /// The same with a cache of a fixed size.
    public Limits withFixedCache() {
      return new Limits(
          maxQueued,
          maxRunning,
          maxStepTokens,
          kvCacheTokens,
          CacheGrowth.NONE,
          queue,
          prefixCache);
    }

    /// The same with another prefix cache.
    public Limits with(PrefixCache other) {
      return new Limits(
          maxQueued, maxRunning, maxStepTokens, kvCacheTokens, cacheGrowth, queue, other);
    }

    /// The same with another queue.
    public Limits with(QueueOptions other) {
      return new Limits(
          maxQueued, maxRunning, maxStepTokens, kvCacheTokens, cacheGrowth, other, prefixCache);
    }
  }

  /// How generations wait.
  ///
  /// @param maxQueuedPerKey most of one {@link Origin#key} that wait
  /// @param requestTimeout after which a generation is ended whose {@link Origin} names no time;
  ///   zero for never
  /// @param priorityAgeing whoever waits for so long counts one priority higher
  public record QueueOptions(
      int maxQueuedPerKey, Duration requestTimeout, Duration priorityAgeing) {
    /// Of any number of one key, as long as they like.
    public static final QueueOptions DEFAULT =
        new QueueOptions(Integer.MAX_VALUE, Duration.ZERO, Duration.ofSeconds(30));

    public QueueOptions {
      if (maxQueuedPerKey < 1 || requestTimeout.isNegative() || !priorityAgeing.isPositive()) {
        throw new IllegalArgumentException(
            "maxQueuedPerKey and priorityAgeing must be positive and requestTimeout not negative,"
                + " got %d, %s and %s".formatted(maxQueuedPerKey, priorityAgeing, requestTimeout));
      }
    }
  }

  /// Who may begin with blocks that an earlier prompt with the same beginning computed.
  public enum PrefixCache {
    /// Nobody.
    OFF,
    /// Whoever is of the same {@link Origin#cacheSpace}.
    SPACE,
    /// Everybody. How fast an answer begins then tells whether others sent the same prompt.
    SHARED
  }

  /// How the key/value cache borrows device memory from resident experts when sequences need it.
  ///
  /// @param maxShare share of the experts' frames that it may borrow, in [0, 1]; 0 for a cache of a
  ///   fixed size
  /// @param idle how long what it borrowed must have been of no use before it is given back
  public record CacheGrowth(double maxShare, Duration idle) {
    /// Never more than half of the experts leave, and they are back soon.
    public static final CacheGrowth DEFAULT = new CacheGrowth(0.5, Duration.ofSeconds(2));

    /// A cache of a fixed size.
    public static final CacheGrowth NONE = new CacheGrowth(0, Duration.ZERO);

    public CacheGrowth {
      if (!(maxShare >= 0 && maxShare <= 1) || idle.isNegative()) {
        throw new IllegalArgumentException(
            "the share must be in [0, 1] and the time not negative, got %s and %s"
                .formatted(maxShare, idle));
      }
    }
  }

  /// How experts that are not resident are computed.
  public enum DispatchMode {
    /// As the measured latency model says.
    AUTO,
    /// All on the host.
    HOST,
    /// All streamed to the device.
    STREAM,
    /// Each split between host and copy engine: for tests and benchmarks.
    SPLIT
  }

  /// How lanes are watched.
  ///
  /// @param reproducible whether where an expert is computed depends on nothing but its residency
  ///   and the stored latency model: not on the batch, not on live timings
  /// @param timelineEvery one step in so many is recorded, for metrics and to correct the latency
  ///   model; 0 for none
  public record LaneOptions(boolean reproducible, int timelineEvery) {
    /// On a GPU an event costs 2 to 5 us, so recording costs a step of Mixtral a few of a hundred
    /// milliseconds; in one step of 16 that is less than 1 % of all.
    public static final LaneOptions DEFAULT = new LaneOptions(false, 16);
  }

  /// Of which generations it is recorded which experts each token chose.
  ///
  /// @param sampleRate share of the generations, in [0, 1]
  /// @param maxBytes most bytes of a trace, two for each choice; one that reaches this ends there
  /// @param seed of the choice of generations, for tests; 0 for another one at each start
  public record TraceOptions(double sampleRate, long maxBytes, long seed) {
    /// No traces.
    public static final TraceOptions NONE = new TraceOptions(0, 0, 0);

    public TraceOptions {
      if (!(sampleRate >= 0) || sampleRate > 1 || maxBytes < 0) {
        throw new IllegalArgumentException(
            "traces need a sample rate in [0, 1] and a size of at least 0 bytes, got %s and %d"
                .formatted(sampleRate, maxBytes));
      }
    }
  }
}
