// Which experts each row goes to: scores router[e] . normed[r], softmax over all experts, the topK highest (ties to the lower
// index), optionally scaled to sum to one.
//
// normed           [rows, hiddenSize]
// router           [numExperts, hiddenSize], of the kernel's type
// row_count        one int on the device
// selected_experts [rows, topK], written, by descending weight; may be mapped host memory
// routing_weights  [rows, topK], written; may be mapped host memory
// scores           [rows, numExperts], written before the softmax, or null
// Launch: grid (rows), block 256, dynamic shared memory numExperts floats. topK <= numExperts.
// Graphs: row_count is read on the device.
#include "device.cuh"

// Softmax of shared scores [count] by the first warp.
__device__ inline void softmax(float* scores, int count, int lane) {
  float highest = -INFINITY;
  for (int e = lane; e < count; e += WARP) {
    highest = fmaxf(highest, scores[e]);
  }
  highest = warp_max(highest);
  float total = 0.0f;
  for (int e = lane; e < count; e += WARP) {
    scores[e] = expf(scores[e] - highest);
    total += scores[e];
  }
  total = warp_sum(total);
  for (int e = lane; e < count; e += WARP) {
    scores[e] /= total;
  }
}

// Index of the highest of shared scores, the lowest of equals; -1 where the others are NaN.
__device__ inline int highest_of(const float* scores, int count, int lane) {
  int best = -1;
  float best_score = -1.0f;  // taken ones are lower, probabilities are not
  for (int e = lane; e < count; e += WARP) {
    if (scores[e] > best_score) {
      best = e;
      best_score = scores[e];
    }
  }
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    const int other = __shfl_xor_sync(ALL_LANES, best, distance);
    const float other_score = __shfl_xor_sync(ALL_LANES, best_score, distance);
    if (other >= 0 && (best < 0 || other_score > best_score || (other_score == best_score && other < best))) {
      best = other;
      best_score = other_score;
    }
  }
  return best;
}

template <class T>
__device__ void router(const float* __restrict__ normed, const T* __restrict__ router, const int* __restrict__ row_count,
                       int hidden_size, int num_experts, int top_k, int renormalise, int* __restrict__ selected_experts,
                       float* __restrict__ routing_weights, float* __restrict__ scores_out) {
  DYNAMIC_SHARED(float, scores);
  const int row = blockIdx.x;
  if (row >= *row_count) {
    return;
  }
  const int lane = threadIdx.x % WARP;
  const float* x = row_of(normed, row, hidden_size);
  const bool aligned = hidden_size % 8 == 0;
  for (int e = threadIdx.x / WARP; e < num_experts; e += blockDim.x / WARP) {
    const T* weights = row_of(router, e, hidden_size);
    float score = 0.0f;
    for (int k = lane * 8; k < hidden_size; k += WARP * 8) {
      float w[8], v[8];
      load8(weights, k, hidden_size, aligned, w);
      load8(x, k, hidden_size, aligned, v);
#pragma unroll
      for (int i = 0; i < 8; i++) {
        score += w[i] * v[i];
      }
    }
    score = warp_sum(score);
    if (lane == 0) {
      scores[e] = score;
      if (scores_out) {
        scores_out[(long long)row * num_experts + e] = score;
      }
    }
  }
  __syncthreads();
  if (threadIdx.x >= WARP) {
    return;
  }
  softmax(scores, num_experts, lane);
  __syncwarp();
  float chosen = 0.0f;
  for (int k = 0; k < top_k; k++) {
    const int highest = highest_of(scores, num_experts, lane);
    const int best = highest < 0 ? k : highest;  // one NaN makes all of them NaN: any expert, and the NaN stays visible
    const float weight = scores[best];
    chosen += weight;
    __syncwarp();
    if (lane == 0) {
      selected_experts[row * top_k + k] = best;
      routing_weights[row * top_k + k] = weight;
      if (highest >= 0) {
        scores[best] = -2.0f;
      }
    }
    __syncwarp();
  }
  if (renormalise && lane == 0) {
    for (int k = 0; k < top_k; k++) {
      routing_weights[row * top_k + k] /= chosen;
    }
  }
}

extern "C" __global__ void router_bf16(const float* normed, const bf16* weights, const int* row_count, int hidden_size,
                                       int num_experts, int top_k, int renormalise, int* selected_experts, float* routing_weights,
                                       float* scores) {
  router(normed, weights, row_count, hidden_size, num_experts, top_k, renormalise, selected_experts, routing_weights, scores);
}

extern "C" __global__ void router_f16(const float* normed, const f16* weights, const int* row_count, int hidden_size,
                                      int num_experts, int top_k, int renormalise, int* selected_experts, float* routing_weights,
                                      float* scores) {
  router(normed, weights, row_count, hidden_size, num_experts, top_k, renormalise, selected_experts, routing_weights, scores);
}

extern "C" __global__ void router_f32(const float* normed, const float* weights, const int* row_count, int hidden_size,
                                      int num_experts, int top_k, int renormalise, int* selected_experts, float* routing_weights,
                                      float* scores) {
  router(normed, weights, row_count, hidden_size, num_experts, top_k, renormalise, selected_experts, routing_weights, scores);
}
