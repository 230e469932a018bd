package io.fiddler.constraint.regex;

import io.fiddler.constraint.json.Content;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// A deterministic automaton over code points, all of whose states lead to an end. Immutable.
final class Dfa {
  /// Most states of the nondeterministic automaton to be looked at, over all sets of them: some
  /// short patterns have few sets that are large.
  private static final int MAX_WORK = 1_000_000;

  private final List<List<Edge>> edges;
  private final BitSet accepting;

  /// Characters `[low, high]` lead to `target`.
  private record Edge(int low, int high, int target) {}

  private Dfa(List<List<Edge>> edges, BitSet accepting) {
    this.edges = edges;
    this.accepting = accepting;
  }

  /// The automaton of a regular expression; its first state is 0.
  ///
  /// @param maxStates most states
  /// @throws RegexException if it needs more, or if no text is of this form
  static Dfa of(Regex regex, int maxStates) {
    Nfa nfa = new Nfa(regex, 4 * maxStates);
    List<List<Edge>> edges = new ArrayList<>();
    BitSet accepting = new BitSet();
    Map<BitSet, Integer> numbers = new HashMap<>();
    List<BitSet> states = new ArrayList<>();
    states.add(nfa.start());
    numbers.put(states.getFirst(), 0);
    long work = 0;
    for (int from = 0; from < states.size(); from++) {
      BitSet state = states.get(from);
      work += state.cardinality();
      if (work > MAX_WORK) {
        throw tooLarge(maxStates);
      }
      accepting.set(from, nfa.accepts(state));
      edges.add(edges(nfa, state, numbers, states));
      if (states.size() > maxStates) {
        throw tooLarge(maxStates);
      }
    }
    return new Dfa(edges, accepting).trimmed();
  }

  private static List<Edge> edges(
      Nfa nfa, BitSet state, Map<BitSet, Integer> numbers, List<BitSet> states) {
    TreeSet<Integer> borders = new TreeSet<>();
    state.stream()
        .forEach(s ->
            nfa.characters(s)
                .ranges()
                .forEach(range -> {
                  borders.add(range.low());
                  borders.add(range.high() + 1);
                }));
    List<Edge> edges = new ArrayList<>();
    for (int low : borders) {
      Integer next = borders.higher(low);
      BitSet targets = new BitSet();
      state.stream()
          .filter(s -> contains(nfa.characters(s), low))
          .forEach(s -> nfa.addNext(s, targets));
      if (next != null && !targets.isEmpty()) {
        int number =
            numbers.computeIfAbsent(
                targets,
                added -> {
                  states.add(added);
                  return states.size() - 1;
                });
        edges.add(new Edge(low, next - 1, number));
      }
    }
    return edges;
  }

  private static boolean contains(CharacterSet set, int codePoint) {
    return set.ranges().stream()
        .anyMatch(range -> range.low() <= codePoint && codePoint <= range.high());
  }

  /// The texts of this automaton that have so many characters.
  ///
  /// @param max `Integer.MAX_VALUE` for no limit
  /// @throws RegexException if that needs more than `maxStates` states, or if there is none
  Dfa ofLength(int min, int max, int maxStates) {
    // Beyond the last number that matters there is no need to count.
    int last = max == Integer.MAX_VALUE ? min : max;
    List<List<Edge>> counted = new ArrayList<>();
    BitSet ends = new BitSet();
    Map<Long, Integer> numbers = new HashMap<>(Map.of(0L, 0));
    List<Long> states = new ArrayList<>(List.of(0L));
    for (int from = 0; from < states.size(); from++) {
      int count = (int) (states.get(from) >>> Integer.SIZE);
      int state = states.get(from).intValue();
      ends.set(from, accepting.get(state) && count >= min);
      List<Edge> next = new ArrayList<>();
      if (count < max) {
        for (Edge edge : edges.get(state)) {
          long key = ((long) Math.min(count + 1, last) << Integer.SIZE) | edge.target;
          int number =
              numbers.computeIfAbsent(
                  key,
                  added -> {
                    states.add(added);
                    return states.size() - 1;
                  });
          next.add(new Edge(edge.low, edge.high, number));
        }
      }
      counted.add(next);
      if (states.size() > maxStates) {
        throw tooLarge(maxStates);
      }
    }
    return new Dfa(counted, ends).trimmed();
  }

  private static RegexException tooLarge(int maxStates) {
    return new RegexException(
        "must need at most %d states, its repetitions and lengths written out"
            .formatted(maxStates));
  }

  /// The same without edges that lead to no end.
  private Dfa trimmed() {
    List<List<Integer>> before = new ArrayList<>();
    edges.forEach(_ -> before.add(new ArrayList<>()));
    for (int from = 0; from < edges.size(); from++) {
      for (Edge edge : edges.get(from)) {
        before.get(edge.target).add(from);
      }
    }
    BitSet alive = (BitSet) accepting.clone();
    List<Integer> open = new ArrayList<>(accepting.stream().boxed().toList());
    while (!open.isEmpty()) {
      for (int from : before.get(open.removeLast())) {
        if (!alive.get(from)) {
          alive.set(from);
          open.add(from);
        }
      }
    }
    if (!alive.get(0)) {
      throw new RegexException("must match some text");
    }
    return new Dfa(
        edges.stream()
            .map(all -> all.stream().filter(edge -> alive.get(edge.target)).toList())
            .toList(),
        accepting);
  }

  boolean accepts(int state) {
    return accepting.get(state);
  }

  /// The state after a character; -1 for none.
  int next(int state, int codePoint) {
    for (Edge edge : edges.get(state)) {
      if (edge.low <= codePoint && codePoint <= edge.high) {
        return edge.target;
      }
    }
    return -1;
  }

  /// Whether any character of `[low, high]` leads on; {@link Content} says more.
  boolean reaches(int state, int low, int high) {
    for (Edge edge : edges.get(state)) {
      if (low <= high && edge.low <= high && low <= edge.high) {
        return true;
      }
    }
    return false;
  }
}
