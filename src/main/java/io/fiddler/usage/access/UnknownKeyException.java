package io.fiddler.usage.access;

/// There is no key of that id.
public final class UnknownKeyException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnknownKeyException(String id) {
    super("there is no key \"%s\"".formatted(id.length() > 40 ? id.substring(0, 40) : id));
  }
}
