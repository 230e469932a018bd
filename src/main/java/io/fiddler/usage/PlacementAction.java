package io.fiddler.usage;

/// What was done about placements; all of it is recorded, with who and why.
public enum PlacementAction {
  /// A service process started with it.
  START,
  /// An operator had it planned anew and applied.
  APPLY,
  /// An operator had it planned, to see it; nothing was applied.
  PROPOSE,
  /// An operator went back to the experts of an earlier version.
  ROLLBACK,
  /// An operator holds it against correction.
  PIN,
  /// An operator lets it go again.
  UNPIN,
  /// A replica took over what an operator did on another one.
  FOLLOW,
  /// The service moved experts by itself.
  CORRECT
}
