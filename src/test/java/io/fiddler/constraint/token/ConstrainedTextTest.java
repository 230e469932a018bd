package io.fiddler.constraint.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.InvalidSchemaException;
import io.fiddler.constraint.Judge;
import io.fiddler.constraint.RandomSchemas;
import io.fiddler.constraint.SchemaJudge;
import io.fiddler.constraint.schema.JsonGrammars;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Random logits, whatever they are, give texts that a parser and a validator of others accept.
final class ConstrainedTextTest {
  private static final int SCHEMAS = 400;

  private static Walker tinyMoe;
  private static Walker sentencepiece;

  @BeforeAll
  static void load() {
    tinyMoe = Walker.tinyMoe();
    sentencepiece = Walker.sentencepiece();
  }

  @AfterAll
  static void close() {
    tinyMoe.close();
    sentencepiece.close();
  }

  static Stream<Walker> vocabularies() {
    return Stream.of(tinyMoe, sentencepiece);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("vocabularies")
  void text_isAnObject_whenAnyJsonObjectIsAsked(Walker walker) {
    Grammar grammar = new JsonGrammars(GrammarLimits.DEFAULT).jsonObject();
    for (long seed = 0; seed < 100; seed++) {
      String text = walker.walk(grammar, new SplittableRandom(seed));
      assertThat(Judge.parse(text).isObject()).as("seed %d: %s", seed, text).isTrue();
    }
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("vocabularies")
  void text_satisfiesItsSchema_whateverTheSchema(Walker walker) {
    JsonGrammars grammars = new JsonGrammars(GrammarLimits.DEFAULT);
    int refused = 0;
    for (long seed = 0; seed < SCHEMAS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      JsonNode schema = new RandomSchemas(random).next();
      Grammar grammar;
      try {
        grammar = grammars.jsonSchema(schema);
      } catch (InvalidSchemaException e) {
        // A list whose value is a list without end, or bounds that leave nothing.
        refused++;
        continue;
      }
      for (int i = 0; i < 3; i++) {
        SchemaJudge.assertSatisfies(schema, walker.walk(grammar, random));
      }
    }
    assertThat(refused).isLessThan(SCHEMAS / 10);
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("vocabularies")
  void text_isACallOfOneTool_whenToolsAreAlternatives(Walker walker) {
    JsonGrammars grammars = new JsonGrammars(GrammarLimits.DEFAULT);
    Grammar weather =
        grammars.jsonSchema(
            Judge.parse(
                "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\",\"maxLength\":9}},\"required\":[\"city\"]}"));
    Grammar nothing = grammars.jsonSchema(Judge.parse("{\"type\":\"object\",\"properties\":{}}"));
    Grammar call =
        Grammar.sequence(
            List.of(
                Grammar.literal("<tool_call>\n"),
                Grammar.choice(
                    List.of(
                        Grammar.sequence(
                            List.of(
                                Grammar.literal("{\"name\": \"weather\", \"arguments\": "),
                                weather)),
                        Grammar.sequence(
                            List.of(
                                Grammar.literal("{\"name\": \"what\", \"arguments\": "),
                                nothing)))),
                Grammar.literal("}\n</tool_call>")));
    Pattern expected =
        Pattern.compile(
            "<tool_call>\n\\{\"name\": \"(weather|what)\", \"arguments\": (\\{.*\\})}\n</tool_call>",
            Pattern.DOTALL);
    for (long seed = 0; seed < 50; seed++) {
      assertThat(walker.walk(call, new SplittableRandom(seed))).matches(expected);
    }
  }
}
