package io.fiddler.engine.load;

import io.fiddler.engine.EngineOptions;
import io.fiddler.engine.EngineOptions.DispatchMode;
import io.fiddler.engine.ModelSummary;
import io.fiddler.engine.load.device.DeviceSide;
import io.fiddler.engine.load.device.MemoryNeeds;
import io.fiddler.engine.load.device.MemoryNeeds.Splits;
import io.fiddler.engine.load.device.Resources;
import io.fiddler.engine.step.DeviceModel;
import io.fiddler.engine.step.SliceSums;
import io.fiddler.expert.ExpertGrid;
import io.fiddler.model.GroupedQueryAttentionWeights;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelSource;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.load.ModelSources;
import io.fiddler.tensor.ElementType;
import io.fiddler.tensor.ExpertFormat;
import io.fiddler.tensor.ExpertFormat.Tiling;
import java.util.EnumSet;
import java.util.Set;

/// The model in host memory.
///
/// @param weights all of them
/// @param summary what there is to say of it
record HostedModel(ModelWeights weights, ModelSummary summary) {
  /// Reads the model that the options name.
  ///
  /// @param tiling how experts are to be laid out, where they allow it
  /// @param resources gets the weights
  static HostedModel read(
      EngineOptions options, Tiling tiling, PhaseProgress progress, Resources resources) {
    ModelSource source =
        ModelSources.of(
            options.modelPath(), options.home().resolve("models"), options.hostThreads());
    // The configuration is checked before anything large is read.
    source.config();
    LoadMeter reading = LoadPhase.READING.meter(progress);
    ModelWeights weights = resources.own(source.load(tiling, reading::at));
    return new HostedModel(weights, summary(source, weights));
  }

  private static ModelSummary summary(ModelSource source, ModelWeights weights) {
    ExpertGrid grid =
        new ExpertGrid(
            weights.config().layers().stream()
                .map(layer ->
                    switch (layer.mlp()) {
                      case MixtureOfExperts moe -> moe.numExperts();
                    })
                .toList());
    ExpertFormat format = weights.layers().getFirst().experts().format();
    long expertBytes = format.expertSizeBytes();
    return new ModelSummary(
        source.name(),
        weights.fingerprint(),
        weights.config(),
        grid,
        expertBytes,
        format.numSlices(),
        DeviceModel.denseBytes(weights) + grid.size() * expertBytes);
  }

  ModelConfig config() {
    return weights.config();
  }

  ExpertGrid grid() {
    return summary.grid();
  }

  /// How every expert is stored.
  ExpertFormat format() {
    return weights.layers().getFirst().experts().format();
  }

  /// Types of the weights that kernels multiply by.
  Set<ElementType> elementTypes() {
    Set<ElementType> types = EnumSet.of(weights.embedding().type(), weights.head().type());
    for (LayerWeights layer : weights.layers()) {
      types.add(layer.experts().format().type());
      types.add(attentionType(layer));
    }
    return types;
  }

  private static ElementType attentionType(LayerWeights layer) {
    return ((GroupedQueryAttentionWeights) layer.attention()).qProj().type();
  }

  private static boolean splitsEvery(EngineOptions options) {
    return options.lanes().reproducible() || options.dispatch() == DispatchMode.SPLIT;
  }

  /// What it needs on a device.
  MemoryNeeds needs(DeviceSide device, EngineOptions options) {
    return MemoryNeeds.of(
        config(),
        format(),
        // What is resident must not depend on what else runs, if tokens must not.
        options.lanes().reproducible() ? options.limits().withFixedCache() : options.limits(),
        device.device().memoryKind(),
        device.cacheType(attentionType(weights.layers().getFirst())),
        new Splits(
            device.roundsActivations() ? SliceSums.TOGETHER : SliceSums.ONE_BY_ONE,
            splitsEvery(options)));
  }
}
