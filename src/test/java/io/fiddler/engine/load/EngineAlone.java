package io.fiddler.engine.load;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.model.load.ModelSources;
import io.fiddler.tokenizer.Tokenizer;
import java.nio.file.Path;

/// A program that has tiny-moe continue a text: `EngineAlone HOME TEXT`. It tells what the engine
/// needs on its class path.
public final class EngineAlone {
  private EngineAlone() {}

  public static void main(String[] args) {
    Path cache = Path.of(args[0], "models");
    Path tokenizerJson = ModelSources.of("tiny-moe", cache, 1).tokenizerFile().orElseThrow();
    try (Engine engine =
            Engines.load(Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO));
        Tokenizer tokenizer = Tokenizer.of(tokenizerJson, cache)) {
      CollectingListener listener = new CollectingListener();
      engine.submit(Engines.greedy(tokenizer.encode(args[1], true), 8), listener);
      listener.awaitReport();
      System.out.println("continued: " + tokenizer.decode(listener.tokenIds(), true));
    }
  }
}
