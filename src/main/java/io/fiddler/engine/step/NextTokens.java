package io.fiddler.engine.step;

import io.fiddler.engine.FinishReason;
import io.fiddler.scheduler.Batch;
import io.fiddler.scheduler.Batch.Chunk;
import io.fiddler.scheduler.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Computes the logits of a step's rows that need them, and hands them to their generations, which
/// score their prompts and choose their next tokens. Used from the step thread.
final class NextTokens {
  /// Rows whose logits are computed at once; bounds the array that holds them.
  private static final int HEAD_ROWS = 64;

  private final ForwardPass forward;
  private final int vocabSize;
  private final float[] logits;

  /// @param forward has computed the rows
  NextTokens(ForwardPass forward, int vocabSize) {
    this.forward = forward;
    this.vocabSize = vocabSize;
    this.logits = new float[HEAD_ROWS * vocabSize];
  }

  /// Generations that a step ended.
  ///
  /// @param finished and why
  /// @param failed by themselves, such as by a sampling parameter that suits no token, or by their
  ///   listener
  record Ends(
      Map<ActiveGeneration, FinishReason> finished, Map<ActiveGeneration, Throwable> failed) {
    Ends() {
      this(new LinkedHashMap<>(), new LinkedHashMap<>());
    }
  }

  /// A row whose logits are needed: to score the prompt's next token, or to sample.
  private record HeadRow(
      ActiveGeneration generation, Sequence sequence, int row, int position, boolean last) {}

  /// Goes on with every generation whose last row the step computed.
  ///
  /// @param generations whose the batch's chunks are, in the same order
  /// @param rows of the step, in all
  Ends choose(Batch batch, List<ActiveGeneration> generations, int rows) {
    Ends ends = new Ends();
    List<HeadRow> needed = headRows(batch, generations);
    for (int first = 0; first < needed.size(); first += HEAD_ROWS) {
      List<HeadRow> some = needed.subList(first, Math.min(needed.size(), first + HEAD_ROWS));
      forward.logits(some.stream().mapToInt(HeadRow::row).toArray(), rows, logits);
      for (int i = 0; i < some.size(); i++) {
        use(some.get(i), i * vocabSize, ends);
      }
    }
    return ends;
  }

  private static List<HeadRow> headRows(Batch batch, List<ActiveGeneration> generations) {
    List<HeadRow> needed = new ArrayList<>();
    int first = 0;
    for (int s = 0; s < generations.size(); s++) {
      Chunk chunk = batch.chunks().get(s);
      ActiveGeneration generation = generations.get(s);
      for (int i = 0; i < chunk.count(); i++) {
        int position = chunk.from() + i;
        boolean scored = generation.scores(position);
        boolean last = chunk.isLast() && i == chunk.count() - 1;
        if (scored || last) {
          needed.add(new HeadRow(generation, chunk.sequence(), first + i, position, last));
        }
      }
      first += chunk.count();
    }
    return needed;
  }

  private void use(HeadRow row, int offset, Ends ends) {
    ActiveGeneration generation = row.generation();
    if (ends.failed().containsKey(generation)) {
      return;
    }
    try {
      if (!row.last()) {
        generation.scorePrompt(row.position(), logits, offset, vocabSize);
        return;
      }
      if (row.position() == generation.request().promptTokens().length - 1) {
        generation.prefillDone(System.nanoTime());
      }
      if (generation.request().maxTokens() == 0) {
        ends.finished().put(generation, FinishReason.LENGTH);
        return;
      }
      FinishReason end =
          generation.next(row.sequence(), logits, offset, vocabSize, System.nanoTime());
      if (end != null) {
        ends.finished().put(generation, end);
      }
    } catch (RuntimeException | Error e) {
      // Whatever it was, the others' tokens are still to be chosen.
      ends.failed().put(generation, e);
    }
  }
}
