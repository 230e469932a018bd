// argmax: the lowest index of the highest logit.
#include "checks.h"
#include "harness.h"

namespace {

void check(int vocab, int rows) {
  auto logits = random_floats((size_t)rows * vocab);
  const uint64_t seed = next_seed();
  std::vector<int> expected;
  for (int r = 0; r < rows; r++) {
    float* row = &logits[(size_t)r * vocab];
    if (r % 3 == 0) {  // equals
      row[below(seed, 2 * r, vocab)] = 2.0f;
      row[below(seed, 2 * r + 1, vocab)] = 2.0f;
    } else if (r % 3 == 1) {
      row[below(seed, r, vocab)] = NAN;
    }
    int best = -1;
    for (int i = 0; i < vocab; i++) {
      if (!std::isnan(row[i]) && (best < 0 || row[i] > row[best])) {
        best = i;
      }
    }
    expected.push_back(std::max(best, 0));
  }
  const Buffer logits_d(logits), count(std::vector<int>{rows}), tokens((size_t)(rows + 1) * 4);
  launch("argmax", {(unsigned)rows + 1}, 1024, 0, logits_d.at<float>(), count.at<int>(), vocab, tokens.at<int>());
  backend::synchronize();
  Comparison compare(text("argmax of %d, %d rows", vocab, rows));
  const auto out = tokens.get<int>(rows + 1);
  compare.same(out, expected);
  compare.untouched(out, rows);
}

}  // namespace

void check_argmax() {
  check(1, 2);
  check(50, 6);
  check(1500, 3);
  if (run.real_sizes) {
    check(32000, 64);
    check(151936, 9);
  }
}
