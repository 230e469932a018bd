package io.fiddler.constraint.token;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fiddler.constraint.GrammarLimits;
import io.fiddler.constraint.schema.JsonGrammars;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// What a mask costs that is new, and one that is kept, in a string, where nearly all tokens may
/// follow. A tenth of the vocabulary's words is not ASCII.
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class TokenMasksBenchmark {
  /// Mixtral, Qwen.
  @Param({"32000", "151936"})
  int vocabSize;

  private TokenVocabulary vocabulary = TokenVocabulary.of(new byte[0][], false);
  private TokenMasks kept = new TokenMasks(vocabulary);
  private io.fiddler.constraint.token.State inString =
      new io.fiddler.constraint.token.State(new Reading[0], true);

  @Setup
  public void lay() {
    vocabulary = TokenVocabulary.of(words(), false);
    kept = new TokenMasks(vocabulary);
    inString = inString(kept);
  }

  private static io.fiddler.constraint.token.State inString(TokenMasks masks) {
    var grammar = new JsonGrammars(GrammarLimits.DEFAULT).jsonObject();
    io.fiddler.constraint.token.State state =
        masks.states().start(new Todo(grammar.expression(), grammar.maxDepth(), null));
    for (byte b : "{\"a".getBytes(UTF_8)) {
      state = state.next(b, masks.states());
    }
    return state;
  }

  private byte[][] words() {
    SplittableRandom random = new SplittableRandom(1);
    Set<String> words = new LinkedHashSet<>();
    while (words.size() < vocabSize - 256) {
      StringBuilder word = new StringBuilder(random.nextBoolean() ? " " : "");
      boolean ascii = random.nextInt(10) > 0;
      for (int i = 1 + random.nextInt(9); i > 0; i--) {
        word.append((char) (ascii ? random.nextInt('a', 'z' + 1) : random.nextInt(0x4E00, 0x5E00)));
      }
      words.add(word.toString());
    }
    byte[][] bytes = new byte[vocabSize][];
    for (int b = 0; b < 256; b++) {
      bytes[b] = new byte[] {(byte) b};
    }
    int id = 256;
    for (String word : words) {
      bytes[id++] = word.getBytes(UTF_8);
    }
    return bytes;
  }

  /// Nothing is known yet of any state.
  @Benchmark
  public long[] first() {
    TokenMasks masks = new TokenMasks(vocabulary);
    return masks.after(inString(masks), false);
  }

  /// The mask is kept.
  @Benchmark
  public long[] again() {
    return kept.after(inString, false);
  }
}
