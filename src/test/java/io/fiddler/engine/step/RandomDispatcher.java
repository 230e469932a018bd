package io.fiddler.engine.step;

import io.fiddler.dispatch.Dispatcher;
import io.fiddler.dispatch.ExpertDecision;
import io.fiddler.dispatch.ExpertLoad;
import io.fiddler.expert.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Sends every expert that is not resident anywhere, also those whose slices are on their way.
final class RandomDispatcher implements Dispatcher {
  private final SplittableRandom random;

  RandomDispatcher(long seed) {
    random = new SplittableRandom(seed);
  }

  @Override
  public List<ExpertDecision> plan(List<ExpertLoad> loads, int numSlices) {
    List<ExpertDecision> plan = new ArrayList<>(loads.size());
    for (ExpertLoad load : loads) {
      int hostSlices = load.resident() ? 0 : hostSlices(load, numSlices);
      Way way = Way.SPLIT;
      if (load.resident()) {
        way = Way.RESIDENT;
      } else if (hostSlices == 0) {
        way = Way.STREAMED;
      } else if (hostSlices == numSlices) {
        way = Way.HOST;
      }
      plan.add(new ExpertDecision(load.expert(), load.rows(), way, hostSlices));
    }
    return plan;
  }

  private int hostSlices(ExpertLoad load, int numSlices) {
    if ((load.sentSlices() > 0 && random.nextInt(4) > 0) || random.nextInt(3) == 0) {
      return 0;
    }
    return random.nextInt(numSlices + 1);
  }
}
