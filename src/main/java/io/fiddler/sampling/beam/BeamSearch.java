package io.fiddler.sampling.beam;

import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.SampledToken.TokenLogprob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// The beam search of Hugging Face transformers 5
/// ([`GenerationMixin._beam_search`](https://github.com/huggingface/transformers/blob/main/src/transformers/generation/utils.py)),
/// for one prompt:
///
/// - of all beams' next tokens the best `max(2, 1 + stop tokens) * width` are candidates, so that
///   `width` remain however many of them are stop tokens;
/// - a candidate that ends, by a stop token or as the last token allowed, becomes a hypothesis if
///   it is among the best `width`; the best `width` that do not end go on as beams;
/// - the best `width` hypotheses are kept, by the score of {@link BeamParameters#lengthPenalty};
/// - {@link EarlyStopping} says when hypotheses are good enough.
///
/// Lengths are those of what was generated, stop token included; before transformers 4.36 the
/// prompt's tokens counted, too ([#27351](https://github.com/huggingface/transformers/pull/27351)).
/// Of equal candidates those of the better beam come first, then those of the lower token id; of
/// equal hypotheses the older one. Sums are in double. Used from one thread at a time.
public final class BeamSearch {
  private final BeamParameters parameters;
  private final int maxTokens;
  private final Set<Integer> stopTokenIds;
  private final int topLogprobs;
  private final List<Finished> finished = new ArrayList<>();
  private List<Beam> beams = List.of(Beam.empty());
  private boolean done;

  /// @param maxTokens most tokens of a hypothesis, at least one
  /// @param stopTokenIds tokens that end one
  /// @param topLogprobs alternatives to report with each token; -1 for no log-probabilities
  public BeamSearch(
      BeamParameters parameters, int maxTokens, Set<Integer> stopTokenIds, int topLogprobs) {
    if (maxTokens < 1) {
      throw new IllegalArgumentException(
          "a beam search needs at least 1 token, got maxTokens = " + maxTokens);
    }
    this.parameters = parameters;
    this.maxTokens = maxTokens;
    this.stopTokenIds = Set.copyOf(stopTokenIds);
    this.topLogprobs = topLogprobs;
  }

  private record Finished(Beam beam, double score, boolean stopped) {
    BeamHypothesis hypothesis() {
      List<SampledToken> tokens = beam.tokens();
      return new BeamHypothesis(
          stopped ? tokens.subList(0, tokens.size() - 1) : tokens, score, stopped);
    }
  }

  private record Candidate(int beam, TokenLogprob token, double logprob) {}

  /// How many of its most likely next tokens {@link #advance} wants to see of each beam.
  public int ranked() {
    return Math.max(topLogprobs, candidates());
  }

  private int candidates() {
    return Math.max(2, 1 + stopTokenIds.size()) * parameters.width();
  }

  /// The beams to be continued, best first: one without tokens at the beginning, none at the end.
  public List<Beam> beams() {
    return beams;
  }

  /// Whether the search is over.
  public boolean isDone() {
    return done;
  }

  /// Goes on by one token.
  ///
  /// @param ranked of each beam its {@link #ranked} most likely next tokens, or all that are
  ///   possible, best first
  /// @return of each new beam the index of the one that it continues
  public int[] advance(List<List<TokenLogprob>> ranked) {
    if (done || ranked.size() != beams.size()) {
      throw new IllegalStateException(
          "a search needs the next tokens of each of its %d beams, got %d"
              .formatted(beams.size(), ranked.size()));
    }
    boolean last = beams.getFirst().length() + 1 >= maxTokens;
    List<Beam> next = new ArrayList<>(parameters.width());
    List<Integer> parents = new ArrayList<>(parameters.width());
    List<Candidate> candidates = best(ranked);
    for (int rank = 0; rank < candidates.size(); rank++) {
      Candidate candidate = candidates.get(rank);
      boolean stops = stopTokenIds.contains(candidate.token().tokenId());
      if (stops || last) {
        if (rank < parameters.width()) {
          finish(grown(candidate, ranked), stops);
        }
      } else if (next.size() < parameters.width()) {
        next.add(grown(candidate, ranked));
        parents.add(candidate.beam());
      }
    }
    keepBest();
    done = next.isEmpty() || isGoodEnough(next.getFirst());
    beams = done ? List.of() : List.copyOf(next);
    return done ? new int[0] : parents.stream().mapToInt(Integer::intValue).toArray();
  }

  /// The hypotheses found, best first: as many as the search is wide, unless fewer are possible.
  public List<BeamHypothesis> hypotheses() {
    return finished.stream().map(Finished::hypothesis).toList();
  }

  private List<Candidate> best(List<List<TokenLogprob>> ranked) {
    int most = candidates();
    List<Candidate> all = new ArrayList<>();
    for (int beam = 0; beam < ranked.size(); beam++) {
      List<TokenLogprob> tokens = ranked.get(beam);
      double before = beams.get(beam).logprob();
      for (int rank = 0; rank < Math.min(most, tokens.size()); rank++) {
        TokenLogprob token = tokens.get(rank);
        all.add(new Candidate(beam, token, before + token.logprob()));
      }
    }
    // Stable, so equal ones stay in the order of beams and ids.
    all.sort(Comparator.comparingDouble(Candidate::logprob).reversed());
    return all.subList(0, Math.min(most, all.size()));
  }

  private Beam grown(Candidate candidate, List<List<TokenLogprob>> ranked) {
    List<TokenLogprob> tokens = ranked.get(candidate.beam());
    int id = candidate.token().tokenId();
    SampledToken token =
        topLogprobs < 0
            ? new SampledToken(id, Double.NaN, List.of())
            : new SampledToken(
                id,
                candidate.token().logprob(),
                tokens.subList(0, Math.min(topLogprobs, tokens.size())));
    return beams.get(candidate.beam()).with(token, candidate.logprob());
  }

  private void finish(Beam beam, boolean stops) {
    finished.add(new Finished(beam, parameters.score(beam.logprob(), beam.length()), stops));
  }

  private void keepBest() {
    finished.sort(Comparator.comparingDouble(Finished::score).reversed());
    while (finished.size() > parameters.width()) {
      finished.removeLast();
    }
  }

  /// Whether the hypotheses are as good as what may still come of `best`, the best beam.
  private boolean isGoodEnough(Beam best) {
    if (finished.size() < parameters.width()) {
      return false;
    }
    boolean longer =
        parameters.earlyStopping() == EarlyStopping.WHEN_IMPOSSIBLE
            && parameters.lengthPenalty() > 0;
    double possible = parameters.score(best.logprob(), longer ? maxTokens : best.length());
    return parameters.earlyStopping() == EarlyStopping.AT_ONCE
        || !(possible > finished.getLast().score());
  }
}
