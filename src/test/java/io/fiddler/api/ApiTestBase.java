package io.fiddler.api;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.blockhound.BlockHound;

/// One server a test class; BlockHound fails whatever blocks an event loop.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ApiTestBase {
  static {
    BlockHound.install();
  }

  private ApiServer server;

  /// Starts the server under test.
  abstract ApiServer start();

  @BeforeAll
  void startServer() {
    server = start();
  }

  @AfterAll
  void stopServer() {
    server.close();
  }

  @BeforeEach
  void clearRecords() {
    server.clearRecords();
  }

  final ApiServer server() {
    return server;
  }

  final WebTestClient.ResponseSpec complete(String json) {
    return server
        .client()
        .post()
        .uri("/v1/completions")
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(json)
        .exchange();
  }
}
