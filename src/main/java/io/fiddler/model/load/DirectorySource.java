package io.fiddler.model.load;

import io.fiddler.model.LoadProgress;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelLoadException;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.config.ModelConfigReader;
import io.fiddler.safetensors.Checkpoint;
import io.fiddler.safetensors.SafetensorsException;
import io.fiddler.tensor.ExpertFormat.Tiling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A Hugging Face model directory.
///
/// @param name a name for people
/// @param directory where config.json and the safetensors files are
/// @param loadThreads threads that read
record DirectorySource(String name, Path directory, int loadThreads) implements ModelSource {
  @Override
  public ModelConfig config() {
    return ModelConfigReader.read(directory).config();
  }

  @Override
  public ModelWeights load(Tiling tiling, LoadProgress progress) {
    ModelConfigReader.Described model = ModelConfigReader.read(directory);
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      TensorSource tensors = new CheckpointTensors(checkpoint, model.tensorNames(), loadThreads);
      WeightsAssembler assembler = new WeightsAssembler(name, model.config(), tensors, tiling);
      return assembler.load(Fingerprint.of(model.config(), checkpoint), progress);
    } catch (SafetensorsException e) {
      throw new ModelLoadException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public Optional<String> fingerprint() {
    ModelConfig config = config();
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      return Optional.of(Fingerprint.of(config, checkpoint));
    } catch (SafetensorsException e) {
      return Optional.empty(); // the weights are not, or not all, there
    }
  }

  @Override
  public Optional<Path> tokenizerFile() {
    return Optional.of(directory.resolve("tokenizer.json")).filter(Files::isRegularFile);
  }
}
