package io.fiddler.bench.measure;

/// Generations to be measured.
///
/// @param name for people
/// @param requests generations at once
/// @param promptTokens length of each prompt
/// @param newTokens tokens generated for each; 1 measures the first token alone
public record Scenario(String name, int requests, int promptTokens, int newTokens) {
  /// Named by its numbers.
  public static Scenario of(int requests, int promptTokens, int newTokens) {
    String who = requests == 1 ? "1 request" : requests + " requests";
    return new Scenario(
        "%s, %d in, %d out".formatted(who, promptTokens, newTokens),
        requests,
        promptTokens,
        newTokens);
  }

  /// Positions that the key/value cache must hold, in whole blocks.
  ///
  /// @param blockTokens positions a block
  public int cacheTokens(int blockTokens) {
    return requests * Math.ceilDiv(promptTokens + newTokens, blockTokens) * blockTokens;
  }
}
