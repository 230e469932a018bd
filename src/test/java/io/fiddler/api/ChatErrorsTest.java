package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a chat may not ask for: each answered with a sentence that names the field.
class ChatErrorsTest extends ApiTestBase {
  private static final String ASK = "'messages':[{'role':'user','content':'hi'}]";

  private final TinyMoe model = new TinyMoe();

  @Override
  ApiServer start() {
    return model.serve();
  }

  @AfterAll
  void closeModel() {
    model.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                          | messages | missing_field | messages is required: an array of messages
          {'messages':'hi'}                           | messages | invalid_value | messages must be an array of at least one message, got "hi"
          {'messages':[]}                             | messages | invalid_value | messages must be an array of at least one message, got an empty array
          {'messages':['hi']}                         | messages[0] | invalid_value | messages[0] must be an object, got "hi"
          {'messages':[{'content':'x'}]}              | messages[0].role | missing_field | messages[0].role is required: "system", "developer", "user", "assistant" or "tool"
          {'messages':[{'role':'king','content':'x'}]} | messages[0].role | invalid_value | messages[0].role must be "system", "developer", "user", "assistant" or "tool", got "king"
          {'messages':[{'role':'user'}]}              | messages[0].content | missing_field | messages[0].content is required: a string or an array of text parts
          {'messages':[{'role':'user','content':7}]}  | messages[0].content | invalid_value | messages[0].content must be a string or an array of text parts, got 7
          {'messages':[{'role':'user','content':[{'type':'image_url','image_url':{'url':'x'}}]}]} | messages[0].content[0].type | unsupported_value | messages[0].content[0].type must be "text", got "image_url": the model served reads text only
          {'messages':[{'role':'user','content':[{'type':'text','text':'a'},{'type':'input_audio'}]}]} | messages[0].content[1].type | unsupported_value | messages[0].content[1].type must be "text", got "input_audio": the model served reads text only
          {'messages':[{'role':'user','content':[{'type':'text'}]}]} | messages[0].content[0].text | missing_field | messages[0].content[0].text is required: a string
          {'messages':[{'role':'assistant'}]}         | messages[0].content | missing_field | messages[0].content is required: a string or an array of text parts
          {'messages':[{'role':'assistant','content':'x','function_call':{'name':'f'}}]} | messages[0].function_call | unsupported_field | messages[0].function_call is not supported, got an object
          {'messages':[{'role':'tool','content':'x'}]} | messages[0].tool_call_id | missing_field | messages[0].tool_call_id is required: the id of the call that this answers
          {'messages':[{'role':'tool','content':'x','tool_call_id':'a'}]} | messages[0].role | unsupported_field | messages[0].role is not supported by the model "tiny-moe": its chat template knows no tools
          {'messages':[{'role':'user','content':'x','name':''}]} | messages[0].name | invalid_value | messages[0].name must have 1 to 256 characters, got 0
          {ASK,'tools':[{'type':'function','function':{'name':'f'}}]} | tools | unsupported_field | tools is not supported by the model "tiny-moe": its chat template knows no tools
          {ASK,'tools':[{'type':'function','function':{'name':'f g'}}]} | tools[0].function.name | invalid_value | tools[0].function.name must be 1 to 64 letters, digits, _ or -, got "f g"
          {ASK,'tools':[{'type':'web_search'}]}       | tools[0].type | unsupported_value | tools[0].type must be "function", got "web_search"
          {ASK,'tool_choice':'auto'}                  | tool_choice | invalid_value | tool_choice is only for requests with tools
          {ASK,'logprobs':5}                          | logprobs | invalid_value | logprobs must be true or false, got 5
          {ASK,'top_logprobs':5}                      | top_logprobs | invalid_value | top_logprobs is only for logprobs = true
          {ASK,'logprobs':true,'top_logprobs':21}     | top_logprobs | invalid_value | top_logprobs must be an integer in [0, 20], got 21
          {ASK,'max_tokens':0}                        | max_tokens | invalid_value | max_tokens must be an integer in [1, 2147483647], got 0
          {ASK,'max_tokens':3,'max_completion_tokens':4} | max_tokens | invalid_value | max_tokens and max_completion_tokens say the same and must be equal, got 3 and 4
          {ASK,'max_completion_tokens':5000}          | max_completion_tokens | context_length_exceeded | `max_completion_tokens must be at most `
          {ASK,'n':129}                               | n | invalid_value | n must be an integer in [1, 128], got 129
          {ASK,'stop':['1','2','3','4','5','6','7','8','9','10','11','12','13','14','15','16','17']} | stop | invalid_value | stop must be a string or an array of at most 16 strings, got 17 items
          {ASK,'stream_options':{'include_usage':true}} | stream_options | invalid_value | stream_options is only for stream = true
          {ASK,'logit_bias':{'9999':1}}               | logit_bias | invalid_value | logit_bias["9999"] must be a token id in [0, 3072), got 9999
          {ASK,'modalities':['text','audio']}         | modalities | unsupported_value | modalities must be text, got "audio"
          {ASK,'service_tier':'flex'}                 | service_tier | unsupported_value | service_tier must be auto or default, got "flex"
          {ASK,'response_format':{'type':'xml'}}      | response_format.type | invalid_value | response_format.type must be "text", "json_object" or "json_schema", got "xml"
          {ASK,'response_format':{'type':'json_schema'}} | response_format.json_schema.schema | missing_field | response_format.json_schema.schema is required: a JSON Schema
          {ASK,'chat_template_kwargs':{'messages':[]}} | chat_template_kwargs.messages | invalid_value | chat_template_kwargs.messages must be given as messages
          {ASK,'model':'gpt-9'}                       | model | model_not_found | The model "gpt-9" does not exist; the model served is "tiny-moe"
          """)
  void refusal_namesFieldRuleAndValue(String json, String param, String code, String message) {
    String body = refused(json.replace("ASK", ASK), param.equals("model") ? 404 : 400);

    assertThat(body)
        .contains("\"param\":" + quoted(param))
        .contains("\"code\":" + quoted(code))
        .contains(message.replace("\"", "\\\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'audio':{'voice':'x'}",
        "'prediction':{'type':'content'}",
        "'web_search_options':{'a':1}",
        "'functions':[{'name':'f'}]",
        "'function_call':'auto'",
        "'reasoning_effort':'high'",
        "'verbosity':'low'",
        "'store':true",
        "'use_beam_search':true",
        "'best_of':2",
        "'min_tokens':2",
        "'guided_json':{'a':1}",
        "'chat_template':'x'",
        "'continue_final_message':true",
        "'documents':[{'a':1}]"
      })
  void knownField_isRefused_whenItCannotBeHonoured(String field) {
    String name = field.substring(1, field.indexOf("':"));

    assertThat(refused("{%s,%s}".formatted(ASK, field), 400))
        .contains("\"code\":\"unsupported_field\"")
        .contains("\"param\":\"" + name + "\"")
        .contains(name + " is not supported, got ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "temperature",
        "top_p",
        "min_p",
        "presence_penalty",
        "seed",
        "n",
        "max_tokens",
        "max_completion_tokens",
        "min_tokens",
        "truncate_prompt_tokens",
        "prompt_logprobs",
        "stop",
        "best_of",
        "top_logprobs",
        "tools",
        "tool_choice",
        "chat_template_kwargs",
        "service_tier"
      })
  void field_isNamed_whenItsNumberIsBeyondAllTypes(String field) {
    assertThat(refused("{%s,'logprobs':true,'%s':1%s}".formatted(ASK, field, "0".repeat(400)), 400))
        .contains("\"param\":\"" + field + "\"", "got 10000");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tools                | [{'type':'function','function':{'name':'f','description':'LONG'}}]
          chat_template_kwargs | {'a':'LONG'}
          chat_template_kwargs | {'a':[{'b':'LONG'}]}
          """)
  void whatTemplatesAreGiven_isHeldToTheLengthOfPrompts(String field, String value) {
    String half = "x".repeat(600_000);
    String body =
        "{'messages':[{'role':'user','content':'%s'}],'%s':%s}"
            .formatted(half, field, value.replace("LONG", half));

    for (String path : new String[] {"/v1/chat/completions", "/apply-template", "/tokenize"}) {
      assertThat(text(post(path, body).expectStatus().isBadRequest()))
          .contains("\"code\":\"prompt_too_long\"", "\"param\":\"" + field + "\"")
          .contains("messages, tools and chat_template_kwargs together must have at most 1000000");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'role':'assistant','tool_calls':[{'id':'LONG','function':{'name':'f'}},{'id':'LONG','function':{'name':'f'}}]}",
        "{'role':'assistant','tool_calls':[{'id':'a','function':{'name':'LONG'}},{'id':'b','function':{'name':'LONG'}}]}",
        "{'role':'assistant','tool_calls':[{'id':'a','function':{'name':'LONG'}}]},{'role':'tool','tool_call_id':'a','content':'x'}"
      })
  void earlierCalls_areHeldToTheLengthOfPrompts(String messages) {
    assertThat(
            refused(
                "{'messages':[%s]}".formatted(messages).replace("LONG", "x".repeat(500_001)), 400))
        .contains("\"code\":\"prompt_too_long\"", "\"param\":\"messages\"");
  }

  @Test
  void hugeNumbersOfTools_areNoFaultOfTheService() {
    String huge = "1" + "0".repeat(400);
    String tool =
        "'tools':[{'type':'function','function':{'name':'f','parameters':{'type':'object','properties':{'a':{'type':'integer','maximum':%s}}}}}]"
            .formatted(huge);

    refused("{%s,%s}".formatted(ASK, tool), 400);
    assertThat(
            post(
                    "/v1/chat/completions",
                    "{%s,'max_tokens':1,'chat_template_kwargs':{'a':%s,'b':[{'c':-%s}]}}"
                        .formatted(ASK, huge, huge))
                .returnResult(String.class)
                .getStatus()
                .value())
        .isIn(200, 400);
  }

  @Test
  void fields_areAccepted_whenTheyAskForNothingElse() {
    posted(
        "/v1/chat/completions",
        "{%s,'max_tokens':1,'store':false,'metadata':{'a':'b'},'user':'u','safety_identifier':'s','prompt_cache_key':'k','service_tier':'auto','modalities':['text'],'parallel_tool_calls':false,'tools':[],'tool_choice':'none','no_such_field':1}"
            .formatted(ASK));
  }

  @Test
  void template_refusesAsTheChatDoes() {
    assertThat(text(post("/apply-template", "{'messages':[]}").expectStatus().isBadRequest()))
        .contains("messages");
    assertThat(
            text(
                post("/apply-template", "{%s,'model':'other'}".formatted(ASK))
                    .expectStatus()
                    .isNotFound()))
        .contains("model_not_found");
    for (String path : new String[] {"/apply-template", "/v1/chat/completions"}) {
      assertThat(text(client().get().uri(path).exchange().expectStatus().isEqualTo(405)))
          .contains("method_not_allowed");
    }
  }

  private String refused(String json, int status) {
    return text(post("/v1/chat/completions", json).expectStatus().isEqualTo(status));
  }
}
