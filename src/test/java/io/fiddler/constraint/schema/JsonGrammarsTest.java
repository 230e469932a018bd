package io.fiddler.constraint.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.constraint.Grammar;
import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.Judge;
import io.fiddler.constraint.token.Acceptance;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonGrammarsTest {
  private static final JsonGrammars GRAMMARS = new JsonGrammars(GrammarLimits.DEFAULT);

  private static boolean accepts(String schema, String text) {
    return Acceptance.accepts(GRAMMARS.jsonSchema(Judge.parse(schema)), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"a\":1}",
        "{ \"a\" : 1}",
        "{\n  \"a\": [\n    1,\n    2\n  ]\n}",
        "{\"a\":[{},[],\"\",-0.5e+10,true,false,null]}",
        "{\"é\":\"\\ud83d\\ude00 \\u0000\\\"\\\\\\/\\b\\f\\n\\r\\t 😀\"}",
        "{\"a\":1,\"a\":2}"
      })
  void jsonObject_isAccepted(String text) {
    // A blank before a colon is JSON that no printer writes.
    boolean printed = !text.contains(" :");
    assertThat(Acceptance.accepts(GRAMMARS.jsonObject(), text)).isEqualTo(printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "{",
        "{}}",
        " {}",
        "{} ",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":1e}",
        "{\"a\":tru}",
        "{\"a\":[1,]}",
        "{\"a\":[,]}",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\udc00\"}",
        "{\"a\":\"\\ud800\\u0041\"}",
        "{\"a\":\"\\u12g4\"}",
        "{'a':1}",
        "{\"a\":1 \n}",
        "{\"a\":NaN}"
      })
  void jsonObject_isRefused_whenItIsNone(String text) {
    assertThat(Acceptance.accepts(GRAMMARS.jsonObject(), text)).isFalse();
  }

  @Test
  void string_isRefused_whenItIsNoUtf8() {
    for (int[] bytes :
        List.of(
            new int[] {0x80},
            new int[] {0xC0, 0x80},
            new int[] {0xC3},
            new int[] {0xE0, 0x80, 0x80},
            new int[] {0xED, 0xA0, 0x80},
            new int[] {0xF0, 0x80, 0x80, 0x80},
            new int[] {0xF4, 0x90, 0x80, 0x80},
            new int[] {0xFF})) {
      byte[] text = new byte[bytes.length + 2];
      text[0] = '"';
      for (int i = 0; i < bytes.length; i++) {
        text[i + 1] = (byte) bytes[i];
      }
      text[text.length - 1] = '"';
      Grammar strings = GRAMMARS.jsonSchema(Judge.parse("{\"type\":\"string\"}"));
      assertThat(Acceptance.accepts(strings, text)).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'properties':{'a':{},'b':{}},'required':['b']} | {'b':1} | {'a':1}",
        "{'properties':{'a':{},'b':{}}} | {'a':1,'b':1} | {'b':1,'a':1}",
        "{'properties':{'a':{}}} | {} | {'z':1}",
        "{'properties':{'a':{}},'additionalProperties':{'type':'null'}} | {'a':1,'z':null} | {'z':1}",
        "{'properties':{'a':{'type':'null'}},'additionalProperties':true} | {'z':1,'ab':2} | {'a':1}",
        "{'properties':{'a':{'type':'null'}},'additionalProperties':true} | {'a\\u0061':1} | {'\\u0061':1}",
        "{'required':['a'],'type':'object'} | {'a':1,'b':2} | {'b':2}",
        "{'additionalProperties':{'type':'integer'}} | {'x':1,'y':2} | {'x':'1'}",
        "{'properties':{'a':false}} | {} | {'a':1}",
        "{'type':'array'} | [1,'a',[]] | {}",
        "{'items':{'type':'integer'},'minItems':2} | [1,2,3,4] | [1]",
        "{'items':{'type':'integer'},'maxItems':2} | [1,2] | [1,2,3]",
        "{'prefixItems':[{'type':'null'},{'type':'boolean'}]} | [null,true] | [null,true,1]",
        "{'prefixItems':[{'type':'null'}],'items':{'type':'integer'}} | [null,1,2] | [1]",
        "{'items':false} | [] | [1]",
        "{'type':['string','null']} | null | 1",
        "{'type':['number','integer']} | 1.5 | '1'",
        "{'type':'integer'} | 10 | 1.0",
        "{'enum':['a','ab',1,null]} | 'ab' | 'b'",
        "{'enum':['a',1],'type':'string'} | 'a' | 1",
        "{'const':{'k':[1,'x']}} | {'k':[1,'x']} | {'k': [1, 'x']}",
        "{'anyOf':[{'type':'integer'},{'type':'null'}]} | 1 | true",
        "{'oneOf':[{'const':'on'},{'const':'off'}]} | 'off' | 'of'",
        "{'type':'string','anyOf':[{'maxLength':1},{'minLength':3}]} | 'abc' | 'ab'",
        "{'allOf':[{'minimum':1},{'maximum':3}],'type':'integer'} | 2 | 4",
        "{'allOf':[{'type':['integer','null']},{'type':['number','string']}]} | 2 | 2.5",
        "{'allOf':[{'properties':{'a':{}}},{'properties':{'b':{}},'required':['b']}]} | {'a':1,'b':2} | {'a':1}",
        "{'$ref':'#/$defs/x','$defs':{'x':{'type':'null'}}} | null | 1",
        "{'$ref':'#/$defs/a~1b%20c','$defs':{'a/b c':{'type':'null'}}} | null | 1",
        "{'$ref':'#/$defs/x','minimum':2,'$defs':{'x':{'type':'integer'}}} | 2 | 1",
        "{'properties':{'n':{'anyOf':[{'$ref':'#'},{'type':'null'}]}}} | {'n':{'n':null}} | {'n':1}",
        "{'minLength':1,'maxLength':2} | '日本' | '日本語'",
        "{'pattern':'^a.c$'} | 'abc' | 'abcd'",
        "{'format':'date'} | '2024-02-29' | '2023-02-29'",
        "{'format':'date-time'} | '2024-12-31T23:59:59.5Z' | '2024-12-31'",
        "{'format':'email'} | 'a.b+c@example.org' | 'a@b@c'",
        "{'format':'uuid'} | '123e4567-e89b-12d3-a456-426614174000' | '123'",
        "{'format':'int32','type':'integer'} | 5 | 'a'",
        "{'minimum':0.5,'type':'number'} | 0.5 | 0.4",
        "{'minimum':0,'exclusiveMaximum':1} | 0.999999 | 1",
        "{'exclusiveMinimum':0,'type':'integer'} | 1 | 0",
        "{'type':'boolean','description':'x','title':'y','default':true,'examples':[1]} | true | 1",
        "true | {'a':[1]} | {",
        "{} | 'any' | any"
      })
  void schema_acceptsAndRefuses(String schema, String accepted, String refused) {
    String json = schema.replace('\'', '"');
    assertThat(accepts(json, accepted.replace('\'', '"'))).as(accepted).isTrue();
    assertThat(accepts(json, refused.replace('\'', '"'))).as(refused).isFalse();
  }

  @Test
  void grammar_isTheSame_forTheSameSchema() {
    String schema = "{\"type\":\"integer\",\"minimum\":7}";
    assertThat(GRAMMARS.jsonSchema(Judge.parse(schema)))
        .isSameAs(GRAMMARS.jsonSchema(Judge.parse(schema)));
  }
}
