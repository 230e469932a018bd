package io.fiddler.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.engine.Decoding;
import io.fiddler.sampling.beam.BeamParameters;
import java.util.stream.Stream;

/// Clients of beam searches that leave; nothing is told of those before their end.
final class BeamDisconnectTest extends DisconnectContract {
  BeamDisconnectTest() {
    super("/v1/completions", "'prompt':'Hi','use_beam_search':true,'n':3,'best_of':4");
  }

  @Override
  Stream<Boolean> ways() {
    return Stream.of(false);
  }

  @Override
  int decode(ScriptedRun run) {
    assertThat(run.request().decoding()).isEqualTo(new Decoding.Beams(BeamParameters.ofWidth(4)));
    return 0;
  }

  @Override
  int generations() {
    return 1;
  }
}
