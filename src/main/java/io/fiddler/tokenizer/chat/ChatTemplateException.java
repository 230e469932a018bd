package io.fiddler.tokenizer.chat;

/// A chat template cannot be read, or gives no prompt for the messages it got. The message names
/// the template.
public final class ChatTemplateException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Fault fault;

  /// Whose fault it is.
  public enum Fault {
    /// The template itself refuses these messages.
    REFUSED,
    /// The template is wrong, or does not fit what it was given.
    TEMPLATE,
    /// Rendering took more than it may.
    LIMIT
  }

  ChatTemplateException(Fault fault, String message) {
    super(message);
    this.fault = fault;
  }

  ChatTemplateException(Fault fault, String message, Throwable cause) {
    super(message, cause);
    this.fault = fault;
  }

  /// Whose fault it is.
  public Fault fault() {
    return fault;
  }
}
