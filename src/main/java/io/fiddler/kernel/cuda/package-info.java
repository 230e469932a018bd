/// The segments of a step on an NVIDIA GPU, by the kernels of `kernels/cuda` and by cuBLAS.
///
/// Everything is queued on the compute lane. Steps in which every row stands alone, of up to 64
/// rows, are graphs, one for each layer and bucket of rows; other steps are launched kernel by
/// kernel. What the host has to see leaves through pinned memory and a flag behind it ({@link
/// io.fiddler.kernel.cuda.Mailbox}), what it sends comes by a kernel that reads pinned memory: the
/// copy engine has weights to stream.
///
/// How results are rounded. Weights of F32 and F16 are multiplied in float32. Of BF16 weights, up
/// to 16 rows are multiplied by own kernels on tensor cores, with activations split into two bf16,
/// an error of 2^-17 of an activation; for more rows (more than 64 for an expert) cuBLAS multiplies
/// activations rounded to bf16, an error of 2^-9. Sums are float32 everywhere. A row's result is
/// therefore not the same bits in steps of different sizes, and a flipped choice of a router moves
/// logits far; rows of steps that take the same kernels are bit-equal. A *batch-invariant* shape
/// ({@link io.fiddler.kernel.cuda.CudaSegments.Shape}) takes the kernels for few rows for any
/// number of them, and the attention of rows that stand alone for chunks of prompts: then all are.
@NullMarked
package io.fiddler.kernel.cuda;

import org.jspecify.annotations.NullMarked;
