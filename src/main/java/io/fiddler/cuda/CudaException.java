package io.fiddler.cuda;

/// The driver or cuBLAS refused a call; the message names the error and what was being done.
public final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /// With the sentence for people.
  public CudaException(String sentence) {
    super(sentence);
  }
}
