package io.fiddler.page;

import java.util.Map;
import org.springframework.http.HttpHeaders;

/// What a browser is to hold a page to: only its own files run, it speaks to its own service only,
/// and no other page may frame it.
public enum PageHeaders {
  /// For pages of our own.
  STRICT("img-src 'self'"),
  /// For Swagger UI, whose stylesheet holds its pictures.
  WITH_INLINE_PICTURES("img-src 'self' data:");

  private static final Map<String, String> HEADERS =
      Map.of(
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Permissions-Policy",
          "camera=(), geolocation=(), microphone=()",
          // Kept, but asked for again each time: a new version of the service shows at once.
          HttpHeaders.CACHE_CONTROL,
          "no-cache");

  private final String policy;

  PageHeaders(String pictures) {
    this.policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; %s; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            .formatted(pictures);
  }

  void set(HttpHeaders headers) {
    HEADERS.forEach(headers::set);
    headers.set("Content-Security-Policy", policy);
  }
}
