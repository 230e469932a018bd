package io.fiddler.api.generation.request;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.api.json.ApiJson;
import io.fiddler.api.json.JsonFields;
import io.fiddler.constraint.GrammarLimits;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RequestLimitsTest {
  @Test
  void text_isRefused_whenItIsLongerThanAllowed() {
    RequestLimits limits = new RequestLimits(10, 2, 3, 4, GrammarLimits.DEFAULT);

    assertThatCode(() -> limits.checkCharacters("prompt", 10)).doesNotThrowAnyException();
    assertThatThrownBy(() -> limits.checkCharacters("prompt", 11))
        .hasMessage("prompt must have at most 10 characters, got 11");
  }

  @Test
  void stops_areRefused_whenThereAreMoreThanAllowed() {
    JsonFields fields =
        ApiJson.readObject("{\"stop\":[\"a\",\"b\"]}".getBytes(StandardCharsets.UTF_8));

    assertThatCode(() -> StopReader.read(fields, 2)).doesNotThrowAnyException();
    assertThatThrownBy(() -> StopReader.read(fields, 1))
        .hasMessage("stop must be a string or an array of at most 1 strings, got 2 items");
  }
}
