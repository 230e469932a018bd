/// What is to be generated, and the readers of fields that all routes have.
@NullMarked
package io.fiddler.api.generation.request;

import org.jspecify.annotations.NullMarked;
