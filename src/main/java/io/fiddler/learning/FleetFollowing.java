package io.fiddler.learning;

import io.fiddler.engine.EngineNotReadyException;
import io.fiddler.usage.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps up with the other replicas: told that something was done about placements, or that some
/// time has passed, it reads what is pinned and, if it is to follow, takes over what an operator
/// did elsewhere. A notification that was lost only delays that.
public final class FleetFollowing {
  private static final Logger LOG = LoggerFactory.getLogger(FleetFollowing.class);

  private final Replanning replanning;
  private final boolean follow;
  private boolean failing;

  /// @param follow whether to take over what operators do on other replicas
  public FleetFollowing(Replanning replanning, boolean follow) {
    this.replanning = replanning;
    this.follow = follow;
  }

  /// Looks once; what cannot be done now is done the next time. Blocking; one thread. Whatever the
  /// engine throws ends here, so that listening goes on; it is told once.
  public void look() {
    try {
      replanning.readPinned();
      if (follow) {
        replanning.follow();
      }
      failing = false;
    } catch (EngineNotReadyException e) {
      LOG.debug("Not following yet: {}", e.getMessage());
    } catch (StoreUnavailableException e) {
      LOG.debug("Not following now: {}", e.getMessage());
    } catch (PlacementRefusedException | UnknownVersionException e) {
      LOG.warn("Another replica's placement is not followed: {}", e.getMessage());
    } catch (RuntimeException e) {
      if (!failing) {
        LOG.error("Another replica's placement cannot be followed and is tried again", e);
      }
      failing = true;
    }
  }
}
