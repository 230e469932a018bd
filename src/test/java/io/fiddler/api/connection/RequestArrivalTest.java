package io.fiddler.api.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RequestArrivalTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);
  private static final String HEAD = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n";

  private EmbeddedChannel channel;

  @BeforeEach
  void connect() {
    RequestArrival arrival = new RequestArrival(TIMEOUT);
    channel = new EmbeddedChannel(arrival, new HttpServerCodec(), arrival.messages());
    channel.freezeTime();
  }

  @AfterEach
  void disconnect() {
    channel.finishAndReleaseAll();
  }

  @Test
  void connection_isClosed_whenTheHeadTrickles() {
    for (char drop : "GET / HTTP".toCharArray()) {
      receive(String.valueOf(drop));
      pass(TIMEOUT.dividedBy(9));
    }
    pass(RequestArrival.LAST_LOOK);

    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void connection_staysOpen_whenTheRestOfTheHeadIsReadLate_butHadCome() {
    receive("GET / HTTP");
    pass(TIMEOUT);
    receive("/1.1\r\n\r\n");
    pass(TIMEOUT);

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void connection_staysOpen_asLongAsAnAnswerIsOwed_howeverLateTheBody() {
    receive(HEAD + "a");
    pass(TIMEOUT.multipliedBy(10));
    receive("b");
    pass(TIMEOUT.multipliedBy(10));

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void connection_isClosed_whenTheBodyIsNotThere_aTimeAfterTheAnswer() {
    receive(HEAD + "a");
    pass(TIMEOUT.multipliedBy(10));
    answer(HttpResponseStatus.REQUEST_TIMEOUT);
    pass(TIMEOUT.dividedBy(2));
    receive("b");

    assertThat(channel.isOpen()).isTrue();
    pass(TIMEOUT.dividedBy(2));
    pass(RequestArrival.LAST_LOOK);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void connection_staysOpen_untilTheAnswer_whenAnotherHeadTricklesBehindTheRequest() {
    receive(HEAD + "abc");
    receive("GET / HT");
    pass(TIMEOUT);
    pass(RequestArrival.LAST_LOOK);

    assertThat(channel.isOpen()).isTrue();
    answer(HttpResponseStatus.OK);
    pass(TIMEOUT);
    pass(RequestArrival.LAST_LOOK);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void connection_staysOpen_whenTheBodyArrivesBehindTheAnswer() {
    receive(HEAD + "a");
    answer(HttpResponseStatus.OK);
    receive("bc");
    pass(TIMEOUT.multipliedBy(10));

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void connection_staysOpen_whenOnlyContinueWasAnswered() {
    receive(HEAD);
    answer(HttpResponseStatus.CONTINUE);
    pass(TIMEOUT.multipliedBy(10));

    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void connection_staysOpen_whenOneRequestIsAnswered_andTheNextOnesBodyIsStillAwaited() {
    receive(HEAD + "abc" + HEAD);
    answer(HttpResponseStatus.OK);
    pass(TIMEOUT.multipliedBy(10));

    assertThat(channel.isOpen()).isTrue();
  }

  private void receive(String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, US_ASCII));
  }

  private void answer(HttpResponseStatus status) {
    DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
    channel.writeOutbound(response);
  }

  private void pass(Duration time) {
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runPendingTasks();
  }
}
