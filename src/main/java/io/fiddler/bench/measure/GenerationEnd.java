package io.fiddler.bench.measure;

import io.fiddler.engine.GenerationListener;
import io.fiddler.engine.GenerationReport;
import io.fiddler.engine.PrefillReport;
import io.fiddler.sampling.SampledToken;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Waits for the end of one generation, whatever its tokens are.
public final class GenerationEnd implements GenerationListener {
  private final String what;
  private final CompletableFuture<GenerationReport> end = new CompletableFuture<>();

  /// Of a generation.
  ///
  /// @param what it is, for the message of one that failed
  public GenerationEnd(String what) {
    this.what = what;
  }

  @Override
  public void onPrefill(PrefillReport report, List<SampledToken> promptLogprobs) {}

  @Override
  public void onToken(SampledToken token) {}

  @Override
  public void onFinish(GenerationReport report) {
    end.complete(report);
  }

  @Override
  public void onFailure(Throwable failure, GenerationReport report) {
    end.completeExceptionally(failure);
  }

  /// Waits until the end or the deadline, on the clock of {@link System#nanoTime}.
  boolean isDoneBy(long deadlineNanos) {
    try {
      end.get(Math.max(0, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true; // told by report()
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Waits for the end.
  ///
  /// @throws IllegalStateException if the generation failed
  public GenerationReport report() {
    try {
      return end.join();
    } catch (CompletionException e) {
      throw new IllegalStateException("%s failed: %s".formatted(what, e.getCause()), e.getCause());
    }
  }
}
