package io.fiddler.model.config;

import io.fiddler.model.GroupedQueryAttention;
import io.fiddler.model.LayerConfig;
import io.fiddler.model.MixtureOfExperts;
import io.fiddler.model.ModelConfig;
import io.fiddler.model.SoftmaxTopK;
import java.util.Collections;
import java.util.Map;

/// Mixtral ([arXiv 2401.04088](https://arxiv.org/abs/2401.04088)): every layer is grouped-query
/// attention and a mixture of experts.
final class Mixtral implements Architecture {
  private static final int MAX_SIZE = 1 << 24;
  private static final int MAX_LAYERS = 4096;
  private static final double DEFAULT_ROPE_THETA = 1e6;

  private static final String LAYER = "model.layers.{layer}.";
  private static final String EXPERT = LAYER + "block_sparse_moe.experts.{expert}.";
  private static final TensorNames NAMES =
      new TensorNames(
          Map.ofEntries(
              Map.entry(TensorRole.EMBEDDING, "model.embed_tokens.weight"),
              Map.entry(TensorRole.FINAL_NORM, "model.norm.weight"),
              Map.entry(TensorRole.HEAD, "lm_head.weight"),
              Map.entry(TensorRole.ATTENTION_NORM, LAYER + "input_layernorm.weight"),
              Map.entry(TensorRole.Q_PROJ, LAYER + "self_attn.q_proj.weight"),
              Map.entry(TensorRole.K_PROJ, LAYER + "self_attn.k_proj.weight"),
              Map.entry(TensorRole.V_PROJ, LAYER + "self_attn.v_proj.weight"),
              Map.entry(TensorRole.O_PROJ, LAYER + "self_attn.o_proj.weight"),
              Map.entry(TensorRole.MLP_NORM, LAYER + "post_attention_layernorm.weight"),
              Map.entry(TensorRole.ROUTER, LAYER + "block_sparse_moe.gate.weight"),
              Map.entry(TensorRole.GATE_PROJ, EXPERT + "w1.weight"),
              Map.entry(TensorRole.UP_PROJ, EXPERT + "w3.weight"),
              Map.entry(TensorRole.DOWN_PROJ, EXPERT + "w2.weight")));

  @Override
  public TensorNames tensorNames() {
    return NAMES;
  }

  @Override
  public ModelConfig config(ConfigObject config, TokenIdKeys tokenIds) {
    requireSupported(config);
    int vocabSize = config.integer("vocab_size", 1, MAX_SIZE);
    int hiddenSize = config.integer("hidden_size", 1, MAX_SIZE);
    int contextLength = config.integer("max_position_embeddings", 1, Integer.MAX_VALUE);
    int numLayers = config.integer("num_hidden_layers", 1, MAX_LAYERS);
    LayerConfig layer =
        new LayerConfig(attention(config, hiddenSize, contextLength), experts(config));
    return new ModelConfig(
        "mixtral",
        vocabSize,
        hiddenSize,
        contextLength,
        config.positive("rms_norm_eps"),
        config.flag("tie_word_embeddings", false),
        tokenIds.bos(vocabSize),
        tokenIds.eos(vocabSize),
        Collections.nCopies(numLayers, layer));
  }

  private static void requireSupported(ConfigObject config) {
    if (!config.optionalString("hidden_act").orElse("silu").equals("silu")) {
      throw config.invalid("hidden_act", "must be \"silu\"");
    }
    if (config.has("quantization_config")) {
      throw config.invalid(
          "quantization_config", "must be absent: quantised weights cannot be read");
    }
  }

  private static GroupedQueryAttention attention(
      ConfigObject config, int hiddenSize, int contextLength) {
    int numHeads = config.integer("num_attention_heads", 1, 1 << 16);
    int numKvHeads = config.optionalInteger("num_key_value_heads", 1, numHeads).orElse(numHeads);
    if (numHeads % numKvHeads != 0) {
      throw config.invalid(
          "num_key_value_heads", "must divide num_attention_heads %d".formatted(numHeads));
    }
    int headDim = headDim(config, hiddenSize, numHeads);
    return new GroupedQueryAttention(
        numHeads,
        numKvHeads,
        headDim,
        new RopeReader(config, headDim, contextLength).read(DEFAULT_ROPE_THETA),
        slidingWindow(config));
  }

  private static int headDim(ConfigObject config, int hiddenSize, int numHeads) {
    if (config.has("head_dim")) {
      int headDim = config.integer("head_dim", 2, 1 << 14);
      if (headDim % 2 != 0) {
        throw config.invalid("head_dim", "must be even");
      }
      return headDim;
    }
    if (hiddenSize % (2 * numHeads) != 0) {
      throw config.invalid(
          "hidden_size",
          "must be a multiple of twice num_attention_heads %d, or head_dim be given"
              .formatted(numHeads));
    }
    return hiddenSize / numHeads;
  }

  private static int slidingWindow(ConfigObject config) {
    return config.flag("use_sliding_window", true)
        ? config.optionalInteger("sliding_window", 1, Integer.MAX_VALUE).orElse(0)
        : 0;
  }

  private static MixtureOfExperts experts(ConfigObject config) {
    int numExperts = config.integer("num_local_experts", 1, 1 << 16);
    return new MixtureOfExperts(
        new SoftmaxTopK(true),
        numExperts,
        config.integer("num_experts_per_tok", 1, numExperts),
        config.integer("intermediate_size", 1, MAX_SIZE));
  }
}
