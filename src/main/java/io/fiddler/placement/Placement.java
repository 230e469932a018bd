package io.fiddler.placement;

import io.fiddler.expert.ExpertId;
import java.util.List;
import java.util.Map;

/// Which experts the plan wants on the device, and why.
///
/// @param experts the wanted experts, best first, each once
/// @param policy name of the policy, for example `even` or `frequency`
/// @param parameters the policy's parameters, for people and for the record
/// @param forecast the hit rate it promises
public record Placement(
    List<ScoredExpert> experts,
    String policy,
    Map<String, String> parameters,
    HitRateForecast forecast) {
  public Placement {
    experts = List.copyOf(experts);
    parameters = Map.copyOf(parameters);
  }

  /// The wanted experts without their scores, best first.
  public List<ExpertId> expertIds() {
    return ids(experts);
  }

  /// The experts without their scores.
  static List<ExpertId> ids(List<ScoredExpert> experts) {
    return experts.stream().map(ScoredExpert::id).toList();
  }

  /// The same with another forecast.
  public Placement with(HitRateForecast other) {
    return new Placement(experts, policy, parameters, other);
  }

  /// The best of it, for a device of `capacity` experts. The forecast shrinks with the sum of the
  /// scores, and how sure it is is no longer known; the same if all fit.
  public Placement bestOf(int capacity) {
    if (experts.size() <= capacity) {
      return this;
    }
    List<ScoredExpert> best = experts.subList(0, capacity);
    double all = score(experts);
    double share = all > 0 ? score(best) / all : (double) capacity / experts.size();
    return new Placement(
        best,
        policy,
        parameters,
        new HitRateForecast(
            share * forecast.overall(), share * forecast.prefill(), share * forecast.decode()));
  }

  private static double score(List<ScoredExpert> experts) {
    return experts.stream().mapToDouble(ScoredExpert::score).sum();
  }

  /// A wanted expert.
  ///
  /// @param id which
  /// @param score the policy's score; for frequency policies the share of its layer's assignments
  public record ScoredExpert(ExpertId id, double score) {}
}
