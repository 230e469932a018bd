package io.fiddler.api;

import io.fiddler.api.model.ServedModel;
import io.fiddler.engine.Engine;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.usage.RequestLog;
import io.fiddler.usage.RequestRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;

/// The API on a real server, as Spring Boot starts it, with an engine of the test's choice and no
/// database.
final class ApiServer implements AutoCloseable {
  private final BlockingQueue<RequestRecord> records = new LinkedBlockingQueue<>();
  private final ConfigurableApplicationContext context;
  private final int port;

  private ApiServer(Engine engine, ServedModel served, ApiOptions options) {
    RequestLog log = records::add;
    ApplicationContextInitializer<GenericApplicationContext> beans =
        context -> {
          context.registerBean(Engine.class, () -> engine);
          context.registerBean(ServedModel.class, () -> served);
          context.registerBean(RequestLog.class, () -> log);
          context.registerBean(ApiOptions.class, () -> options);
        };
    this.context =
        new SpringApplicationBuilder(Application.class)
            .initializers(beans)
            // Not the product's own settings: these tests are of the API alone.
            .run(
                "--spring.config.name=none",
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn");
    this.port = Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  /// Starts a server; the engine stays the caller's.
  static ApiServer start(Engine engine, @Nullable Tokenizer tokenizer, ApiOptions options) {
    return new ApiServer(engine, new Served(Optional.ofNullable(tokenizer)), options);
  }

  int port() {
    return port;
  }

  WebTestClient client() {
    return WebTestClient.bindToServer()
        .baseUrl("http://127.0.0.1:" + port)
        .responseTimeout(Duration.ofSeconds(20))
        .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(16 << 20))
        .build();
  }

  /// The next record of the request log; waits for it.
  RequestRecord nextRecord() throws InterruptedException {
    RequestRecord record = records.poll(10, TimeUnit.SECONDS);
    if (record == null) {
      throw new AssertionError("no request was logged within 10 s");
    }
    return record;
  }

  /// Forgets the records so far.
  void clearRecords() {
    records.clear();
  }

  /// Whether a record waits.
  boolean hasRecord() {
    return !records.isEmpty();
  }

  @Override
  public void close() {
    context.close();
  }

  private record Served(Optional<Tokenizer> tokenizer) implements ServedModel {
    @Override
    public String name() {
      return "tiny-moe";
    }

    @Override
    public Instant created() {
      return Instant.ofEpochSecond(1_700_000_000);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    NettyReactiveWebServerAutoConfiguration.class,
    HttpHandlerAutoConfiguration.class,
    WebFluxAutoConfiguration.class,
    ErrorWebFluxAutoConfiguration.class
  })
  @Import({ApiConfiguration.class, OtherRoutes.class})
  static class Application {}
}
