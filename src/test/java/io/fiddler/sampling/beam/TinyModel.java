package io.fiddler.sampling.beam;

import io.fiddler.sampling.SampledToken.TokenLogprob;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/// A language model small enough to try everything: the next token's log-probabilities depend on
/// all tokens before and on a seed.
record TinyModel(int vocabSize, long seed) {
  /// Log-probabilities `[vocabSize]` after `tokens`.
  double[] next(List<Integer> tokens) {
    SplittableRandom random = new SplittableRandom(31 * seed + tokens.hashCode());
    double[] logits = random.doubles(vocabSize, -3, 3).toArray();
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit);
    }
    for (int id = 0; id < vocabSize; id++) {
      logits[id] -= Math.log(sum);
    }
    return logits;
  }

  /// The same as a search wants it: the best `most`, best first.
  List<TokenLogprob> ranked(List<Integer> tokens, int most) {
    double[] logprobs = next(tokens);
    List<TokenLogprob> ranked = new ArrayList<>();
    for (int id = 0; id < vocabSize; id++) {
      ranked.add(new TokenLogprob(id, logprobs[id]));
    }
    ranked.sort(Comparator.comparingDouble(TokenLogprob::logprob).reversed());
    return ranked.subList(0, Math.min(most, vocabSize));
  }

  /// Runs a search to its end.
  BeamSearch search(BeamSearch search) {
    while (!search.isDone()) {
      search.advance(
          search.beams().stream().map(beam -> ranked(ids(beam), search.ranked())).toList());
    }
    return search;
  }

  static List<Integer> ids(Beam beam) {
    return beam.tokens().stream().map(token -> token.tokenId()).toList();
  }
}
