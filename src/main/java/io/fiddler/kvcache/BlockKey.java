package io.fiddler.kvcache;

/// Names the content of a full block by everything that came before: a SHA-256 over the key of the
/// block before it and its own tokens. Nobody can find two contents with one name, so equal keys
/// are equal contents.
///
/// @param a first 64 bits, and so on
public record BlockKey(long a, long b, long c, long d) {
  @Override
  public int hashCode() {
    return Long.hashCode(a);
  }
}
