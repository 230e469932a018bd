/// Finds a model and brings its weights into host memory: Hugging Face directories, the embedded
/// model, synthetic shapes; and its fingerprint.
@NullMarked
package io.fiddler.model.load;

import org.jspecify.annotations.NullMarked;
