// linear against float64; a row must be the same bits alone and among others.
#include "checks.h"
#include "harness.h"

namespace {

void check(Type type, int depth, std::vector<int> outputs, int rows, bool accumulate) {
  outputs.resize(3, 0);
  const auto x = random_floats((size_t)rows * depth);
  const Buffer x_d(x), count(std::vector<int>{rows}), one(std::vector<int>{1});
  const std::string kernel = std::string("linear_") + name_of(type);
  std::vector<Weights> weights;
  std::vector<Buffer> weights_d, y_d, alone_d;
  std::vector<std::vector<float>> before;
  for (int p = 0; p < 3; p++) {
    weights.emplace_back(type, (size_t)outputs[p] * depth, 1.0f);
    weights_d.emplace_back(weights[p].bytes);
    y_d.emplace_back((size_t)(rows + 1) * outputs[p] * 4);
    alone_d.emplace_back((size_t)outputs[p] * 4);
    before.push_back(random_floats((size_t)rows * outputs[p]));
    if (accumulate) {
      y_d[p].set(before[p]);
      alone_d[p].set(std::vector<float>(before[p].begin() + (size_t)(rows - 1) * outputs[p], before[p].end()));
    }
  }
  const auto call = [&](const std::vector<Buffer>& y, const float* input, const Buffer& rows_d, unsigned grid) {
    launch(kernel.c_str(), {grid}, 256, 0, weights_d[0].at(), outputs[0], y[0].at<float>(), weights_d[1].at(), outputs[1],
           y[1].at<float>(), weights_d[2].at(), outputs[2], y[2].at<float>(), input, rows_d.at<int>(), depth, (int)accumulate);
    backend::synchronize();
  };
  call(y_d, x_d.at<float>(), count, 2u * backend::multiprocessors());
  call(alone_d, x_d.at<float>((size_t)(rows - 1) * depth), one, 3);
  Comparison compare(text("linear_%s [%d + %d + %d, %d], %d rows%s", name_of(type), outputs[0], outputs[1], outputs[2], depth, rows,
                          accumulate ? ", added" : ""));
  for (int p = 0; p < 3; p++) {
    const size_t n = outputs[p];
    const auto out = y_d[p].get<float>((rows + 1) * n);
    std::vector<double> expected(rows * n), tolerance(rows * n);
    parallel(n, [&](size_t o) {
      for (int r = 0; r < rows; r++) {
        const size_t i = r * n + o;
        const Dot d = dot(&weights[p].values[o * depth], &x[(size_t)r * depth], depth);
        expected[i] = d.value + (accumulate ? before[p][i] : 0);
        tolerance[i] = d.size * product_error(type, depth) + std::fabs(expected[i]) * FLOAT_ERROR;
      }
    });
    compare.all(out, expected, tolerance);
    compare.untouched(out, rows * n);
    compare.same(alone_d[p].get<float>(n), std::vector<float>(out.begin() + (rows - 1) * n, out.begin() + rows * n));
  }
}

}  // namespace

void check_linear() {
  for (int rows : {1, 3, 4, 5, 8, 9, 16, 21}) {
    check(Type::BF16, 72, {40}, rows, false);  // a step that is not full, a band that is not
    check(Type::BF16, 96, {33, 5, 16}, rows, rows % 2 == 0);
  }
  check(Type::BF16, 8, {1}, 2, false);
  check(Type::BF16, 520, {31, 64}, 7, true);
  check(Type::BF16, 101, {17}, 5, false);  // the plain path
  for (Type type : {Type::F16, Type::F32}) {
    check(type, 96, {33, 5, 16}, 6, true);
    check(type, 101, {17}, 17, false);
  }
  if (run.real_sizes) {
    for (int rows : {1, 2, 7, 16}) {
      check(Type::BF16, 4096, {4096, 1024, 1024}, rows, false);
      check(Type::BF16, 4096, {4096}, rows, true);
    }
    check(Type::BF16, 4096, {32000}, 3, false);
    check(Type::F32, 4096, {4096}, 2, false);
  }
}
