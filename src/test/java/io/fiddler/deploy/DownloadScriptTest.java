package io.fiddler.deploy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The chart's download of a model, run by two pods that share a folder.
@Tag("helm")
final class DownloadScriptTest {
  private static final String WEIGHTS = "w".repeat(100_000);
  private static final int PATIENCE_SECONDS = 60;

  @TempDir private Path folder;
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private HttpServer server;
  private CyclicBarrier halfWay = new CyclicBarrier(1);

  @BeforeEach
  void serve() throws IOException {
    Assumptions.assumeTrue(Tool.find("curl").isPresent(), "curl is needed");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
    threads.close();
  }

  @Test
  void podsThatShareAClaim_downloadOnce() throws IOException {
    Assumptions.assumeTrue(Tool.find("flock").isPresent(), "flock is needed");

    assertThat(bothPods(System.getenv("PATH"))).containsOnly(0);

    assertThat(files()).containsExactlyInAnyOrder(".lock", "config.json", "model.safetensors");
    assertThat(folder.resolve("model/model.safetensors")).hasContent(WEIGHTS);
    assertThat(requests).hasValue(2);
  }

  @Test
  void podsThatShareAClaim_harmNoFile_whereItKnowsNoLocks() throws IOException {
    // Nobody gets the second half before both have the first.
    halfWay = new CyclicBarrier(2);
    Path flock = Files.createDirectory(folder.resolve("bin")).resolve("flock");
    Files.writeString(flock, "#!/bin/sh\nexit 1\n");
    assertThat(flock.toFile().setExecutable(true)).isTrue();

    assertThat(bothPods(flock.getParent() + ":" + System.getenv("PATH"))).containsOnly(0);

    assertThat(files()).containsExactlyInAnyOrder(".lock", "config.json", "model.safetensors");
    assertThat(folder.resolve("model/model.safetensors")).hasContent(WEIGHTS);
    assertThat(requests).hasValue(4);
  }

  private List<Integer> bothPods(String path) {
    List<CompletableFuture<Integer>> pods =
        Stream.of("pod-a", "pod-b")
            .map(name -> CompletableFuture.supplyAsync(() -> pod(name, path), threads))
            .toList();
    return pods.stream().map(CompletableFuture::join).toList();
  }

  /// Runs the container's command as the pod `name`; what it exits with.
  private int pod(String name, String path) {
    JsonNode container = download();
    ProcessBuilder shell =
        new ProcessBuilder(
            "sh", container.at("/command/1").asString(), container.at("/args/0").asString());
    shell.environment().put("HOSTNAME", name);
    shell.environment().put("PATH", path);
    shell.environment().put("TARGET", folder.resolve("model").toString());
    shell.environment().put("FILES", "config.json model.safetensors");
    shell.environment().put("URL", "http://127.0.0.1:" + server.getAddress().getPort());
    shell.redirectErrorStream(true).redirectOutput(folder.resolve(name + ".txt").toFile());
    try {
      Process process = shell.start();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(Files.readString(folder.resolve(name + ".txt"), UTF_8));
      }
      return process.exitValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  private static JsonNode download() {
    Optional<JsonNode> container =
        Manifests.list(Chart.render("download").pod().at("/initContainers")).stream()
            .filter(each -> each.at("/name").asString().equals("download"))
            .findFirst();
    return container.orElseThrow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    String text = exchange.getRequestURI().getPath().equals("/config.json") ? "{}" : WEIGHTS;
    byte[] bytes = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes, 0, bytes.length / 2);
      body.flush();
      halfWay.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      body.write(bytes, bytes.length / 2, bytes.length - bytes.length / 2);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IOException(e);
    }
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("model"))) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
