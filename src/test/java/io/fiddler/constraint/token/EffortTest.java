package io.fiddler.constraint.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.constraint.AmbiguousGrammarException;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.Judge;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.sampling.TokenConstraint;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Schemas within every limit that would still keep everybody waiting.
final class EffortTest {
  private static Walker walker;
  private final JsonGrammars grammars = new JsonGrammars(GrammarLimits.DEFAULT);

  @BeforeAll
  static void load() {
    walker = Walker.tinyMoe();
  }

  @AfterAll
  static void close() {
    walker.close();
  }

  private TokenConstraint constraint(String schema) {
    return walker.constraint(grammars.jsonSchema(Judge.parse(schema)));
  }

  /// Twenty ways to begin an array of an array of ...: twenty times as many with each bracket.
  @Test
  void constraint_fails_whenReadingsMultiply() {
    String levels =
        IntStream.range(0, 6)
            .mapToObj(i -> "\"%d\":%s".formatted(i, twentyOf(i + 1)))
            .collect(Collectors.joining(","));
    String schema =
        "{\"$ref\":\"#/$defs/0\",\"$defs\":{%s,\"6\":{\"type\":\"null\"}}}".formatted(levels);
    assertThatThrownBy(() -> writeBrackets(constraint(schema), 7))
        .isInstanceOf(AmbiguousGrammarException.class)
        .hasMessageStartingWith("a schema must leave fewer ways to read an answer, at most ");
  }

  private static String twentyOf(int next) {
    String one = "{\"items\":{\"$ref\":\"#/$defs/%d\"},\"minItems\":1}".formatted(next);
    return IntStream.range(0, 20)
        .mapToObj(_ -> one)
        .collect(Collectors.joining(",", "{\"anyOf\":[", "]}"));
  }

  private static void writeBrackets(TokenConstraint constraint, int count) {
    int bracket = walker.tokenizer.encode("[", false)[0];
    float[] logits = new float[walker.vocabulary.size()];
    for (int i = 0; i < count; i++) {
      constraint.restrict(logits, 0, logits.length);
      constraint.accept(bracket);
    }
  }

  @Test
  void constraint_isRefusedAtOnce_whenTooManyPropertiesMayBeLeftOut() {
    assertThatThrownBy(() -> constraint(properties(3_000)))
        .isInstanceOf(AmbiguousGrammarException.class);
  }

  @Test
  void constraint_isMade_whenHundredsOfPropertiesMayBeLeftOut() {
    TokenConstraint many = constraint(properties(500));
    for (int id : walker.tokenizer.encode("{\"p250\":1,\"p499\":2}", false)) {
      float[] logits = new float[walker.vocabulary.size()];
      many.restrict(logits, 0, logits.length);
      assertThat(logits[id]).isZero();
      many.accept(id);
    }
    assertThat(many.isFinished()).isTrue();
  }

  private static String properties(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"p" + i + "\":{}")
        .collect(Collectors.joining(",", "{\"properties\":{", "}}"));
  }
}
