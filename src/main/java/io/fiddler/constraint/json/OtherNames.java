package io.fiddler.constraint.json;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// Any text but some: the names of additional properties. Never a dead end, since no name is
/// endless.
final class OtherNames implements Content {
  private final Map<Integer, OtherNames> longer = new HashMap<>();
  private boolean taken;

  private OtherNames() {}

  static Content than(Collection<String> names) {
    OtherNames root = new OtherNames();
    for (String name : names) {
      OtherNames node = root;
      for (int codePoint : name.codePoints().toArray()) {
        node = node.longer.computeIfAbsent(codePoint, _ -> new OtherNames());
      }
      node.taken = true;
    }
    return root.orAny();
  }

  private Content orAny() {
    return longer.isEmpty() && !taken ? AnyText.OPEN_ENDED : this;
  }

  @Override
  public Content next(int codePoint) {
    Content next = longer.get(codePoint);
    return next == null ? AnyText.OPEN_ENDED : next;
  }

  @Override
  public boolean reaches(int low, int high) {
    return AnyText.OPEN_ENDED.reaches(low, high);
  }

  @Override
  public boolean mayEnd() {
    return !taken;
  }

  @Override
  public int lastEscaped() {
    return LAST;
  }
}
