package io.fiddler.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The requests of a block, as one script of bash: each must be answered, with a status below 400.
///
/// @param block where they are from
record CurlScript(CommandBlock block) {
  private static final Pattern REQUEST =
      Pattern.compile("curl .*(127\\.0\\.0\\.1:8080|\\$URL|\\$K\\b).*", Pattern.DOTALL);
  private static final Pattern ASSIGNMENT = Pattern.compile("[A-Z]=\\S.*");
  private static final String BEGIN =
      """
      set -euo pipefail
      curl() { command curl --fail-with-body --max-time 60 "$@"; echo; }
      """;
  private static final int PATIENCE_SECONDS = 120;

  /// Whether a command can be run against a service that listens elsewhere.
  static boolean runs(String command) {
    return (REQUEST.matcher(command).matches() || ASSIGNMENT.matcher(command).matches())
        && Elsewhere.of(command).isEmpty();
  }

  boolean isEmpty() {
    return commands().stream().noneMatch(command -> REQUEST.matcher(command).matches());
  }

  /// Whether its requests come with a key.
  boolean hasKey() {
    return commands().stream().anyMatch(each -> each.contains("Authorization"));
  }

  private List<String> commands() {
    return block.commands().stream().filter(CurlScript::runs).toList();
  }

  /// What bash ended with.
  ///
  /// @param code of the exit
  /// @param output of the requests
  record Result(int code, String output) {}

  /// Runs them.
  ///
  /// @param folder to run in
  /// @param address host and port of the service
  /// @param variables the environment
  /// @param names what stands for what in the document, such as `fdl_...` for a key
  Result run(Path folder, String address, Map<String, String> variables, Map<String, String> names)
      throws IOException, InterruptedException {
    String script = BEGIN + commands().stream().collect(Collectors.joining("\n", "", "\n"));
    script = script.replace("127.0.0.1:8080", address);
    for (Map.Entry<String, String> name : names.entrySet()) {
      script =
          script.replaceAll(
              "(?<![\\w$])" + Pattern.quote(name.getKey()) + "(?!\\w)",
              Matcher.quoteReplacement(name.getValue()));
    }
    ProcessBuilder bash = new ProcessBuilder("bash", "-c", script);
    bash.directory(folder.toFile()).redirectErrorStream(true);
    bash.environment().putAll(variables);
    Path output = folder.resolve("output.txt");
    Process process = bash.redirectOutput(output.toFile()).start();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return new Result(-1, "no end after " + PATIENCE_SECONDS + " s");
    }
    return new Result(process.exitValue(), Files.readString(output));
  }
}
