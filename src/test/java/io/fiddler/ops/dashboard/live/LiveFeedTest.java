package io.fiddler.ops.dashboard.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import org.springframework.http.codec.ServerSentEvent;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

final class LiveFeedTest {
  private final LiveFeed feed = new LiveFeed(() -> "past");

  @Test
  void viewer_getsThePastOnce_andTheMapWhenItHasChanged() {
    Viewer viewer = new Viewer(Long.MAX_VALUE);
    feed.show(new Tick("1", null, 0));
    feed.events().subscribe(viewer);
    feed.show(new Tick("2", "map", 1));
    feed.show(new Tick("3", "map", 1));
    feed.show(new Tick("4", "other map", 2));

    assertThat(viewer.seen)
        .containsExactly(
            "history past",
            "live 1",
            "experts map",
            "live 2",
            "live 3",
            "experts other map",
            "live 4");
  }

  @Test
  void slowViewer_missesSeconds_butNeitherTheLatestNorTheMap() {
    Viewer slow = new Viewer(2);
    feed.events().subscribe(slow);
    feed.show(new Tick("0", null, 0));
    IntStream.rangeClosed(1, 1_000).forEach(i -> feed.show(new Tick("" + i, "map " + i, i)));
    slow.request(Long.MAX_VALUE);

    assertThat(slow.seen)
        .startsWith("history past", "live 0")
        .endsWith("experts map 1000", "live 1000");
    assertThat(slow.seen).hasSizeLessThan(20);
  }

  @Test
  void viewers_areBounded_andMakeRoomWhenTheyLeave() {
    List<Disposable> viewers = new ArrayList<>();
    for (int i = 0; i < LiveFeed.MAX_VIEWERS; i++) {
      assertThat(feed.isFull()).isFalse();
      viewers.add(feed.events().subscribe());
    }
    assertThat(feed.isFull()).isTrue();
    Viewer oneMore = new Viewer(Long.MAX_VALUE);
    feed.events().subscribe(oneMore);
    assertThat(oneMore.ended).isTrue();

    viewers.getFirst().dispose();
    assertThat(feed.isFull()).isFalse();
    viewers.forEach(Disposable::dispose);
    assertThat(feed.viewers()).isZero();
  }

  @Test
  void streams_end_whenTheServiceStops() {
    Viewer viewer = new Viewer(Long.MAX_VALUE);
    feed.events().subscribe(viewer);
    feed.end();
    assertThat(viewer.ended).isTrue();
    assertThat(feed.viewers()).isZero();
  }

  private static final class Viewer extends BaseSubscriber<ServerSentEvent<String>> {
    final List<String> seen = new ArrayList<>();
    private final long first;
    boolean ended;

    Viewer(long first) {
      this.first = first;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      request(first);
    }

    @Override
    protected void hookOnNext(ServerSentEvent<String> event) {
      @Nullable String data = event.data();
      seen.add(event.event() + " " + data);
    }

    @Override
    protected void hookOnComplete() {
      ended = true;
    }
  }
}
