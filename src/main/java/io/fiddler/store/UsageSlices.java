package io.fiddler.store;

import io.fiddler.usage.UsageReports.Granularity;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Where a report finds its requests: whole days and hours in the sums, what is left at both ends
/// among the requests themselves. Slices do not overlap; their union is the report's time.
final class UsageSlices {
  private final List<Slice> slices = new ArrayList<>();

  private UsageSlices() {}

  /// Where requests are found.
  enum Source {
    REQUESTS,
    HOURS,
    DAYS
  }

  /// Some time.
  ///
  /// @param source where to look
  /// @param from begin
  /// @param to end, exclusive
  /// @param whole whether it has all of each of the report's rows it has a part of
  record Slice(Source source, Instant from, Instant to, boolean whole) {}

  /// Cuts `[from, to)`.
  ///
  /// @param keptSince single requests before are gone; their hours count as a whole if they begin
  ///   in time
  static List<Slice> of(Instant from, Instant to, Granularity granularity, Instant keptSince) {
    Instant firstHour = ceiling(from, ChronoUnit.HOURS);
    Instant lastHour = to.truncatedTo(ChronoUnit.HOURS);
    if (lastHour.isBefore(keptSince)) {
      lastHour = ceiling(to, ChronoUnit.HOURS);
    }
    UsageSlices cut = new UsageSlices();
    if (lastHour.isBefore(firstHour)) {
      cut.addRequests(from, to, keptSince);
    } else {
      cut.addRequests(from, firstHour, keptSince);
      cut.addHours(firstHour, lastHour, granularity);
      cut.addRequests(lastHour, to, keptSince);
    }
    return cut.slices;
  }

  private void addHours(Instant from, Instant to, Granularity granularity) {
    Instant firstDay = ceiling(from, ChronoUnit.DAYS);
    Instant lastDay = to.truncatedTo(ChronoUnit.DAYS);
    if (granularity == Granularity.HOUR || !firstDay.isBefore(lastDay)) {
      add(Source.HOURS, from, to, granularity == Granularity.HOUR);
    } else {
      add(Source.HOURS, from, firstDay, false);
      add(Source.DAYS, firstDay, lastDay, true);
      add(Source.HOURS, lastDay, to, false);
    }
  }

  private void addRequests(Instant from, Instant to, Instant keptSince) {
    if (!from.isBefore(keptSince)) {
      add(Source.REQUESTS, from, to, false);
    }
  }

  private void add(Source source, Instant from, Instant to, boolean whole) {
    if (from.isBefore(to)) {
      slices.add(new Slice(source, from, to, whole));
    }
  }

  private static Instant ceiling(Instant moment, ChronoUnit unit) {
    Instant floor = moment.truncatedTo(unit);
    return floor.equals(moment) ? floor : floor.plus(1, unit);
  }
}
