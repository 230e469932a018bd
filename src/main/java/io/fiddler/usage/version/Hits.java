package io.fiddler.usage.version;

/// Assignments and how many of them a resident expert served.
///
/// @param hits served by a resident expert
/// @param assignments all
public record Hits(long hits, long assignments) {
  /// None yet.
  public static final Hits NONE = new Hits(0, 0);

  /// The sum of both.
  public Hits plus(Hits other) {
    return new Hits(hits + other.hits, assignments + other.assignments);
  }

  /// Share in [0, 1]; 0 if there were none.
  public double rate() {
    return assignments == 0 ? 0 : (double) hits / assignments;
  }
}
