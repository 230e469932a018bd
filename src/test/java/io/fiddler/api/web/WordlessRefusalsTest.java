package io.fiddler.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;

final class WordlessRefusalsTest {
  @Test
  void refusal_getsASentence_whenItHasNoBody() {
    MockServerWebExchange exchange = answered(HttpMethod.GET, HttpStatus.NOT_FOUND);

    assertThat(exchange.getResponse().getBodyAsString().block())
        .contains("\"message\":\"Unknown path: GET /actuator/metrics/nothing\"");
    assertThat(exchange.getResponse().getHeaders().getContentType())
        .hasToString("application/json");
  }

  @Test
  void answer_staysEmpty_whenItRefusesNothing() {
    MockServerWebExchange exchange = answered(HttpMethod.GET, HttpStatus.NO_CONTENT);

    assertThat(exchange.getResponse().getBodyAsString().block()).isEmpty();
  }

  @Test
  void refusal_staysEmpty_whenOnlyItsHeadIsAskedFor() {
    MockServerWebExchange exchange = answered(HttpMethod.HEAD, HttpStatus.NOT_FOUND);

    assertThat(exchange.getResponse().getBodyAsString().block()).isEmpty();
  }

  private static MockServerWebExchange answered(HttpMethod method, HttpStatus status) {
    MockServerWebExchange exchange =
        MockServerWebExchange.from(
            MockServerHttpRequest.method(method, "/actuator/metrics/nothing"));
    new WordlessRefusals()
        .filter(
            exchange,
            filtered -> {
              filtered.getResponse().setStatusCode(status);
              return filtered.getResponse().setComplete();
            })
        .block();
    return exchange;
  }
}
