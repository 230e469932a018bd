package io.fiddler.api;

import io.fiddler.api.model.ServedModel;
import io.fiddler.constraint.token.TokenConstraints;
import io.fiddler.constraint.token.TokenVocabulary;
import io.fiddler.engine.Engine;
import io.fiddler.tokenizer.Tokenizer;
import io.fiddler.tokenizer.chat.ChatPrompts;
import io.fiddler.usage.RequestLog;
import io.fiddler.usage.RequestRecord;
import io.fiddler.usage.span.RequestTracing;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.server.WebFilter;

/// The API on a real server, as Spring Boot starts it, with an engine of the test's choice and no
/// database.
final class ApiServer implements AutoCloseable {
  private final BlockingQueue<RequestRecord> records = new LinkedBlockingQueue<>();
  private final Semaphore logged = new Semaphore(0);
  private final AtomicInteger completions = new AtomicInteger();
  private final ConfigurableApplicationContext context;
  private final int port;

  private ApiServer(Engine engine, ServedModel served, ApiOptions options, Class<?>... more) {
    RequestLog log =
        record -> {
          records.add(record);
          logged.release();
        };
    WebFilter counter =
        (exchange, chain) -> {
          if (isCompletion(exchange.getRequest())) {
            completions.incrementAndGet();
          }
          return chain.filter(exchange);
        };
    ApplicationContextInitializer<GenericApplicationContext> beans =
        context -> {
          context.registerBean(Engine.class, () -> engine);
          context.registerBean(ServedModel.class, () -> served);
          context.registerBean(RequestLog.class, () -> log);
          context.registerBean(RequestTracing.class, () -> RequestTracing.OFF);
          context.registerBean(ApiOptions.class, () -> options);
          context.registerBean(WebFilter.class, () -> counter);
        };
    this.context =
        new SpringApplicationBuilder(Application.class)
            .sources(more)
            .initializers(beans)
            // Not the product's own settings: these tests are of the API alone.
            .run(
                "--spring.config.name=none",
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--spring.main.banner-mode=off",
                "--logging.level.root=warn",
                "--management.endpoints.web.exposure.include=*");
    this.port = Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
  }

  /// Starts a server; the engine stays the caller's.
  ///
  /// @param more further configurations
  static ApiServer start(
      Engine engine, @Nullable Tokenizer tokenizer, ApiOptions options, Class<?>... more) {
    return serving(
        engine, new Served(Optional.ofNullable(tokenizer), Optional.empty()), options, more);
  }

  /// Starts a server of a model; the engine stays the caller's.
  static ApiServer serving(
      Engine engine, ServedModel served, ApiOptions options, Class<?>... more) {
    return new ApiServer(engine, served, options, more);
  }

  /// One of its parts.
  <T> T bean(Class<T> type) {
    return context.getBean(type);
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

  /// Waits until every completion request so far is logged, and forgets the records: a test's last
  /// one must not be taken for the next test's first.
  void drainRecords() throws InterruptedException {
    int requests = completions.getAndSet(0);
    if (!logged.tryAcquire(requests, 10, TimeUnit.SECONDS)) {
      throw new AssertionError(
          "%d completion requests were logged %d times"
              .formatted(requests, logged.availablePermits()));
    }
    if (logged.availablePermits() > 0) {
      throw new AssertionError("a request was logged twice");
    }
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

  /// Whether a request gets to the handler of completions, which logs it.
  private static boolean isCompletion(ServerHttpRequest request) {
    MediaType type = request.getHeaders().getContentType();
    return Set.of("/v1/completions", "/v1/chat/completions").contains(request.getPath().value())
        && request.getMethod().equals(HttpMethod.POST)
        && type != null
        && type.isCompatibleWith(MediaType.APPLICATION_JSON)
        && !request.getHeaders().containsHeader(HttpHeaders.CONTENT_ENCODING);
  }

  record Served(Optional<Tokenizer> tokenizer, Optional<ChatPrompts> chat) implements ServedModel {
    @Override
    public String name() {
      return "tiny-moe";
    }

    @Override
    public Optional<TokenConstraints> constraints() {
      return tokenizer.map(TokenVocabulary::of).map(TokenConstraints::new);
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
