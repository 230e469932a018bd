package io.fiddler.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.device.MemoryPlan.Demand;
import io.fiddler.device.emulated.EmulatedDevice;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class MemoryPlanTest {
  private static final long MIB = 1 << 20;
  private static final Demand DEMAND =
      new Demand(100 * MIB, 20 * MIB, 10 * MIB, 4, 5 * MIB, 48, 20 * MIB);

  @Test
  void plan_takesAsManyExpertsAsFit() {
    MemoryPlan plan = MemoryPlan.of(500 * MIB, DEMAND, -1);
    assertThat(plan.experts()).isEqualTo(17);
    assertThat(plan.usedBytes()).isEqualTo(490 * MIB);
    assertThat(plan.freeBytes()).isEqualTo(10 * MIB);
  }

  @Test
  void plan_takesAllExperts_whenThereIsRoomForMore() {
    assertThat(MemoryPlan.of(1L << 40, DEMAND, -1).experts()).isEqualTo(48);
    assertThat(MemoryPlan.of(Long.MAX_VALUE, DEMAND, -1).experts()).isEqualTo(48);
  }

  @Test
  void plan_takesNone_whenOnlyTheDensePartFits() {
    MemoryPlan plan = MemoryPlan.of(150 * MIB, DEMAND, -1);
    assertThat(plan.experts()).isZero();
    assertThat(plan.freeBytes()).isZero();
  }

  @Test
  void plan_takesTheFixedNumber_whenItFits() {
    assertThat(MemoryPlan.of(500 * MIB, DEMAND, 12).experts()).isEqualTo(12);
    assertThat(MemoryPlan.of(500 * MIB, DEMAND, 0).experts()).isZero();
  }

  @Test
  void plan_saysWhatIsMissing_whenTheDensePartDoesNotFit() {
    assertThatThrownBy(() -> MemoryPlan.of(149 * MIB, DEMAND, -1))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessage(
            "the model needs 150.0 MiB of device memory before any expert (dense weights 100.0 MiB,"
                + " key/value cache 20.0 MiB, scratch 10.0 MiB, 4 slots 20.0 MiB), got 149.0 MiB;"
                + " raise fiddler.device.memory");
  }

  @Test
  void plan_saysHowManyFit_whenTheFixedNumberDoesNot() {
    assertThatThrownBy(() -> MemoryPlan.of(500 * MIB, DEMAND, 18))
        .isInstanceOf(DeviceMemoryException.class)
        .hasMessage(
            "18 experts of 20.0 MiB do not fit: of 500.0 MiB of device memory 350.0 MiB are left"
                + " for experts, enough for 17; lower fiddler.device.experts or raise"
                + " fiddler.device.memory");
  }

  @Test
  void plan_isRefused_whenTheModelHasFewerExperts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryPlan.of(500 * MIB, DEMAND, 49))
        .withMessage("fiddler.device.experts must be -1 or in [0, 48], got 49");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryPlan.of(500 * MIB, DEMAND, -2))
        .withMessageContaining("got -2");
  }

  @Test
  void plan_isWhatADeviceOfThatSizeHolds_whateverTheSizes() {
    long seed = 7;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 20; round++) {
      Demand demand =
          new Demand(
              random.nextLong(1, 100_000),
              random.nextLong(1, 100_000),
              random.nextLong(1, 100_000),
              random.nextInt(1, 5),
              random.nextLong(1, 5_000),
              random.nextInt(1, 64),
              random.nextLong(1, 20_000));
      long budget = demand.baseBytes() + random.nextLong(200_000);
      MemoryPlan plan = MemoryPlan.of(budget, demand, -1);
      String context = "seed %d round %d: %s".formatted(seed, round, plan);
      try (EmulatedDevice device = new EmulatedDevice(budget)) {
        DeviceMemory memory = device.memory();
        keep(memory.allocate(demand.denseBytes(), "dense weights"));
        keep(memory.allocate(demand.kvCacheBytes(), "key/value cache"));
        keep(memory.allocate(demand.scratchBytes(), "scratch"));
        try (SlotRing ring = new SlotRing(device, demand.numSlots(), demand.slotBytes());
            ExpertFrames frames = new ExpertFrames(device, plan.experts(), demand.expertBytes())) {
          assertThat(ring.numSlots()).isEqualTo(demand.numSlots());
          assertThat(frames.capacity()).isEqualTo(plan.experts());
          assertThat(memory.usedBytes()).as(context).isEqualTo(plan.usedBytes());
          assertThat(plan.freeBytes()).as(context).isNotNegative();
          if (plan.experts() < demand.numExperts()) {
            assertThat(plan.freeBytes())
                .as(context)
                .isLessThan(DeviceMemory.aligned(demand.expertBytes()));
          }
        }
      }
    }
  }

  private static void keep(DeviceMemory.Allocation allocation) {
    assertThat(allocation.view().sizeBytes()).isPositive(); // closed with the device
  }
}
