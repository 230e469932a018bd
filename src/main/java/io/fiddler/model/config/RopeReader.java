package io.fiddler.model.config;

import io.fiddler.model.RopeConfig;
import java.util.Optional;

/// Reads the rotary embedding in both spellings of config.json: `rope_theta` and `rope_scaling`
/// beside each other, or `rope_parameters` holding everything.
final class RopeReader {
  private final ConfigObject config;
  private final int headDim;
  private final int contextLength;

  RopeReader(ConfigObject config, int headDim, int contextLength) {
    this.config = config;
    this.headDim = headDim;
    this.contextLength = contextLength;
  }

  RopeConfig read(double defaultTheta) {
    Optional<ConfigObject> scaling = scaling();
    requireWholeHead(config);
    scaling.ifPresent(RopeReader::requireWholeHead);
    ConfigObject thetaHolder = scaling.filter(s -> s.has("rope_theta")).orElse(config);
    double theta = thetaHolder.optionalNumber("rope_theta", 1).orElse(defaultTheta);
    if (theta == 1) {
      throw thetaHolder.invalid("rope_theta", "must be above 1");
    }
    RopeFrequencies plain = RopeFrequencies.of(theta, headDim);
    return scaling.map(s -> scaled(s, plain)).orElseGet(plain::unscaled);
  }

  private Optional<ConfigObject> scaling() {
    Optional<ConfigObject> parameters = config.object("rope_parameters");
    Optional<ConfigObject> scaling = config.object("rope_scaling");
    if (parameters.isPresent() && scaling.isPresent() && !parameters.get().sameAs(scaling.get())) {
      throw config.invalid("rope_scaling", "must be absent or equal to rope_parameters");
    }
    return parameters.or(() -> scaling);
  }

  private static void requireWholeHead(ConfigObject holder) {
    if (holder.optionalPositive("partial_rotary_factor").orElse(1) != 1) {
      throw holder.invalid("partial_rotary_factor", "must be 1");
    }
  }

  private RopeConfig scaled(ConfigObject scaling, RopeFrequencies plain) {
    String typeKey = scaling.has("rope_type") ? "rope_type" : "type";
    return switch (scaling.optionalString(typeKey).orElse("default")) {
      case "default" -> plain.unscaled();
      case "linear" -> plain.linear(scaling.number("factor", 1));
      case "llama3" -> plain.llama3(llama3(scaling));
      case "yarn" -> plain.yarn(yarn(scaling));
      default -> throw scaling.invalid(typeKey, "must be one of [default, linear, llama3, yarn]");
    };
  }

  private RopeFrequencies.Llama3 llama3(ConfigObject scaling) {
    double lowFrequencyFactor = scaling.positive("low_freq_factor");
    double highFrequencyFactor = scaling.positive("high_freq_factor");
    if (highFrequencyFactor <= lowFrequencyFactor) {
      throw scaling.invalid("high_freq_factor", "must be above low_freq_factor");
    }
    return new RopeFrequencies.Llama3(
        scaling.number("factor", 1),
        lowFrequencyFactor,
        highFrequencyFactor,
        scaling.integer("original_max_position_embeddings", 1, Integer.MAX_VALUE));
  }

  private RopeFrequencies.Yarn yarn(ConfigObject scaling) {
    double factor = scaling.number("factor", 1);
    double betaFast = scaling.optionalPositive("beta_fast").orElse(32);
    double betaSlow = scaling.optionalPositive("beta_slow").orElse(1);
    if (betaFast < betaSlow) {
      throw scaling.invalid(
          scaling.has("beta_fast") ? "beta_fast" : "beta_slow",
          "must keep beta_fast at or above beta_slow");
    }
    return new RopeFrequencies.Yarn(
        factor,
        scaling
            .optionalInteger("original_max_position_embeddings", 1, Integer.MAX_VALUE)
            .orElse(contextLength),
        betaFast,
        betaSlow,
        scaling.flag("truncate", true),
        yarnAttentionScaling(scaling, factor));
  }

  private static double yarnAttentionScaling(ConfigObject scaling, double factor) {
    double mscale = scaling.optionalNumber("mscale", 0).orElse(0);
    double mscaleAllDim = scaling.optionalNumber("mscale_all_dim", 0).orElse(0);
    double fromFactor =
        mscale != 0 && mscaleAllDim != 0
            ? magnitude(factor, mscale) / magnitude(factor, mscaleAllDim)
            : magnitude(factor, 1);
    return scaling.optionalPositive("attention_factor").orElse(fromFactor);
  }

  private static double magnitude(double factor, double mscale) {
    return factor <= 1 ? 1 : 0.1 * mscale * StrictMath.log(factor) + 1;
  }
}
