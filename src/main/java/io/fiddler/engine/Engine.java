package io.fiddler.engine;

import io.fiddler.engine.timeline.LaneInterval;
import io.fiddler.expert.ActivationCounters;
import io.fiddler.expert.Residency;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The inference engine: one model, one device, one step loop. Thread-safe.
///
/// Life: construction, {@link #load} (blocks; seconds to minutes), {@link #submit} as often as
/// wanted, {@link #close}.
public interface Engine extends AutoCloseable {
  /// Loads the model, measures the machine if it has not been measured, fills the device and starts
  /// the step loop. On failure the state is FAILED, everything allocated is freed, and the cause is
  /// thrown.
  ///
  /// @throws io.fiddler.model.ModelLoadException if the model is at fault
  /// @throws io.fiddler.device.DeviceMemoryException if it does not fit
  /// @throws io.fiddler.device.DeviceOptionsException if the device asked for cannot be had
  void load();

  /// How the engine is.
  EngineStatus status();

  /// The model; known from the beginning, except fingerprint and sizes, which need READY.
  ///
  /// @throws EngineNotReadyException before it is loaded
  ModelSummary model();

  /// The device.
  ///
  /// @throws EngineNotReadyException before it is loaded
  DeviceSummary device();

  /// Queues a generation; returns at once.
  ///
  /// @throws EngineNotReadyException if the state is not READY
  /// @throws EngineOverloadedException if the queue is full
  /// @throws RefusedRequestException if the request cannot be served at all (prompt longer than the
  ///   context)
  Generation submit(GenerationRequest request, GenerationListener listener);

  /// Brings residency to this placement between steps; the future ends when the bytes are there.
  ///
  /// Where steps run, their copies are delayed by a fiftieth of a step at most. Counting {@link
  /// #assignmentsSincePlacement} begins anew if the version is another one. While the key/value
  /// cache has borrowed frames, the best experts that fit are brought; the others follow when the
  /// frames are back. A placement still on its way is given up where it is, and its future fails
  /// with a {@link java.util.concurrent.CancellationException}.
  CompletableFuture<Residency> apply(InitialPlacement.VersionedPlacement placement);

  /// The same with no more than so many bytes copied a second. Experts that a step streams anyway,
  /// and that stay from then on, do not count.
  ///
  /// @param maxBytesPerSecond at least one; `Long.MAX_VALUE` for no cap
  CompletableFuture<Residency> apply(
      InitialPlacement.VersionedPlacement placement, long maxBytesPerSecond);

  /// The placement in force.
  InitialPlacement.VersionedPlacement placement();

  /// Where every expert is now; an immutable snapshot.
  Residency residency();

  /// Exact counts of the router's choices since the engine was loaded.
  ActivationCounters activations();

  /// Assignments since the placement in force was applied.
  PhaseAssignments assignmentsSincePlacement();

  /// The latency model that decides where experts are computed; none if they are computed in a
  /// fixed way.
  ///
  /// @throws EngineNotReadyException before it is loaded
  Optional<LatencyReport> latency();

  /// Records what the lanes do in the next `steps` steps; the future ends with the last of them.
  /// Cancelling it gives the trace up.
  ///
  /// @param steps in [1, {@value io.fiddler.engine.timeline.Timelines#MAX_TRACE_STEPS}]
  /// @throws EngineNotReadyException before it is loaded
  /// @throws IllegalArgumentException if the number is not allowed
  /// @throws IllegalStateException if recording is off or another trace is under way
  CompletableFuture<List<LaneInterval>> trace(int steps);

  /// Stops the step loop, fails what is running, frees everything; a second call does nothing.
  @Override
  void close();

  /// Assignments of both phases.
  ///
  /// @param prefill of prompt tokens
  /// @param decode of generated tokens
  record PhaseAssignments(AssignmentCounts prefill, AssignmentCounts decode) {}
}
