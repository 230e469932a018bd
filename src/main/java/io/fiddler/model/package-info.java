/// What a model is: config.json to ModelConfig, layers assembled from attention, router and mlp
/// variants, one tensor-name table per architecture, the weights in host memory, the fingerprint.
@NullMarked
package io.fiddler.model;

import org.jspecify.annotations.NullMarked;
