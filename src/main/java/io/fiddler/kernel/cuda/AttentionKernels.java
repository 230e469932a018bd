package io.fiddler.kernel.cuda;

import io.fiddler.cuda.CudaFunction;
import io.fiddler.cuda.CudaKernels;
import io.fiddler.tensor.ElementType;
import org.jspecify.annotations.Nullable;

/// The attention kernels for one type of cache, in variants by the width of a head.
///
/// @param rotary rotary embedding, and writing of keys and values
/// @param merge adds up what the decode kernel computed in pieces
/// @param decode for rows that stand alone
/// @param decodeOdd the same for heads wider than 64 that four does not divide
/// @param prefill for chunks of prompts
/// @param tensor the same on tensor cores; null for a cache in F32
record AttentionKernels(
    CudaFunction rotary,
    CudaFunction merge,
    ByWidth decode,
    CudaFunction decodeOdd,
    ByWidth prefill,
    @Nullable ByWidth tensor) {

  /// Variants by the widest head they take; the last may be missing.
  record ByWidth(CudaFunction to64, CudaFunction to128, CudaFunction to256) {
    static ByWidth of(CudaKernels kernels, String name, String ending) {
      return new ByWidth(
          kernels.function(name, name + "_64" + ending),
          kernels.function(name, name + "_128" + ending),
          kernels.function(name, name + "_256" + ending));
    }

    CudaFunction of(int headDim) {
      return headDim <= 64 ? to64 : headDim <= 128 ? to128 : to256;
    }
  }

  /// The kernels for a cache of F32 or BF16.
  static AttentionKernels of(CudaKernels kernels, ElementType cacheType) {
    String ending = cacheType == ElementType.BF16 ? "_bf16" : "";
    ByWidth prefill = ByWidth.of(kernels, "attention_prefill", ending);
    return new AttentionKernels(
        kernels.function("rotary_kv", "rotary_kv" + ending),
        kernels.function("attention_decode", "attention_merge"),
        ByWidth.of(kernels, "attention_decode", ending),
        kernels.function("attention_decode", "attention_decode_any" + ending),
        prefill,
        cacheType == ElementType.BF16
            ? new ByWidth(
                kernels.function("attention_tensor", "attention_tensor_64"),
                kernels.function("attention_tensor", "attention_tensor_128"),
                prefill.to256())
            : null);
  }

  CudaFunction decode(int headDim) {
    return headDim > 64 && headDim % 4 != 0 ? decodeOdd : decode.of(headDim);
  }

  /// Whether chunks of prompts with heads of this width are computed on tensor cores.
  boolean usesTensorCores(int headDim) {
    return tensor != null && headDim <= 128 && headDim % 8 == 0;
  }

  CudaFunction prefill(int headDim) {
    return tensor != null && usesTensorCores(headDim) ? tensor.of(headDim) : prefill.of(headDim);
  }
}
