package io.fiddler.expert;

import java.util.Arrays;

/// Which experts' bytes are on the device now, and in which frame (device room for one expert).
/// Immutable: a step sees one consistent table.
public final class Residency {
  private static final int ABSENT = -1;

  private final ExpertGrid grid;
  private final long placementVersion;
  private final long epoch;
  private final int[] frameOf;

  private Residency(ExpertGrid grid, long placementVersion, long epoch, int[] frameOf) {
    this.grid = grid;
    this.placementVersion = placementVersion;
    this.epoch = epoch;
    this.frameOf = frameOf;
  }

  /// Nothing resident.
  public static Residency empty(ExpertGrid grid) {
    int[] frames = new int[grid.size()];
    Arrays.fill(frames, ABSENT);
    return new Residency(grid, 0, 0, frames);
  }

  /// The experts it speaks of.
  public ExpertGrid grid() {
    return grid;
  }

  /// The placement it follows.
  public long placementVersion() {
    return placementVersion;
  }

  /// Counts the changes.
  public long epoch() {
    return epoch;
  }

  /// Whether an expert is on the device.
  public boolean isResident(int layer, int expert) {
    return frameOf[grid.indexOf(layer, expert)] != ABSENT;
  }

  /// The frame of a resident expert.
  public int frameOf(int layer, int expert) {
    int frame = frameOf[grid.indexOf(layer, expert)];
    if (frame == ABSENT) {
      throw new IllegalStateException("expert " + layer + "." + expert + " is not resident");
    }
    return frame;
  }

  /// Number of resident experts.
  public int size() {
    return (int) Arrays.stream(frameOf).filter(frame -> frame != ABSENT).count();
  }

  /// The next table: `id` now lies in `frame`.
  public Residency with(ExpertId id, int frame) {
    return changed(id, frame);
  }

  /// The next table: `id` is no longer on the device.
  public Residency without(ExpertId id) {
    return changed(id, ABSENT);
  }

  /// The same residency under another placement.
  public Residency following(long version) {
    return new Residency(grid, version, epoch, frameOf);
  }

  private Residency changed(ExpertId id, int frame) {
    int[] frames = frameOf.clone();
    frames[grid.indexOf(id.layer(), id.expert())] = frame;
    return new Residency(grid, placementVersion, epoch + 1, frames);
  }
}
