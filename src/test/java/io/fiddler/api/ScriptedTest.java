package io.fiddler.api;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;

/// One server a test class, over an engine that does what the tests tell it.
abstract class ScriptedTest extends ApiTestBase {
  final ScriptedEngine engine = new ScriptedEngine();

  @Override
  ApiServer start() {
    return ApiServer.start(engine, new ByteTokenizer(), options());
  }

  /// What the server is set to.
  ApiOptions options() {
    return ApiOptions.DEFAULT;
  }

  /// What one test had it do is not taken for the next one's.
  @BeforeEach
  void resetEngine() {
    engine.reset();
  }

  @AfterAll
  void closeEngine() {
    engine.close();
  }
}
