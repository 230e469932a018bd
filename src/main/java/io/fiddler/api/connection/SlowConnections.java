package io.fiddler.api.connection;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import reactor.netty.NettyPipeline;

/// Puts the guards of a connection around its HTTP codec.
final class SlowConnections {
  private SlowConnections() {}

  /// Guards a new connection of HTTP/1.1; one of another protocol has none of the codec's names.
  static void guard(Channel channel, ConnectionOptions options) {
    ChannelPipeline pipeline = channel.pipeline();
    if (pipeline.get(NettyPipeline.HttpCodec) == null) {
      return;
    }
    RequestArrival arrival = new RequestArrival(options.bodyTimeout());
    pipeline
        .addBefore(
            NettyPipeline.HttpCodec, "fiddler.stalled", new StalledAnswer(options.writeTimeout()))
        .addBefore(NettyPipeline.HttpCodec, "fiddler.bytes", arrival)
        .addAfter(NettyPipeline.HttpCodec, "fiddler.messages", arrival.messages())
        .addAfter("fiddler.messages", "fiddler.heads", new UnreadableHeads());
  }
}
