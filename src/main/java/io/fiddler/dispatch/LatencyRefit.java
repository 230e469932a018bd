package io.fiddler.dispatch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Corrects a measured latency model by what is observed while serving. Pure: the same observations
/// in the same order give the same model. Used from one thread.
///
/// Each lane, and each bucket of rows of a lane, has an exponentially weighted mean of the
/// logarithm of observed over *measured* time, which begins at zero: the measurement is the prior.
/// A bucket uses its own mean once it has seen {@value #ENOUGH} observations, before that its
/// lane's. Single observations count at most fourfold either way, since a neighbour on the machine
/// may stop a thread for any time; the corrections are bounded likewise, since a price that is
/// further off says that something else is wrong.
public final class LatencyRefit {
  /// Weight of one observation; a change is half learned after 14.
  private static final double WEIGHT = 0.05;

  private static final int ENOUGH = 16;
  private static final double LARGEST_RATIO = 4;
  private static final double LARGEST_FACTOR = 3;
  private static final int LANES = CostLane.values().length;

  private final LatencyModel measured;
  private final Mean[] lanes = new Mean[LANES];
  private final Mean[][] buckets = new Mean[LANES][RowBuckets.COUNT];
  private final @Nullable RatioWindow[][] residuals = new @Nullable RatioWindow[LANES][];
  private LatencyModel model;

  /// Begins at the measurement.
  public LatencyRefit(LatencyModel measured) {
    this.measured = measured;
    this.model = measured;
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = new Mean();
      Arrays.setAll(buckets[lane], _ -> new Mean());
      residuals[lane] = new @Nullable RatioWindow[RowBuckets.COUNT];
    }
  }

  /// The model as corrected when it was last {@link #refit}.
  public LatencyModel model() {
    return model;
  }

  /// Takes an observation into account: its residual against the model in force, and what it says
  /// about the measurement.
  public void observe(LaneObservation observation) {
    int lane = observation.lane().ordinal();
    int bucket = bucket(observation);
    double predicted = model.nanos(observation.lane(), observation.shares());
    double asMeasured = measured.nanos(observation.lane(), observation.shares());
    if (!(predicted > 0) || !(asMeasured > 0)) {
      return; // a price of nothing can be neither compared nor corrected
    }
    RatioWindow window = residuals[lane][bucket];
    if (window == null) {
      window = new RatioWindow();
      residuals[lane][bucket] = window;
    }
    window.add(observation.nanos() / predicted);
    double bound = Math.log(LARGEST_RATIO);
    double log = Math.clamp(Math.log(observation.nanos() / asMeasured), -bound, bound);
    lanes[lane].add(log);
    buckets[lane][bucket].add(log);
  }

  /// Works what was observed into the model.
  ///
  /// @return the new model
  public LatencyModel refit() {
    model =
        new LatencyModel(
            corrected(measured.hostNanos(), CostLane.HOST),
            corrected(measured.deviceNanos(), CostLane.DEVICE),
            measured.copyNanos() * factor(CostLane.COPY, 0));
    return model;
  }

  /// The corrections that the next {@link #refit} applies, of lanes and buckets that were observed.
  public List<Correction> corrections() {
    List<Correction> corrections = new ArrayList<>();
    for (CostLane lane : CostLane.values()) {
      Mean all = lanes[lane.ordinal()];
      if (all.count > 0) {
        corrections.add(new Correction(lane, 0, all.factor(), all.count));
      }
      for (int bucket = 0; lane != CostLane.COPY && bucket < RowBuckets.COUNT; bucket++) {
        Mean mean = buckets[lane.ordinal()][bucket];
        if (mean.count >= ENOUGH) {
          corrections.add(new Correction(lane, RowBuckets.upTo(bucket), mean.factor(), mean.count));
        }
      }
    }
    return corrections;
  }

  /// How well the model in force predicted, by lane and bucket.
  public List<Residual> residuals() {
    List<Residual> all = new ArrayList<>();
    for (CostLane lane : CostLane.values()) {
      for (int bucket = 0; bucket < RowBuckets.COUNT; bucket++) {
        RatioWindow window = residuals[lane.ordinal()][bucket];
        if (window != null) {
          int upToRows = lane == CostLane.COPY ? 0 : RowBuckets.upTo(bucket);
          all.add(new Residual(lane, upToRows, window.count(), window.mean(), window.p90()));
        }
      }
    }
    return all;
  }

  /// Curves never fall: more rows never take less time, whatever single buckets say.
  private LatencyCurve corrected(LatencyCurve curve, CostLane lane) {
    List<LatencyCurve.Point> points = new ArrayList<>();
    double highest = 0;
    for (LatencyCurve.Point point : curve.points()) {
      highest = Math.max(highest, point.nanos() * factor(lane, RowBuckets.of(point.rows())));
      points.add(new LatencyCurve.Point(point.rows(), highest));
    }
    return new LatencyCurve(points);
  }

  private double factor(CostLane lane, int bucket) {
    Mean own = buckets[lane.ordinal()][bucket];
    return own.count >= ENOUGH ? own.factor() : lanes[lane.ordinal()].factor();
  }

  /// The bucket of the share that takes most of the time; copies have one for all rows.
  private int bucket(LaneObservation observation) {
    if (observation.lane() == CostLane.COPY) {
      return 0;
    }
    int bucket = 0;
    double most = -1;
    for (LaneObservation.Share share : observation.shares()) {
      double nanos = measured.nanos(observation.lane(), share);
      if (nanos > most) {
        most = nanos;
        bucket = RowBuckets.of(share.rows());
      }
    }
    return bucket;
  }

  /// An exponentially weighted mean of logarithms.
  private static final class Mean {
    private double log;
    private long count;

    void add(double value) {
      log += WEIGHT * (value - log);
      count++;
    }

    double factor() {
      return Math.clamp(Math.exp(log), 1 / LARGEST_FACTOR, LARGEST_FACTOR);
    }
  }
}
