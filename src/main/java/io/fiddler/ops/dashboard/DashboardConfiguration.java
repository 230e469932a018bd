package io.fiddler.ops.dashboard;

import io.fiddler.ops.dashboard.live.LiveConfiguration;
import io.fiddler.ops.dashboard.live.LiveFeed;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// The page at `/dashboard`.
@Configuration(proxyBeanMethods = false)
@Import(LiveConfiguration.class)
public class DashboardConfiguration {
  @Bean
  StaticFiles dashboardFiles() {
    return StaticFiles.read();
  }

  @Bean
  RouterFunction<ServerResponse> dashboardRoutes(StaticFiles files, LiveFeed feed) {
    return DashboardRoutes.of(files, feed);
  }
}
