package io.fiddler.model.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.model.GroupedQueryAttentionWeights;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelWeights;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.HostMemory;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import io.fiddler.tensor.MemoryView;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectorySourceTest {
  private static final String LAYER = "model.layers.1.";
  private static final String EXPERT = LAYER + "block_sparse_moe.experts.2.";

  @TempDir Path directory;

  private final int liveBefore = HostMemory.liveAllocations();

  @AfterEach
  void nothingStaysAllocated() {
    assertThat(HostMemory.liveAllocations()).isEqualTo(liveBefore);
  }

  private ModelWeights load() {
    return ModelSources.of(directory.toString(), directory, 3).load((_, _) -> {});
  }

  private void assertRefused(CheckpointFixture model, String expected) {
    model.write(directory);
    assertThatThrownBy(this::load)
        .isInstanceOf(ModelLoadException.class)
        .hasMessage(expected.replace("FILE", directory.resolve("model.safetensors").toString()));
  }

  private static byte[] bytes(Matrix matrix) {
    return matrix.memory().segment(MemoryKind.HOST).toArray(ValueLayout.JAVA_BYTE);
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void load_keepsBytesAndType(ElementType type) {
    CheckpointFixture model = new CheckpointFixture(type.name());
    model.write(directory);
    try (ModelWeights weights = load()) {
      LayerWeights layer = weights.layers().get(1);
      GroupedQueryAttentionWeights attention = (GroupedQueryAttentionWeights) layer.attention();
      MixtureOfExpertsWeights mlp = (MixtureOfExpertsWeights) layer.mlp();
      assertMatrix(weights.embedding(), model, "model.embed_tokens.weight", 10, 12, type);
      assertMatrix(weights.finalNorm(), model, "model.norm.weight", 1, 12, type);
      assertMatrix(weights.head(), model, "lm_head.weight", 10, 12, type);
      assertMatrix(layer.attentionNorm(), model, LAYER + "input_layernorm.weight", 1, 12, type);
      assertMatrix(attention.qProj(), model, LAYER + "self_attn.q_proj.weight", 12, 12, type);
      assertMatrix(attention.kProj(), model, LAYER + "self_attn.k_proj.weight", 4, 12, type);
      assertMatrix(attention.vProj(), model, LAYER + "self_attn.v_proj.weight", 4, 12, type);
      assertMatrix(attention.oProj(), model, LAYER + "self_attn.o_proj.weight", 12, 12, type);
      assertMatrix(layer.mlpNorm(), model, LAYER + "post_attention_layernorm.weight", 1, 12, type);
      assertMatrix(mlp.router(), model, LAYER + "block_sparse_moe.gate.weight", 3, 12, type);
      assertThat(mlp.format()).isEqualTo(ExpertFormat.of(type, 12, 96));
      assertThat(mlp.experts()).hasSize(3);
      assertSlices(mlp.format(), mlp.experts().get(2), model);
    }
  }

  private static void assertMatrix(
      Matrix matrix, CheckpointFixture model, String name, int rows, int cols, ElementType type) {
    assertThat(matrix.rows()).isEqualTo(rows);
    assertThat(matrix.cols()).isEqualTo(cols);
    assertThat(matrix.type()).isEqualTo(type);
    assertThat(bytes(matrix)).as(name).isEqualTo(model.bytes(name));
  }

  private static void assertSlices(
      ExpertFormat format, MemoryView expert, CheckpointFixture model) {
    int rowBytes = 12 * format.type().sizeBytes();
    int sliceBytes = format.sliceWidth() * rowBytes;
    int width = format.sliceWidth() * format.type().sizeBytes();
    byte[] down = model.bytes(EXPERT + "w2.weight");
    assertThat(format.numSlices()).isEqualTo(3);
    for (int slice = 0; slice < 3; slice++) {
      int from = slice * sliceBytes;
      assertThat(bytes(format.gate(expert, slice)))
          .isEqualTo(
              Arrays.copyOfRange(model.bytes(EXPERT + "w1.weight"), from, from + sliceBytes));
      assertThat(bytes(format.up(expert, slice)))
          .isEqualTo(
              Arrays.copyOfRange(model.bytes(EXPERT + "w3.weight"), from, from + sliceBytes));
      for (int row = 0; row < 12; row++) {
        int at = row * 3 * width + slice * width;
        assertThat(bytes(format.down(expert, slice).rows(row, 1)))
            .isEqualTo(Arrays.copyOfRange(down, at, at + width));
      }
    }
  }

  @Test
  void load_acceptsTypesThatDifferBetweenDenseTensorsAndLayers() {
    CheckpointFixture model = new CheckpointFixture("BF16");
    model.put("model.norm.weight", "F32", 12);
    model.put(LAYER + "block_sparse_moe.gate.weight", "F16", 3, 12);
    for (int expert = 0; expert < 3; expert++) {
      String names = LAYER + "block_sparse_moe.experts." + expert + ".";
      model.put(names + "w1.weight", "F32", 96, 12);
      model.put(names + "w2.weight", "F32", 12, 96);
      model.put(names + "w3.weight", "F32", 96, 12);
    }
    model.write(directory);
    try (ModelWeights weights = load()) {
      MixtureOfExpertsWeights mlp = (MixtureOfExpertsWeights) weights.layers().get(1).mlp();
      assertThat(weights.finalNorm().type()).isEqualTo(ElementType.F32);
      assertThat(mlp.router().type()).isEqualTo(ElementType.F16);
      assertThat(mlp.format().type()).isEqualTo(ElementType.F32);
      assertSlices(mlp.format(), mlp.experts().get(2), model);
    }
  }

  @Test
  void load_sharesTheEmbedding_whenTheyAreTied() {
    CheckpointFixture model = new CheckpointFixture("BF16");
    model.config.put("tie_word_embeddings", "true");
    model.tensors.remove("lm_head.weight");
    model.write(directory);
    try (ModelWeights weights = load()) {
      assertThat(weights.head()).isSameAs(weights.embedding());
    }
  }

  @Test
  void load_reportsProgressUpToTheEnd() {
    new CheckpointFixture("BF16").write(directory);
    long[] last = new long[2];
    ModelSource source = ModelSources.of(directory.toString(), directory, 1);
    source
        .load((doneBytes, totalBytes) -> {
          last[0] = doneBytes;
          last[1] = totalBytes;
        })
        .close();
    assertThat(last[0]).isPositive().isEqualTo(last[1]);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.embed_tokens.weight",
        "lm_head.weight",
        LAYER + "self_attn.k_proj.weight",
        EXPERT + "w2.weight"
      })
  void load_namesTheTensor_whenItIsMissing(String name) {
    CheckpointFixture model = new CheckpointFixture("BF16");
    model.tensors.remove(name);
    assertRefused(model, "tensor \"%s\" is missing (FILE)".formatted(name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model.norm.weight|BF16|1 12|must have shape [12], got [1, 12]",
        LAYER + "self_attn.q_proj.weight|BF16|12 13|must have shape [12, 12], got [12, 13]",
        EXPERT + "w2.weight|BF16|96 12|must have shape [12, 96], got [96, 12]",
        EXPERT + "w1.weight|I8|96 12|must have dtype BF16, F16 or F32, got I8",
        EXPERT
            + "w3.weight|F16|96 12|is F16, but all experts of a layer must have the type of tensor"
            + " \"model.layers.1.block_sparse_moe.experts.0.w1.weight\" (FILE), BF16",
      })
  void load_namesTheTensor_whenShapeOrTypeIsWrong(
      String name, String dtype, String shape, String expected) {
    CheckpointFixture model = new CheckpointFixture("BF16");
    model.put(
        name,
        dtype,
        Arrays.stream(shape.split(" ", -1)).map(Integer::valueOf).toArray(Integer[]::new));
    assertRefused(model, "tensor \"%s\" (FILE) %s".formatted(name, expected));
  }

  @Test
  void load_isALoadFailure_whenTheFileIsTruncated() throws IOException {
    CheckpointFixture model = new CheckpointFixture("BF16");
    model.write(directory);
    Path file = directory.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertThatThrownBy(this::load)
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("the file is truncated")
        .hasMessageEndingWith("(" + file + ")");
  }

  @Test
  void load_freesEverything_whenAListenerThrows() {
    new CheckpointFixture("BF16").write(directory);
    IllegalStateException failure = new IllegalStateException("listener");
    ModelSource source = ModelSources.of(directory.toString(), directory, 2);
    assertThatThrownBy(() ->
            source.load((_, _) -> {
              throw failure;
            }))
        .isSameAs(failure);
  }

  @ParameterizedTest
  @CsvSource({"mixtral-a, 8, false", "mixtral-tied, 4, true"})
  void load_readsTheGoldenModels(String name, int numExperts, boolean tied) throws Exception {
    Path golden =
        Path.of(Objects.requireNonNull(getClass().getResource("/golden/" + name)).toURI());
    ModelSource source = ModelSources.of(golden.toString(), directory, 2);
    assertThat(source.name()).isEqualTo(name);
    assertThat(source.tokenizerFile()).isEmpty();
    try (ModelWeights weights = source.load((_, _) -> {})) {
      assertThat(weights.config()).isEqualTo(source.config());
      assertThat(weights.layers()).hasSize(3);
      assertThat(weights.config().tiedEmbeddings()).isEqualTo(tied);
      assertThat(weights.config().eosTokenIds()).containsExactly(2);
      MixtureOfExpertsWeights mlp = (MixtureOfExpertsWeights) weights.layers().getFirst().mlp();
      assertThat(mlp.experts()).hasSize(numExperts);
    }
  }
}
