/// What can go wrong with a request, and how it reads in OpenAI's error shape.
@NullMarked
package io.fiddler.api.error;

import org.jspecify.annotations.NullMarked;
