package io.fiddler.safetensors;

/// A checkpoint that cannot be read or written; the message is one sentence naming the file and,
/// where there is one, the tensor.
public final class SafetensorsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SafetensorsException(String message) {
    super(message);
  }

  SafetensorsException(String message, Throwable cause) {
    super(message, cause);
  }
}
