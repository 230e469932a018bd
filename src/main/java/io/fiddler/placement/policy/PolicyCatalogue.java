package io.fiddler.placement.policy;

import io.fiddler.placement.BlendPolicy;
import io.fiddler.placement.DecodeWeightedPolicy;
import io.fiddler.placement.EvenSpreadPolicy;
import io.fiddler.placement.FrequencyPolicy;
import io.fiddler.placement.HalfLives;
import io.fiddler.placement.PlacementPolicy;
import io.fiddler.placement.TenantWeightedPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The policies by name, as settings, Actuator and commands give them: `frequency`, or with
/// parameters `blend:recent=0.5`, `decode-weighted:weight=4`, `tenant-weighted:alice=2,bob=1`.
///
/// All of them forecast with the uncertainty that their own past shows, see {@link Backtest}.
///
/// @param halfLives ages at which activations count half, as in the past they will be given
/// @param decodeWeight how often a generated token's choice counts where {@link #AUTO} compares, a
///   prompt token's being 1
/// @param usual what is used unless another is asked for, in the same form
public record PolicyCatalogue(HalfLives halfLives, double decodeWeight, String usual) {
  /// The policy that the others' past chooses.
  public static final String AUTO = "auto";

  /// Of a generated token's choice.
  public static final double DEFAULT_DECODE_WEIGHT = 1;

  private static final List<String> NAMES =
      List.of(
          AUTO,
          EvenSpreadPolicy.NAME,
          FrequencyPolicy.NAME,
          DecodeWeightedPolicy.NAME,
          TenantWeightedPolicy.NAME,
          BlendPolicy.NAME);
  private static final double DEFAULT_RECENT = 0.5;

  /// What forecasts hit rates of decoding best, see `src/docs/policies.md`.
  private static final double DEFAULT_WEIGHT = 16;

  public PolicyCatalogue {
    if (!(decodeWeight > 0) || decodeWeight == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "the weight of decoding must be a number above 0, got " + decodeWeight);
    }
  }

  /// With defaults.
  public static PolicyCatalogue withDefaults() {
    return new PolicyCatalogue(HalfLives.DEFAULT, DEFAULT_DECODE_WEIGHT, AUTO);
  }

  /// What is used unless another is asked for.
  public PlacementPolicy standard() {
    return policy(usual);
  }

  /// The policy that `text` names; without one the standard.
  ///
  /// @throws IllegalArgumentException as {@link #policy}
  public PlacementPolicy get(Optional<String> text) {
    return policy(text.orElse(usual));
  }

  /// The names, without parameters.
  public static List<String> names() {
    return NAMES;
  }

  /// The policy that `text` names.
  ///
  /// @param text `name` or `name:parameter=number,...`
  /// @throws IllegalArgumentException with one sentence, if there is none of that name or a
  ///   parameter is wrong
  public PlacementPolicy policy(String text) {
    int colon = text.indexOf(':');
    String name = (colon < 0 ? text : text.substring(0, colon)).strip();
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "policy must be one of %s, got %s"
              .formatted(String.join(", ", NAMES), name.isEmpty() ? "nothing" : name));
    }
    Map<String, Double> given =
        colon < 0 ? Map.of() : PolicyParameters.parse(name, text.substring(colon + 1));
    return name.equals(AUTO) ? auto(given) : new BacktestedPolicy(plain(name, given), halfLives);
  }

  private static PlacementPolicy plainEven(Map<String, Double> given) {
    PolicyParameters.only(EvenSpreadPolicy.NAME, given);
    return new EvenSpreadPolicy();
  }

  private PlacementPolicy plain(String name, Map<String, Double> given) {
    return switch (name) {
      case EvenSpreadPolicy.NAME -> plainEven(given);
      case DecodeWeightedPolicy.NAME -> {
        PolicyParameters.only(name, given, "weight");
        yield new DecodeWeightedPolicy(given.getOrDefault("weight", DEFAULT_WEIGHT));
      }
      case BlendPolicy.NAME -> {
        PolicyParameters.only(name, given, "recent");
        yield new BlendPolicy(given.getOrDefault("recent", DEFAULT_RECENT));
      }
      // Here the parameters are tenants.
      case TenantWeightedPolicy.NAME -> new TenantWeightedPolicy(new TreeMap<>(given));
      default -> {
        PolicyParameters.only(name, given);
        yield new FrequencyPolicy();
      }
    };
  }

  private PlacementPolicy auto(Map<String, Double> given) {
    PolicyParameters.only(AUTO, given);
    return new AutoPolicy(
        List.of(
            new BlendPolicy(0.5),
            new BlendPolicy(0.75),
            new BlendPolicy(1),
            new DecodeWeightedPolicy(4),
            new DecodeWeightedPolicy(DEFAULT_WEIGHT)),
        halfLives,
        decodeWeight);
  }
}
