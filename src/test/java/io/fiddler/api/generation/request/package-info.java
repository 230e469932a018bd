/// Tests of the fields that all routes have.
@NullMarked
package io.fiddler.api.generation.request;

import org.jspecify.annotations.NullMarked;
