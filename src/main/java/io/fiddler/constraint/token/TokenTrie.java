package io.fiddler.constraint.token;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// The tokens of a vocabulary by their bytes: nodes in preorder, so that a walk is a loop and what
/// cannot continue is skipped by one jump. Immutable.
///
/// Nodes are numbered from 0, the root, which stands for no byte. The tokens of a node and all
/// below it are neighbours in `ids`.
final class TokenTrie {
  private final int[] ids;
  private final byte[] label;
  private final short[] depth;
  // First node that is not below a node, [nodes].
  private final int[] end;
  // Place in ids of a node's first token, [nodes + 1].
  private final int[] firstToken;
  // Whether all bytes below a node, its own included, are plain.
  private final boolean[] plain;
  private final int maxDepth;

  private TokenTrie(int[] ids, int capacity, int maxDepth) {
    this.ids = ids;
    this.label = new byte[capacity];
    this.depth = new short[capacity];
    this.end = new int[capacity];
    this.firstToken = new int[capacity + 1];
    this.plain = new boolean[capacity];
    this.maxDepth = maxDepth;
  }

  /// @param bytes of each token by id; empty for tokens that are no text
  static TokenTrie of(byte[][] bytes) {
    int[] ids =
        IntStream.range(0, bytes.length)
            .filter(id -> bytes[id].length > 0)
            .boxed()
            .sorted(Comparator.comparing((Integer id) -> bytes[id], Arrays::compareUnsigned))
            .mapToInt(Integer::intValue)
            .toArray();
    int nodes = 1;
    int maxDepth = 0;
    byte[] previous = new byte[0];
    for (int id : ids) {
      nodes += bytes[id].length - common(previous, bytes[id]);
      maxDepth = Math.max(maxDepth, bytes[id].length);
      previous = bytes[id];
    }
    TokenTrie trie = new TokenTrie(ids, nodes, maxDepth);
    trie.fill(bytes);
    return trie;
  }

  private static int common(byte[] a, byte[] b) {
    int mismatch = Arrays.mismatch(a, b);
    return mismatch < 0 ? a.length : mismatch;
  }

  private void fill(byte[][] bytes) {
    int[] path = new int[maxDepth + 1];
    int node = 0;
    byte[] previous = new byte[0];
    for (int i = 0; i < ids.length; i++) {
      byte[] token = bytes[ids[i]];
      int shared = common(previous, token);
      close(path, previous.length, shared, node + 1);
      for (int d = shared + 1; d <= token.length; d++) {
        node++;
        label[node] = token[d - 1];
        depth[node] = (short) d;
        firstToken[node] = i;
        path[d] = node;
      }
      previous = token;
    }
    close(path, previous.length, -1, node + 1);
    firstToken[node + 1] = ids.length;
    for (int n = node; n > 0; n--) {
      plain[n] = isPlain(Byte.toUnsignedInt(label[n])) && plainBelow(n);
    }
  }

  /// Ends the nodes of a path deeper than `shared`.
  private void close(int[] path, int length, int shared, int next) {
    for (int d = length; d > shared; d--) {
      end[path[d]] = next;
    }
  }

  private boolean plainBelow(int node) {
    for (int child = node + 1; child < end[node]; child = end[child]) {
      if (!plain[child]) {
        return false;
      }
    }
    return true;
  }

  /// Whether a byte stands for itself in a JSON string: printable ASCII but quotation mark and
  /// backslash.
  static boolean isPlain(int b) {
    return b >= ' ' && b <= '~' && b != '"' && b != '\\';
  }

  int nodes() {
    return label.length;
  }

  int maxDepth() {
    return maxDepth;
  }

  int label(int node) {
    return Byte.toUnsignedInt(label[node]);
  }

  int depth(int node) {
    return depth[node];
  }

  /// The first node after `node` that is not below it.
  int end(int node) {
    return end[node];
  }

  /// Whether all bytes of a node and below are plain.
  boolean isAllPlain(int node) {
    return plain[node];
  }

  /// Puts the tokens of the nodes `[from, to)` into a mask.
  void addTokens(int from, int to, long[] mask) {
    for (int i = firstToken[from]; i < firstToken[to]; i++) {
      mask[ids[i] >>> 6] |= 1L << ids[i];
    }
  }
}
