package io.fiddler.store.batch;

import io.fiddler.expert.ExpertTrace;

/// The choices of a trace as bytes, in the order `[tokens, numLayers, topK]`: one byte an expert if
/// all ids are below 256, else two, the higher one first. The length tells which.
public final class TraceChoices {
  private static final int ONE_BYTE = 1 << Byte.SIZE;

  private TraceChoices() {}

  /// As it is stored.
  public static byte[] encode(ExpertTrace trace) {
    short[] choices = trace.choices();
    boolean wide = false;
    for (short choice : choices) {
      wide |= Short.toUnsignedInt(choice) >= ONE_BYTE;
    }
    byte[] bytes = new byte[wide ? 2 * choices.length : choices.length];
    for (int i = 0; i < choices.length; i++) {
      if (wide) {
        bytes[2 * i] = (byte) (choices[i] >>> Byte.SIZE);
        bytes[2 * i + 1] = (byte) choices[i];
      } else {
        bytes[i] = (byte) choices[i];
      }
    }
    return bytes;
  }

  /// Back from the bytes.
  ///
  /// @throws IllegalArgumentException if there are too few or too many of them
  public static ExpertTrace decode(
      int promptTokens, int tokens, int numLayers, int topK, byte[] bytes) {
    long size = (long) tokens * numLayers * topK;
    boolean wide = bytes.length == 2 * size && size > 0;
    if (!wide && bytes.length != size) {
      throw new IllegalArgumentException(
          "%d tokens of %d layers choose %d experts each, which takes %d or %d bytes, got %d"
              .formatted(tokens, numLayers, topK, size, 2 * size, bytes.length));
    }
    short[] choices = new short[(int) size];
    for (int i = 0; i < choices.length; i++) {
      choices[i] =
          (short)
              (wide
                  ? Byte.toUnsignedInt(bytes[2 * i]) << Byte.SIZE
                      | Byte.toUnsignedInt(bytes[2 * i + 1])
                  : Byte.toUnsignedInt(bytes[i]));
    }
    return new ExpertTrace(promptTokens, tokens, numLayers, topK, choices);
  }
}
