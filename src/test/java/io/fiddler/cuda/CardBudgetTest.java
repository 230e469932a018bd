package io.fiddler.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class CardBudgetTest {
  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  /// 80 GiB, of which a context takes 500 MiB and cuBLAS 40.
  private static final CardBudget.Card IDLE =
      new CardBudget.Card("card", 80 * GIB, 80 * GIB - 500 * MIB, 80 * GIB - 540 * MIB);

  @Test
  void budget_isWhatIsAllowed_lessWhatTheProcessTakesItself() {
    CardBudget budget = CardBudget.of(IDLE, 24 * GIB);
    assertThat(budget.processBytes()).isEqualTo(24 * GIB);
    assertThat(budget.memoryBytes()).isEqualTo(24 * GIB - 540 * MIB - CardBudget.RESERVE_BYTES);
  }

  @Test
  void budget_assumesAContext_whenOthersUseTheCard() {
    CardBudget.Card busy = new CardBudget.Card("card", 80 * GIB, 40 * GIB, 40 * GIB - 40 * MIB);
    assertThat(CardBudget.of(busy, 24 * GIB).memoryBytes())
        .isEqualTo(24 * GIB - CardBudget.CONTEXT_BYTES - 40 * MIB - CardBudget.RESERVE_BYTES);
  }

  @Test
  void budget_leavesAMargin_whenNothingIsSaid() {
    CardBudget budget = CardBudget.of(IDLE, 0);
    assertThat(budget.processBytes()).isEqualTo(80 * GIB - CardBudget.MARGIN_BYTES);
    assertThat(budget.memoryBytes())
        .isEqualTo(80 * GIB - 540 * MIB - CardBudget.RESERVE_BYTES - CardBudget.MARGIN_BYTES);
  }

  @Test
  void budget_isRefused_whenNotAsMuchIsFree() {
    CardBudget.Card busy = new CardBudget.Card("card", 80 * GIB, 20 * GIB, 20 * GIB);
    assertThatThrownBy(() -> CardBudget.of(busy, 24 * GIB))
        .isInstanceOf(CudaUnavailableException.class)
        .hasMessage(
            "only 20.0 GiB of the 80.0 GiB of card are free, fiddler.device.memory asks for 24.0 GiB;"
                + " end what else uses the card");
  }
}
