// combine must be bit for bit the sum that the contract spells out: every product and sum rounded by itself, in order.
#include "checks.h"
#include "harness.h"

namespace {

void check(int hidden_size, int rows, int top_k, int part_rows) {
  const auto parts = random_floats((size_t)part_rows * hidden_size);
  const auto x = random_floats((size_t)(rows + 1) * hidden_size);
  const int assignments = rows * top_k;
  std::vector<int> first(assignments), next(assignments), stride(assignments), count(assignments);
  const auto weight = random_floats(assignments);
  const uint64_t seed = next_seed();
  for (int a = 0; a < assignments; a++) {
    first[a] = below(seed, 5 * a, part_rows);
    count[a] = below(seed, 5 * a + 1, 4);
    stride[a] = 1 + below(seed, 5 * a + 2, 3);
    const int span = stride[a] * std::max(0, count[a] - 1) + 1;
    next[a] = count[a] == 0 ? 0x7fffffff : below(seed, 5 * a + 3, part_rows - span + 1);
  }
  const Buffer parts_d(parts), first_d(first), next_d(next), stride_d(stride), count_d(count), weight_d(weight), x_d(x);
  const Buffer row_count(std::vector<int>{rows});
  launch("combine", {(unsigned)(hidden_size + 255) / 256, (unsigned)rows + 1}, 256, 0, parts_d.at<float>(), first_d.at<int>(),
         next_d.at<int>(), stride_d.at<int>(), count_d.at<int>(), weight_d.at<float>(), row_count.at<int>(), top_k, hidden_size,
         x_d.at<float>());
  backend::synchronize();
  std::vector<float> expected = x;
  for (int r = 0; r < rows; r++) {
    for (int i = 0; i < hidden_size; i++) {
      volatile float sum = 0;  // volatile: no sum is kept wider or fused with a product
      for (int k = 0; k < top_k; k++) {
        const int a = r * top_k + k;
        volatile float result = parts[(size_t)first[a] * hidden_size + i];
        for (int n = 0; n < count[a]; n++) {
          result = result + parts[((size_t)next[a] + (size_t)n * stride[a]) * hidden_size + i];
        }
        const volatile float weighed = weight[a] * result;
        sum = k == 0 ? weighed : sum + weighed;
      }
      expected[(size_t)r * hidden_size + i] = x[(size_t)r * hidden_size + i] + sum;
    }
  }
  Comparison compare(text("combine %d rows of %d, top %d, %d parts", rows, hidden_size, top_k, part_rows));
  compare.same(x_d.get<float>(x.size()), expected);
}

}  // namespace

void check_combine() {
  check(100, 3, 2, 20);
  check(257, 5, 3, 40);
  check(8, 1, 1, 16);
  if (run.real_sizes) {
    check(4096, 64, 2, 400);
    check(2048, 64, 8, 700);
  }
}
