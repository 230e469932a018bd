package io.fiddler.config.settings;

import io.fiddler.api.web.SecurityOptions;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Who may use the service.
///
/// @param adminKey Key every request has to bring as a bearer token; without one only requests from
///   this machine are served.
public record SecurityProperties(@DefaultValue("") String adminKey) {
  private static final int MIN_LENGTH = 16;

  public SecurityProperties {
    adminKey = adminKey.strip();
    if (!adminKey.isEmpty() && adminKey.length() < MIN_LENGTH) {
      throw new InvalidSettingException(
          "fiddler.security.admin-key",
          "at least " + MIN_LENGTH + " characters long",
          adminKey.length() + " characters");
    }
  }

  /// Whether a key is set.
  boolean hasAdminKey() {
    return !adminKey.isEmpty();
  }

  /// What the API needs of it.
  public SecurityOptions toOptions() {
    return hasAdminKey() ? SecurityOptions.withKey(adminKey) : SecurityOptions.local();
  }

  @Override
  public String toString() {
    return "SecurityProperties[adminKey=" + (hasAdminKey() ? "******" : "") + "]";
  }
}
