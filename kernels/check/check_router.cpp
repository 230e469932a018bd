// router: scores, softmax over all experts, top k. Scores are compared with float64; the choice must be exactly what the written scores
// imply, ties included, and close enough to float64's.
#include "checks.h"
#include "harness.h"

namespace {

void check(Type type, int hidden_size, int num_experts, int top_k, int rows, bool renormalise, bool ties) {
  Weights router(type, (size_t)num_experts * hidden_size, (float)(3 / std::sqrt((double)hidden_size)));
  if (ties) {  // every expert has a twin, so that each score occurs twice
    for (int e = 1; e < num_experts; e += 2) {
      std::copy_n(&router.values[(size_t)(e - 1) * hidden_size], hidden_size, &router.values[(size_t)e * hidden_size]);
      const size_t bytes = hidden_size * size_of(type);
      std::copy_n(&router.bytes[(e - 1) * bytes], bytes, &router.bytes[e * bytes]);
    }
  }
  const auto normed = random_floats((size_t)rows * hidden_size);
  const Buffer router_d(router.bytes), normed_d(normed), count(std::vector<int>{rows});
  const size_t chosen = (size_t)(rows + 1) * top_k, scored = (size_t)(rows + 1) * num_experts;
  const Buffer selected(chosen * 4), weights(chosen * 4), scores(scored * 4);
  launch((std::string("router_") + name_of(type)).c_str(), {(unsigned)rows + 1}, 256, (unsigned)num_experts * 4, normed_d.at<float>(),
         router_d.at(), count.at<int>(), hidden_size, num_experts, top_k, (int)renormalise, selected.at<int>(),
         weights.at<float>(), scores.at<float>());
  backend::synchronize();
  const auto selected_out = selected.get<int>(chosen);
  const auto weights_out = weights.get<float>(chosen);
  const auto scores_out = scores.get<float>(scored);
  Comparison compare(text("router_%s [%d, %d], top %d, %d rows%s%s", name_of(type), num_experts, hidden_size, top_k, rows,
                          renormalise ? ", renormalised" : "", ties ? ", ties" : ""));
  for (int r = 0; r < rows; r++) {
    const float* row_scores = &scores_out[(size_t)r * num_experts];
    double highest = -INFINITY;
    for (int e = 0; e < num_experts; e++) {
      const Dot d = dot(&router.values[(size_t)e * hidden_size], &normed[(size_t)r * hidden_size], hidden_size);
      compare.element(row_scores[e], d.value, d.size * product_error(Type::F32, hidden_size));
      highest = std::max(highest, (double)row_scores[e]);
    }
    double total = 0;
    for (int e = 0; e < num_experts; e++) {
      total += std::exp(row_scores[e] - highest);
    }
    std::vector<int> order(num_experts);
    for (int e = 0; e < num_experts; e++) {
      order[e] = e;
    }
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return row_scores[a] > row_scores[b]; });
    double sum = 0;
    for (int k = 0; k < top_k; k++) {
      sum += std::exp(row_scores[order[k]] - highest) / total;
    }
    for (int k = 0; k < top_k; k++) {
      const int expert = selected_out[(size_t)r * top_k + k];
      // Scores that differ by a rounding may have equal probabilities, of which the lower index comes first.
      const bool valid = expert >= 0 && expert < num_experts;
      const bool as_good = valid && std::fabs(row_scores[expert] - row_scores[order[k]]) <= 4 * FLOAT_ERROR;
      compare.element(as_good && !ties ? order[k] : expert, order[k], 0);
      const double probability = std::exp(row_scores[order[k]] - highest) / total / (renormalise ? sum : 1);
      compare.element(weights_out[(size_t)r * top_k + k], probability, probability * (num_experts / 32 + 32) * FLOAT_ERROR);
    }
  }
  compare.untouched(selected_out, (size_t)rows * top_k);
  compare.untouched(weights_out, (size_t)rows * top_k);
}

}  // namespace

void check_router() {
  for (Type type : {Type::BF16, Type::F16, Type::F32}) {
    check(type, 100, 5, 2, 3, true, false);
    check(type, 96, 8, 4, 4, false, true);
  }
  check(Type::BF16, 64, 100, 100, 2, true, false);
  check(Type::F32, 33, 1, 1, 2, true, false);
  if (run.real_sizes) {
    check(Type::BF16, 4096, 8, 2, 64, true, false);
    check(Type::BF16, 2048, 128, 8, 64, true, false);
    check(Type::F32, 4096, 8, 2, 512, true, true);
  }
}
