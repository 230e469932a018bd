// untile_slices must undo exactly what tile_packing.h does.
#include "checks.h"
#include "experts.h"

namespace {

void check(int hidden_size, int slice_width, int num_slices, unsigned grid) {
  const ExpertShape shape = {Type::BF16, hidden_size, slice_width, num_slices};
  const Weights weights(shape.type, shape.elements(), 1.0f);
  const Buffer packed(packed_slices(shape, weights.bytes)), row_major(shape.bytes() + 64);
  launch("untile_slices", {grid}, 256, 0, packed.at(), num_slices, hidden_size, slice_width, row_major.at());
  backend::synchronize();
  Comparison compare(text("untile_slices %d x [%d x %d]", num_slices, slice_width, hidden_size));
  const auto out = row_major.get<uint16_t>(shape.elements() + 32);
  std::vector<uint16_t> expected(shape.elements());
  std::memcpy(expected.data(), weights.bytes.data(), weights.bytes.size());
  compare.same(out, expected);
  compare.untouched(out, shape.elements());
}

}  // namespace

void check_untile() {
  check(64, 32, 2, 1);
  check(96, 160, 3, 5);
  if (run.real_sizes) {
    check(4096, 1024, 2, 264);
  }
}
