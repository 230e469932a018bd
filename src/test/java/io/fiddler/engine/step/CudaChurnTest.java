package io.fiddler.engine.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.cuda.CudaDevice;
import io.fiddler.cuda.HostRegistration;
import io.fiddler.cuda.LiveCounts;
import io.fiddler.cuda.PinnedMemory;
import io.fiddler.device.Device;
import io.fiddler.engine.CacheRoom;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.cuda.CudaSegments;
import io.fiddler.kernel.cuda.CudaSegments.Shape;
import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.HostMemory;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestReporter;

/// The same on a GPU, which rounds: keys and values to bf16, and the rows of larger steps. So the
/// reference's choices of experts are forced, and logits may be off by a little.
@Tag("gpu")
final class CudaChurnTest extends ResidencyChurnContract {
  /// By how much rounding to bf16 may move a logit of this model while the experts are the same:
  /// what `CudaGoldenParityTest` allows. The same rounding on the CPU moves 15 million of them by
  /// 0.045 at most; the rows of one slice mixed up, by 0.4 and more in nine of ten steps.
  private static final double LOGIT_TOLERANCE = 0.1;

  /// The root of the mean square of all differences; 0.004 with that rounding on the CPU.
  private static final double USUAL_TOLERANCE = 0.01;

  /// Handles go round: there are never more than the events of a step and the next one's copies,
  /// some tens a layer. Without that there would be a million in the end.
  private static final int MOST_EVENTS = 2_000;

  private static final long MEMORY_BYTES = 2L << 30;

  private double largestDifference;
  private double squares;
  private long compared;

  @Override
  Device open() {
    return CudaDevice.open(0, MEMORY_BYTES);
  }

  /// As an engine has it: weights page-locked where they are, and the host's rows in page-locked
  /// memory that kernels reach.
  @Override
  Side side(Device device, ModelWeights weights, StepRig.Room room) {
    CudaDevice cuda = (CudaDevice) device;
    List<HostRegistration> registrations =
        weights.memory().stream()
            .map(HostMemory::view)
            .map(memory -> cuda.register(memory, memory.sizeBytes()))
            .toList();
    PinnedMemory hostRows = cuda.pinned(StepRig.hostBytes(weights, room), "activations");
    return new Side(
        new CudaSegments(cuda, shape(weights, room), hostRows),
        hostRows.host(),
        () -> {
          assertThat(cuda.live().graphs()).as("graphs outlive their segments").isZero();
          hostRows.close();
          registrations.forEach(HostRegistration::close);
        });
  }

  private static Shape shape(ModelWeights weights, StepRig.Room room) {
    List<Heads> layers =
        weights.config().layers().stream()
            .map(layer ->
                switch (layer.attention()) {
                  case GroupedQueryAttention a ->
                      new Heads(a.numHeads(), a.numKvHeads(), a.headDim(), a.slidingWindow());
                })
            .toList();
    return new Shape(
        room.maxRows(),
        weights.config().hiddenSize(),
        weights.config().vocabSize(),
        layers,
        new Shape.Experts(StepRig.topK(weights), weights.layers().getFirst().experts().format()),
        new Shape.Cache(
            MAX_BLOCKS,
            CacheRoom.BLOCK_TOKENS,
            MAX_LENGTH,
            CudaSegments.cacheType(ElementType.BF16)));
  }

  @Override
  int workers() {
    return 4;
  }

  @Override
  void compare(float[] expected, float[] actual, String context) {
    assertThat(actual).as(context).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      double difference = Math.abs(actual[i] - expected[i]);
      if (!(difference < LOGIT_TOLERANCE)) {
        throw new AssertionError(
            "logit %d must be %s within %s, got %s (%s)"
                .formatted(i, expected[i], LOGIT_TOLERANCE, actual[i], context));
      }
      largestDifference = Math.max(largestDifference, difference);
      squares += difference * difference;
    }
    compared += expected.length;
  }

  @Override
  boolean sameChoices() {
    return false;
  }

  @Override
  void report(TestReporter reporter) {
    double usual = Math.sqrt(squares / compared);
    reporter.publishEntry(
        "differences of %d logits".formatted(compared),
        "largest %.4f (allowed %s), usual %.4f (allowed %s)"
            .formatted(largestDifference, LOGIT_TOLERANCE, usual, USUAL_TOLERANCE));
    assertThat(usual).isLessThan(USUAL_TOLERANCE);
  }

  /// Modules and handles of events stay until the device is closed.
  @Override
  void requireNothingOpen(Device device) {
    super.requireNothingOpen(device);
    LiveCounts live = ((CudaDevice) device).live();
    assertThat(live).isEqualTo(new LiveCounts(0, 0, 0, 0, live.modules(), live.events()));
    assertThat(live.events()).isLessThan(MOST_EVENTS);
  }
}
