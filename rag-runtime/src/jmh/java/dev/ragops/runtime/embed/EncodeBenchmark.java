package dev.ragops.runtime.embed;

import java.nio.file.Path;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a text costs before anything is searched: the tokenizer alone, and with the model. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 2)
public class EncodeBenchmark {
    @Param({"9", "32", "128"})
    int tokens;

    private Embedder embedder;
    private String text;

    @Setup
    public void open() {
        embedder = Embedders.open(
                new EmbedderSpec.Builtin("all-MiniLM-L6-v2-q"), Path.of("."), new Embedders.Resources(1, 0));
        text = "rolling the gateway back restores users to stable ".repeat(tokens).strip();
        int end = embedder.tokenizer().spans(text).end()[tokens - 3];
        text = text.substring(0, end);
    }

    @TearDown
    public void close() {
        embedder.close();
    }

    @Benchmark
    public long[] tokenize() {
        return embedder.tokenizer().encode(text, 256);
    }

    @Benchmark
    public float[] embed() {
        return embedder.embedQuery(text);
    }
}
