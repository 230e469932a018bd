package io.fiddler.api.generation.request;

import org.jspecify.annotations.Nullable;

/// The fields by which a client says what it wants, so that a refusal names the one to change.
///
/// @param prompt that holds its prompts
/// @param maxTokens that limits its answers; null if it named no limit, so that answers give way to
///   whatever there is room for
public record Asking(String prompt, @Nullable String maxTokens) {
  /// Whether it said how long answers may be.
  public boolean isLimited() {
    return maxTokens != null;
  }

  /// The field that makes an answer too long.
  public String limiting() {
    return maxTokens == null ? prompt : maxTokens;
  }
}
