package io.fiddler.config.settings;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The names of all settings, such as `fiddler.engine.max-queued`.
final class SettingNames {
  private SettingNames() {}

  /// Those of the settings' records, in their order.
  static List<String> all() {
    List<String> names = new ArrayList<>();
    collect("fiddler", FiddlerProperties.class, names);
    return names;
  }

  private static void collect(String prefix, Class<?> type, List<String> names) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + dashed(component.getName());
      if (component.getType().isRecord()) {
        collect(name, component.getType(), names);
      } else {
        names.add(name);
      }
    }
  }

  private static String dashed(String name) {
    return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
