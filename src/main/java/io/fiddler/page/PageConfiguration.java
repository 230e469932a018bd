package io.fiddler.page;

import java.util.Set;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerResponse;

/// The chat page at `/`, the API's description at `/openapi.json`, its page at `/docs`.
@Configuration(proxyBeanMethods = false)
public class PageConfiguration {
  private static final String CHAT = "/";
  private static final String DOCS = "/docs";
  private static final String DOCUMENT = "/openapi.json";

  @Bean
  StaticFiles chatFiles() {
    return StaticFiles.page("chat", CHAT);
  }

  @Bean
  RouterFunction<ServerResponse> chatRoutes(StaticFiles chatFiles) {
    return FileRoutes.of(chatFiles, PageHeaders.STRICT, CHAT, "/chat/{*path}");
  }

  @Bean
  StaticFiles docsFiles() {
    return StaticFiles.page("docs", DOCS)
        .and(
            StaticFiles.webjar(
                "org.webjars",
                "swagger-ui",
                "",
                DOCS + "/swagger-ui/",
                Set.of("swagger-ui-bundle.js", "swagger-ui.css")))
        .and(StaticFiles.file(DOCUMENT, OpenApiDocument.json()));
  }

  @Bean
  RouterFunction<ServerResponse> docsRoutes(StaticFiles docsFiles) {
    return FileRoutes.of(
        docsFiles, PageHeaders.WITH_INLINE_PICTURES, DOCS, DOCS + "/{*path}", DOCUMENT);
  }
}
