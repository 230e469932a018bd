package io.fiddler.sampling.beam;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Beam search as transformers computes it, on whole matrices with -1e9 for what may not be chosen,
/// in `float` and without any thought for speed. For vocabularies of more than `candidates` tokens.
final class MatrixBeamSearch {
  private static final float NEVER = -1e9f;

  private final TinyModel model;
  private final BeamParameters parameters;
  private final int maxTokens;
  private final Set<Integer> stops;

  MatrixBeamSearch(TinyModel model, BeamParameters parameters, int maxTokens, Set<Integer> stops) {
    this.model = model;
    this.parameters = parameters;
    this.maxTokens = maxTokens;
    this.stops = stops;
  }

  /// A row of one of the matrices.
  record Row(List<Integer> tokens, float score, boolean finished) {}

  List<Row> run() {
    int width = parameters.width();
    int keep = Math.max(2, 1 + stops.size()) * width;
    List<Row> running = new ArrayList<>();
    List<Row> sequences = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      running.add(new Row(List.of(), i == 0 ? 0 : NEVER, false));
      sequences.add(new Row(List.of(), NEVER, false));
    }
    for (int length = 1; ; length++) {
      List<Row> flat = new ArrayList<>();
      for (Row row : running) {
        double[] next = model.next(row.tokens());
        for (int id = 0; id < next.length; id++) {
          List<Integer> tokens = new ArrayList<>(row.tokens());
          tokens.add(id);
          flat.add(new Row(tokens, row.score() + (float) next[id], false));
        }
      }
      List<Row> pool = top(flat, keep);
      boolean[] hits = new boolean[keep];
      for (int i = 0; i < keep; i++) {
        hits[i] = length == maxTokens || stops.contains(pool.get(i).tokens().getLast());
      }
      List<Row> masked = new ArrayList<>();
      List<Row> merged = new ArrayList<>(sequences);
      float divisor = (float) Math.pow(length, parameters.lengthPenalty());
      for (int i = 0; i < keep; i++) {
        Row row = pool.get(i);
        masked.add(new Row(row.tokens(), row.score() + (hits[i] ? NEVER : 0), false));
        boolean ends = hits[i] && i < width;
        merged.add(new Row(row.tokens(), row.score() / divisor + (ends ? 0 : NEVER), ends));
      }
      running = top(masked, width);
      sequences = top(merged, width);
      boolean goesOn = IntStream.range(0, keep).anyMatch(i -> !hits[i]);
      if (!goesOn || isOver(running, sequences, length)) {
        return sequences;
      }
    }
  }

  private boolean isOver(List<Row> running, List<Row> sequences, int length) {
    boolean full = sequences.stream().allMatch(Row::finished);
    boolean never = parameters.earlyStopping() == EarlyStopping.WHEN_IMPOSSIBLE;
    int hypothetical = never && parameters.lengthPenalty() > 0 ? maxTokens : length;
    float possible =
        running.getFirst().score() / (float) Math.pow(hypothetical, parameters.lengthPenalty());
    float worst = Collections.min(sequences.stream().map(Row::score).toList());
    boolean improvable =
        sequences.stream().anyMatch(row -> possible > (row.finished() ? worst : NEVER));
    return !improvable || (full && parameters.earlyStopping() == EarlyStopping.AT_ONCE);
  }

  private static List<Row> top(List<Row> rows, int k) {
    Row[] sorted = rows.toArray(Row[]::new);
    Arrays.sort(sorted, Comparator.comparingDouble((Row row) -> -row.score()));
    return List.of(sorted).subList(0, k);
  }
}
