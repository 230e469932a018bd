/// The options of a command: `--name=value`, each checked, what is wrong told in one sentence.
@NullMarked
package io.fiddler.bench.cli;

import org.jspecify.annotations.NullMarked;
