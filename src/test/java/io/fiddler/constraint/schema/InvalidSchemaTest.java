package io.fiddler.constraint.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.InvalidSchemaException;
import io.fiddler.constraint.Judge;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is wrong with a schema is said with its place, its rule and its value.
final class InvalidSchemaTest {
  private static final JsonGrammars GRAMMARS = new JsonGrammars(GrammarLimits.DEFAULT);

  private static InvalidSchemaException failure(JsonGrammars grammars, String schema) {
    try {
      grammars.jsonSchema(Judge.parse(schema));
    } catch (InvalidSchemaException e) {
      return e;
    }
    throw new AssertionError("accepted: " + schema);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "5 | # | a schema must be an object or a boolean, got 5 (at #)",
        "false | # | a schema must be satisfied by some value, got false (at #)",
        "{'type':'text'} | #/type | type must be object, array, string, number, integer, boolean or null, or an array of these, got 'text' (at #/type)",
        "{'type':[]} | #/type | type must be an array that is not empty, got [] (at #/type)",
        "{'properties':{'a/b':{'multipleOf':2}}} | #/properties/a~1b/multipleOf | multipleOf is not supported, got 2 (at #/properties/a~1b/multipleOf)",
        "{'not':{}} | #/not | not is not supported, got {} (at #/not)",
        "{'uniqueItems':true} | #/uniqueItems | uniqueItems is not supported, got true (at #/uniqueItems)",
        "{'properties':[]} | #/properties | properties must be an object, got [] (at #/properties)",
        "{'properties':{'a':1}} | #/properties/a | a schema must be an object or a boolean, got 1 (at #/properties/a)",
        "{'required':'a'} | #/required | required must be an array of strings, got 'a' (at #/required)",
        "{'required':[1]} | #/required | required must be an array of strings, got [1] (at #/required)",
        "{'properties':{},'required':['a']} | #/required | required must name properties that are allowed, got 'a' (at #/required)",
        "{'properties':{'a':false},'required':['a']} | #/properties/a | a required property must be allowed, got false (at #/properties/a)",
        "{'minLength':-1} | #/minLength | minLength must be an integer in [0, 1e18], got -1 (at #/minLength)",
        "{'minLength':3,'maxLength':2} | #/maxLength | maxLength must not be below minLength (3), got 2 (at #/maxLength)",
        "{'minItems':3,'maxItems':2} | #/maxItems | maxItems must not be below minItems (3), got 2 (at #/maxItems)",
        "{'items':[{}]} | #/items | items must be a schema; schemas of single items go into prefixItems, got [{}] (at #/items)",
        "{'pattern':5} | #/pattern | pattern must be a string, got 5 (at #/pattern)",
        "{'pattern':'(?=a)'} | #/pattern | pattern must do without what is not supported: look-around or a named group: (? (character 2), got '(?=a)' (at #/pattern)",
        "{'format':'regex'} | #/format | format is supported as one of date, date-time, duration, email, hostname, ipv4, ipv6, time, uri, uuid, got 'regex' (at #/format)",
        "{'type':'integer','minimum':5,'maximum':4} | # | minimum and maximum must leave an integer between them, got {'type':'integer','minimum':5,'maximum':4} (at #)",
        "{'minimum':'1'} | #/minimum | minimum must be a number in [-1e18, 1e18], got '1' (at #/minimum)",
        "{'minimum':1e999999999} | #/minimum | minimum must be a number in [-1e18, 1e18], got 1E+999999999 (at #/minimum)",
        "{'enum':[]} | #/enum | enum must be an array that is not empty, got [] (at #/enum)",
        "{'enum':[1],'type':'string'} | #/enum | enum must have a value of the type asked for, got [1] (at #/enum)",
        "{'enum':[1],'minimum':0} | #/minimum | minimum is not supported beside enum, got 0 (at #/minimum)",
        "{'anyOf':{}} | #/anyOf | anyOf must be an array that is not empty, got {} (at #/anyOf)",
        "{'anyOf':[1]} | #/anyOf/0 | a schema must be an object or a boolean, got 1 (at #/anyOf/0)",
        "{'$ref':'http://x'} | #/$ref | $ref must point to a schema in this one, such as #/$defs/name, got 'http://x' (at #/$ref)",
        "{'$ref':'#/$defs/x'} | #/$ref | $ref must point to a schema in this one, such as #/$defs/name, got '#/$defs/x' (at #/$ref)",
        "{'$ref':'#'} | # | a schema must not refer to itself without an object or array in between, got # (at #)",
        "{'allOf':[{'type':'string'},{'type':'null'}]} | #/allOf/1 | types that must hold together must have one in common, got 'string' and 'null' (at #/allOf/1)",
        "{'allOf':[{'$ref':'#'}]} | #/allOf/0 | ",
        "{'allOf':[{'$ref':'#/$defs/a'}],'$defs':{'a':{'$ref':'#/$defs/b'},'b':{'$ref':'#/$defs/a'}}} | #/allOf/0/$ref | $ref must not lead back to itself, got '#/$defs/a' (at #/allOf/0/$ref)",
        "{'$ref':'#/$defs/b','uniqueItems':true,'$defs':{'b':{'type':'array','uniqueItems':false}}} | #/uniqueItems | uniqueItems is not supported, got true (at #/uniqueItems)",
        "{'$ref':'#/$defs/b','uniqueItems':false,'$defs':{'b':{'type':'array','uniqueItems':true}}} | #/uniqueItems | uniqueItems is not supported, got true (at #/uniqueItems)",
        "{'allOf':[{'patternProperties':{}},{'patternProperties':{'a':{}}}]} | #/allOf/1/patternProperties | patternProperties is not supported, got {'a':{}} (at #/allOf/1/patternProperties)",
        "{'properties':{'n':{'$ref':'#'}},'required':['n']} | # | a schema must be satisfied by some finite value, got {'properties':{'n':{'$ref':'#'}},'required':['n']} (at #)"
      })
  void schema_isRefused(String schema, String pointer, String message) {
    InvalidSchemaException failure = failure(GRAMMARS, schema.replace('\'', '"'));
    if (message != null) {
      assertThat(failure).hasMessage(message.replace('\'', '"'));
      assertThat(failure.pointer()).isEqualTo(pointer);
      assertThat(failure.getMessage())
          .isEqualTo(
              "%s, got %s (at %s)".formatted(failure.rule(), failure.got(), failure.pointer()));
    }
  }

  @Test
  void schema_isRefused_whenItIsOverALimit() {
    JsonGrammars small = new JsonGrammars(new GrammarLimits(200, 3, 12, 30, 600, 2));
    assertThat(failure(small, "{\"title\":\"" + "x".repeat(200) + "\"}"))
        .hasMessage("a schema must have at most 200 bytes, got 212 (at #)");
    assertThat(failure(small, "{\"enum\":[1,2,3]}"))
        .hasMessage("enum must have at most 2 values, got 3 (at #/enum)");
    assertThat(failure(small, "{\"items\":{\"items\":{\"items\":{\"items\":{}}}}}"))
        .hasMessage("a schema must nest at most 3 levels, got more (at #/items/items/items/items)");
    assertThat(failure(small, "{\"items\":{},\"maxItems\":100}").getMessage())
        .startsWith("a schema must need at most 12 elements");
    assertThat(failure(small, "{\"pattern\":\"^a{50}$\"}").getMessage())
        .startsWith("pattern must need at most 30 states");
  }

  @Test
  void schema_isTaken_whenItIsLargeButWithinTheLimits() {
    GRAMMARS.jsonSchema(Judge.parse(properties(900, "{\"type\":\"integer\"}")));
    GRAMMARS.jsonSchema(Judge.parse("{\"items\":{},\"minItems\":9000,\"maxItems\":18000}"));
    assertThatThrownBy(
            () -> GRAMMARS.jsonSchema(Judge.parse("{\"items\":{},\"maxItems\":2000000000}")))
        .isInstanceOf(InvalidSchemaException.class);
  }

  /// Few states, each with thousands of characters that lead on.
  @Test
  void pattern_isRefused_whenItHasTooManyRanges() {
    String set = "[" + everySecond(4_000) + "]";
    assertThat(failure(GRAMMARS, "{\"pattern\":\"^(?:" + set + "{1000}){4}$\"}").getMessage())
        .startsWith("pattern must need at most 5000 states and 100000 ranges of characters");
    GRAMMARS.jsonSchema(Judge.parse("{\"pattern\":\"^" + set + "$\"}"));
  }

  @Test
  void patterns_areRefused_whenTogetherTheyAreTooLarge() {
    assertThat(failure(GRAMMARS, properties(100, "{\"pattern\":\"^(?:.{999}){4}$\"}")).getMessage())
        .startsWith("the patterns of a schema must need at most 200000 states");
  }

  @Test
  void schema_isTaken_whenItsReferencesFormALongChain() {
    String chain =
        IntStream.range(0, 1_500)
            .mapToObj(i -> "\"a%d\":{\"$ref\":\"#/$defs/a%d\"}".formatted(i, i + 1))
            .collect(Collectors.joining(","));
    GRAMMARS.jsonSchema(
        Judge.parse(
            "{\"$ref\":\"#/$defs/a0\",\"$defs\":{%s,\"a1500\":{\"maxItems\":15000,\"items\":{}}}}"
                .formatted(chain)));
  }

  private static String everySecond(int characters) {
    return IntStream.range(0, characters)
        .mapToObj(i -> Character.toString(0x4E00 + 2 * i))
        .collect(Collectors.joining());
  }

  private static String properties(int count, String schema) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"p" + i + "\":" + schema)
        .collect(Collectors.joining(",", "{\"properties\":{", "}}"));
  }
}
