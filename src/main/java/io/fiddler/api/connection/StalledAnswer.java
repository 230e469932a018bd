package io.fiddler.api.connection;

import io.fiddler.usage.Durations;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.timeout.IdleState;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes a connection whose client takes nothing of what waits to be written to it. One that takes
/// a little, however little, keeps its answer: what waits for it has a limit of its own.
final class StalledAnswer extends IdleStateHandler {
  private static final Logger LOG = LoggerFactory.getLogger(StalledAnswer.class);

  private final Duration timeout;

  /// @param timeout for which nothing may move
  StalledAnswer(Duration timeout) {
    // Observing the output: bytes that leave count, not only writes that end.
    super(true, 0, timeout.toNanos(), 0, TimeUnit.NANOSECONDS);
    this.timeout = timeout;
  }

  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
    ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
    if (event.state() == IdleState.WRITER_IDLE
        && waiting != null
        && waiting.totalPendingWriteBytes() > 0) {
      LOG.info(
          "A client took none of its answer for {} (fiddler.api.write-timeout): its connection is closed",
          Durations.text(timeout));
      var _ = context.close();
    }
  }
}
