package io.fiddler.engine.step;

import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.expert.ExpertGroups;
import io.fiddler.expert.Way;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.ExpertTask.Output;
import io.fiddler.kernel.Routing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Where the results of one layer's experts lie, so that they add up in one fixed order whatever
/// lane computed them. Rows of `parts`: first everything the host computes, in order of the
/// experts, so that it crosses in one copy; then what the device computes; last the streamed slices
/// of split experts, to be added to the host's sum as {@link SliceSums} says.
final class LayerPlan {
  private final List<ExpertDecision> decisions;
  private final int[] firstPart;
  private final int[] slicePart;
  private final int[] indexOf;
  private final int hostParts;
  private final int numSlices;
  private final SliceSums sums;

  /// Lays out the results of `decisions`, whose experts have `numSlices` slices.
  LayerPlan(List<ExpertDecision> decisions, int numSlices, SliceSums sums) {
    this.decisions = decisions;
    this.numSlices = numSlices;
    this.sums = sums;
    this.firstPart = new int[decisions.size()];
    this.slicePart = new int[decisions.size()];
    this.indexOf = indexOf(decisions);
    int next = 0;
    for (int i = 0; i < firstPart.length; i++) {
      if (onHost(i)) {
        firstPart[i] = next;
        next += decisions.get(i).rows();
      }
    }
    this.hostParts = next;
    for (int i = 0; i < firstPart.length; i++) {
      if (!onHost(i)) {
        firstPart[i] = next;
        next += decisions.get(i).rows();
      }
    }
    for (int i = 0; i < firstPart.length; i++) {
      if (decisions.get(i).way() == Way.SPLIT) {
        slicePart[i] = next;
        next += sums.parts(decisions.get(i).rows(), streamedSlices(i));
      }
    }
  }

  private static int[] indexOf(List<ExpertDecision> decisions) {
    int[] indexOf = new int[decisions.isEmpty() ? 0 : decisions.getLast().expert() + 1];
    Arrays.fill(indexOf, -1);
    for (int i = 0; i < decisions.size(); i++) {
      indexOf[decisions.get(i).expert()] = i;
    }
    return indexOf;
  }

  /// Where slices are added one by one, the room for them is sized for small steps, the only ones
  /// at which splits pay much: experts whose splits it does not hold go wholly where most of their
  /// slices were to go. Where they are added together there is room for all that is split.
  static List<ExpertDecision> limitSplits(
      List<ExpertDecision> decisions, int numSlices, SliceSums sums, int maxSplitParts) {
    int used = 0;
    List<ExpertDecision> limited = new ArrayList<>(decisions.size());
    for (ExpertDecision decision : decisions) {
      if (decision.way() == Way.SPLIT) {
        int needed = sums.parts(decision.rows(), numSlices - decision.hostSlices());
        if (used + needed > maxSplitParts) {
          limited.add(unsplit(decision, numSlices));
          continue;
        }
        used += needed;
      }
      limited.add(decision);
    }
    return limited;
  }

  private static ExpertDecision unsplit(ExpertDecision decision, int numSlices) {
    boolean onHost = 2 * decision.hostSlices() >= numSlices;
    return new ExpertDecision(
        decision.expert(),
        decision.rows(),
        onHost ? Way.HOST : Way.STREAMED,
        onHost ? numSlices : 0);
  }

  private boolean onHost(int index) {
    Way way = decisions.get(index).way();
    return way == Way.HOST || way == Way.SPLIT;
  }

  /// The decisions, in order of the experts.
  List<ExpertDecision> decisions() {
    return decisions;
  }

  /// Index of the decision for an expert; -1 if no rows were routed to it.
  int indexOf(int expert) {
    return expert < indexOf.length ? indexOf[expert] : -1;
  }

  /// Indices of the decisions that stream slices, in {@link ExpertDecision#STREAM_ORDER}.
  int[] streamOrder() {
    long[] keys = new long[firstPart.length];
    int length = 0;
    for (int i = 0; i < firstPart.length; i++) {
      if (streamedSlices(i) > 0) {
        keys[length++] = (long) -decisions.get(i).rows() << Integer.SIZE | i;
      }
    }
    Arrays.sort(keys, 0, length);
    int[] order = new int[length];
    for (int at = 0; at < length; at++) {
      order[at] = (int) keys[at];
    }
    return order;
  }

  /// Rows the host writes.
  int hostParts() {
    return hostParts;
  }

  /// First row of an expert's sum (of its host slices, if it is split).
  int firstPart(int index) {
    return firstPart[index];
  }

  /// Where the device's slices of a split expert go: the first row of the output of slice `slice`.
  int slicePart(int index, int slice) {
    ExpertDecision decision = decisions.get(index);
    return switch (sums) {
      case ONE_BY_ONE -> slicePart[index] + (slice - decision.hostSlices()) * decision.rows();
      case TOGETHER -> slicePart[index];
    };
  }

  /// How they are written there.
  Output sliceOutput(int index, int slice) {
    return switch (sums) {
      case ONE_BY_ONE -> Output.SEPARATE;
      case TOGETHER -> slice == decisions.get(index).hostSlices() ? Output.SET : Output.ADD;
    };
  }

  /// Slices of an expert that are copied to the device.
  int streamedSlices(int index) {
    return switch (decisions.get(index).way()) {
      case STREAMED, SPLIT -> numSlices - decisions.get(index).hostSlices();
      case RESIDENT, HOST -> 0;
    };
  }

  /// How the parts add up.
  CombineInput combine(ExpertGroups groups, Routing routing) {
    int assignments = groups.numAssignments();
    int[] first = new int[assignments];
    int[] next = new int[assignments];
    int[] stride = new int[assignments];
    int[] count = new int[assignments];
    float[] weight = new float[assignments];
    for (int a = 0; a < assignments; a++) {
      int choice = groups.routingOfAssignment()[a];
      int expert = routing.selectedExperts()[choice];
      int i = indexOf[expert];
      int row = groups.groupedOfAssignment()[a] - groups.offset(expert);
      first[a] = firstPart[i] + row;
      if (decisions.get(i).way() == Way.SPLIT) {
        next[a] = slicePart[i] + row;
        stride[a] = decisions.get(i).rows();
        count[a] = sums.parts(1, streamedSlices(i));
      }
      weight[a] = routing.routingWeights()[choice];
    }
    return new CombineInput(routing.topK(), first, next, stride, count, weight);
  }
}
