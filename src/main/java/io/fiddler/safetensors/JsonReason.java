package io.fiddler.safetensors;

import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;

/// Why a text is no JSON, in one line for people: the library's reason without where its own source
/// is, which of its classes it was bound to, and how the library could be configured otherwise.
public final class JsonReason {
  private static final Pattern TOKEN = Pattern.compile(" \\(`JsonToken[^)]*\\)");
  private static final Pattern INNER =
      Pattern.compile(
          "(?s)(\\R| \\([a-zA-Z ]+ at \\[Source:| \\(bound as|(: | \\(|; )[^:(;]*(Feature|StreamReadConstraints)).*");

  private JsonReason() {}

  /// The reason.
  public static String of(JacksonException failure) {
    String message = String.valueOf(failure.getOriginalMessage());
    return INNER.matcher(TOKEN.matcher(message).replaceAll("")).replaceFirst("").strip();
  }
}
