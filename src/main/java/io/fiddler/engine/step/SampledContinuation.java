package io.fiddler.engine.step;

import io.fiddler.engine.Decoding;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.Sampler;
import io.fiddler.scheduler.Sequence;
import io.fiddler.scheduler.SequenceGroup;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One token after the other, each told at once.
final class SampledContinuation implements Continuation {
  private final int maxTokens;
  private final Set<Integer> stopTokenIds;
  private final SequenceGroup group;
  private final GenerationListener listener;
  private final Sampler sampler;
  private int generated;

  SampledContinuation(
      GenerationRequest request,
      Decoding.Sampled decoding,
      Set<Integer> stopTokenIds,
      SequenceGroup group,
      GenerationListener listener) {
    this.maxTokens = request.maxTokens();
    this.stopTokenIds = stopTokenIds;
    this.group = group;
    this.listener = listener;
    this.sampler =
        Sampler.of(
            decoding.parameters(),
            decoding.constraint() == null ? null : decoding.constraint().get(),
            request.promptTokens(),
            request.topLogprobs());
  }

  @Override
  public @Nullable FinishReason next(Sequence sequence, float[] logits, int offset, int length) {
    SampledToken token = sampler.sample(logits, offset, length);
    if (stopTokenIds.contains(token.tokenId())) {
      return FinishReason.STOP;
    }
    generated++;
    listener.onToken(token);
    if (sampler.isFinished()) {
      return FinishReason.STOP;
    }
    if (generated >= maxTokens) {
      return FinishReason.LENGTH;
    }
    group.proceed(token.tokenId());
    return null;
  }

  @Override
  public int generated() {
    return generated;
  }
}
