package io.fiddler.api;

import java.io.EOFException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// Routes that stand for what other packages add to the server.
@Configuration(proxyBeanMethods = false)
class OtherRoutes {
  @Bean
  RouterFunction<ServerResponse> otherRoutes() {
    return RouterFunctions.route()
        .GET("/actuator/health/liveness", _ -> ServerResponse.ok().bodyValue("UP"))
        .GET("/actuator/usage", _ -> ServerResponse.ok().bodyValue("used"))
        .POST("/actuator/placement", _ -> ServerResponse.ok().bodyValue("applied"))
        .GET("/broken/throws", _ -> Mono.error(new IllegalStateException("secret detail")))
        .GET(
            "/broken/hangs-up",
            _ -> Mono.error(new IllegalStateException("secret detail", new EOFException())))
        .GET(
            "/broken/blocks",
            _ ->
                Mono.fromCallable(() -> new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS))
                    .then(ServerResponse.ok().build()))
        .GET(
            "/broken/links",
            _ -> {
              throw new NoClassDefFoundError("secret/Detail");
            })
        .build();
  }
}
