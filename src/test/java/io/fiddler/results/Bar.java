package io.fiddler.results;

/// One bar of a chart.
///
/// @param label what it is
/// @param value its length
/// @param low where its whisker begins
/// @param high where its whisker ends
record Bar(String label, double value, double low, double high) {}
