package io.fiddler.config.settings;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.ClassPathResource;

/// The environment variables that `application.yml` names, each in the comment above its key.
final class SettingVariables {
  private static final Pattern SETTING = Pattern.compile(" +([a-z-]+):(?: .*)?");
  private static final Pattern COMMENT = Pattern.compile(" +# .+\\. (FIDDLER_[A-Z_]+)");

  private SettingVariables() {}

  /// Variables by the keys they set, in the order of the file.
  static Map<String, String> read() throws IOException {
    String yml = new ClassPathResource("application.yml").getContentAsString(UTF_8);
    Map<String, String> variables = new LinkedHashMap<>();
    List<String> path = new ArrayList<>();
    String variable = "";
    boolean inside = false;
    for (String line : yml.lines().toList()) {
      if (!line.isBlank() && !line.startsWith(" ")) {
        inside = line.equals("fiddler:");
      }
      Matcher comment = COMMENT.matcher(line);
      Matcher setting = SETTING.matcher(line);
      if (inside && comment.matches()) {
        variable = comment.group(1);
      } else if (inside && setting.matches()) {
        int depth = setting.start(1) / 2 - 1;
        path.subList(depth, path.size()).clear();
        path.add(setting.group(1));
        if (!variable.isEmpty()) {
          variables.put("fiddler." + String.join(".", path), variable);
          variable = "";
        }
      }
    }
    return variables;
  }
}
