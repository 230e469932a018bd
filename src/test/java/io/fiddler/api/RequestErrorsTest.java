package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.model.ModelConfig;
import io.fiddler.usage.RequestRecord;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.http.MediaType;

/// What every wrong request is told, over the real engine and model: field, rule and value, in
/// OpenAI's shape.
class RequestErrorsTest extends ApiTestBase {
  /// No double can hold it.
  private static final String HUGE = "1" + "0".repeat(400);

  private final TinyMoe model = new TinyMoe();

  @Override
  ApiServer start() {
    return model.serve();
  }

  @AfterAll
  void closeModel() {
    model.close();
  }

  private ModelConfig model() {
    return model.engine().model().config();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|prompt|missing_field|prompt is required: a string, an array of strings, an array of"
            + " token ids or an array of arrays of token ids",
        "{'prompt':null}|prompt|missing_field|prompt is required: a string, an array of strings, an"
            + " array of token ids or an array of arrays of token ids",
        "{'prompt':''}|prompt|invalid_value|prompt must not be empty",
        "{'prompt':[]}|prompt|invalid_value|prompt must not be empty",
        "{'prompt':['a','']}|prompt|invalid_value|prompt[1] must not be empty",
        "{'prompt':[[1],[]]}|prompt|invalid_value|prompt[1] must not be empty",
        "{'prompt':7}|prompt|invalid_value|prompt must be a string, an array of strings, an array"
            + " of token ids or an array of arrays of token ids, got 7",
        "{'prompt':[true]}|prompt|invalid_value|prompt must be a string, an array of strings, an"
            + " array of token ids or an array of arrays of token ids, got true at prompt[0]",
        "{'prompt':['a',1]}|prompt|invalid_value|prompt[1] must be a string like prompt[0], got 1",
        "{'prompt':[[1],'a']}|prompt|invalid_value|prompt[1] must be an array of token ids like"
            + " prompt[0], got \"a\"",
        "{'prompt':[1,'a']}|prompt|invalid_value|prompt[1] must be a token id, got \"a\"",
        "{'prompt':[1.5]}|prompt|invalid_value|prompt[0] must be a token id, got 1.5",
        "{'prompt':[99999999999]}|prompt|invalid_value|prompt[0] must be a token id, got"
            + " 99999999999",
        "{'prompt':'a','max_tokens':'many'}|max_tokens|invalid_value|max_tokens must be an integer"
            + " in [0, 2147483647], got \"many\"",
        "{'prompt':'a','max_tokens':-1}|max_tokens|invalid_value|max_tokens must be an integer in"
            + " [0, 2147483647], got -1",
        "{'prompt':'a','max_tokens':1.5}|max_tokens|invalid_value|max_tokens must be an integer in"
            + " [0, 2147483647], got 1.5",
        "{'prompt':'a','temperature':2.5}|temperature|invalid_value|temperature must be a number in"
            + " [0, 2], got 2.5",
        "{'prompt':'a','temperature':1e999}|temperature|invalid_value|temperature must be a number"
            + " in [0, 2], got \"Infinity\"",
        "{'prompt':'a','top_p':0}|top_p|invalid_value|top_p must be a number in (0, 1], got 0",
        "{'prompt':'a','min_p':'x'}|min_p|invalid_value|min_p must be a number in [0, 1], got"
            + " \"x\"",
        "{'prompt':'a','top_k':-2}|top_k|invalid_value|top_k must be an integer in [-1,"
            + " 2147483647], got -2",
        "{'prompt':'a','repetition_penalty':0}|repetition_penalty|invalid_value|repetition_penalty"
            + " must be a number in (0, 100], got 0",
        "{'prompt':'a','frequency_penalty':3}|frequency_penalty|invalid_value|frequency_penalty"
            + " must be a number in [-2, 2], got 3",
        "{'prompt':'a','presence_penalty':[]}|presence_penalty|invalid_value|presence_penalty must"
            + " be a number in [-2, 2], got an empty array",
        "{'prompt':'a','logit_bias':[1]}|logit_bias|invalid_value|logit_bias must be an object, got"
            + " an array",
        "{'prompt':'a','logit_bias':{'x':1}}|logit_bias|invalid_value|logit_bias[\"x\"] must have a"
            + " token id as its key",
        "{'prompt':'a','logit_bias':{'-1':1}}|logit_bias|invalid_value|logit_bias[\"-1\"] must have"
            + " a token id as its key",
        "{'prompt':'a','logit_bias':{'1':101}}|logit_bias|invalid_value|logit_bias[\"1\"] must be a"
            + " number in [-100, 100], got 101",
        "{'prompt':'a','seed':'x'}|seed|invalid_value|seed must be an integer in"
            + " [-9223372036854775808, 9223372036854775807], got \"x\"",
        "{'prompt':'a','n':0}|n|invalid_value|n must be an integer in [1, 128], got 0",
        "{'prompt':['a','b'],'n':128}|n|invalid_value|A request has at most 128 choices, got 256 (2"
            + " prompts, n = 128)",
        "{'prompt':'a','n':3,'best_of':2}|best_of|invalid_value|best_of must be at least n (3), got 2",
        "{'prompt':['a','b'],'best_of':65}|best_of|invalid_value|A request has at most 128 choices,"
            + " got 130 (2 prompts, best_of = 65)",
        "{'prompt':'a','best_of':2,'stream':true}|best_of|invalid_value|best_of must be equal to n"
            + " (1) with stream = true, got 2: which choices are the best is known at the end",
        "{'prompt':'a','length_penalty':2}|length_penalty|invalid_value|length_penalty is only for"
            + " use_beam_search = true",
        "{'prompt':'a','early_stopping':'never'}|early_stopping|invalid_value|early_stopping is only"
            + " for use_beam_search = true",
        "{'prompt':'a','use_beam_search':true,'length_penalty':1e999}|length_penalty|invalid_value|"
            + "length_penalty must be a finite number, got \"Infinity\"",
        "{'prompt':'a','use_beam_search':true,'early_stopping':'soon'}|early_stopping|invalid_value|"
            + "early_stopping must be true, false or \"never\", got \"soon\"",
        "{'prompt':'a','use_beam_search':1}|use_beam_search|invalid_value|use_beam_search must be"
            + " true or false, got 1",
        "{'prompt':'a','use_beam_search':true,'best_of':17}|best_of|invalid_value|best_of must be at"
            + " most 16 with use_beam_search = true, got 17",
        "{'prompt':'a','use_beam_search':true,'n':17}|n|invalid_value|n must be at most 16 with"
            + " use_beam_search = true, got 17",
        "{'prompt':'a','use_beam_search':true,'stream':true}|stream|invalid_value|stream must be"
            + " false with use_beam_search = true: which choices are the best is known at the end",
        "{'prompt':'a','use_beam_search':true,'temperature':0.7}|temperature|invalid_value|"
            + "temperature must be 0 or absent with use_beam_search = true, got 0.7",
        "{'prompt':'a','use_beam_search':true,'top_p':0.9}|top_p|invalid_value|top_p must be 1 or"
            + " absent with use_beam_search = true, got 0.9",
        "{'prompt':'a','use_beam_search':true,'top_k':5}|top_k|invalid_value|top_k must be 0 or"
            + " absent with use_beam_search = true, got 5",
        "{'prompt':'a','use_beam_search':true,'presence_penalty':1}|presence_penalty|invalid_value|"
            + "presence_penalty must be 0 or absent with use_beam_search = true, got 1",
        "{'prompt':'a','use_beam_search':true,'logit_bias':{'5':1}}|logit_bias|invalid_value|"
            + "logit_bias must be empty or absent with use_beam_search = true",
        "{'prompt':'a','use_beam_search':true,'response_format':{'type':'json_object'}}|"
            + "response_format|invalid_value|response_format is not supported with use_beam_search ="
            + " true",
        "{'prompt':'a','use_beam_search':true,'max_tokens':0}|max_tokens|invalid_value|max_tokens"
            + " must be at least 1 with use_beam_search = true, got 0",
        "{'prompt':'a','stop':''}|stop|invalid_value|stop must be a string of 1 to 256 characters,"
            + " got \"\"",
        "{'prompt':'a','stop':['x',1]}|stop|invalid_value|stop[1] must be a string of 1 to 256"
            + " characters, got 1",
        "{'prompt':'a','stop':{}}|stop|invalid_value|stop must be a string or an array of at most"
            + " 16 strings, got an empty object",
        "{'prompt':'a','logprobs':21}|logprobs|invalid_value|logprobs must be an integer in [0,"
            + " 20], got 21",
        "{'prompt':'a','logprobs':true}|logprobs|invalid_value|logprobs must be an integer in [0,"
            + " 20], got true",
        "{'prompt':'a','echo':'yes'}|echo|invalid_value|echo must be true or false, got \"yes\"",
        "{'prompt':'a','stream':1}|stream|invalid_value|stream must be true or false, got 1",
        "{'prompt':'a','stream_options':{}}|stream_options|invalid_value|stream_options is only for"
            + " stream = true",
        "{'prompt':'a','stream':true,'stream_options':5}|stream_options|invalid_value|stream_options"
            + " must be an object, got 5",
        "{'prompt':'a','user':5}|user|invalid_value|user must be a string, got 5",
        "{'prompt':'a','model':5}|model|invalid_value|model must be a string, got 5",
        "{'prompt':'a','suffix':'end'}|suffix|unsupported_field|suffix is not supported, got"
            + " \"end\"",
        "{'prompt':'a','min_tokens':3}|min_tokens|unsupported_field|min_tokens is not supported,"
            + " got 3",
      })
  void request_isRefused_whenAFieldIsWrong(String body, String param, String code, String message) {
    complete(body)
        .expectStatus()
        .isEqualTo(400)
        .expectHeader()
        .contentType(MediaType.APPLICATION_JSON)
        .expectBody(String.class)
        .isEqualTo(error(message, param, code));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          temperature            | must be a number in [0, 2]
          top_p                  | must be a number in (0, 1]
          min_p                  | must be a number in [0, 1]
          repetition_penalty     | must be a number in (0, 100]
          frequency_penalty      | must be a number in [-2, 2]
          presence_penalty       | must be a number in [-2, 2]
          top_k                  | must be an integer in [-1, 2147483647]
          seed                   | must be an integer in [-9223372036854775808, 9223372036854775807]
          n                      | must be an integer in [1, 128]
          best_of                | must be an integer in [1, 128]
          logprobs               | must be an integer in [0, 20]
          max_tokens             | must be an integer in [0, 2147483647]
          length_penalty         | must be a finite number
          stream_options         | must be an object
          min_tokens             | is not supported
          truncate_prompt_tokens | is not supported
          """)
  void request_isRefused_whenANumberIsBeyondAllTypes(String field, String rule) {
    for (boolean beams : new boolean[] {false, true}) {
      String body =
          "{'prompt':'a','use_beam_search':%s,'stream':%s,'%s':%s}"
              .formatted(beams, field.equals("stream_options"), field, HUGE);

      assertThat(text(complete(body).expectStatus().isEqualTo(400)))
          .contains("\"message\":\"%s %s, got 10000".formatted(field, rule))
          .contains("\"param\":\"" + field + "\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'prompt':'a','logit_bias':{'1':HUGE}}                    | logit_bias
          {'prompt':'a','logit_bias':{'HUGE':1}}                    | logit_bias
          {'prompt':[HUGE]}                                         | prompt
          {'prompt':'a','response_format':{'type':HUGE}}            | response_format.type
          {'prompt':'a','use_beam_search':true,'max_tokens':123456789012345678901234567890} | max_tokens
          """)
  void request_isRefused_whenAHugeNumberStandsWithinAField(String body, String param) {
    assertThat(text(complete(body.replace("HUGE", HUGE)).expectStatus().isEqualTo(400)))
        .contains("\"param\":\"" + param + "\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'type':'integer','maximum':HUGE}
          {'type':'integer','minimum':HUGE}
          {'type':'number','multipleOf':HUGE}
          {'type':'string','minLength':HUGE}
          {'type':'string','maxLength':HUGE}
          {'type':'array','minItems':HUGE}
          {'type':'array','maxItems':HUGE}
          {'type':'object','maxProperties':HUGE}
          {'enum':[HUGE]}
          {'const':HUGE}
          {'allOf':[{'maximum':HUGE},{'maximum':5}],'type':'integer'}
          """)
  void schema_isTakenOrRefused_whenANumberOfItIsHuge(String schema) {
    String body =
        "{'prompt':'a','max_tokens':1,'response_format':{'type':'json_schema','json_schema':{'name':'s','schema':%s}}}"
            .formatted(schema.replace("HUGE", HUGE));

    assertThat(complete(body).returnResult(String.class).getStatus().value()).isIn(200, 400);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|The body is empty: a JSON object is required",
        "[1]|The body must be a JSON object, got an array",
        "'text'|The body must be a JSON object, got \"text\"",
        "null|The body must be a JSON object, got null",
      })
  void request_isRefused_whenBodyIsNoObject(String body, String message) {
    complete(body)
        .expectStatus()
        .isEqualTo(400)
        .expectBody(String.class)
        .isEqualTo(error(message, null, "invalid_json"));
  }

  @Test
  void request_isRefusedInPlainWords_whenJsonEndsTooSoon() {
    assertThat(text(complete("{'prompt': 'a'").expectStatus().isEqualTo(400)))
        .contains("expected close marker for Object (line 1, column ")
        .doesNotContain("Source");
  }

  @Test
  void request_isRefusedWithItsPlace_whenJsonIsMalformed() {
    String answer = text(complete("{\n  'prompt': 'a',\n  oops }").expectStatus().isEqualTo(400));

    assertThat(answer)
        .startsWith("{\"error\":{\"message\":\"The body is not valid JSON: ")
        .contains("(line 3, column ")
        .endsWith("\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"invalid_json\"}}")
        .doesNotContain("jackson", "Exception", "\\tat ");
  }

  @Test
  void request_isRefused_whenTokenIdIsOutsideTheVocabulary() {
    int size = model().vocabSize();

    complete("{'prompt':[[1],[1," + size + "]]}")
        .expectStatus()
        .isEqualTo(400)
        .expectBody(String.class)
        .isEqualTo(
            error(
                "prompt[1][1] must be a token id in [0, %d), got %d".formatted(size, size),
                "prompt",
                "invalid_value"));
    complete("{'prompt':'a','logit_bias':{'" + size + "':1}}")
        .expectStatus()
        .isEqualTo(400)
        .expectBody(String.class)
        .isEqualTo(
            error(
                "logit_bias[\"%d\"] must be a token id in [0, %d), got %d"
                    .formatted(size, size, size),
                "logit_bias",
                "invalid_value"));
  }

  @Test
  void request_isRefused_whenPromptFillsTheContext() {
    int context = model().contextLength();

    complete("{'prompt':" + ones(context) + "}")
        .expectStatus()
        .isEqualTo(400)
        .expectBody(String.class)
        .isEqualTo(
            error(
                "prompt has %d tokens, and the model's context is %d tokens, those generated included"
                    .formatted(context, context),
                "prompt",
                "context_length_exceeded"));
  }

  @Test
  void request_isRefused_whenPromptAndMaxTokensExceedTheContext() {
    int context = model().contextLength();

    complete("{'prompt':" + ones(context - 4) + ",'max_tokens':5}")
        .expectStatus()
        .isEqualTo(400)
        .expectBody(String.class)
        .isEqualTo(
            error(
                "max_tokens must be at most 4, got 5: prompt has %d tokens, and the model's context is %d"
                    .formatted(context - 4, context),
                "max_tokens",
                "context_length_exceeded"));
  }

  @Test
  void defaultOfMaxTokens_givesWay_whenTheContextEnds() {
    int context = model().contextLength();

    assertThat(
            completed("{'prompt':" + ones(context - 4) + ",'ignore_eos':true}")
                .get("usage")
                .get("completion_tokens")
                .intValue())
        .isEqualTo(4);
  }

  @Test
  void request_isRefused_whenModelIsUnknown() {
    complete("{'model':'gpt-4','prompt':'a'}")
        .expectStatus()
        .isEqualTo(404)
        .expectBody(String.class)
        .isEqualTo(
            error(
                "The model \"gpt-4\" does not exist; the model served is \"tiny-moe\"",
                "model",
                "model_not_found"));
    client()
        .get()
        .uri("/v1/models/org/other")
        .exchange()
        .expectStatus()
        .isEqualTo(404)
        .expectBody(String.class)
        .isEqualTo(
            error(
                "The model \"org/other\" does not exist; the model served is \"tiny-moe\"",
                "model",
                "model_not_found"));
  }

  @Test
  void request_isRefused_whenBodyIsOverTheLimit() throws InterruptedException {
    complete("{'prompt':'" + "x".repeat(5 << 20) + "'}")
        .expectStatus()
        .isEqualTo(413)
        .expectBody(String.class)
        .isEqualTo(error("The body must have at most 4194304 bytes", null, "request_too_large"));
    assertThat(server().nextRecord().status()).isEqualTo(413);
  }

  @Test
  void request_isLogged_whenItIsRefused() throws InterruptedException {
    complete("{'prompt':'a','n':0}").expectStatus().isEqualTo(400);
    RequestRecord request = server().nextRecord();

    assertThat(request.status()).isEqualTo(400);
    assertThat(request.error()).isEqualTo("n must be an integer in [1, 128], got 0");
    assertThat(request.sampling()).isEqualTo("{}");
    assertThat(request.finishReason()).isNull();
    assertThat(request.firstTokenMillis()).isNull();
    assertThat(request.hitRate()).isNull();
    assertThat(request.completionTokens()).isZero();
  }

  @Test
  void failure_showsNoDetail_whenAnotherHandlerFails() {
    // It was not the client who hung up: there is somebody to be answered.
    for (String path : new String[] {"/broken/throws", "/broken/links", "/broken/hangs-up"}) {
      client()
          .get()
          .uri(path)
          .header("X-Request-Id", "r-1")
          .header("Accept", "text/html")
          .exchange()
          .expectStatus()
          .isEqualTo(500)
          .expectHeader()
          .contentType(MediaType.APPLICATION_JSON)
          .expectBody(String.class)
          .isEqualTo(
              "{\"error\":{\"message\":\"Internal error; the service's log says more under request id r-1\","
                  + "\"type\":\"server_error\",\"param\":null,\"code\":\"internal_error\"}}");
    }
  }

  @Test
  void blockedEventLoop_isNoticed_soThatTheOtherTestsProveThereIsNone() {
    client().get().uri("/broken/blocks").exchange().expectStatus().isEqualTo(500);

    assertThat(takeBlocked()).hasSize(1);
  }

  private static String ones(int length) {
    return IntStream.range(0, length).mapToObj(_ -> "1").collect(Collectors.joining(",", "[", "]"));
  }
}
