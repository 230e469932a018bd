package io.fiddler.ops.dashboard;

import java.util.Map;
import org.springframework.http.HttpHeaders;

/// What a browser is to hold the page to: only its own files run, it speaks to its own service
/// only, and no other page may frame it.
final class PageHeaders {
  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
              + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
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

  private PageHeaders() {}

  static void set(HttpHeaders headers) {
    HEADERS.forEach(headers::set);
  }
}
