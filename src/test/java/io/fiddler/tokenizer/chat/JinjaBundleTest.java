package io.fiddler.tokenizer.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The renderer is checked in as it was built: nobody edits a minified file by hand.
class JinjaBundleTest {
  @Test
  void bundle_isTheOneThatWasBuilt() throws IOException, NoSuchAlgorithmException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(resource(JinjaScope.RESOURCE));

    assertThat(new String(resource(JinjaScope.RESOURCE + ".sha256"), UTF_8))
        .isEqualTo(HexFormat.of().formatHex(digest) + "  jinja.js\n");
  }

  @Test
  void bundle_namesItsOrigin() throws IOException {
    assertThat(new String(resource(JinjaScope.RESOURCE), UTF_8))
        .startsWith("/* @huggingface/jinja 0.5.11 (MIT, Copyright (c) 2023 Hugging Face)");
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(JinjaBundleTest.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    }
  }
}
