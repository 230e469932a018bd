package io.fiddler.kvcache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/// The keys of one sequence's full blocks, in order, made as its tokens become known. Chains of
/// different spaces have no key in common. Used from one thread at a time.
public final class PrefixChain {
  private final int blockTokens;
  private final MessageDigest sha256 = sha256();
  private final byte[] seed;
  private final List<BlockKey> keys = new ArrayList<>();

  /// A chain without blocks.
  ///
  /// @param space whose sequences it may share blocks with
  /// @param blockTokens positions of a block
  public PrefixChain(String space, int blockTokens) {
    this.blockTokens = blockTokens;
    this.seed = sha256.digest(space.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Makes the keys of all full blocks among the first `length` tokens that have none.
  ///
  /// @param tokenAt the token at a position
  public void extend(int length, IntUnaryOperator tokenAt) {
    for (int block = keys.size(); (block + 1) * blockTokens <= length; block++) {
      if (block == 0) {
        sha256.update(seed);
      } else {
        sha256.update(bytes(keys.get(block - 1)));
      }
      ByteBuffer tokens = ByteBuffer.allocate(blockTokens * Integer.BYTES);
      for (int i = 0; i < blockTokens; i++) {
        tokens.putInt(tokenAt.applyAsInt(block * blockTokens + i));
      }
      ByteBuffer digest = ByteBuffer.wrap(sha256.digest(tokens.array()));
      keys.add(
          new BlockKey(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong()));
    }
  }

  private static byte[] bytes(BlockKey key) {
    return ByteBuffer.allocate(4 * Long.BYTES)
        .putLong(key.a())
        .putLong(key.b())
        .putLong(key.c())
        .putLong(key.d())
        .array();
  }

  /// Whether both go alike up to the end of a block, which is full in both.
  public boolean sharesBlock(PrefixChain other, int block) {
    return block < Math.min(keys.size(), other.keys.size())
        && keys.get(block).equals(other.keys.get(block));
  }

  /// Keys of the full blocks so far.
  List<BlockKey> keys() {
    return keys;
  }
}
