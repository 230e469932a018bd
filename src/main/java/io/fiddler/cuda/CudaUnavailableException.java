package io.fiddler.cuda;

/// CUDA cannot be used here; the message is one sentence for people that says why and what helps.
public final class CudaUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public CudaUnavailableException(String sentence) {
    super(sentence);
  }

  /// With what is behind it.
  public CudaUnavailableException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
