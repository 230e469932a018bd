package io.fiddler.constraint.regex;

import io.fiddler.constraint.json.Content;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A deterministic automaton over code points, all of whose states lead to an end. Immutable.
final class Dfa {
  /// Most states of the nondeterministic automaton to be looked at, over all sets of them and all
  /// characters at which one of their ranges begins or ends: some short patterns have few sets that
  /// are large, or sets of many ranges.
  private static final int MAX_WORK = 2_000_000;

  /// Most edges for each state that is allowed.
  private static final int MAX_EDGES_PER_STATE = 20;

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
    long made = 0;
    for (int from = 0; from < states.size(); from++) {
      BitSet state = states.get(from);
      NavigableSet<Integer> borders = borders(nfa, state);
      work += (1L + borders.size()) * state.cardinality();
      if (work > MAX_WORK) {
        throw tooLarge(maxStates);
      }
      accepting.set(from, nfa.accepts(state));
      edges.add(edges(nfa, state, borders, numbers, states));
      made += edges.getLast().size();
      requireFew(states.size(), made, maxStates);
    }
    return new Dfa(edges, accepting).trimmed();
  }

  private static void requireFew(int states, long edges, int maxStates) {
    if (states > maxStates || edges > (long) MAX_EDGES_PER_STATE * maxStates) {
      throw tooLarge(maxStates);
    }
  }

  /// Where ranges of characters begin, and behind their ends.
  private static NavigableSet<Integer> borders(Nfa nfa, BitSet state) {
    NavigableSet<Integer> borders = new TreeSet<>();
    state.stream()
        .forEach(s ->
            nfa.characters(s)
                .ranges()
                .forEach(range -> {
                  borders.add(range.low());
                  borders.add(range.high() + 1);
                }));
    return borders;
  }

  private static List<Edge> edges(
      Nfa nfa,
      BitSet state,
      NavigableSet<Integer> borders,
      Map<BitSet, Integer> numbers,
      List<BitSet> states) {
    List<Edge> edges = new ArrayList<>();
    for (int low : borders) {
      Integer next = borders.higher(low);
      BitSet targets = new BitSet();
      state.stream()
          .filter(s -> nfa.characters(s).contains(low))
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
    long made = 0;
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
      made += next.size();
      requireFew(states.size(), made, maxStates);
    }
    return new Dfa(counted, ends).trimmed();
  }

  private static RegexException tooLarge(int maxStates) {
    return new RegexException(
        "must need at most %d states and %d ranges of characters between them, its repetitions and lengths written out"
            .formatted(maxStates, MAX_EDGES_PER_STATE * maxStates));
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

  /// States, and edges between them.
  int size() {
    return edges.size() + edges.stream().mapToInt(List::size).sum();
  }

  /// The state after a character; -1 for none.
  int next(int state, int codePoint) {
    Edge edge = firstFrom(edges.get(state), codePoint);
    return edge != null && edge.low <= codePoint ? edge.target : -1;
  }

  /// The first of some ascending edges that does not end before a character.
  private static @Nullable Edge firstFrom(List<Edge> ascending, int codePoint) {
    int low = 0;
    int high = ascending.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (ascending.get(middle).high < codePoint) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < ascending.size() ? ascending.get(low) : null;
  }

  /// Whether any character of `[low, high]` leads on; {@link Content} says more.
  boolean reaches(int state, int low, int high) {
    Edge edge = firstFrom(edges.get(state), low);
    return edge != null && low <= high && edge.low <= high;
  }
}
