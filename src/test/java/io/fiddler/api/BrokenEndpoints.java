package io.fiddler.api;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.webflux.autoconfigure.actuate.endpoint.web.WebFluxHealthEndpointExtensionAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/// Actuator with endpoints and an indicator, and handlers, that miss a class when they run: at
/// once, in an operator, on other threads, while the answer is written.
@Configuration(proxyBeanMethods = false)
@ImportAutoConfiguration({
  EndpointAutoConfiguration.class,
  WebEndpointAutoConfiguration.class,
  ManagementContextAutoConfiguration.class,
  HealthContributorAutoConfiguration.class,
  HealthContributorRegistryAutoConfiguration.class,
  HealthEndpointAutoConfiguration.class,
  WebFluxHealthEndpointExtensionAutoConfiguration.class
})
class BrokenEndpoints {
  @Bean
  Broken brokenEndpoint() {
    return new Broken();
  }

  @Bean
  BrokenFlux brokenFluxEndpoint() {
    return new BrokenFlux();
  }

  @Bean
  HealthIndicator brokenHealthIndicator() {
    return () -> {
      throw missing();
    };
  }

  @Bean
  RouterFunction<ServerResponse> brokenRoutes() {
    return RouterFunctions.route()
        .GET("/broken/links/mapping", _ -> Mono.just(1).flatMap(_ -> failing()))
        .GET(
            "/broken/links/elsewhere",
            _ -> Mono.defer(BrokenEndpoints::failing).subscribeOn(Schedulers.boundedElastic()))
        .GET(
            "/broken/links/twice-elsewhere",
            _ ->
                Mono.just(1)
                    .publishOn(Schedulers.parallel())
                    .publishOn(Schedulers.boundedElastic())
                    .flatMap(_ -> failing()))
        .GET(
            "/broken/links/writing",
            _ ->
                ServerResponse.ok()
                    .body(
                        Flux.just("a", "b")
                            .publishOn(Schedulers.parallel())
                            .<String>map(_ -> {
                              throw missing();
                            }),
                        String.class))
        .POST("/broken/links", request -> request.bodyToMono(String.class).flatMap(_ -> failing()))
        .POST(
            "/broken/links/elsewhere",
            request ->
                request
                    .bodyToMono(String.class)
                    .publishOn(Schedulers.boundedElastic())
                    .flatMap(_ -> failing()))
        .build();
  }

  private static Mono<ServerResponse> failing() {
    throw missing();
  }

  private static Error missing() {
    return new NoClassDefFoundError("secret/Detail");
  }

  @Endpoint(id = "broken")
  static final class Broken {
    @ReadOperation
    Object read() {
      throw missing();
    }

    @WriteOperation
    Object write(@Nullable String reason) {
      throw missing();
    }
  }

  @Endpoint(id = "brokenflux")
  static final class BrokenFlux {
    @ReadOperation
    Mono<Object> read() {
      return Mono.fromCallable(
              () -> {
                throw missing();
              })
          .subscribeOn(Schedulers.parallel());
    }
  }
}
