package io.fiddler.api.completion.answer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is new in a choice. A streamed answer sends each as a chunk, another one adds them up.
///
/// @param choice index of the choice
/// @param text new text
/// @param logprobs of the new tokens; null if not asked for
/// @param tokenIds new tokens; null if not asked for
/// @param promptTokenIds in the choice's first delta, if asked for
/// @param finishReason in its last one
record ChoiceDelta(
    int choice,
    String text,
    @Nullable Logprobs logprobs,
    @Nullable List<Integer> tokenIds,
    @Nullable List<Integer> promptTokenIds,
    @Nullable String finishReason) {}
