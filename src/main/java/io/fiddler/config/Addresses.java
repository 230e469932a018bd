package io.fiddler.config;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.core.env.Environment;

/// Where the service is reached and where it writes, for people.
///
/// @param environment of the running service
/// @param connection to the database
record Addresses(Environment environment, JdbcConnectionDetails connection) {
  /// For example `http://127.0.0.1:8080`.
  String http() {
    String scheme =
        environment.getProperty("server.ssl.enabled", Boolean.class, false) ? "https" : "http";
    String host = environment.getProperty("server.address", "localhost");
    return scheme + "://" + host + ":" + environment.getProperty("local.server.port", "?");
  }

  /// For example `postgresql://127.0.0.1:5432/postgres`: without what follows a question mark,
  /// which may hold credentials.
  String database() {
    String url = withoutParameters(connection.getJdbcUrl());
    return url.startsWith("jdbc:") ? url.substring("jdbc:".length()) : url;
  }

  private static String withoutParameters(@Nullable String url) {
    if (url == null) {
      return "?";
    }
    int end = url.indexOf('?');
    return end < 0 ? url : url.substring(0, end);
  }
}
