package io.fiddler.config;

import io.fiddler.device.DeviceMemoryException;
import io.fiddler.device.DeviceOptionsException;
import io.fiddler.engine.Engine;
import io.fiddler.model.ModelLoadException;
import io.fiddler.tokenizer.TokenizerException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/// Loads the model on a thread of its own once HTTP is open, ends the process if that fails, and
/// closes the engine when the service stops.
final class EngineLifecycle implements SmartLifecycle {
  /// Stops after {@link Drain}, in which running requests may end, and before the web server, in
  /// whose graceful phase clients of those that are cut off still get their error.
  static final int PHASE = WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE + 512;

  private static final Logger LOG = LoggerFactory.getLogger(EngineLifecycle.class);

  private final Engine engine;
  private final LoadedModel model;
  private final Runnable onReady;
  private final Runnable onFailure;
  private final AtomicBoolean loading = new AtomicBoolean();
  private volatile boolean running;
  private volatile boolean stopped;

  /// @param onReady told once the engine takes requests
  /// @param onFailure ends the process
  EngineLifecycle(Engine engine, LoadedModel model, Runnable onReady, Runnable onFailure) {
    this.engine = engine;
    this.model = model;
    this.onReady = onReady;
    this.onFailure = onFailure;
  }

  /// Begins to load. Not in {@link #start()}: a load that fails at once would close the context
  /// while it is still being started.
  @EventListener(ApplicationReadyEvent.class)
  void onApplicationReady() {
    if (loading.compareAndSet(false, true)) {
      // Not a daemon: with HTTP closed, the JVM would end with 0 before a failed load says
      // otherwise.
      Thread.ofPlatform().name("fiddler-load").start(this::load);
    }
  }

  private void load() {
    try {
      model.loadTokenizer();
      engine.load();
      onReady.run();
    } catch (ModelLoadException
        | DeviceMemoryException
        | DeviceOptionsException
        | TokenizerException
        | StartupException e) {
      fail(e.getMessage(), null);
    } catch (RuntimeException | Error e) {
      fail("an unexpected failure, see below", e);
    }
  }

  private void fail(@Nullable String sentence, @Nullable Throwable trace) {
    if (stopped) {
      return;
    }
    LOG.error("Fiddler cannot serve: {}", sentence, trace);
    onFailure.run();
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    stopped = true;
    engine.close();
    model.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /// A closed engine cannot be opened again.
  @Override
  public boolean isPauseable() {
    return false;
  }
}
