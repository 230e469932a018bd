package io.fiddler.api.generation.answer;

import java.util.List;

/// Finds the first stop string in a text that arrives in pieces, and holds back what could still be
/// the beginning of one. How the text is cut into pieces makes no difference. Among stop strings
/// that end at the same character the longest counts. Used from one thread at a time.
final class StopMatcher {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  /// @param stops none of them empty
  StopMatcher(List<String> stops) {
    this.stops = stops;
  }

  /// The text that is certain now: without a stop string, and without what may become one.
  String append(String piece) {
    if (stopped) {
      return "";
    }
    int searched = held.length();
    held.append(piece);
    if (stops.isEmpty()) {
      return release(held.length());
    }
    for (int end = searched + 1; end <= held.length(); end++) {
      int start = matchEndingAt(end);
      if (start >= 0) {
        stopped = true;
        return release(start);
      }
    }
    return release(firstPossibleStart());
  }

  /// What was held back, at the end of the text.
  String flush() {
    return stopped ? "" : release(held.length());
  }

  /// Whether a stop string was found; nothing more comes out then.
  boolean stopped() {
    return stopped;
  }

  private int matchEndingAt(int end) {
    int first = -1;
    for (String stop : stops) {
      int start = end - stop.length();
      if (start >= 0 && (first < 0 || start < first) && heldMatches(start, stop, stop.length())) {
        first = start;
      }
    }
    return first;
  }

  private int firstPossibleStart() {
    for (int start = 0; start < held.length(); start++) {
      int length = held.length() - start;
      for (String stop : stops) {
        if (length < stop.length() && heldMatches(start, stop, length)) {
          return start;
        }
      }
    }
    return held.length();
  }

  private boolean heldMatches(int start, String stop, int length) {
    for (int i = 0; i < length; i++) {
      if (held.charAt(start + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String release(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }
}
