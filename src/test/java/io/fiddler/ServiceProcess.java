package io.fiddler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.store.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole service in a process of its own, with the embedded model: it can be killed.
public final class ServiceProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(3);
  private static final Pattern READY = Pattern.compile("Fiddler serves .* at (http://\\S+) ");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final ConcurrentLinkedQueue<String> output = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<URI> root = new CompletableFuture<>();
  private volatile String key = "";

  private ServiceProcess(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::read);
  }

  /// Starts it; returns at once.
  public static ServiceProcess start(Path home, TestDatabase database, String... more) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ChildJvm.DOCUMENTED_FLAGS);
    command.addAll(List.of("-cp", ChildJvm.classPath()));
    command.add("io.fiddler.Launcher");
    command.addAll(
        List.of(
            "--server.port=0",
            "--fiddler.home=" + home,
            "--spring.datasource.url=" + database.url(),
            "--spring.datasource.username=" + database.username(),
            "--spring.datasource.password=" + database.password()));
    command.addAll(List.of(more));
    try {
      return new ServiceProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        synchronized (output) {
          output.add(line);
          output.notifyAll();
        }
        Matcher ready = READY.matcher(line);
        if (ready.find()) {
          root.complete(URI.create(ready.group(1)));
        }
      }
    } catch (IOException e) {
      output.add(e.toString());
    }
    root.completeExceptionally(new IOException("the process ended"));
  }

  /// Waits until it takes requests.
  public ServiceProcess ready() {
    address();
    return this;
  }

  /// Where it is, once it takes requests.
  public URI address() {
    try {
      return root.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("not ready:\n" + String.join("\n", output), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /// Of the process.
  public long pid() {
    return process.pid();
  }

  /// What it has logged.
  public List<String> output() {
    return List.copyOf(output);
  }

  /// Waits until it has logged a line that holds a text.
  void awaitLine(String text) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    synchronized (output) {
      while (output.stream().noneMatch(line -> line.contains(text))) {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          throw new AssertionError("no line with " + text + ":\n" + String.join("\n", output));
        }
        output.wait(left);
      }
    }
  }

  /// From now on it is asked with a key.
  public void withKey(String text) {
    key = text;
  }

  /// The JSON of an answer that is a 200.
  public JsonNode get(String path) {
    return send(HttpRequest.newBuilder(address().resolve(path)).GET());
  }

  /// The JSON of an answer that is a 200.
  public JsonNode post(String path, String json) {
    return send(
        HttpRequest.newBuilder(address().resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private JsonNode send(HttpRequest.Builder request) {
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    try {
      HttpResponse<String> response =
          HTTP.send(request.timeout(LIMIT).build(), BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new AssertionError(response.statusCode() + " " + response.body());
      }
      return JsonMapper.shared().readTree(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /// Asks it to stop, as an operator's SIGTERM does, and does not wait.
  void terminate() {
    process.destroy();
  }

  /// How it ended; waits for that.
  int exitCode() {
    awaitEnd();
    return process.exitValue();
  }

  /// Kills it as `kill -9` does, and waits until it is gone.
  public void kill() {
    process.destroyForcibly();
    awaitEnd();
  }

  /// Lets it stop by itself; kills it if it does not.
  @Override
  public void close() {
    process.destroy();
    awaitEnd();
  }

  private void awaitEnd() {
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
