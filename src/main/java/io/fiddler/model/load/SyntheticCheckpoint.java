package io.fiddler.model.load;

import io.fiddler.model.LoadProgress;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.config.ModelConfigReader;
import io.fiddler.model.config.TensorNames;
import io.fiddler.model.config.TensorRole;
import io.fiddler.safetensors.NewCheckpoint;
import io.fiddler.safetensors.NewTensor;
import io.fiddler.tensor.ElementType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A synthetic model as a Hugging Face directory, so that reading files can be tried and measured
/// without a download: loaded from there, it has the same weights as when it is made in memory.
public final class SyntheticCheckpoint {
  private static final ElementType TYPE = ElementType.BF16;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private final SyntheticSource source;
  private final ModelConfig config;
  private final List<CutTensor> tensors;

  private SyntheticCheckpoint(SyntheticSource source) {
    this.source = source;
    config = source.config();
    tensors = inOrderOfLayers(config);
  }

  /// Whether a model is one that can be written.
  public static boolean isSynthetic(String model) {
    return model.startsWith(SyntheticSource.PREFIX);
  }

  /// Of a model such as `synthetic:mixtral-8x7b?layers=3&seed=1`.
  ///
  /// @param threads threads that make and write it
  /// @throws ModelLoadException if there is no such model
  public static SyntheticCheckpoint of(String model, int threads) {
    if (!isSynthetic(model)) {
      throw new ModelLoadException(
          "only a model %s... can be written, got \"%s\"".formatted(SyntheticSource.PREFIX, model));
    }
    return new SyntheticCheckpoint(SyntheticSource.parse(model, threads));
  }

  private static List<CutTensor> inOrderOfLayers(ModelConfig config) {
    List<CutTensor> tensors = new ArrayList<>();
    for (TensorShape shape : TensorShape.ofDensePart(config)) {
      tensors.add(CutTensor.whole(shape));
      // The router is the last of a layer's dense tensors.
      if (shape.id().role() == TensorRole.ROUTER) {
        int layer = shape.id().layer();
        switch (config.layers().get(layer).mlp()) {
          case MixtureOfExperts mlp ->
              tensors.addAll(LayerExperts.tensors(layer, config.hiddenSize(), mlp, TYPE));
        }
      }
    }
    return tensors;
  }

  /// Bytes of all weights.
  public long sizeBytes() {
    return tensors.stream().mapToLong(tensor -> tensor.sizeBytes(TYPE)).sum();
  }

  /// Writes it.
  ///
  /// @param folder empty, or not there yet
  /// @param maxShardBytes most data of a file
  /// @param progress told how much is written, from the writing threads
  /// @throws io.fiddler.safetensors.SafetensorsException if it cannot be written; nothing of it
  ///   stays
  public void write(Path folder, long maxShardBytes, LoadProgress progress) {
    TensorNames names = ModelConfigReader.tensorNames(config.modelType());
    List<NewTensor> named =
        tensors.stream()
            .map(CutTensor::shape)
            .map(shape -> new NewTensor(names.of(shape.id()), TYPE, shape.dimensions()))
            .toList();
    try (NewCheckpoint checkpoint = NewCheckpoint.create(folder, named, maxShardBytes)) {
      String json = JSON.writeValueAsString(source.shape().configFile());
      checkpoint.writeText("config.json", json + "\n");
      new TensorWriting(source.tensors(), tensors, checkpoint).run(progress);
      checkpoint.finish();
    }
  }
}
