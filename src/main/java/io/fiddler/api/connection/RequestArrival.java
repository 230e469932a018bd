package io.fiddler.api.connection;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
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
/// if somebody reads it; what nobody reads, or the rest of what was answered, is cut off here.
final class RequestArrival extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(RequestArrival.class);

  /// [SlowBodies] comes first.
  private static final int BODY_FACTOR = 2;

  private final Duration timeout;
  private @Nullable Future<?> deadline;

  /// @param timeout for the head, and then for the body
  RequestArrival(Duration timeout) {
    this.timeout = timeout;
  }

  /// The other half.
  ChannelHandler messages() {
    return new Messages();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    if (deadline == null) {
      expect(context, timeout);
    }
    context.fireChannelRead(bytes);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    arrived();
    context.fireChannelInactive();
  }

  private void expect(ChannelHandlerContext context, Duration within) {
    deadline =
        context
            .executor()
            .schedule(
                () -> {
                  LOG.info(
                      "A request did not arrive within {} (fiddler.api.body-timeout): its connection is closed",
                      within);
                  var _ = context.close();
                },
                within.toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private void arrived() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  private final class Messages extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest) {
        arrived();
        expect(context, timeout.multipliedBy(BODY_FACTOR));
      }
      if (message instanceof LastHttpContent) {
        arrived();
      }
      context.fireChannelRead(message);
    }
  }
}
