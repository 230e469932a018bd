package io.fiddler;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.store.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole service in a process of its own, which can be killed.
final class ServiceProcess implements AutoCloseable {
  private static final Pattern SERVES = Pattern.compile("Fiddler serves .* at (http://\\S+) after");
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final URI root;

  private ServiceProcess(Process process, URI root) {
    this.process = process;
    this.root = root;
  }

  /// Starts it and waits until it takes requests.
  static ServiceProcess start(Path home, TestDatabase database, String... more) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ChildJvm.DOCUMENTED_FLAGS);
    command.addAll(
        List.of(
            "-cp",
            ChildJvm.classPath(),
            "io.fiddler.Launcher",
            "--server.port=0",
            "--fiddler.home=" + home,
            "--fiddler.device.kind=emulated",
            "--fiddler.device.experts=12",
            "--spring.datasource.url=" + database.url(),
            "--spring.datasource.username=" + database.username(),
            "--spring.datasource.password=" + database.password()));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      said.append(line).append('\n');
      Matcher serves = SERVES.matcher(line);
      if (serves.find()) {
        // Whoever does not read lets it wait for room in the pipe.
        Thread.ofVirtual().start(() -> output.lines().forEach(_ -> {}));
        return new ServiceProcess(process, URI.create(serves.group(1)));
      }
    }
    throw new AssertionError("the service does not start:\n" + said);
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(root.resolve(path)).GET());
  }

  /// Completes a prompt with so many tokens.
  JsonNode complete(String prompt, int tokens) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(root.resolve("/v1/completions"))
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"tiny-moe\",\"prompt\":\"%s\",\"max_tokens\":%d,\"ignore_eos\":true}"
                        .formatted(prompt, tokens))));
  }

  private static JsonNode send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
    if (response.statusCode() >= 400) {
      throw new AssertionError(response.body());
    }
    return JsonMapper.shared().readTree(response.body());
  }

  /// SIGKILL.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /// SIGTERM, as an operator stops it.
  void stop() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
