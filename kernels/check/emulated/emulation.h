#pragma once

#include <functional>

#include "cuda_emulated.h"

namespace emulated {

// Runs a kernel's body for every thread of a grid. The shared memory of a block is not cleared.
void run_grid(Index grid, unsigned block_size, unsigned shared_bytes, const std::function<void()>& kernel);

}  // namespace emulated
