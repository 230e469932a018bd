package io.fiddler.api;

import io.fiddler.api.access.AccessConfiguration;
import io.fiddler.api.chat.ChatApi;
import io.fiddler.api.chat.TemplateRoute;
import io.fiddler.api.completion.CompletionApi;
import io.fiddler.api.generation.GenerationRoute;
import io.fiddler.api.generation.GenerationService;
import io.fiddler.api.model.ModelsHandler;
import io.fiddler.api.model.ServedModel;
import io.fiddler.api.text.TextRoutes;
import io.fiddler.api.web.ApiThreads;
import io.fiddler.api.web.BodyBudget;
import io.fiddler.api.web.BodyReader;
import io.fiddler.api.web.Draining;
import io.fiddler.api.web.ErrorAnswers;
import io.fiddler.api.web.FatalErrors;
import io.fiddler.api.web.RequestIds;
import io.fiddler.api.web.SecurityOptions;
import io.fiddler.api.web.WordlessRefusals;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.engine.Engine;
import io.fiddler.usage.RequestLog;
import io.fiddler.usage.span.RequestTracing;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// The API's beans. What they need from elsewhere: an [Engine], a [ServedModel], a [RequestLog], a
/// [RequestTracing] and [ApiOptions].
@Configuration(proxyBeanMethods = false)
@Import(AccessConfiguration.class)
public class ApiConfiguration {
  /// With the log and the traces, so that they end before these do: the last rows and spans are
  /// written by them.
  @Bean
  ApiThreads apiThreads(ApiOptions options, RequestLog log, RequestTracing tracing) {
    return new ApiThreads(options.promptThreads(), options.answerThreads());
  }

  @Bean
  RequestIds requestIds() {
    return new RequestIds();
  }

  @Bean
  FatalErrors fatalErrors() {
    return new FatalErrors();
  }

  @Bean
  WordlessRefusals wordlessRefusals() {
    return new WordlessRefusals();
  }

  @Bean
  SecurityOptions securityOptions(ApiOptions options) {
    return options.security();
  }

  @Bean
  Draining draining() {
    return new Draining();
  }

  @Bean
  ErrorAnswers errorAnswers(ApiThreads threads) {
    return new ErrorAnswers(threads.answers());
  }

  @Bean
  BodyBudget bodyBudget(ApiOptions options) {
    return new BodyBudget(options.generation().maxBodyMemoryBytes());
  }

  @Bean
  RouterFunction<ServerResponse> apiRoutes(
      Engine engine,
      ServedModel served,
      RequestLog log,
      RequestTracing tracing,
      ApiOptions options,
      ApiThreads threads,
      BodyBudget bodies,
      ErrorAnswers errors) {
    GenerationService service =
        new GenerationService(
            engine,
            served,
            log,
            tracing,
            options.generation(),
            threads,
            errors,
            new BodyReader(options.generation().maxBodyBytes(), bodies, threads.prompts()));
    JsonGrammars grammars = new JsonGrammars(options.generation().limits().schemas());
    TemplateRoute template = new TemplateRoute(service, grammars);
    return ApiRoutes.of(
        new GenerationRoute<>(new CompletionApi(options.generation(), grammars), service),
        new GenerationRoute<>(new ChatApi(options.generation(), grammars), service),
        template,
        new TextRoutes(service, body -> template.prompt(body).tokens()),
        new ModelsHandler(engine, served));
  }
}
