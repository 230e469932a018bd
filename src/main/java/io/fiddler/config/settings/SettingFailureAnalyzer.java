package io.fiddler.config.settings;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.util.unit.DataSize;

/// Turns a bad `fiddler.` setting into one sentence: the key, its rule, the value.
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingFailureAnalyzer implements FailureAnalyzer {
  @Override
  public @Nullable FailureAnalysis analyze(Throwable failure) {
    BindException binding = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidSettingException invalid) {
        return analysis(invalid.getMessage(), failure);
      }
      if (cause instanceof UnboundConfigurationPropertiesException unbound) {
        return analysis(unknownKeys(unbound), failure);
      }
      if (cause instanceof BindException bind) {
        binding = bind;
      }
      if (cause instanceof ConversionFailedException conversion
          && binding != null
          && binding.getName().toString().startsWith("fiddler.")) {
        return analysis(wrongType(binding, conversion), failure);
      }
    }
    return null;
  }

  private static String unknownKeys(UnboundConfigurationPropertiesException unbound) {
    return unbound.getUnboundProperties().stream()
            .map(property -> property.getName().toString())
            .sorted()
            .collect(Collectors.joining(", "))
        + " is not a setting of Fiddler; application.yml lists all there are";
  }

  private static String wrongType(BindException binding, ConversionFailedException conversion) {
    return "%s must be %s, got %s"
        .formatted(
            binding.getName(), rule(conversion.getTargetType().getType()), conversion.getValue());
  }

  private static String rule(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    if (type == DataSize.class) {
      return "a size such as 24GiB or 512MiB";
    }
    if (type == Duration.class) {
      return "a duration such as 500ms, 30s or 7d";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    return type.isPrimitive() || Number.class.isAssignableFrom(type)
        ? "a whole number"
        : "a " + type.getSimpleName();
  }

  private static FailureAnalysis analysis(@Nullable String sentence, Throwable failure) {
    return new FailureAnalysis(String.valueOf(sentence), null, failure);
  }
}
