package io.fiddler.ops.dashboard;

import io.fiddler.ops.dashboard.live.LiveConfiguration;
import io.fiddler.ops.dashboard.live.LiveFeed;
import io.fiddler.page.StaticFiles;
import java.util.Set;
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
    return StaticFiles.page("dashboard", DashboardRoutes.PAGE)
        .and(
            StaticFiles.webjar(
                "org.webjars.npm",
                "uplot",
                "dist/",
                DashboardRoutes.PAGE + "/uplot/",
                Set.of("uPlot.esm.js", "uPlot.min.css")));
  }

  @Bean
  RouterFunction<ServerResponse> dashboardRoutes(StaticFiles dashboardFiles, LiveFeed feed) {
    return DashboardRoutes.of(dashboardFiles, feed);
  }
}
