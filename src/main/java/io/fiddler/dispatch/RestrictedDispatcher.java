package io.fiddler.dispatch;

import io.fiddler.expert.Way;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Another dispatcher's plan without the ways that must not be used, such as those of a lane that
/// computes wrongly. What would have gone there goes wholly to the host if that is allowed, else it
/// is streamed.
public final class RestrictedDispatcher implements Dispatcher {
  private final Dispatcher inner;
  private final Set<Way> off;

  private RestrictedDispatcher(Dispatcher inner, Set<Way> off) {
    this.inner = inner;
    this.off = off;
  }

  /// `inner` without the ways `off`; `inner` itself if there are none.
  ///
  /// @throws IllegalArgumentException if neither the host nor streaming is left
  public static Dispatcher of(Dispatcher inner, Set<Way> off) {
    if (off.contains(Way.HOST) && off.contains(Way.STREAMED)) {
      throw new IllegalArgumentException(
          "an expert that is not resident needs a way, got HOST and STREAMED off");
    }
    return off.isEmpty() ? inner : new RestrictedDispatcher(inner, EnumSet.copyOf(off));
  }

  @Override
  public List<ExpertDecision> plan(List<ExpertLoad> loads, int numSlices) {
    List<ExpertDecision> decisions = new ArrayList<>(loads.size());
    for (ExpertDecision decision : inner.plan(loads, numSlices)) {
      decisions.add(allowed(decision, numSlices));
    }
    return decisions;
  }

  private ExpertDecision allowed(ExpertDecision decision, int numSlices) {
    if (decision.way() == Way.RESIDENT || !off.contains(decision.way())) {
      return decision;
    }
    return off.contains(Way.HOST)
        ? new ExpertDecision(decision.expert(), decision.rows(), Way.STREAMED, 0)
        : new ExpertDecision(decision.expert(), decision.rows(), Way.HOST, numSlices);
  }
}
