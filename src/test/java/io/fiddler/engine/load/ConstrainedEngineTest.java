package io.fiddler.engine.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.Judge;
import io.fiddler.constraint.SchemaJudge;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.constraint.token.TokenConstraints;
import io.fiddler.constraint.token.TokenVocabulary;
import io.fiddler.engine.Decoding;
import io.fiddler.engine.Engine;
import io.fiddler.engine.EngineOptions.DeviceOptions.Kind;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.FinishReason;
import io.fiddler.engine.GenerationRequest;
import io.fiddler.engine.Origin;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.tokenizer.TestTokenizers;
import io.fiddler.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// The engine over the embedded model, whose own choice would never be JSON.
final class ConstrainedEngineTest {
  private static final int EOS = 2;
  private static final int[] PROMPT = {1, 400, 7, 900};
  private static final JsonNode SCHEMA =
      Judge.parse(
          """
          {"type": "object",
           "properties": {
             "name": {"type": "string", "maxLength": 12},
             "age": {"type": "integer", "minimum": 0, "maximum": 150},
             "tags": {"type": "array", "items": {"enum": ["a", "bc", "ü"]}, "maxItems": 3},
             "born": {"type": "string", "format": "date"},
             "sure": {"type": ["boolean", "null"]}},
           "required": ["name", "age", "tags", "sure"]}\
          """);

  private static Engine engine;
  private static Tokenizer tokenizer;
  private static TokenConstraints constraints;
  private static Grammar grammar;

  @BeforeAll
  static void load() {
    engine = Engines.load(Engines.options("tiny-moe", Kind.NONE, -1, DispatchMode.AUTO));
    tokenizer = TestTokenizers.load(TestTokenizers.TINY_MOE);
    constraints = new TokenConstraints(TokenVocabulary.of(tokenizer));
    grammar = new JsonGrammars(GrammarLimits.DEFAULT).jsonSchema(SCHEMA);
  }

  @AfterAll
  static void close() {
    engine.close();
    tokenizer.close();
  }

  private static GenerationRequest request(double temperature, long seed, int maxTokens) {
    return new GenerationRequest(
        Origin.of("default"),
        PROMPT,
        maxTokens,
        new Decoding.Sampled(
            new SamplingParameters(temperature, 0, 1, 0, 1, 0, 0, Map.of(), seed),
            constraints.of(grammar, Set.of(EOS))),
        Set.of(),
        false,
        -1,
        false);
  }

  private static CollectingListener submit(GenerationRequest request) {
    CollectingListener listener = new CollectingListener();
    engine.submit(request, listener);
    return listener;
  }

  private static String text(CollectingListener listener) {
    return tokenizer.decode(listener.tokenIds(), true);
  }

  @Test
  void answer_satisfiesItsSchema_andStopsWhereItIsWhole() {
    CollectingListener listener = submit(request(0, 0, 300));
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.STOP);
    SchemaJudge.assertSatisfies(SCHEMA, text(listener));
  }

  @Test
  void answers_satisfyTheirSchema_amongOthers_whichAreAsTheyAreAlone() {
    CollectingListener alone = submit(Engines.greedy(PROMPT, 40));
    alone.awaitReport();
    List<CollectingListener> free = new ArrayList<>();
    List<CollectingListener> constrained = new ArrayList<>();
    for (int seed = 0; seed < 8; seed++) {
      constrained.add(submit(request(1, seed, 400)));
      free.add(submit(Engines.greedy(PROMPT, 40)));
    }
    for (CollectingListener listener : constrained) {
      assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.STOP);
      SchemaJudge.assertSatisfies(SCHEMA, text(listener));
    }
    for (CollectingListener listener : free) {
      listener.awaitReport();
      assertThat(listener.tokenIds()).isEqualTo(alone.tokenIds());
    }
  }

  @Test
  void answer_endsWithLength_whenThereAreTooFewTokens() {
    CollectingListener listener = submit(request(0, 0, 5));
    assertThat(listener.awaitReport().reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(listener.tokenIds()).hasSize(5);
    assertThat(text(listener)).startsWith("{");
  }
}
