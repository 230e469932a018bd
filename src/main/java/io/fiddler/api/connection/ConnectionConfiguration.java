package io.fiddler.api.connection;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Holds the connections of the server to [ConnectionOptions].
@Configuration(proxyBeanMethods = false)
public class ConnectionConfiguration {
  @Bean
  SlowBodies slowBodies(ConnectionOptions options) {
    return new SlowBodies(options.bodyTimeout());
  }

  @Bean
  NettyServerCustomizer slowConnections(ConnectionOptions options) {
    return server ->
        server.doOnChannelInit((_, channel, _) -> SlowConnections.guard(channel, options));
  }
}
