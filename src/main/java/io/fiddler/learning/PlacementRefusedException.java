package io.fiddler.learning;

/// What was asked for cannot be done as things are, for example because a placement is pinned; the
/// message is one sentence for people.
public final class PlacementRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  PlacementRefusedException(String sentence) {
    super(sentence);
  }
}
