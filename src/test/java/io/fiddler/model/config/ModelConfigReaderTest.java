package io.fiddler.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.SoftmaxTopK;
import io.fiddler.model.load.CheckpointFixture;
import io.fiddler.tensor.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigReaderTest {
  @TempDir Path directory;

  private final CheckpointFixture model = new CheckpointFixture("BF16");

  private ModelConfig read() {
    return ModelConfigReader.read(model.writeConfig(directory)).config();
  }

  private GroupedQueryAttention attention() {
    return (GroupedQueryAttention) read().layers().getFirst().attention();
  }

  private void assertRefused(String expected) {
    assertThatThrownBy(this::read)
        .isInstanceOf(ModelLoadException.class)
        .hasMessage("%s (%s)".formatted(expected, directory.resolve("config.json")));
  }

  @Test
  void read_translatesEveryKey() {
    ModelConfig config = read();
    assertThat(config.modelType()).isEqualTo("mixtral");
    assertThat(config.vocabSize()).isEqualTo(10);
    assertThat(config.hiddenSize()).isEqualTo(12);
    assertThat(config.contextLength()).isEqualTo(64);
    assertThat(config.rmsNormEps()).isEqualTo(1e-5);
    assertThat(config.tiedEmbeddings()).isFalse();
    assertThat(config.bosTokenIds()).isEmpty();
    assertThat(config.eosTokenIds()).isEmpty();
    assertThat(config.numLayers()).isEqualTo(2);
    assertThat(config.layers().getFirst().mlp())
        .isEqualTo(new MixtureOfExperts(new SoftmaxTopK(true), 3, 2, 96));
    assertThat(attention().numHeads()).isEqualTo(3);
    assertThat(attention().numKvHeads()).isOne();
    assertThat(attention().headDim()).isEqualTo(4);
    assertThat(attention().slidingWindow()).isZero();
    assertThat(attention().rope().inverseFrequencies()).containsExactly(1f, 1e-3f);
    assertThat(attention().rope().attentionScaling()).isOne();
  }

  @ParameterizedTest
  @CsvSource({"null, 4", "6, 6"})
  void read_takesHeadDimOrDerivesIt(String value, int expected) {
    model.config.put("head_dim", value);
    assertThat(attention().headDim()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"torch_dtype, float16, F16", "dtype, float32, F32", "torch_dtype, bfloat16, BF16"})
  void read_takesTheTypeOfTheWeights(String key, String value, ElementType expected) {
    assertThat(ModelConfigReader.read(model.writeConfig(directory)).elementType())
        .isEqualTo(ElementType.BF16);
    model.config.put(key, '"' + value + '"');
    assertThat(ModelConfigReader.readFile(model.writeConfig(directory).resolve("config.json")))
        .extracting(ModelConfigReader.Described::elementType)
        .isEqualTo(expected);
  }

  @Test
  void read_refusesOtherTypes() {
    model.config.put("torch_dtype", "\"int4\"");
    assertRefused("torch_dtype must be bfloat16, float16 or float32, got \"int4\"");
  }

  @Test
  void read_givesEveryHeadItsKeys_whenNumKeyValueHeadsIsNull() {
    model.config.put("num_key_value_heads", "null");
    assertThat(attention().numKvHeads()).isEqualTo(3);
  }

  @Test
  void read_tiesEmbeddings_whenAskedTo() {
    model.config.put("tie_word_embeddings", "true");
    assertThat(read().tiedEmbeddings()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"null, true, 0", "7, true, 7", "7, null, 7", "7, false, 0", "null, false, 0"})
  void read_takesTheSlidingWindow_unlessItIsSwitchedOff(String window, String use, int expected) {
    model.config.put("sliding_window", window);
    model.config.put("use_sliding_window", use);
    assertThat(attention().slidingWindow()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2        | none                    | 2",
        "[2, 3]   | none                    | 2 3",
        "null     | none                    | ''",
        "2        | {}                      | 2",
        "2        | {\"eos_token_id\": null} | 2",
        "2        | {\"eos_token_id\": 4}   | 4",
        "[2, 3]   | {\"eos_token_id\": [4, 5, 4]} | 4 5",
        "null     | {\"eos_token_id\": 4}   | 4",
      })
  void read_takesTokenIdsOfTheGenerationConfigFirst(String config, String generation, String eos)
      throws IOException {
    model.config.put("eos_token_id", config);
    model.config.put("bos_token_id", "1");
    if (!generation.equals("none")) {
      Files.writeString(directory.resolve("generation_config.json"), generation);
    }
    assertThat(read().eosTokenIds().stream().sorted().map(String::valueOf))
        .containsExactly(eos.isEmpty() ? new String[0] : eos.split(" ", -1));
    assertThat(read().bosTokenIds()).containsExactly(1);
  }

  @Test
  void read_namesTheFile_whenTheGenerationConfigIsWrong() throws IOException {
    Path file = directory.resolve("generation_config.json");
    Files.writeString(file, "{\"eos_token_id\": 10}");
    assertThatThrownBy(this::read)
        .isInstanceOf(ModelLoadException.class)
        .hasMessage("eos_token_id must be a whole number in [0, 9], got 10 (%s)".formatted(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model_type              | \"llama\" | must be one of [mixtral], got \"llama\"",
        "model_type              | 7         | must be a string, got 7",
        "vocab_size              | 0         | must be a whole number in [1, 16777216], got 0",
        "hidden_size             | 4294967308 | must be a whole number in [1, 16777216], got 4294967308",
        "hidden_size             | 12.5      | must be a whole number in [1, 16777216], got 12.5",
        "hidden_size             | \"12\"    | must be a whole number in [1, 16777216], got \"12\"",
        "hidden_size             | 9         | must be a multiple of twice num_attention_heads 3, or head_dim be given, got 9",
        "intermediate_size       | -1        | must be a whole number in [1, 16777216], got -1",
        "num_hidden_layers       | 0         | must be a whole number in [1, 4096], got 0",
        "num_attention_heads     | 0         | must be a whole number in [1, 65536], got 0",
        "num_key_value_heads     | 4         | must be a whole number in [1, 3], got 4",
        "num_key_value_heads     | 2         | must divide num_attention_heads 3, got 2",
        "head_dim                | 5         | must be even, got 5",
        "head_dim                | 0         | must be a whole number in [2, 16384], got 0",
        "max_position_embeddings | 0         | must be a whole number in [1, 2147483647], got 0",
        "num_local_experts       | 0         | must be a whole number in [1, 65536], got 0",
        "num_experts_per_tok     | 9         | must be a whole number in [1, 3], got 9",
        "rms_norm_eps            | 0         | must be positive, got 0",
        "rms_norm_eps            | \"x\"     | must be a finite number, got \"x\"",
        "rms_norm_eps            | 1e999     | must be a finite number, got 1e999",
        "rms_norm_eps            | -1        | must be at least 0.0, got -1",
        "hidden_act              | \"gelu\"  | must be \"silu\", got \"gelu\"",
        "tie_word_embeddings     | 1         | must be true or false, got 1",
        "sliding_window          | 0         | must be a whole number in [1, 2147483647], got 0",
        "use_sliding_window      | \"no\"    | must be true or false, got \"no\"",
        "eos_token_id            | -1        | must be a whole number in [0, 9], got -1",
        "eos_token_id            | [2, \"3\"] | must be a whole number in [0, 9], got \"3\"",
        "bos_token_id            | 10        | must be a whole number in [0, 9], got 10",
        "quantization_config     | {\"bits\": 4} | must be absent: quantised weights cannot be read, got {\"bits\":4}",
      })
  void read_namesKeyRuleAndValue_whenAValueIsWrong(String key, String value, String expected) {
    model.config.put(key, value);
    if (key.equals("rms_norm_eps") && value.equals("1e999")) {
      assertThatThrownBy(this::read)
          .isInstanceOf(ModelLoadException.class)
          .hasMessageStartingWith("rms_norm_eps must be a finite number, got ");
      return;
    }
    assertRefused(key + " " + expected);
  }

  @ParameterizedTest
  @CsvSource({
    "model_type",
    "vocab_size",
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "max_position_embeddings",
    "num_local_experts",
    "num_experts_per_tok",
    "rms_norm_eps"
  })
  void read_namesTheKey_whenItIsMissing(String key) {
    model.config.remove(key);
    assertRefused(key + " is missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":1|not valid JSON: ",
        "{\"a\":1,\"a\":2}|not valid JSON: ",
        "{} {}|not valid JSON: ",
        "NaN|not valid JSON: ",
        "[1]|the file must hold a JSON object",
        "''|the file must hold a JSON object",
      })
  void read_refusesInOneLine_whenTheFileIsNoJsonObject(String json, String expected)
      throws IOException {
    Files.writeString(directory.resolve("config.json"), json);
    assertThatThrownBy(() -> ModelConfigReader.read(directory))
        .isInstanceOf(ModelLoadException.class)
        .message()
        .startsWith(expected)
        .endsWith("(" + directory.resolve("config.json") + ")")
        .hasLineCount(1);
  }

  @Test
  void read_namesTheFile_whenItIsMissing() {
    assertThatThrownBy(() -> ModelConfigReader.read(directory))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(directory.resolve("config.json") + " is missing");
  }
}
