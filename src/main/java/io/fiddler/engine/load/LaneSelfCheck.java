package io.fiddler.engine.load;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import io.fiddler.device.DeviceOptionsException;
import io.fiddler.engine.step.LaneProbe;
import io.fiddler.expert.ExpertId;
import io.fiddler.expert.Way;
import io.fiddler.kernel.cpu.ReferenceExpert;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets every lane compute one expert on random rows when the service starts, as a step would, and
/// compares the results with the reference. A lane that is wrong is switched off with a sentence; a
/// service that would answer nonsense does not start.
final class LaneSelfCheck {
  private static final Logger LOG = LoggerFactory.getLogger(LaneSelfCheck.class);

  private final LaneProbe probe;
  private final ReferenceExpert reference;
  private final ExpertId expert;
  private final float[][] input;
  private final LaneTolerance tolerance;

  /// @param expert the expert to compute
  /// @param reference of that expert
  /// @param input the rows to compute it for, `[rows, hiddenSize]` on the host
  LaneSelfCheck(
      LaneProbe probe,
      ExpertId expert,
      ReferenceExpert reference,
      Matrix input,
      LaneTolerance tolerance) {
    this.probe = probe;
    this.expert = expert;
    this.reference = reference;
    this.input = values(input);
    this.tolerance = tolerance;
  }

  /// Checks the ways that an expert can be computed here.
  ///
  /// @param ways those that there are, RESIDENT only if there is room for an expert
  /// @return those that are wrong and must not be used
  /// @throws DeviceLaneException if the device is wrong and the host is not
  /// @throws DeviceOptionsException if nothing is right
  Set<Way> run(Set<Way> ways) {
    List<double[]> expected = new ArrayList<>();
    for (float[] row : input) {
      expected.add(reference.compute(row));
    }
    Map<Way, String> wrong = new EnumMap<>(Way.class);
    for (Way way : ways) {
      String problem = check(way, expected);
      if (!problem.isEmpty()) {
        wrong.put(way, problem);
      }
    }
    return verdict(ways, wrong);
  }

  /// What follows from what is wrong.
  ///
  /// @param ways those that there are
  /// @param wrong those that are wrong, and what is wrong with them
  /// @return those that must not be used
  static Set<Way> verdict(Set<Way> ways, Map<Way, String> wrong) {
    if (wrong.isEmpty()) {
      LOG.info("Self-check: {} agree with the reference", ways);
      return Set.of();
    }
    boolean deviceIsRight = ways.contains(Way.STREAMED) && !wrong.containsKey(Way.STREAMED);
    if (wrong.containsKey(Way.HOST) && (!deviceIsRight || wrong.containsKey(Way.RESIDENT))) {
      throw new DeviceOptionsException(
          "no lane computes an expert correctly on this machine: " + sentences(wrong));
    }
    if (wrong.containsKey(Way.RESIDENT)) {
      throw new DeviceLaneException(
          "the device does not compute an expert correctly: " + sentences(wrong));
    }
    for (Map.Entry<Way, String> entry : wrong.entrySet()) {
      LOG.warn("Self-check: {}; {}", entry.getValue(), consequence(entry.getKey()));
    }
    // What streams or computes a part of an expert wrongly is no good for the whole either way.
    EnumSet<Way> off = EnumSet.copyOf(wrong.keySet());
    off.add(Way.SPLIT);
    return off;
  }

  private static String sentences(Map<Way, String> wrong) {
    return String.join("; ", wrong.values());
  }

  private static String consequence(Way way) {
    return switch (way) {
      case STREAMED -> "experts that are not resident are computed on the host only";
      case HOST -> "experts that are not resident are streamed to the device only";
      case SPLIT, RESIDENT -> "no expert is split between host and device";
    };
  }

  /// An empty text if the lane is right, else what is wrong with it.
  private String check(Way way, List<double[]> expected) {
    try {
      if (way == Way.RESIDENT) {
        probe.reside(expert);
      }
      float[][] results = probe.run(expert, input.length, way);
      double largest = 0;
      for (int row = 0; row < results.length; row++) {
        // max() keeps what is not a number
        largest = Math.max(largest, relativeError(results[row], expected.get(row)));
      }
      double allowed = tolerance.of(way);
      return largest <= allowed
          ? ""
          : "%s computes expert %d of layer %d with a relative error of %.2g, above %.2g"
              .formatted(name(way), expert.expert(), expert.layer(), largest, allowed);
    } catch (RuntimeException e) {
      return "%s fails with %s".formatted(name(way), e.getMessage());
    }
  }

  private static String name(Way way) {
    return switch (way) {
      case RESIDENT -> "the device with a resident expert";
      case STREAMED -> "the device with a streamed expert";
      case HOST -> "the host";
      case SPLIT -> "a split between host and device";
    };
  }

  private static double relativeError(float[] result, double[] expected) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += (result[i] - expected[i]) * (result[i] - expected[i]);
      length += expected[i] * expected[i];
    }
    return length == 0 ? Math.sqrt(difference) : Math.sqrt(difference / length);
  }

  private static float[][] values(Matrix rows) {
    MemorySegment memory = rows.memory().segment(MemoryKind.HOST);
    float[][] values = new float[rows.rows()][rows.cols()];
    for (int row = 0; row < values.length; row++) {
      MemorySegment.copy(
          memory, JAVA_FLOAT, row * rows.rowSizeBytes(), values[row], 0, rows.cols());
    }
    return values;
  }
}
