/// What surrounds every route: request ids, access, fatal errors, the error answers.
@NullMarked
package io.fiddler.api.web;

import org.jspecify.annotations.NullMarked;
