package io.fiddler.config.command;

import io.fiddler.usage.access.ApiKey;
import io.fiddler.usage.access.KeyAdministration.Issued;
import io.fiddler.usage.access.KeySettings;
import io.fiddler.usage.access.Scope;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Keys as a table for people, or as JSON.
final class KeyPrinter {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
  private static final String ROW = "%-12s  %-24s  %-12s  %-20s  %-8s  %s";

  private final PrintStream out;
  private final boolean json;

  KeyPrinter(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /// A new secret, which nobody can read again.
  void print(Issued issued) {
    if (json) {
      Map<String, Object> fields = fields(issued.key());
      fields.put("key", issued.text().text());
      out.println(JSON.writeValueAsString(fields));
    } else {
      print(issued.key());
      out.println();
      out.println("Keep it now, it is not shown again:");
      out.println(issued.text().text());
    }
  }

  void print(ApiKey key) {
    print(List.of(key));
  }

  void print(List<ApiKey> keys) {
    if (json) {
      out.println(JSON.writeValueAsString(keys.stream().map(KeyPrinter::fields).toList()));
      return;
    }
    out.println(
        String.format(Locale.ROOT, ROW, "id", "name", "tenant", "scopes", "state", "limits"));
    keys.forEach(key -> out.println(row(key)));
  }

  private static String row(ApiKey key) {
    KeySettings settings = key.settings();
    return String.format(
        Locale.ROOT,
        ROW,
        key.id(),
        settings.name(),
        settings.tenant(),
        scopes(key).stream().collect(Collectors.joining(",")),
        key.disabled() ? "disabled" : "active",
        limits(settings));
  }

  private static String limits(KeySettings settings) {
    String limits =
        part(settings.limits().requestsPerMinute(), " requests/min ")
            + part(settings.limits().tokensPerMinute(), " tokens/min ")
            + part(settings.limits().concurrentRequests(), " at once ")
            + part(settings.limits().monthlyTokens(), " tokens/month ")
            + part(settings.maxContext(), " context");
    return limits.isEmpty() ? "none" : limits.strip();
  }

  private static String part(@Nullable Number limit, String unit) {
    return limit == null ? "" : limit + unit;
  }

  private static List<String> scopes(ApiKey key) {
    return key.settings().scopes().stream().sorted().map(Scope::text).toList();
  }

  private static Map<String, Object> fields(ApiKey key) {
    KeySettings settings = key.settings();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("id", key.id());
    fields.put("name", settings.name());
    fields.put("tenant", settings.tenant());
    fields.put("scopes", scopes(key));
    fields.put("limits", settings.limits());
    fields.put("priority", settings.priority());
    if (settings.maxContext() != null) {
      fields.put("maxContext", settings.maxContext());
    }
    if (settings.expiresAt() != null) {
      fields.put("expiresAt", settings.expiresAt().toString());
    }
    fields.put("disabled", key.disabled());
    fields.put("createdAt", key.createdAt().toString());
    return fields;
  }
}
