package io.fiddler.config.settings;

import io.fiddler.usage.Durations;
import java.time.Duration;
import org.springframework.util.unit.DataSize;

/// The rules that settings are held to; each returns the value it accepted.
final class Rules {
  private Rules() {}

  static int atLeast(int minimum, String key, int value) {
    if (value < minimum) {
      throw new InvalidSettingException(key, "at least " + minimum, value);
    }
    return value;
  }

  static Duration positive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new InvalidSettingException(
          key, "longer than zero, such as 1s or 7d", Durations.text(value));
    }
    return value;
  }

  static Duration notNegative(String key, Duration value) {
    if (value.isNegative()) {
      throw new InvalidSettingException(key, "zero or longer", Durations.text(value));
    }
    return value;
  }

  static double notNegative(String key, double value) {
    if (!(value >= 0) || value == Double.POSITIVE_INFINITY) {
      throw new InvalidSettingException(key, "a number of at least 0", value);
    }
    return value;
  }

  static double fraction(String key, double value) {
    if (!(value > 0 && value <= 1)) {
      throw new InvalidSettingException(key, "above 0 and at most 1", value);
    }
    return value;
  }

  static DataSize notNegative(String key, DataSize value) {
    if (value.isNegative()) {
      throw new InvalidSettingException(key, "zero or larger", value);
    }
    return value;
  }

  static DataSize positive(String key, DataSize value) {
    if (value.toBytes() <= 0) {
      throw new InvalidSettingException(key, "larger than zero, such as 4MB", value);
    }
    return value;
  }

  static String notBlank(String key, String value) {
    if (value.isBlank()) {
      throw new InvalidSettingException(key + " must not be blank");
    }
    return value.strip();
  }

  static String atMost(int characters, String key, String value) {
    if (value.length() > characters) {
      throw new InvalidSettingException(
          key, "at most " + characters + " characters long", value.length() + " characters");
    }
    return value;
  }
}
