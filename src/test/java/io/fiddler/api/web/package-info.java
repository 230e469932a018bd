/// Tests of what surrounds every route.
@NullMarked
package io.fiddler.api.web;

import org.jspecify.annotations.NullMarked;
