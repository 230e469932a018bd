package io.fiddler;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineListener;
import io.fiddler.engine.EngineState;
import io.fiddler.engine.EngineStatus;
import io.fiddler.store.TestDatabase;
import io.fiddler.usage.StoreFlush;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The whole service in this JVM, as {@link Main} starts it, with the embedded model.
public final class RunningService implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration REQUEST_LIMIT = Duration.ofMinutes(1);

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final ConfigurableApplicationContext context;
  private final URI root;

  private RunningService(ConfigurableApplicationContext context) {
    this.context = context;
    this.root =
        URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
  }

  /// Starts it and waits until it takes requests.
  public static RunningService start(Path home, TestDatabase database, String... more) {
    return start(home, database, List.of(), more);
  }

  /// The same with further parts, such as listeners of the engine.
  static RunningService start(
      Path home, TestDatabase database, List<Class<?>> parts, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--fiddler.home=" + home,
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=" + database.username(),
                "--spring.datasource.password=" + database.password()));
    arguments.addAll(List.of(more));
    SpringApplication application = new SpringApplication(Main.class, Ready.class);
    application.addPrimarySources(parts);
    RunningService service = new RunningService(application.run(arguments.toArray(String[]::new)));
    service.context.getBean(ReadySignal.class).await();
    return service;
  }

  /// Where it is.
  public URI root() {
    return root;
  }

  /// One of its parts.
  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /// All of its parts of a type.
  <T> Collection<T> beans(Class<T> type) {
    return context.getBeansOfType(type).values();
  }

  /// The engine behind it.
  Engine engine() {
    return context.getBean(Engine.class);
  }

  /// What it measures of itself.
  MeterRegistry meters() {
    return context.getBean(MeterRegistry.class);
  }

  /// All routes of its API.
  RouterFunction<?> apiRoutes() {
    return context.getBean("apiRoutes", RouterFunction.class);
  }

  /// Answers a prompt greedily with 24 tokens.
  public void complete(String prompt) {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    request.put("prompt", prompt).put("max_tokens", 24).put("temperature", 0);
    assertThat(post("/v1/completions", request.toString()).status()).isEqualTo(200);
  }

  /// Brings everything to the database.
  public boolean flush() {
    return context.getBean(StoreFlush.class).flush(Duration.ofSeconds(10));
  }

  /// An answer.
  ///
  /// @param status HTTP status
  /// @param body its text
  /// @param retryAfter the header of that name
  public record Answer(int status, String body, Optional<String> retryAfter) {
    public JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }
  }

  Answer get(String path) {
    return send(HttpRequest.newBuilder(root.resolve(path)).GET());
  }

  public Answer post(String path, String json) {
    return send(postRequest(path, json));
  }

  /// A request with a key; JSON, if it has a body.
  public HttpResponse<String> send(
      String method, String path, @Nullable String json, @Nullable String key) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(root + path))
            .method(
                method,
                json == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json));
    if (json != null) {
      request.header("Content-Type", "application/json");
    }
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    return send(request, BodyHandlers.ofString());
  }

  /// A streamed answer, of which the first bytes are there; the caller closes it.
  BufferedReader stream(String path, String json) {
    return new BufferedReader(
        new InputStreamReader(
            send(postRequest(path, json), BodyHandlers.ofInputStream()).body(), UTF_8));
  }

  /// A header of the answer to a POST.
  Optional<String> header(String path, String json, String name) {
    return send(postRequest(path, json), BodyHandlers.ofString()).headers().firstValue(name);
  }

  private HttpRequest.Builder postRequest(String path, String json) {
    return HttpRequest.newBuilder(root.resolve(path))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json));
  }

  private Answer send(HttpRequest.Builder request) {
    HttpResponse<String> response = send(request, BodyHandlers.ofString());
    return new Answer(
        response.statusCode(), response.body(), response.headers().firstValue("Retry-After"));
  }

  private <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> body) {
    try {
      return HTTP.send(request.timeout(REQUEST_LIMIT).build(), body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Override
  public void close() {
    context.close();
  }

  /// Listens for the end of loading.
  @Configuration(proxyBeanMethods = false)
  static class Ready {
    @Bean
    ReadySignal readySignal() {
      return new ReadySignal();
    }
  }

  static final class ReadySignal implements EngineListener {
    private final CountDownLatch ready = new CountDownLatch(1);

    @Override
    public void onStatus(EngineStatus status) {
      if (status.state() == EngineState.READY) {
        ready.countDown();
      }
    }

    void await() {
      try {
        if (!ready.await(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          throw new AssertionError("not ready after " + START_LIMIT);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }
}
