package io.fiddler.scale;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.fiddler.store.TestDatabase;
import io.fiddler.store.TestStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Some replicas over one database, as `src/docs/scale.md` measures many: each record once, none
/// lost, limits shared, placements followed. Without a look at times.
final class FleetTest {
  private static final int REPLICAS = 3;
  private static final int REQUESTS = 40;
  private static final ScaleLoad LOAD = new ScaleLoad(REPLICAS, 1, 0, 4, 4, 2, 20, 10, 50, 2);

  private final TestDatabase database = TestDatabase.create();
  private final HikariDataSource pool = database.pool();
  private final TestStore store = TestStore.of(pool);

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void everyRecordOfAllReplicas_isThereOnce() {
    try (Fleet fleet = Fleet.start(LOAD, database, store)) {
      fleet.serve(REQUESTS);
      assertThat(fleet.sum(SimulatedReplica::refused)).as("refused for a limit").isZero();
      assertThat(fleet.sum(SimulatedReplica::served)).isEqualTo(REPLICAS * REQUESTS);
      assertThat(fleet.sum(SimulatedReplica::activations))
          .isEqualTo(REPLICAS * REQUESTS * LOAD.activations());
    }
    long all = (long) REPLICAS * REQUESTS;
    assertThat(store.count("select count(*) from request_log")).as("rows").isEqualTo(all);
    assertThat(store.count("select count(distinct id) from request_log")).isEqualTo(all);
    assertThat(store.count("select sum(count) from expert_activation_by_expert"))
        .as("activations")
        .isEqualTo(all * LOAD.activations());
    assertThat(store.count("select sum(requests) from key_usage")).as("by key").isEqualTo(all);
    assertThat(
            store.count(
                "select sum(requests) from request_usage where width = 'day' and all_tenants"))
        .as("in the sums")
        .isEqualTo(all);
    assertThat(store.count("select count(*) from request_loss")).as("losses").isZero();
  }

  @Test
  void replicasThatStartAtOnce_planOneAfterTheOther_andFollowAnOperator()
      throws InterruptedException {
    try (Fleet fleet = Fleet.start(LOAD, database, store)) {
      assertThat(store.count("select count(*) from placement where author = 'startup'"))
          .isEqualTo(REPLICAS);
      fleet.serve(1);
      fleet.flush();
      fleet.apply();
      assertThat(fleet.awaitFollowed(REPLICAS - 1, TestStore.PATIENCE)).isTrue();
    }
    assertThat(store.count("select count(*) from placement_event where action = 'follow'"))
        .isEqualTo(REPLICAS - 1);
  }
}
