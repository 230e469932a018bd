package io.fiddler.api.model;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fiddler.api.error.ApiError;
import io.fiddler.api.json.ApiJson;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineStatus;
import io.fiddler.engine.ModelSummary;
import java.util.List;
import java.util.Locale;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/// `GET /v1/models` and `GET /v1/models/{id}`: the one model served.
public final class ModelsHandler {
  private static final int PERCENT = 100;

  private final Engine engine;
  private final ServedModel served;

  /// @param engine knows the model once it is loaded
  /// @param served how clients know it
  public ModelsHandler(Engine engine, ServedModel served) {
    this.engine = engine;
    this.served = served;
  }

  /// All models: one.
  public Mono<ServerResponse> list(ServerRequest request) {
    return json(new ModelList("list", List.of(card())));
  }

  /// The model of this name.
  public Mono<ServerResponse> get(ServerRequest request) {
    ModelCard card = card();
    // Names may hold slashes; the pattern's rest begins with one.
    requireServed(served, request.pathVariable("id").substring(1));
    return json(card);
  }

  /// The engine's model.
  ///
  /// @throws io.fiddler.api.error.ApiException 503 if it is not ready
  public static ModelSummary ready(Engine engine) {
    EngineStatus status = engine.status();
    return switch (status.state()) {
      case READY -> engine.model();
      case LOADING ->
          throw ApiError.unavailable(
                  "engine_loading",
                  "The model is loading (%s, %d %%); try again later"
                      .formatted(status.phase(), (int) (status.progress() * PERCENT)))
              .asException();
      case FAILED ->
          throw ApiError.unavailable("engine_failed", capitalized(status.phase())).asException();
      case CLOSED ->
          throw ApiError.unavailable("engine_closed", "The service is shutting down").asException();
    };
  }

  private static String capitalized(String sentence) {
    return sentence.substring(0, 1).toUpperCase(Locale.ROOT) + sentence.substring(1);
  }

  /// Refuses every other name with 404.
  public static void requireServed(ServedModel served, String name) {
    if (!name.equals(served.name())) {
      throw ApiError.refused(
              404,
              "model",
              "model_not_found",
              "The model \"%s\" does not exist; the model served is \"%s\""
                  .formatted(shortened(name), served.name()))
          .asException();
    }
  }

  private ModelCard card() {
    ModelSummary model = ready(engine);
    return new ModelCard(
        served.name(),
        "model",
        served.created().getEpochSecond(),
        "fiddler",
        model.config().contextLength());
  }

  private static Mono<ServerResponse> json(Object body) {
    return ServerResponse.ok()
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue(ApiJson.write(body));
  }

  private static String shortened(String name) {
    String line = name.replaceAll("\\p{Cntrl}|\\R", " ");
    return line.length() <= 100 ? line : line.substring(0, 100) + "...";
  }

  private record ModelList(String object, List<ModelCard> data) {}

  /// @param id its name
  /// @param object always `model`
  /// @param created since when it is served, seconds since 1970
  /// @param ownedBy who serves it
  /// @param maxModelLen its context in tokens; the name is vLLM's
  private record ModelCard(
      String id,
      String object,
      long created,
      @JsonProperty("owned_by") String ownedBy,
      @JsonProperty("max_model_len") int maxModelLen) {}
}
