package io.fiddler.engine.step;

import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.CombineInput;
import io.fiddler.kernel.ExpertTask;
import io.fiddler.kernel.KvLayer;
import io.fiddler.kernel.RouterBlock;
import io.fiddler.kernel.Routing;
import io.fiddler.kernel.Segments;
import io.fiddler.kernel.StepInput;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.Matrix;
import java.util.List;

/// Segments on a {@link ThreadedDevice}: they return before anything is computed, except where the
/// contract says that results are there.
final class QueuedSegments implements Segments {
  private final ThreadedDevice device;
  private final Segments segments;

  QueuedSegments(ThreadedDevice device, Segments segments) {
    this.device = device;
    this.segments = segments;
  }

  @Override
  public ElementType cacheType() {
    return segments.cacheType();
  }

  @Override
  public void embed(Matrix table, StepInput input, Matrix x) {
    device.submit(() -> segments.embed(table, input, x));
  }

  @Override
  public void attendAndRoute(
      AttentionBlock attention,
      RouterBlock router,
      KvLayer cache,
      StepInput input,
      Matrix x,
      Matrix normed,
      Matrix hostNormed,
      Routing routing) {
    device.submit(() ->
        segments.attendAndRoute(attention, router, cache, input, x, normed, hostNormed, routing));
    device.compute().record().await();
  }

  @Override
  public void experts(List<ExpertTask> tasks, Matrix normed, int[] rowOfGrouped, Matrix out) {
    List<ExpertTask> kept = List.copyOf(tasks);
    int[] rows = rowOfGrouped.clone();
    device.submit(() -> segments.experts(kept, normed, rows, out));
  }

  @Override
  public void combine(CombineInput input, Matrix parts, Matrix x) {
    device.submit(() -> segments.combine(input, parts, x));
  }

  @Override
  public void head(
      Matrix norm, float rmsNormEps, Matrix head, int[] rows, Matrix x, float[] logits) {
    device.submit(() -> segments.head(norm, rmsNormEps, head, rows, x, logits));
    device.compute().record().await();
  }

  @Override
  public void close() {
    segments.close();
  }
}
