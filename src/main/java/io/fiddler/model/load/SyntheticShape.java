package io.fiddler.model.load;

import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.LayerConfig;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.SoftmaxTopK;
import io.fiddler.model.config.RopeFrequencies;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The shape of a well-known model, for random weights.
///
/// @param vocabSize number of token ids
/// @param hiddenSize width of the residual stream
/// @param contextLength most positions of one sequence
/// @param numLayers decoder layers
/// @param heads query heads, key/value heads
/// @param headDim width of a head
/// @param numExperts experts in each layer
/// @param moeIntermediateSize inner width of an expert
record SyntheticShape(
    int vocabSize,
    int hiddenSize,
    int contextLength,
    int numLayers,
    Heads heads,
    int headDim,
    int numExperts,
    int moeIntermediateSize) {
  /// The experts of a token, in all shapes.
  static final int NUM_EXPERTS_PER_TOKEN = 2;

  private static final double ROPE_THETA = 1e6;
  private static final double RMS_NORM_EPS = 1e-5;
  private static final int BOS_TOKEN_ID = 1;
  private static final int EOS_TOKEN_ID = 2;

  /// Every shape by its name.
  static final Map<String, SyntheticShape> NAMED =
      new TreeMap<>(
          Map.of(
              "mixtral-8x7b",
              new SyntheticShape(32000, 4096, 32768, 32, new Heads(32, 8), 128, 8, 14336),
              "mixtral-8x22b",
              new SyntheticShape(32000, 6144, 65536, 56, new Heads(48, 8), 128, 8, 16384),
              "tiny",
              new SyntheticShape(512, 128, 1024, 4, new Heads(4, 2), 32, 8, 256)));

  /// @param query query heads
  /// @param keyValue key/value heads
  record Heads(int query, int keyValue) {}

  SyntheticShape withNumLayers(int layers) {
    return new SyntheticShape(
        vocabSize,
        hiddenSize,
        contextLength,
        layers,
        heads,
        headDim,
        numExperts,
        moeIntermediateSize);
  }

  SyntheticShape withNumExperts(int experts) {
    return new SyntheticShape(
        vocabSize,
        hiddenSize,
        contextLength,
        numLayers,
        heads,
        headDim,
        experts,
        moeIntermediateSize);
  }

  ModelConfig config() {
    LayerConfig layer =
        new LayerConfig(
            new GroupedQueryAttention(
                heads.query,
                heads.keyValue,
                headDim,
                RopeFrequencies.of(ROPE_THETA, headDim).unscaled(),
                0),
            new MixtureOfExperts(
                new SoftmaxTopK(true), numExperts, NUM_EXPERTS_PER_TOKEN, moeIntermediateSize));
    return new ModelConfig(
        "mixtral",
        vocabSize,
        hiddenSize,
        contextLength,
        RMS_NORM_EPS,
        false,
        Set.of(BOS_TOKEN_ID),
        Set.of(EOS_TOKEN_ID),
        Collections.nCopies(numLayers, layer));
  }

  /// The same as a config.json of Hugging Face.
  Map<String, Object> configFile() {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architectures", List.of("MixtralForCausalLM"));
    config.put("model_type", "mixtral");
    config.put("torch_dtype", "bfloat16");
    config.put("vocab_size", vocabSize);
    config.put("hidden_size", hiddenSize);
    config.put("intermediate_size", moeIntermediateSize);
    config.put("num_hidden_layers", numLayers);
    config.put("num_attention_heads", heads.query);
    config.put("num_key_value_heads", heads.keyValue);
    config.put("head_dim", headDim);
    config.put("num_local_experts", numExperts);
    config.put("num_experts_per_tok", NUM_EXPERTS_PER_TOKEN);
    config.put("max_position_embeddings", contextLength);
    config.put("hidden_act", "silu");
    config.put("rms_norm_eps", RMS_NORM_EPS);
    config.put("rope_theta", ROPE_THETA);
    config.put("tie_word_embeddings", false);
    config.put("bos_token_id", BOS_TOKEN_ID);
    config.put("eos_token_id", EOS_TOKEN_ID);
    return config;
  }
}
