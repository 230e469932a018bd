package io.fiddler.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.bench.Commands.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ProfileCommandTest {
  @TempDir private Path home;

  private Ended profile(Path prompts, String... options) {
    String[] args = new String[options.length + 4];
    args[0] = "profile";
    args[1] = prompts.toString();
    args[2] = "--device=none";
    args[3] = "--threads=2";
    System.arraycopy(options, 0, args, 4, options.length);
    return Commands.run(home, args);
  }

  @Test
  void profile_countsEveryChoice_byTenantAndPhase_andWritesAPlacement() throws IOException {
    Path prompts =
        Files.writeString(
            home.resolve("prompts.jsonl"),
            """
            {"prompt": "It was the best of times", "max_tokens": 3}
            {"prompt_tokens": [5, 6, 7, 8], "tenant": "alice", "id": 4}

            "A text alone"
            """);
    Path out = home.resolve("statistics.json");
    Path placement = home.resolve("placement.json");

    Ended ended =
        profile(
            prompts,
            "--out=" + out,
            "--max-tokens=2",
            "--tenant=bob",
            "--placement=" + placement,
            "--experts=12");

    assertThat(ended.exitCode()).as(ended.err()).isZero();
    assertThat(ended.out())
        .contains("statistics.json: 3 prompts of ", "placement.json: 12 of 48 experts (frequency)");
    assertThat(ended.err()).contains("3 of 3 prompts");
    JsonNode statistics = JsonMapper.shared().readTree(Files.readString(out));
    assertThat(statistics.get("model").asString()).isEqualTo("tiny-moe");
    assertThat(statistics.get("expertsOfLayer").size()).isEqualTo(6);
    // Six layers, two experts a token; the last token that is generated is not read.
    assertThat(total(statistics, "alice", "prefill")).isEqualTo(4 * 12);
    assertThat(total(statistics, "alice", "decode")).isEqualTo(1 * 12);
    assertThat(total(statistics, "bob", "decode")).isEqualTo((2 + 1) * 12);
    JsonNode placed = JsonMapper.shared().readTree(Files.readString(placement));
    assertThat(placed.get("fingerprint")).isEqualTo(statistics.get("fingerprint"));
    assertThat(placed.get("experts").size()).isEqualTo(12);
    assertThat(placed.get("forecastHitRate").asDouble()).isBetween(0.3, 1.0);
  }

  private static long total(JsonNode statistics, String tenant, String phase) {
    return StreamSupport.stream(statistics.get("counts").spliterator(), false)
        .filter(row -> row.get("tenant").asString().equals(tenant))
        .filter(row -> row.get("phase").asString().equals(phase))
        .flatMap(row -> StreamSupport.stream(row.get("counts").spliterator(), false))
        .mapToLong(JsonNode::asLong)
        .sum();
  }

  @Test
  void profile_namesTheLinesThatAreNoPrompts() throws IOException {
    Path prompts =
        Files.writeString(
            home.resolve("prompts.jsonl"),
            """
            {"prompt": "fine"}
            {"prompt": 7}
            {"text": "what?"}
            {"prompt_tokens": []}
            {"prompt": "a", "max_tokens": -1}
            {"prompt": "a", "tenant": ""}
            """);

    Ended ended = profile(prompts, "--out=" + home.resolve("out.json"));

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err().strip())
        .isEqualTo(
            prompts
                + ": line 2: prompt must be a text, got 7; line 3: exactly one of prompt and"
                + " prompt_tokens must be given; line 4: prompt_tokens must be an array of at least"
                + " one token id, got []; line 5: max_tokens must be a whole number of at least 0,"
                + " got -1; line 6: tenant must be a text, got \"\"");
    assertThat(home.resolve("out.json")).doesNotExist();
  }

  @Test
  void profile_endsWithOneSentence_whenTheModelCannotTakeAPrompt() throws IOException {
    Path prompts =
        Files.writeString(home.resolve("p.json"), "[\"fine\", {\"prompt_tokens\": [99999999]}]");

    Ended ended = profile(prompts, "--out=" + home.resolve("out.json"));

    assertThat(ended.exitCode()).isEqualTo(1);
    assertThat(ended.err())
        .contains(prompts + ": entry 2: a token id must be in [0, ")
        .doesNotContain("\tat ");
  }

  @Test
  void profile_endsWithOneSentence_whenSomethingIsWrong() throws IOException {
    Path prompts = Files.writeString(home.resolve("p.json"), "[]");
    String out = "--out=" + home.resolve("out.json");

    assertThat(profile(prompts, out).err()).contains("must have at least one prompt, got none");
    assertThat(profile(home.resolve("nope"), out).err())
        .contains("there is no file " + home.resolve("nope"));
    assertUsage(Commands.run(home, "profile", out), "profile needs a file of prompts");
    assertUsage(profile(prompts), "profile needs --out, a file for the statistics");
    assertUsage(
        profile(prompts, "--out=" + home.resolve("no/out.json")),
        "--out must be a file that can be written, got ");
    assertUsage(
        profile(prompts, out, "--policy=best"), "--policy: policy must be one of auto, even, ");
    Files.writeString(prompts, "[\"a\"]");
    assertUsage(
        profile(prompts, out, "--placement=" + home.resolve("placement.json")),
        "--placement needs --experts, the number of experts to place");
  }

  private static void assertUsage(Ended ended, String sentence) {
    assertThat(ended.exitCode()).isEqualTo(64);
    assertThat(ended.err()).contains(sentence).doesNotContain("\tat ");
  }
}
