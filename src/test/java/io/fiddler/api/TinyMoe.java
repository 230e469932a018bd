package io.fiddler.api;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DeviceOptions;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.EngineOptions.HostOptions;
import io.fiddler.engine.EngineOptions.HostOptions.Kernels;
import io.fiddler.engine.EngineOptions.Limits;
import io.fiddler.engine.EngineOptions.QueueOptions;
import io.fiddler.engine.InitialPlacement.VersionedPlacement;
import io.fiddler.engine.load.FiddlerEngine;
import io.fiddler.model.load.ModelSources;
import io.fiddler.placement.HitRateForecast;
import io.fiddler.placement.Placement;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.tokenizer.chat.ChatPrompts;
import io.fiddler.tokenizer.chat.TemplateLimits;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The real engine with the model in the jar, all on the CPU, and its real tokenizer.
final class TinyMoe implements AutoCloseable {
  private static final Path HOME = Path.of("target", "api-tests");

  private final Engine engine;
  private final Tokenizer tokenizer;
  private final ChatPrompts chat;

  TinyMoe() {
    this(Duration.ZERO);
  }

  /// @param requestTimeout of every request; zero for none
  TinyMoe(Duration requestTimeout) {
    EngineOptions options =
        new EngineOptions(
            "tiny-moe",
            HOME,
            new DeviceOptions(DeviceOptions.Kind.NONE, 0, -1),
            new HostOptions(1, Kernels.FLOAT32),
            new Limits(64, 8, 128, 4096)
                .with(new QueueOptions(Integer.MAX_VALUE, requestTimeout, Duration.ofSeconds(30))),
            DispatchMode.AUTO);
    Placement nothing = new Placement(List.of(), "none", Map.of(), new HitRateForecast(0, 0, 0));
    this.engine =
        new FiddlerEngine(
            options, (_, _) -> new VersionedPlacement(1, nothing), new EngineListener() {});
    engine.load();
    Path file = ModelSources.of("tiny-moe", HOME, 1).tokenizerFile().orElseThrow();
    this.tokenizer = Tokenizer.of(file);
    this.chat =
        ChatPrompts.beside(
                file, tokenizer, TemplateLimits.of(Duration.ofSeconds(20)), Clock.systemUTC())
            .orElseThrow();
  }

  Engine engine() {
    return engine;
  }

  /// A server over it, with default options.
  ApiServer serve() {
    return ApiServer.serving(engine, served(), ApiOptions.DEFAULT);
  }

  /// Its texts and chats, for another engine too.
  ApiServer.Served served() {
    return new ApiServer.Served(Optional.of(tokenizer), Optional.of(chat));
  }

  @Override
  public void close() {
    engine.close();
    chat.close();
    tokenizer.close();
  }
}
