package io.fiddler.config.settings;

import io.fiddler.ops.span.SpanOptions;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Traces of requests, sent to a collector of OpenTelemetry.
///
/// @param endpoint Address of a collector's traces (OTLP over HTTP), such as
///   http://localhost:4318/v1/traces; requests are not traced if empty.
/// @param headers Headers sent along, such as a collector's key: name=value, separated by commas.
/// @param sampleRate Share of the requests that are traced, from 0 to 1; of those that belong to a
///   trace already their caller decides.
public record TelemetryProperties(
    @DefaultValue("") String endpoint,
    @DefaultValue("") String headers,
    @DefaultValue("1") double sampleRate) {
  private static final String ENDPOINT = "fiddler.telemetry.endpoint";
  private static final String HEADERS = "fiddler.telemetry.headers";

  public TelemetryProperties {
    endpoint = endpoint.strip();
    headers = headers.strip();
    uri(endpoint);
    read(headers);
    if (!(sampleRate >= 0) || sampleRate > 1) {
      throw new InvalidSettingException(
          "fiddler.telemetry.sample-rate", "a share from 0 to 1, such as 0.1", sampleRate);
    }
  }

  /// What traces need of it.
  ///
  /// @param version of the service
  /// @param instance the name of this process
  public SpanOptions toSpanOptions(String version, String instance) {
    return new SpanOptions(uri(endpoint), read(headers), sampleRate, version, instance);
  }

  private static @Nullable URI uri(String endpoint) {
    if (endpoint.isEmpty()) {
      return null;
    }
    URI uri;
    try {
      uri = URI.create(endpoint);
    } catch (IllegalArgumentException e) {
      throw notAnAddress(endpoint);
    }
    boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!http || uri.getHost() == null) {
      throw notAnAddress(endpoint);
    }
    return uri;
  }

  private static InvalidSettingException notAnAddress(String endpoint) {
    return new InvalidSettingException(
        ENDPOINT, "an address such as http://localhost:4318/v1/traces", endpoint);
  }

  private static Map<String, String> read(String headers) {
    Map<String, String> read = new LinkedHashMap<>();
    if (headers.isEmpty()) {
      return read;
    }
    for (String header : headers.split(",", -1)) {
      int equals = header.indexOf('=');
      if (equals < 1 || header.substring(0, equals).isBlank()) {
        // Not what was got: it may be a key.
        throw new InvalidSettingException(
            HEADERS + " must be name=value, separated by commas; got one without a name");
      }
      read.put(header.substring(0, equals).strip(), header.substring(equals + 1).strip());
    }
    return read;
  }

  @Override
  public String toString() {
    return "TelemetryProperties[endpoint=%s, headers=%s, sampleRate=%s]"
        .formatted(endpoint, headers.isEmpty() ? "" : "******", sampleRate);
  }
}
