package io.fiddler.api;

import org.junit.jupiter.api.AfterAll;

/// The contract over an engine whose every token is known.
class ScriptedCompletionsTest extends CompletionsContract {
  private final ScriptedEngine engine = new ScriptedEngine();

  @Override
  ApiServer start() {
    return ApiServer.start(engine, new ByteTokenizer(), ApiOptions.DEFAULT);
  }

  @AfterAll
  void closeEngine() {
    engine.close();
  }
}
