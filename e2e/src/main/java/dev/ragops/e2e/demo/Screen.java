package dev.ragops.e2e.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows a run: chapters, things done, and one live line that is rewritten on a terminal and kept rare in a log. */
final class Screen {
    private static final long LOG_EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    private final PrintStream out;
    private final boolean terminal;
    private final long begin = System.nanoTime();
    private String lastKey = "";
    private long lastLogged;
    private boolean liveShown;

    Screen(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    void chapter(String text) {
        endLive();
        out.println();
        out.println(bold(clock() + "  " + text));
    }

    void line(String text) {
        endLive();
        out.println("       " + text);
    }

    void good(String text) {
        line(paint("32", "✓ ") + text);
    }

    void bad(String text) {
        line(paint("31", "✗ ") + text);
    }

    /**
     * The state of things now.
     *
     * @param key what makes it news: a log gets a line when it changes, or every five seconds
     */
    void live(String key, String text) {
        if (terminal) {
            out.print("\r\033[K" + clock() + "  " + text);
            out.flush();
            liveShown = true;
            if (!key.equals(lastKey)) {
                endLive();
            }
        } else if (!key.equals(lastKey) || System.nanoTime() - lastLogged > LOG_EVERY_NANOS) {
            out.println(clock() + "  " + text);
            lastLogged = System.nanoTime();
        }
        lastKey = key;
    }

    Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void endLive() {
        if (liveShown) {
            out.println();
            liveShown = false;
        }
    }

    private String clock() {
        long seconds = elapsed().toSeconds();
        return String.format(Locale.ROOT, "%02d:%02d", seconds / 60, seconds % 60);
    }

    private String bold(String text) {
        return paint("1", text);
    }

    private String paint(String code, String text) {
        return terminal ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
