package io.fiddler.api.generation.run;

import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.PrefillReport;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.beam.BeamHypothesis;
import java.util.List;

/// What the engine told about one of a request's generations, on its way from the step thread.
public sealed interface GenerationEvent {
  /// The text it is about.
  int choice();

  /// Its prompt was read.
  record Prefilled(int choice, PrefillReport report, List<SampledToken> promptLogprobs)
      implements GenerationEvent {}

  /// It generated a token.
  record Generated(int choice, SampledToken token) implements GenerationEvent {}

  /// A beam search has found it, from its first token to its last.
  record Found(int choice, BeamHypothesis hypothesis) implements GenerationEvent {}

  /// It ended.
  record Finished(int choice, GenerationReport report) implements GenerationEvent {}

  /// It failed.
  record Failed(int choice, Throwable failure, GenerationReport report)
      implements GenerationEvent {}
}
