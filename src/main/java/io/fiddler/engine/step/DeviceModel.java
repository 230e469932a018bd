package io.fiddler.engine.step;

import io.fiddler.device.Device;
import io.fiddler.device.DeviceMemory;
import io.fiddler.device.DeviceMemory.Allocation;
import io.fiddler.kernel.AttentionBlock;
import io.fiddler.kernel.AttentionBlock.Heads;
import io.fiddler.kernel.AttentionBlock.Rope;
import io.fiddler.kernel.RouterBlock;
import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.GroupedQueryAttentionWeights;
import io.fiddler.model.LayerConfig;
import io.fiddler.model.LayerWeights;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.MixtureOfExpertsWeights;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.ModelWeights;
import io.fiddler.model.RopeConfig;
import io.fiddler.model.SoftmaxTopK;
import io.fiddler.tensor.Matrix;
import io.fiddler.tensor.MemoryKind;
import java.util.ArrayList;
import java.util.List;

/// The dense part of a model where the device computes it: copied into the device's memory, or the
/// host's weights themselves where that is the same. Experts stay on the host. Owns the copies.
public final class DeviceModel implements AutoCloseable {
  private final Matrix embedding;
  private final List<Layer> layers;
  private final Matrix finalNorm;
  private final Matrix head;
  private final List<Allocation> allocations;

  /// One decoder layer.
  ///
  /// @param attention its attention, on the device
  /// @param router its router, on the device
  /// @param experts its experts, on the host
  record Layer(AttentionBlock attention, RouterBlock router, MixtureOfExpertsWeights experts) {}

  private DeviceModel(
      Matrix embedding,
      List<Layer> layers,
      Matrix finalNorm,
      Matrix head,
      List<Allocation> allocations) {
    this.embedding = embedding;
    this.layers = List.copyOf(layers);
    this.finalNorm = finalNorm;
    this.head = head;
    this.allocations = allocations;
  }

  /// Brings the dense part of `weights` to `device`; returns when it is there.
  public static DeviceModel load(ModelWeights weights, Device device) {
    Loader loader = new Loader(device);
    try {
      Matrix embedding = loader.toDevice(weights.embedding(), "embedding");
      List<Layer> layers = new ArrayList<>();
      for (int i = 0; i < weights.layers().size(); i++) {
        layers.add(
            loader.layer(
                weights.config(), weights.config().layers().get(i), weights.layers().get(i)));
      }
      Matrix finalNorm = loader.toDevice(weights.finalNorm(), "final norm");
      Matrix head =
          weights.config().tiedEmbeddings() ? embedding : loader.toDevice(weights.head(), "head");
      device.copy().record().await();
      return new DeviceModel(embedding, layers, finalNorm, head, loader.allocations);
    } catch (RuntimeException e) {
      loader.allocations.forEach(Allocation::close);
      throw e;
    }
  }

  /// Bytes the dense part takes on a device, alignment included.
  public static long denseBytes(ModelWeights weights) {
    long bytes = padded(weights.embedding()) + padded(weights.finalNorm());
    if (!weights.config().tiedEmbeddings()) {
      bytes += padded(weights.head());
    }
    for (LayerWeights layer : weights.layers()) {
      bytes += padded(layer.attentionNorm()) + padded(layer.mlpNorm());
      bytes +=
          switch (layer.attention()) {
            case GroupedQueryAttentionWeights a ->
                padded(a.qProj()) + padded(a.kProj()) + padded(a.vProj()) + padded(a.oProj());
          };
      bytes +=
          switch (layer.mlp()) {
            case MixtureOfExpertsWeights moe -> padded(moe.router());
          };
    }
    return bytes;
  }

  private static long padded(Matrix matrix) {
    return DeviceMemory.aligned(matrix.sizeBytes());
  }

  Matrix embedding() {
    return embedding;
  }

  List<Layer> layers() {
    return layers;
  }

  Matrix finalNorm() {
    return finalNorm;
  }

  Matrix head() {
    return head;
  }

  @Override
  public void close() {
    allocations.reversed().forEach(Allocation::close);
  }

  private static final class Loader {
    private final Device device;
    private final List<Allocation> allocations = new ArrayList<>();

    Loader(Device device) {
      this.device = device;
    }

    Layer layer(ModelConfig model, LayerConfig config, LayerWeights weights) {
      float eps = (float) model.rmsNormEps();
      AttentionBlock attention =
          switch (config.attention()) {
            case GroupedQueryAttention shape ->
                attention(
                    shape,
                    (GroupedQueryAttentionWeights) weights.attention(),
                    toDevice(weights.attentionNorm(), "norm"),
                    eps);
          };
      MixtureOfExpertsWeights experts = weights.experts();
      RouterBlock router =
          switch (config.mlp()) {
            case MixtureOfExperts moe ->
                new RouterBlock(
                    toDevice(weights.mlpNorm(), "norm"),
                    eps,
                    toDevice(experts.router(), "router"),
                    moe.numExpertsPerToken(),
                    switch (moe.router()) {
                      case SoftmaxTopK softmax -> softmax.renormalise();
                    });
          };
      return new Layer(attention, router, experts);
    }

    private AttentionBlock attention(
        GroupedQueryAttention shape, GroupedQueryAttentionWeights w, Matrix norm, float eps) {
      return new AttentionBlock(
          norm,
          eps,
          toDevice(w.qProj(), "attention"),
          toDevice(w.kProj(), "attention"),
          toDevice(w.vProj(), "attention"),
          toDevice(w.oProj(), "attention"),
          new Heads(shape.numHeads(), shape.numKvHeads(), shape.headDim(), shape.slidingWindow()),
          rope(shape.rope()));
    }

    private static Rope rope(RopeConfig config) {
      float[] frequencies = new float[config.inverseFrequencies().size()];
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = config.inverseFrequencies().get(i);
      }
      return new Rope(frequencies, config.attentionScaling());
    }

    Matrix toDevice(Matrix host, String purpose) {
      if (device.memoryKind() == MemoryKind.HOST) {
        return host;
      }
      Allocation allocation = device.memory().allocate(host.sizeBytes(), purpose);
      allocations.add(allocation);
      device.copy().copy(host.memory(), allocation.view());
      return new Matrix(allocation.view(), host.type(), host.rows(), host.cols());
    }
  }
}
