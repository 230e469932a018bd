package io.fiddler;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.fiddler.store.TestDatabase;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The OpenAPI document says what the running service does: no route, no field and no example is
/// taken on trust.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class OpenApiTest {
  private static final Path OPENAPI_SCHEMA =
      Path.of("src/test/resources/openapi-specification/oas-3.1-schema.json");

  private final HttpClient http = HttpClient.newHttpClient();
  private RunningService service;
  private OpenApi api;

  @BeforeAll
  void start(@TempDir Path home) {
    service = RunningService.start(home, TestDatabase.create(), "--fiddler.device.kind=none");
    api = new OpenApi(service.get("/openapi.json").json());
  }

  @AfterAll
  void stop() {
    if (service != null) {
      service.close();
    }
  }

  @Test
  void document_keepsTheSpecification() throws IOException {
    var specification =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(OPENAPI_SCHEMA), InputFormat.JSON);

    assertThat(specification.validate(api.document())).isEmpty();
  }

  @Test
  void references_leadSomewhere_andOperationsHaveNamesOfTheirOwn() {
    api.document()
        .findValues("$ref")
        .forEach(reference -> {
          JsonNode target = api.document().at(reference.asString().substring(1));
          assertThat(target.isMissingNode()).as(reference.asString()).isFalse();
        });
    assertThat(api.operations().map(operation -> operation.node().get("operationId").asString()))
        .isNotEmpty()
        .doesNotHaveDuplicates();
  }

  @Test
  void routes_areThoseServed() {
    Set<String> described =
        api.operations()
            .map(OpenApi.Operation::toString)
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(described).isEqualTo(ServedRoutes.of(service.apiRoutes()));
  }

  /// As {@link KnownFields} finds them in the compiled readers.
  @TestFactory
  Stream<DynamicTest> fields_areThoseThatTheReadersKnow() {
    Map<String, String[]> readers =
        Map.of(
            "/v1/completions",
            new String[] {"io.fiddler.api.completion", "io.fiddler.api.generation.request"},
            "/v1/chat/completions",
            new String[] {"io.fiddler.api.chat", "io.fiddler.api.generation.request"});
    return readers.entrySet().stream()
        .map(reader ->
            DynamicTest.dynamicTest(
                reader.getKey(),
                () -> {
                  assertThat(fieldsOf(reader.getKey()))
                      .isEqualTo(KnownFields.of(reader.getValue()));
                }));
  }

  /// A chat to be tokenised has fields of chats besides.
  @Test
  void fieldsOfTexts_areThoseThatTheReadersKnow() {
    Set<String> described = new TreeSet<>(fieldsOf("/tokenize"));
    described.addAll(fieldsOf("/detokenize"));

    assertThat(described).containsAll(KnownFields.of("io.fiddler.api.text"));
    assertThat(KnownFields.of("io.fiddler.api.text", "io.fiddler.api.chat")).containsAll(described);
  }

  private Set<String> fieldsOf(String path) {
    return api.propertiesOf(
        api.document()
            .at("/paths")
            .get(path)
            .at("/post/requestBody/content/application~1json/schema"));
  }

  @TestFactory
  Stream<DynamicTest> examples_areValidAndAnswered() {
    return api.operations()
        .filter(operation -> operation.node().has("requestBody"))
        .flatMap(operation -> {
          JsonNode content = operation.node().at("/requestBody/content/application~1json");
          return content.get("examples").properties().stream()
              .map(example ->
                  DynamicTest.dynamicTest(
                      operation + ": " + example.getKey(),
                      () -> assertAnswered(operation, content, example.getValue().get("value"))));
        });
  }

  private void assertAnswered(OpenApi.Operation operation, JsonNode content, JsonNode body)
      throws Exception {
    api.assertValid("the example", content.get("schema"), body);

    HttpResponse<String> answer = send(operation, body.toString());

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode answered = operation.node().at("/responses/200/content");
    JsonNode schema = answered.at("/application~1json/schema");
    if (answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")) {
      assertThat(answered.has("text/event-stream")).as("a stream is described").isTrue();
      JsonNode events = answered.at("/text~1event-stream/schema/x-event");
      assertEvents(events, answer.body());
    } else {
      api.assertValid("the answer", schema, JsonMapper.shared().readTree(answer.body()));
    }
    api.alwaysSent(operation.node().at("/responses/200"))
        .forEach(header -> assertThat(answer.headers().firstValue(header)).as(header).isPresent());
  }

  private void assertEvents(JsonNode schema, String stream) {
    assertThat(stream).endsWith("data: [DONE]\n\n");
    Stream.of(stream.split("\n\n"))
        .map(event -> event.substring("data: ".length()))
        .filter(data -> !data.equals("[DONE]"))
        .forEach(data -> api.assertValid("an event", schema, JsonMapper.shared().readTree(data)));
  }

  /// Those that need no key; the others are {@link OpenApiKeysTest}'s.
  @TestFactory
  Stream<DynamicTest> errorExamples_areWhatTheServiceSays() {
    return api.refusals()
        .filter(refusal -> !refusal.needsKey())
        .map(refusal ->
            DynamicTest.dynamicTest(
                refusal.toString(), () -> refusal.assertAnswered(service.root(), null)));
  }

  private HttpResponse<String> send(OpenApi.Operation operation, String body) throws Exception {
    return http.send(
        HttpRequest.newBuilder(service.root().resolve(operation.path()))
            .header("Content-Type", "application/json")
            .method(operation.method(), BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  @Test
  void models_areAnsweredAsDescribed() {
    JsonNode list = service.get("/v1/models").json();
    api.assertValid(
        "the list",
        api.document().at("/paths/~1v1~1models/get/responses/200/content/application~1json/schema"),
        list);
    String name = list.at("/data/0/id").asString();
    api.assertValid(
        "the model",
        api.document()
            .at("/paths/~1v1~1models~1{id}/get/responses/200/content/application~1json/schema"),
        service.get("/v1/models/" + name).json());
  }
}
