package io.fiddler.bench.measure;

/// Generations to be measured.
///
/// @param name for people
/// @param requests generations at once
/// @param promptTokens length of each prompt
/// @param newTokens tokens generated for each; 1 measures the first token alone
/// @param beams width of the beam search of each; 1 for plain decoding
public record Scenario(String name, int requests, int promptTokens, int newTokens, int beams) {
  /// Named by its numbers.
  public static Scenario of(int requests, int promptTokens, int newTokens) {
    return of(requests, promptTokens, newTokens, 1);
  }

  /// Named by its numbers.
  public static Scenario of(int requests, int promptTokens, int newTokens, int beams) {
    String who = requests == 1 ? "1 request" : requests + " requests";
    return new Scenario(
        "%s%s, %d in, %d out"
            .formatted(who, beams == 1 ? "" : ", " + beams + " beams", promptTokens, newTokens),
        requests,
        promptTokens,
        newTokens,
        beams);
  }

  /// The same with fewer tokens generated.
  Scenario withNewTokens(int tokens) {
    return new Scenario(name, requests, promptTokens, Math.min(tokens, newTokens), beams);
  }

  /// Sequences that are decoded at once.
  public int sequences() {
    return requests * beams;
  }

  /// Positions that the key/value cache must hold, in whole blocks: one more a sequence than it
  /// fills, since the scheduler begins what can go on for a block.
  ///
  /// @param blockTokens positions a block
  public int cacheTokens(int blockTokens) {
    return sequences() * (Math.ceilDiv(promptTokens + newTokens, blockTokens) + 1) * blockTokens;
  }
}
