package io.fiddler.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.LayerConfig;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.RopeConfig;
import io.fiddler.model.load.CheckpointFixture;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Expected frequencies come from the formulas of Hugging Face's `modeling_rope_utils.py` in
/// float32, evaluated with NumPy.
class RopeReaderTest {
  private static final String PLAIN =
      "1 0.31622776 0.1 0.031622779 0.01 0.0031622779 0.001 0.00031622779";

  @TempDir Path directory;

  private final CheckpointFixture model = new CheckpointFixture("BF16");

  private RopeConfig read(int headDim) {
    model.config.put("head_dim", Integer.toString(headDim));
    LayerConfig layer =
        ModelConfigReader.read(model.writeConfig(directory)).config().layers().getFirst();
    return ((GroupedQueryAttention) layer.attention()).rope();
  }

  private static void assertFrequencies(RopeConfig rope, String expected) {
    float[] values = new float[rope.inverseFrequencies().size()];
    String[] numbers = expected.split(" ", -1);
    assertThat(values).hasSize(numbers.length);
    for (int i = 0; i < values.length; i++) {
      float want = Float.parseFloat(numbers[i]);
      Offset<Float> tolerance = within(want * 1e-6f);
      assertThat(rope.inverseFrequencies().get(i)).as("pair %d", i).isCloseTo(want, tolerance);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10000 | null | null",
        "10000 | {\"type\": \"default\"} | null",
        "1 | null | {\"rope_theta\": 10000.0, \"rope_type\": \"default\"}",
        "10000 | null | {\"rope_type\": \"default\"}",
        "null | {\"rope_theta\": 10000} | null",
        "10000 | {\"rope_type\": \"linear\", \"factor\": 1} | {\"rope_type\": \"linear\", \"factor\": 1}",
      })
  void read_givesPlainFrequencies_inEverySpelling(String theta, String scaling, String parameters) {
    model.config.put("rope_theta", theta);
    model.config.put("rope_scaling", scaling);
    model.config.put("rope_parameters", parameters);
    RopeConfig rope = read(16);
    assertFrequencies(rope, PLAIN);
    assertThat(rope.attentionScaling()).isOne();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        """
        10000 | "type": "linear", "factor": 4 | 1 |\
        0.25 0.079056941 0.025 0.0079056947 0.0025 0.00079056947 0.00025 0.000079056941\
        """,
        """
        500000 | "rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, \
        "original_max_position_embeddings": 8192 | 1 |\
        1 0.19392276 0.037606031 0.0072926651 0.00052484602 0.000034281024 0.0000066478706 0.0000012891732\
        """,
        """
        10000 | "rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4, \
        "original_max_position_embeddings": 512 | 1 |\
        1 0.31622776 0.1 0.018496677 0.00125 0.00039528473 0.000125 0.000039528473\
        """,
        """
        10000 | "rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 512 \
        | 1.1386294 |\
        1 0.25693506 0.0625 0.013834965 0.0025 0.00079056947 0.00025 0.000079056947\
        """,
        """
        1e6 | "rope_type": "yarn", "factor": 40, "original_max_position_embeddings": 4096, \
        "truncate": false, "mscale": 0.707, "mscale_all_dim": 1.0 | 0.92104236 |\
        1 0.42169651 0.17782794 0.074989416 0.027710859 0.0084462371 0.0021957313 0.00034988753 \
        0.000025 0.000010542414 0.0000044456983 0.0000018747355 7.905694e-7 3.333804e-7 \
        1.4058533e-7 5.9284343e-8\
        """,
        """
        10000 | "rope_type": "yarn", "factor": 4, "original_max_position_embeddings": 512, \
        "attention_factor": 1.5 | 1.5 |\
        1 0.25693506 0.0625 0.013834965 0.0025 0.00079056947 0.00025 0.000079056947\
        """,
      })
  void read_scalesAsTheReference(String theta, String scaling, float attention, String expected) {
    model.config.put("rope_theta", theta);
    model.config.put("rope_scaling", "{" + scaling + "}");
    RopeConfig rope = read(2 * expected.split(" ", -1).length);
    assertFrequencies(rope, expected);
    assertThat(rope.attentionScaling()).isCloseTo(attention, within(1e-6f));
  }

  @Test
  void read_takesTheContextLength_whenYarnNamesNoOriginal() {
    model.config.put("max_position_embeddings", "512");
    model.config.put("rope_theta", "10000");
    model.config.put("rope_parameters", "{\"rope_type\": \"yarn\", \"factor\": 4}");
    assertFrequencies(
        read(16), "1 0.25693506 0.0625 0.013834965 0.0025 0.00079056947 0.00025 0.000079056947");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"dynamic\",\"factor\":2}|rope_scaling.type must be one of [default, linear, llama3, yarn], got \"dynamic\"",
        "{\"rope_type\":\"longrope\"}|rope_scaling.rope_type must be one of [default, linear, llama3, yarn], got \"longrope\"",
        "{\"type\":\"linear\"}|rope_scaling.factor is missing",
        "{\"type\":\"linear\",\"factor\":0.5}|rope_scaling.factor must be at least 1.0, got 0.5",
        "{\"type\":\"llama3\",\"low_freq_factor\":4,\"high_freq_factor\":4}|rope_scaling.high_freq_factor must be above low_freq_factor, got 4",
        "{\"type\":\"yarn\",\"factor\":2,\"beta_fast\":1,\"beta_slow\":2}|rope_scaling.beta_fast must keep beta_fast at or above beta_slow, got 1",
        "{\"partial_rotary_factor\":0.5}|rope_scaling.partial_rotary_factor must be 1, got 0.5",
        "{\"rope_theta\":0.5}|rope_scaling.rope_theta must be at least 1.0, got 0.5",
        "{\"rope_theta\":1}|rope_scaling.rope_theta must be above 1, got 1",
        "3|rope_scaling must be an object, got 3",
      })
  void read_namesKeyRuleAndValue_whenTheScalingIsWrong(String scaling, String expected) {
    model.config.put("rope_scaling", scaling);
    assertThatThrownBy(() -> read(16))
        .isInstanceOf(ModelLoadException.class)
        .hasMessage("%s (%s)".formatted(expected, directory.resolve("config.json")));
  }

  @Test
  void read_refuses_whenTheSpellingsContradictEachOther() {
    model.config.put("rope_scaling", "{\"type\":\"linear\",\"factor\":2}");
    model.config.put("rope_parameters", "{\"type\":\"linear\",\"factor\":4}");
    assertThatThrownBy(() -> read(16))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageStartingWith("rope_scaling must be absent or equal to rope_parameters, got ");
  }
}
