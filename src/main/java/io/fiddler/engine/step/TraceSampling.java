package io.fiddler.engine.step;

import io.fiddler.engine.EngineOptions.TraceOptions;
import io.fiddler.expert.ExpertGrid;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Decides of which generations it is recorded which experts their tokens chose, by lot. Used from
/// the step thread.
public final class TraceSampling {
  /// Bytes a choice takes in {@link io.fiddler.expert.ExpertTrace}.
  private static final int CHOICE_BYTES = Short.BYTES;

  private final double rate;
  private final int maxTokens;
  private final TraceRecording.Shape shape;
  private final SplittableRandom random;

  /// @param topK experts a token and layer
  public TraceSampling(TraceOptions options, ExpertGrid grid, int topK) {
    this.shape = TraceRecording.Shape.of(grid, topK);
    long tokenBytes = (long) shape.numLayers() * topK * CHOICE_BYTES;
    // As many as an array holds at most; that is far more than a context.
    long most = Integer.MAX_VALUE / 2 / tokenBytes;
    this.maxTokens = (int) Math.min(options.maxBytes() / tokenBytes, most);
    this.rate = maxTokens == 0 ? 0 : options.sampleRate();
    this.random =
        options.seed() == 0 ? new SplittableRandom() : new SplittableRandom(options.seed());
  }

  /// A generation begins: where its choices are to be recorded, if they are.
  @Nullable TraceRecording begin(int promptTokens) {
    return rate > 0 && random.nextDouble() < rate
        ? new TraceRecording(shape, promptTokens, maxTokens)
        : null;
  }
}
