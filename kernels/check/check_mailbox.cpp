// publish, fetch and add_rows: what moves between host and device beside the copy engine. On device memory here; that the host sees
// a publication in order is for the tests of the service, which spin on the flag.
#include "checks.h"
#include "harness.h"

namespace {

// Two publications in a row by one state, as a step makes them.
void check_publish(int width, int rows, int top_k, unsigned grid, bool values, bool routing) {
  const size_t size = (size_t)(rows + 1) * width, chosen = (size_t)(rows + 1) * top_k;
  const Buffer count(std::vector<int>{rows}), state(std::vector<unsigned>{0, 41}), flag(size_t{4});
  Comparison compare(text("publish %d rows of %d, top %d, grid %u%s%s", rows, width, top_k, grid, values ? ", values" : "",
                          routing ? ", routing" : ""));
  for (unsigned number = 42; number < 44; number++) {
    const auto from = random_floats(size), weights = random_floats(chosen);
    std::vector<int> selected(chosen);
    const uint64_t seed = next_seed();
    for (size_t i = 0; i < chosen; i++) {
      selected[i] = below(seed, i, 100);
    }
    const Buffer from_d(from), weights_d(weights), selected_d(selected);
    const Buffer mirror(size * 4), mirror_weights(chosen * 4), mirror_selected(chosen * 4);
    launch("publish", {grid}, 256, 0, values ? from_d.at<float>() : (float*)nullptr, mirror.at<float>(), count.at<int>(), width,
           routing ? selected_d.at<int>() : (int*)nullptr, weights_d.at<float>(), top_k, mirror_selected.at<int>(),
           mirror_weights.at<float>(), state.at<unsigned>(), flag.at<unsigned>());
    backend::synchronize();
    compare.same(flag.get<unsigned>(1), std::vector<unsigned>{number});
    compare.same(state.get<unsigned>(2), std::vector<unsigned>{0, number});
    const size_t written = values ? (size_t)rows * width : 0, routed = routing ? (size_t)rows * top_k : 0;
    compare.same(mirror.get<float>(size), std::vector<float>(from.begin(), from.begin() + written));
    compare.untouched(mirror.get<float>(size), written);
    compare.same(mirror_selected.get<int>(chosen), std::vector<int>(selected.begin(), selected.begin() + routed));
    compare.untouched(mirror_selected.get<int>(chosen), routed);
    compare.same(mirror_weights.get<float>(chosen), std::vector<float>(weights.begin(), weights.begin() + routed));
    compare.untouched(mirror_weights.get<float>(chosen), routed);
  }
}

void check_fetch(int quads, unsigned grid) {
  const auto from = random_floats((size_t)quads * 4);
  const Buffer from_d(from), to((size_t)(quads + 1) * 16);
  launch("fetch", {grid}, 256, 0, from_d.at<uint32_t>(), quads, to.at<uint32_t>());
  backend::synchronize();
  Comparison compare(text("fetch %d pieces, grid %u", quads, grid));
  const auto out = to.get<float>((size_t)(quads + 1) * 4);
  compare.same(out, from);
  compare.untouched(out, from.size());
}

void check_add_rows(int width, int rows) {
  const auto x = random_floats((size_t)(rows + 1) * width), y = random_floats((size_t)(rows + 1) * width);
  const Buffer x_d(x), y_d(y), count(std::vector<int>{rows});
  launch("add_rows", {2}, 256, 0, y_d.at<float>(), count.at<int>(), width, x_d.at<float>());
  backend::synchronize();
  std::vector<float> expected = x;
  for (size_t i = 0; i < (size_t)rows * width; i++) {
    expected[i] = x[i] + y[i];
  }
  Comparison compare(text("add_rows %d rows of %d", rows, width));
  compare.same(x_d.get<float>(x.size()), expected);
}

}  // namespace

void check_mailbox() {
  check_publish(100, 3, 2, 1, true, true);
  check_publish(333, 5, 3, 4, true, true);
  check_publish(64, 2, 1, 9, true, false);
  check_publish(1, 7, 2, 2, false, true);
  check_fetch(1, 1);
  check_fetch(700, 2);
  check_add_rows(333, 3);
  if (run.real_sizes) {
    check_publish(4096, 64, 2, 32, true, true);
    check_publish(32000, 16, 1, 64, true, false);
    check_add_rows(4096, 64);
  }
}
