package io.fiddler.api;

import io.fiddler.model.ModelConfig;
import org.junit.jupiter.api.AfterAll;

/// The contract over the scripted engine.
class ScriptedRequestErrorsTest extends RequestErrorsContract {
  private final ScriptedEngine engine = new ScriptedEngine();

  @Override
  ApiServer start() {
    return ApiServer.start(engine, new ByteTokenizer(), ApiOptions.DEFAULT);
  }

  @Override
  ModelConfig model() {
    return engine.model().config();
  }

  @AfterAll
  void closeEngine() {
    engine.close();
  }
}
