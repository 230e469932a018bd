package io.fiddler.constraint.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.Judge;
import io.fiddler.constraint.schema.JsonGrammars;
import io.fiddler.sampling.SampledToken;
import io.fiddler.sampling.Sampler;
import io.fiddler.sampling.SamplingParameters;
import io.fiddler.sampling.TokenConstraint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class GrammarConstraintTest {
  private static final int END = 2;
  private static final int SPECIAL = 4;

  private static Walker walker;
  private static JsonGrammars grammars;

  @BeforeAll
  static void load() {
    walker = Walker.tinyMoe();
    grammars = new JsonGrammars(GrammarLimits.DEFAULT);
  }

  @AfterAll
  static void close() {
    walker.close();
  }

  private static Set<Integer> allowed(TokenConstraint constraint) {
    float[] logits = new float[walker.vocabulary.size() + 5];
    constraint.restrict(logits, 3, logits.length - 3);
    assertThat(logits).startsWith(0, 0, 0);
    return Set.copyOf(
        IntStream.range(0, logits.length - 3).filter(id -> logits[id + 3] == 0).boxed().toList());
  }

  private static void write(TokenConstraint constraint, String text) {
    for (int id : walker.tokenizer.encode(text, false)) {
      assertThat(allowed(constraint)).as(text).contains(id);
      constraint.accept(id);
    }
  }

  private static TokenConstraint schema(String json) {
    return walker.constraint(grammars.jsonSchema(Judge.parse(json)));
  }

  @Test
  void endTokens_areAllowed_whereTheTextIsWhole() {
    TokenConstraint number = schema("{\"type\":\"integer\"}");
    assertThat(allowed(number)).doesNotContain(END);
    write(number, "-1");
    assertThat(allowed(number)).contains(END);
    assertThat(number.isFinished()).isFalse();
    number.accept(END);
    assertThat(number.isFinished()).isTrue();
  }

  @Test
  void constraint_isFinished_whereNothingMayFollow() {
    TokenConstraint object = walker.constraint(grammars.jsonObject());
    write(object, "{\"a\": [1, 2.5e-3, \"\\u00e9\\n\"], \"b\": {}");
    assertThat(object.isFinished()).isFalse();
    write(object, "}");
    assertThat(object.isFinished()).isTrue();
    assertThat(allowed(object)).containsExactly(END);
  }

  @Test
  void token_isRefused_thatDoesNotContinueTheText() {
    TokenConstraint object = walker.constraint(grammars.jsonObject());
    int bracket = walker.tokenizer.encode("[", false)[0];
    assertThatThrownBy(() -> object.accept(bracket))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("token %d does not continue the constrained text".formatted(bracket));
  }

  @Test
  void specialToken_isAllowed_whereTheGrammarNamesIt() {
    TokenConstraint call =
        walker.constraint(Grammar.sequence(List.of(Grammar.token(SPECIAL), Grammar.literal("ok"))));
    assertThat(allowed(call)).containsExactly(SPECIAL);
    call.accept(SPECIAL);
    write(call, "ok");
    assertThat(call.isFinished()).isTrue();
  }

  @Test
  void indentation_endsWhereAPrettyPrinterWouldEndIt() {
    TokenConstraint object = walker.constraint(grammars.jsonObject());
    write(object, "{\n" + " ".repeat(32));
    int space = walker.tokenizer.encode(" ", false)[0];
    assertThat(allowed(object)).doesNotContain(space);
  }

  @Test
  void nesting_endsAtItsLimit() {
    TokenConstraint object =
        walker.constraint(new JsonGrammars(GrammarLimits.of(1_000, 3)).jsonObject());
    write(object, "{\"a\":[[");
    int bracket = walker.tokenizer.encode("[", false)[0];
    int brace = walker.tokenizer.encode("{", false)[0];
    assertThat(allowed(object)).doesNotContain(bracket, brace);
  }

  @Test
  void logprobs_areThoseOfTheUnrestrictedRow_whenConstrained() {
    int size = walker.vocabulary.size();
    float[] logits = new float[size];
    for (int i = 0; i < size; i++) {
      logits[i] = (i * 7919 % 1000) / 100f;
    }
    Sampler free = Sampler.of(SamplingParameters.greedy(), new int[] {1}, 5);
    Sampler bound =
        Sampler.of(SamplingParameters.greedy(), schema("{\"type\":\"boolean\"}"), new int[] {1}, 5);
    SampledToken constrained = bound.sample(logits.clone(), 0, size);
    SampledToken scored = Sampler.score(logits, 0, size, constrained.tokenId(), 5);
    assertThat(constrained.logprob()).isEqualTo(scored.logprob());
    assertThat(constrained.top()).isEqualTo(free.sample(logits.clone(), 0, size).top());
  }

  @Test
  void topKAndBias_holdAmongTheTokensAllowed() {
    int size = walker.vocabulary.size();
    int yes = walker.tokenizer.encode("t", false)[0];
    int no = walker.tokenizer.encode("f", false)[0];
    SamplingParameters parameters =
        new SamplingParameters(1, 1, 1, 0, 1, 0, 0, Map.of(no, 100.0, yes, -100.0), 7);
    Sampler sampler = Sampler.of(parameters, schema("{\"enum\":[true,false]}"), new int[] {1}, -1);
    float[] logits = new float[size];
    logits[yes] = 90;
    assertThat(walker.tokenizer.tokenText(sampler.sample(logits, 0, size).tokenId()))
        .startsWith("f");
  }
}
