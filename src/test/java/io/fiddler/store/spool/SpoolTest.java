package io.fiddler.store.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fiddler.store.batch.Batch;
import io.fiddler.store.batch.WriterIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SpoolTest {
  private static final long MUCH = 1 << 20;

  @TempDir private Path temp;
  private final WriterIdentity writer =
      WriterIdentity.create(Instant.parse("2026-11-22T10:30:00Z"));

  @Test
  void batches_comeBackInOrder_andTheFileGoesWithTheLast() throws Exception {
    Spool spool = new Spool(folder(), MUCH, writer);
    List<Batch> batches = batches(20);
    for (Batch batch : batches) {
      spool.append(batch);
    }
    Path file = Objects.requireNonNull(spool.file());
    assertThat(Files.size(file)).isEqualTo(spool.sizeBytes());
    assertThat(spool.requests()).isEqualTo(requests(batches));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    for (Batch batch : batches) {
      assertThat(spool.first()).usingRecursiveComparison().isEqualTo(batch);
      spool.removeFirst();
    }
    assertThat(spool.isEmpty()).isTrue();
    assertThat(file).doesNotExist();
    assertThat(spool.sizeBytes()).isZero();
    // The next outage begins a file of the same name.
    spool.append(batches.getFirst());
    assertThat(file).exists();
    spool.close();
  }

  @Test
  void deadSpool_isFoundOnlyOnceItsOwnerIsGone() throws Exception {
    SpoolFolder others = new SpoolFolder(folder());
    assertThat(others.nextDead()).isNull();
    Spool spool = new Spool(folder(), MUCH, writer);
    List<Batch> batches = batches(5);
    for (Batch batch : batches) {
      spool.append(batch);
    }
    assertThat(others.nextDead()).isNull();
    spool.close();
    try (DeadSpool dead = Objects.requireNonNull(others.nextDead())) {
      assertThat(dead.writer()).isEqualTo(writer);
      assertThat(others.nextDead()).as("one at a time").isNull();
      assertThat(drain(dead)).usingRecursiveComparison().isEqualTo(batches);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void tornTail_isCut_whereverItIsTorn() throws Exception {
    List<Batch> batches = batches(3);
    long whole = write(batches.subList(0, 2));
    byte[] all = Files.readAllBytes(file());
    Files.delete(file());
    write(batches);
    byte[] more = Files.readAllBytes(file());
    assertThat(Arrays.copyOf(more, all.length)).isEqualTo(all);
    // Around the record's begin byte by byte, then in strides: every one takes the disk some time.
    for (int length = (int) whole;
        length < more.length;
        length += length < whole + 20 || length > more.length - 3 ? 1 : 97) {
      Files.write(file(), Arrays.copyOf(more, length));
      try (DeadSpool dead = Objects.requireNonNull(new SpoolFolder(folder()).nextDead())) {
        assertThat(drain(dead))
            .as("%d of %d bytes", length, more.length)
            .usingRecursiveComparison()
            .isEqualTo(batches.subList(0, 2));
      }
      assertThat(files()).isEmpty();
    }
  }

  @Test
  void zerosAtTheEnd_areCut() throws Exception {
    List<Batch> batches = batches(2);
    write(batches);
    Files.write(file(), new byte[5000], StandardOpenOption.APPEND);
    try (DeadSpool dead = Objects.requireNonNull(new SpoolFolder(folder()).nextDead())) {
      assertThat(drain(dead)).usingRecursiveComparison().isEqualTo(batches);
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void damagedRecord_isLeftOut_andTheFileSetAside() throws Exception {
    List<Batch> batches = batches(4);
    long second = write(batches.subList(0, 1));
    Files.delete(file());
    write(batches);
    byte[] bytes = Files.readAllBytes(file());
    bytes[(int) second + Frame.HEAD_BYTES]++;
    Files.write(file(), bytes);
    try (DeadSpool dead = Objects.requireNonNull(new SpoolFolder(folder()).nextDead())) {
      assertThat(drain(dead)).extracting(Batch::number).containsExactly(1L, 3L, 4L);
    }
    assertThat(files()).containsExactly(file().resolveSibling(file().getFileName() + ".damaged"));
    assertThat(new SpoolFolder(folder()).nextDead()).isNull();
  }

  @Test
  void fileWithoutAHeader_isSetAside_andOneOfAnotherVersionLeft() throws Exception {
    Files.createDirectories(folder());
    Path garbage = Files.writeString(folder().resolve("a.spool"), "something else altogether");
    Files.createFile(folder().resolve("b.spool"));
    write(batches(1));
    byte[] bytes = Files.readAllBytes(file());
    bytes["FIDSPOOL".length() + Integer.BYTES - 1] = 9;
    Files.write(file(), bytes);
    SpoolFolder found = new SpoolFolder(folder());
    assertThat(found.nextDead()).isNull();
    assertThat(found.nextDead()).isNull();
    assertThat(garbage).doesNotExist();
    assertThat(files())
        .containsExactlyInAnyOrder(
            folder().resolve("a.spool.damaged"), folder().resolve("b.spool.damaged"), file());
  }

  @Test
  void append_changesNothing_whenTheFolderCannotBeMade() throws Exception {
    Files.writeString(folder(), "in the way");
    Spool spool = new Spool(folder(), MUCH, writer);
    assertThatThrownBy(() -> spool.append(batches(1).getFirst())).isInstanceOf(IOException.class);
    assertThat(spool.isEmpty()).isTrue();
    assertThat(spool.requests()).isZero();
    Files.delete(folder());
    spool.append(batches(1).getFirst());
    assertThat(spool.first()).isNotNull();
    spool.close();
  }

  @Test
  void roomBytes_isWhatTheLimitLeaves() throws Exception {
    Spool spool = new Spool(folder(), 1000, writer);
    long before = spool.roomBytes();
    spool.append(new Batch(1, List.of(), List.of()));
    assertThat(spool.roomBytes()).isLessThan(before).isEqualTo(1000 - spool.sizeBytes() - 8);
    assertThat(new Spool(folder(), 0, writer).isOn()).isFalse();
    spool.close();
  }

  private static List<Batch> drain(DeadSpool dead) throws IOException {
    List<Batch> drained = new ArrayList<>();
    for (Batch batch = dead.first(); batch != null; batch = dead.first()) {
      drained.add(batch);
      dead.removeFirst();
    }
    dead.finish();
    return drained;
  }

  /// A spool whose process has died; its size.
  private long write(List<Batch> batches) throws IOException {
    Spool spool = new Spool(folder(), MUCH, writer);
    for (Batch batch : batches) {
      spool.append(batch);
    }
    spool.close();
    return spool.sizeBytes();
  }

  private static List<Batch> batches(int count) {
    Batches random = new Batches(count);
    return LongStream.rangeClosed(1, count).mapToObj(random::next).toList();
  }

  private static long requests(List<Batch> batches) {
    return batches.stream().mapToLong(batch -> batch.requests().size()).sum();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files.toList();
    }
  }

  private Path file() {
    return folder().resolve(writer.id() + ".spool");
  }

  private Path folder() {
    return temp.resolve("spool");
  }
}
