package io.fiddler.api.connection;

import io.fiddler.usage.Durations;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes a connection whose client lets a request trickle in, byte by byte, so that no pause is
/// long. It sees the bytes before the codec, which tell when a request begins; [#messages] sees
/// what the codec makes of them. All on the connection's event loop.
///
/// A head that is late can be answered by nothing. A body that is late is answered by [SlowBodies],
/// if somebody reads it, from when he asks for it. What nobody read is cut off here, counted from
/// the end of the answer: earlier, a busy service would cut off those that it still owes one.
final class RequestArrival extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(RequestArrival.class);

  /// What lies unread when the time is over, since this machine was busy, is looked at before the
  /// connection is closed: it has arrived.
  static final Duration LAST_LOOK = Duration.ofMillis(20);

  private final Duration timeout;
  private @Nullable Future<?> deadline;
  private boolean inBody;

  /// Requests of which the answer has not been written to its end.
  private int unanswered;

  /// @param timeout for the head, and for the body behind the answer
  RequestArrival(Duration timeout) {
    this.timeout = timeout;
  }

  /// The other half.
  ChannelHandler messages() {
    return new Messages();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    if (deadline == null && !inBody) {
      expect(context);
    }
    context.fireChannelRead(bytes);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    arrived();
    context.fireChannelInactive();
  }

  private void expect(ChannelHandlerContext context) {
    deadline =
        after(timeout, context, () -> deadline = after(LAST_LOOK, context, () -> close(context)));
  }

  private static Future<?> after(Duration time, ChannelHandlerContext context, Runnable action) {
    return context.executor().schedule(action, time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// What comes behind a request that is still being answered must not cost it its answer.
  private void close(ChannelHandlerContext context) {
    if (unanswered > 0) {
      expect(context);
      return;
    }
    LOG.info(
        "A request did not arrive within {} (fiddler.api.body-timeout): its connection is closed",
        Durations.text(timeout));
    var _ = context.close();
  }

  private void arrived() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  private final class Messages extends ChannelDuplexHandler {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest) {
        arrived();
        inBody = true;
        unanswered++;
      }
      if (message instanceof LastHttpContent) {
        arrived();
        inBody = false;
      }
      context.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      if (message instanceof LastHttpContent && !isInterim(message)) {
        unanswered--;
        if (inBody && unanswered == 0) {
          arrived();
          expect(context);
        }
      }
      var _ = context.write(message, promise);
    }

    /// `100 Continue` is no answer.
    private static boolean isInterim(Object message) {
      return message instanceof HttpResponse response
          && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }
  }
}
