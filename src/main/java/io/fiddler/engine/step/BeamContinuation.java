package io.fiddler.engine.step;

import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.sampling.SampledToken.TokenLogprob;
import io.fiddler.sampling.TokenRanking;
import io.fiddler.sampling.beam.BeamHypothesis;
import io.fiddler.sampling.beam.BeamParameters;
import io.fiddler.sampling.beam.BeamSearch;
import io.fiddler.scheduler.Sequence;
import io.fiddler.scheduler.SequenceGroup;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A beam search: its beams are the members of the group, in the same order. What it found is told
/// at the end.
///
/// The last tokens of all beams are rows of one step, whose logits come one after the other: what
/// each beam may go on with is kept until all are there.
final class BeamContinuation implements Continuation {
  private final BeamSearch search;
  private final TokenRanking ranking;
  private final SequenceGroup group;
  private final GenerationListener listener;
  private final IdentityHashMap<Sequence, List<TokenLogprob>> ranked = new IdentityHashMap<>();
  private int generated;

  BeamContinuation(
      GenerationRequest request,
      BeamParameters parameters,
      Set<Integer> stopTokenIds,
      SequenceGroup group,
      GenerationListener listener) {
    this.search =
        new BeamSearch(parameters, request.maxTokens(), stopTokenIds, request.topLogprobs());
    this.ranking = new TokenRanking(search.ranked());
    this.group = group;
    this.listener = listener;
  }

  @Override
  public @Nullable FinishReason next(Sequence sequence, float[] logits, int offset, int length) {
    ranked.put(sequence, ranking.of(logits, offset, length));
    List<Sequence> members = group.members();
    if (ranked.size() < members.size()) {
      return null;
    }
    int[] parents = search.advance(members.stream().map(ranked::get).toList());
    ranked.clear();
    generated++;
    if (search.isDone()) {
      List<BeamHypothesis> found = search.hypotheses();
      listener.onBeams(found);
      return found.getFirst().stopped() ? FinishReason.STOP : FinishReason.LENGTH;
    }
    int[] tokens = search.beams().stream().mapToInt(beam -> beam.last().tokenId()).toArray();
    group.proceed(parents, tokens);
    return null;
  }

  @Override
  public int generated() {
    return generated;
  }
}
