package io.fiddler.api.generation.request;

import io.fiddler.sampling.SamplingParameters;
import java.util.List;

/// How a request wants its text generated and answered, whatever its prompts are.
///
/// @param sampling how tokens are chosen; its seed is that of each prompt's first choice
/// @param candidates how many texts are made of a prompt, and how many answered
/// @param stops stop strings, none empty
/// @param logprobs alternatives with each token; -1 for no log-probabilities
/// @param echo whether a choice begins with its prompt
/// @param stream whether the answer is streamed
/// @param includeUsage whether a stream ends with the usage
/// @param ignoreEos whether to go on after the model's end token
/// @param returnTokenIds whether choices carry token ids
public record GenerationSettings(
    SamplingParameters sampling,
    Candidates candidates,
    List<String> stops,
    int logprobs,
    boolean echo,
    boolean stream,
    boolean includeUsage,
    boolean ignoreEos,
    boolean returnTokenIds) {
  public GenerationSettings {
    stops = List.copyOf(stops);
  }

  /// With as many samples as choices.
  ///
  /// @param n choices a prompt
  public GenerationSettings(
      SamplingParameters sampling,
      int n,
      List<String> stops,
      int logprobs,
      boolean echo,
      boolean stream,
      boolean includeUsage,
      boolean ignoreEos,
      boolean returnTokenIds) {
    this(
        sampling,
        Candidates.sampled(n),
        stops,
        logprobs,
        echo,
        stream,
        includeUsage,
        ignoreEos,
        returnTokenIds);
  }
}
