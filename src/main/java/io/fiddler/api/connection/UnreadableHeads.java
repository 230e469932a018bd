package io.fiddler.api.connection;

import io.fiddler.api.error.ApiError;
import io.fiddler.api.error.ErrorBody;
import io.fiddler.api.json.ApiJson;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/// Answers a request whose path is no URI, in the form of all errors, and closes the connection:
/// behind it, where such a request cannot be represented, it would get a 400 that says nothing. On
/// the connection's event loop.
final class UnreadableHeads extends ChannelInboundHandlerAdapter {
  private boolean refused;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ApiError error = message instanceof HttpRequest request ? fault(request) : null;
    if (error != null && !refused) {
      refused = true;
      var _ = context.writeAndFlush(answer(error)).addListener(ChannelFutureListener.CLOSE);
    }
    if (refused) {
      ReferenceCountUtil.release(message);
    } else {
      context.fireChannelRead(message);
    }
  }

  private static @Nullable ApiError fault(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return null; // the server's own affair: what was read of it may be anything
    }
    try {
      var _ = new URI(request.uri());
      return null;
    } catch (URISyntaxException e) {
      return ApiError.invalid(
          null,
          "invalid_path",
          "The path must be a well-formed URI: %s at character %d"
              .formatted(e.getReason(), e.getIndex() + 1));
    }
  }

  private static FullHttpResponse answer(ApiError error) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(error.status()),
            Unpooled.wrappedBuffer(ApiJson.write(ErrorBody.of(error))));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes())
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    return response;
  }
}
