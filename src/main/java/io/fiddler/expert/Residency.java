package io.fiddler.expert;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/// Which experts' bytes are on the device now, and in which frame (device room for one expert).
/// Immutable: a step sees one consistent table.
public final class Residency {
  private static final int ABSENT = -1;

  private final ExpertGrid grid;
  private final long placementVersion;
  private final long epoch;
  private final int[] frameOf;
  private final int size;

  private Residency(ExpertGrid grid, long placementVersion, long epoch, int[] frameOf) {
    this.grid = grid;
    this.placementVersion = placementVersion;
    this.epoch = epoch;
    this.frameOf = frameOf;
    this.size = (int) Arrays.stream(frameOf).filter(frame -> frame != ABSENT).count();
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
    return size;
  }

  /// The resident experts, in order of layer and index.
  public List<ExpertId> experts() {
    return IntStream.range(0, frameOf.length)
        .filter(index -> frameOf[index] != ABSENT)
        .mapToObj(grid::at)
        .toList();
  }

  /// The next table: `id`, so far absent, now lies in `frame`, so far empty.
  public Residency with(ExpertId id, int frame) {
    Objects.checkIndex(frame, Integer.MAX_VALUE);
    requireResident(id, false);
    for (int index = 0; index < frameOf.length; index++) {
      if (frameOf[index] == frame) {
        throw new IllegalStateException(
            "frame %d holds expert %s already, got expert %s".formatted(frame, grid.at(index), id));
      }
    }
    return changed(id, frame);
  }

  /// The next table: `id`, so far resident, is no longer on the device.
  public Residency without(ExpertId id) {
    requireResident(id, true);
    return changed(id, ABSENT);
  }

  /// The same residency under another placement.
  public Residency following(long version) {
    return new Residency(grid, version, epoch, frameOf);
  }

  private void requireResident(ExpertId id, boolean expected) {
    if (isResident(id.layer(), id.expert()) != expected) {
      throw new IllegalStateException(
          "expert %s is %s".formatted(id, expected ? "not resident" : "resident already"));
    }
  }

  private Residency changed(ExpertId id, int frame) {
    int[] frames = frameOf.clone();
    frames[grid.indexOf(id)] = frame;
    return new Residency(grid, placementVersion, epoch + 1, frames);
  }
}
