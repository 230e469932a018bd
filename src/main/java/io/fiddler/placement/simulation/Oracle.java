package io.fiddler.placement.simulation;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Who knows the future, after Belady (IBM Systems Journal 5/2, 1966): the most hits that any
/// replacement of experts could have had.
///
/// Its rules: choices come one by one, token by token and in each token layer by layer, prompts
/// like answers. Before the first, the device holds the experts that are chosen earliest. An expert
/// that is chosen and not there is a miss and costs its bytes; then it takes the place of the
/// expert whose next use is farthest away, unless its own is farther (it is passed by). Nothing is
/// loaded that is not chosen. No placement, fixed or changing between tokens, has more hits; those
/// that change may cost bytes, too. For every choice, the cost is logarithmic in the capacity.
final class Oracle implements Holder {
  private final int[] nextUse;

  /// A max-heap by next use of the experts held.
  private final int[] heap;

  private final int[] placeInHeap;
  private final int[] useOf;
  private final int size;

  /// @param capacity experts it may hold
  Oracle(Workload workload, int capacity) {
    int experts = workload.model().grid().size();
    this.nextUse = workload.nextUse();
    this.useOf = new int[experts];
    this.placeInHeap = new int[experts];
    Arrays.fill(useOf, nextUse.length);
    Arrays.fill(placeInHeap, -1);
    char[] choices = workload.experts();
    for (int i = choices.length - 1; i >= 0; i--) {
      useOf[choices[i]] = i;
    }
    this.size = Math.min(capacity, experts);
    this.heap =
        IntStream.range(0, experts)
            .boxed()
            .sorted((left, right) -> Integer.compare(useOf[left], useOf[right]))
            .limit(size)
            .mapToInt(Integer::intValue)
            .toArray();
    for (int at = 0; at < size; at++) {
      placeInHeap[heap[at]] = at;
    }
    for (int at = size / 2 - 1; at >= 0; at--) {
      down(at);
    }
  }

  @Override
  public boolean holds(int place, int expert) {
    int next = nextUse[place];
    int at = placeInHeap[expert];
    useOf[expert] = next;
    if (at >= 0) {
      up(at);
      return true;
    }
    if (size > 0 && useOf[heap[0]] > next) {
      placeInHeap[heap[0]] = -1;
      put(expert, 0);
      down(0);
    }
    return false;
  }

  private void up(int from) {
    int at = from;
    int expert = heap[at];
    while (at > 0) {
      int parent = (at - 1) / 2;
      if (useOf[heap[parent]] >= useOf[expert]) {
        break;
      }
      put(heap[parent], at);
      at = parent;
    }
    put(expert, at);
  }

  private void down(int from) {
    int at = from;
    int expert = heap[at];
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && useOf[heap[child + 1]] > useOf[heap[child]]) {
        child++;
      }
      if (useOf[heap[child]] <= useOf[expert]) {
        break;
      }
      put(heap[child], at);
      at = child;
    }
    put(expert, at);
  }

  private void put(int expert, int at) {
    heap[at] = expert;
    placeInHeap[expert] = at;
  }
}
