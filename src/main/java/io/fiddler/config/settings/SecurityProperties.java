package io.fiddler.config.settings;

import io.fiddler.api.web.SecurityOptions;
import java.nio.file.Path;
import java.util.Optional;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Who may use the service.
///
/// @param adminKey The administrator's key, with which all others are made. With it every request
///   has to bring a key as a bearer token; without one only requests from this machine are served.
/// @param adminKeyFile File that holds the administrator's key instead.
/// @param keys All other keys.
public record SecurityProperties(
    @DefaultValue("") String adminKey,
    @DefaultValue("") String adminKeyFile,
    @NestedConfigurationProperty @DefaultValue KeysProperties keys) {
  private static final String KEY = "fiddler.security.admin-key";
  private static final String FILE = "fiddler.security.admin-key-file";
  private static final int MIN_LENGTH = 16;

  public SecurityProperties {
    adminKey = adminKey.strip();
    adminKeyFile = adminKeyFile.strip();
    if (!adminKey.isEmpty() && !adminKeyFile.isEmpty()) {
      throw new InvalidSettingException("%s and %s must not both be set".formatted(KEY, FILE));
    }
    if (!adminKey.isEmpty()) {
      requireLong(KEY, adminKey);
    }
    if (!adminKeyFile.isEmpty()) {
      requireLong(FILE, new SecretFile(FILE, Path.of(adminKeyFile)).read());
    }
  }

  private static void requireLong(String setting, String key) {
    if (key.length() < MIN_LENGTH) {
      throw new InvalidSettingException(
          setting, "at least " + MIN_LENGTH + " characters long", key.length() + " characters");
    }
  }

  /// Whether a key is set.
  public boolean hasAdminKey() {
    return !adminKey.isEmpty() || !adminKeyFile.isEmpty();
  }

  /// What the API needs of it.
  public SecurityOptions toOptions() {
    if (!adminKeyFile.isEmpty()) {
      return SecurityOptions.withKey(new SecretFile(FILE, Path.of(adminKeyFile)).read());
    }
    return adminKey.isEmpty() ? SecurityOptions.local() : SecurityOptions.withKey(adminKey);
  }

  /// Why others may know the key, in one sentence.
  public Optional<String> warning() {
    return adminKeyFile.isEmpty()
        ? Optional.empty()
        : new SecretFile(FILE, Path.of(adminKeyFile)).warning();
  }

  @Override
  public String toString() {
    return "SecurityProperties[adminKey=%s, adminKeyFile=%s, keys=%s]"
        .formatted(adminKey.isEmpty() ? "" : "******", adminKeyFile, keys);
  }
}
