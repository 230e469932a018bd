package io.fiddler.engine.timeline;

import java.util.List;

/// What a lane was busy with.
///
/// @param name for people, such as `experts` or `attention`
/// @param layer layer, or -1 if it belongs to none
/// @param parts parts of experts, none for work that is no expert's
/// @param rows rows of the step that it was for
/// @param bytes bytes moved or read, 0 if that says nothing
/// @param way how the experts were computed, in lower case; empty if that says nothing
public record LaneWork(String name, int layer, List<Part> parts, int rows, long bytes, String way) {
  /// Slices of one expert.
  ///
  /// @param expert index in the layer
  /// @param rows rows routed to it
  /// @param firstSlice first of the slices
  /// @param slices how many
  /// @param ofSlices how many the expert has
  public record Part(int expert, int rows, int firstSlice, int slices, int ofSlices) {}

  public LaneWork {
    parts = List.copyOf(parts);
  }

  /// Work of a layer that is no expert's.
  public static LaneWork of(String name, int layer, int rows) {
    return new LaneWork(name, layer, List.of(), rows, 0, "");
  }

  /// Slices of one expert.
  public static LaneWork of(String name, int layer, Part part, long bytes, String way) {
    return new LaneWork(name, layer, List.of(part), part.rows(), bytes, way);
  }

  /// A name that tells it from its neighbours, such as `layer 3 expert 5 slice 2`.
  public String title() {
    StringBuilder title = new StringBuilder(name);
    if (layer >= 0) {
      title.append(" layer ").append(layer);
    }
    for (Part part : parts) {
      title.append(parts.size() == 1 ? " expert " : " ").append(part.expert());
    }
    if (parts.size() == 1 && parts.getFirst().slices() < parts.getFirst().ofSlices()) {
      Part part = parts.getFirst();
      title.append(" slice ").append(part.firstSlice());
      if (part.slices() > 1) {
        title.append('-').append(part.firstSlice() + part.slices() - 1);
      }
    }
    return title.toString();
  }
}
