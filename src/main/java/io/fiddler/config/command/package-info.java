/// Commands that read what the service has recorded, without serving.
@NullMarked
package io.fiddler.config.command;

import org.jspecify.annotations.NullMarked;
