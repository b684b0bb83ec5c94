package dev.ragops.runtime.cli;

import dev.ragops.runtime.evaluate.Evaluation;

/** Says on stderr how far a long command is: every two seconds, and nothing when it is done sooner. */
final class StderrProgress implements Evaluation.Progress {
    private static final long EVERY_NANOS = 2_000_000_000;

    private long last = System.nanoTime();

    @Override
    public void done(String what, int done, int all) {
        long now = System.nanoTime();
        if (now - last > EVERY_NANOS) {
            last = now;
            System.err.printf("%d of %d %s%n", done, all, what);
        }
    }
}
