/// `POST /v1/completions`: the fields of its requests and the form of its answers.
@NullMarked
package io.fiddler.api.completion;

import org.jspecify.annotations.NullMarked;
