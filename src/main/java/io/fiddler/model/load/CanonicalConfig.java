package io.fiddler.model.load;

import io.fiddler.model.AttentionConfig;
import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.MlpConfig;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.RouterConfig;
import io.fiddler.model.SoftmaxTopK;
import java.util.stream.Collectors;

/// A text that is equal for equal architectures, whatever spelling their files use. Token ids are
/// left out: they change what is said, not what is computed.
final class CanonicalConfig {
  private CanonicalConfig() {}

  static String describe(ModelConfig config) {
    return "model %s vocab %d hidden %d context %d eps %s tied %b\n"
            .formatted(
                config.modelType(),
                config.vocabSize(),
                config.hiddenSize(),
                config.contextLength(),
                Double.toHexString(config.rmsNormEps()),
                config.tiedEmbeddings())
        + config.layers().stream()
            .map(layer -> attention(layer.attention()) + mlp(layer.mlp()))
            .collect(Collectors.joining("\n"));
  }

  private static String attention(AttentionConfig attention) {
    return switch (attention) {
      case GroupedQueryAttention a ->
          "gqa heads %d kv %d dim %d window %d rope %s * %s "
              .formatted(
                  a.numHeads(),
                  a.numKvHeads(),
                  a.headDim(),
                  a.slidingWindow(),
                  a.rope().inverseFrequencies().stream()
                      .map(Float::toHexString)
                      .collect(Collectors.joining(" ")),
                  Float.toHexString(a.rope().attentionScaling()));
    };
  }

  private static String mlp(MlpConfig mlp) {
    return switch (mlp) {
      case MixtureOfExperts m ->
          "moe experts %d top %d width %d router %s"
              .formatted(
                  m.numExperts(),
                  m.numExpertsPerToken(),
                  m.moeIntermediateSize(),
                  router(m.router()));
    };
  }

  private static String router(RouterConfig router) {
    return switch (router) {
      case SoftmaxTopK s -> "softmax renormalise " + s.renormalise();
    };
  }
}
