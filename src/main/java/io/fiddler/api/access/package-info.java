/// Who may do what: keys, scopes and limits at the door of every route.
@NullMarked
package io.fiddler.api.access;

import org.jspecify.annotations.NullMarked;
