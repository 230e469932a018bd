package io.fiddler.store.spool;

import static org.assertj.core.api.Assertions.assertThat;

import io.fiddler.store.batch.Batch;
import io.fiddler.usage.RequestCosts;
import io.fiddler.usage.RequestRecord;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A file that the last program without keys has written: two batches of two requests.
final class OldSpoolTest {
  @TempDir private Path folder;

  @Test
  void spoolOfVersion1_isRead_withoutKeysAndCosts() throws Exception {
    try (InputStream old =
        Objects.requireNonNull(OldSpoolTest.class.getResourceAsStream("/spool/version-1.spool"))) {
      Files.copy(old, folder.resolve("00000000-0000-4000-8000-000000000001.spool"));
    }
    List<Batch> batches = new ArrayList<>();
    try (DeadSpool dead = Objects.requireNonNull(new SpoolFolder(folder).nextDead())) {
      for (Batch batch = dead.first(); batch != null; batch = dead.first()) {
        batches.add(batch);
        dead.removeFirst();
      }
      dead.finish();
    }
    assertThat(batches).extracting(Batch::number).containsExactly(1L, 2L);
    List<RequestRecord> requests = batches.stream().flatMap(b -> b.requests().stream()).toList();
    assertThat(requests).extracting(RequestRecord::tenant).contains("alice").hasSize(4);
    assertThat(requests).extracting(RequestRecord::output).startsWith("an answer");
    assertThat(requests)
        .allSatisfy(request -> {
          assertThat(request.keyId()).isNull();
          assertThat(request.costs()).isEqualTo(RequestCosts.NONE);
        });
  }
}
