package dev.ragops.runtime.http.rag;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/**
 * Cuts a stream into lines and holds at most one of them, of bounded length: the bytes of a longer one are dropped as they
 * come, so that it costs neither memory nor the lines behind it.
 */
final class LineCutter implements Handler<Buffer> {
    private static final int SMALL = 8192;

    private final int most;
    private final Handler<byte[]> whole;
    private final Runnable tooLong;
    private byte[] held = new byte[SMALL];
    private int length;
    private boolean dropping;

    /**
     * @param most bytes of a line, its end not counted
     * @param whole gets each line without its end
     * @param tooLong runs in the place of a line that is longer
     */
    LineCutter(int most, Handler<byte[]> whole, Runnable tooLong) {
        this.most = most;
        this.whole = whole;
        this.tooLong = tooLong;
    }

    @Override
    public void handle(Buffer chunk) {
        byte[] bytes = chunk.getBytes();
        int from = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                hold(bytes, from, i);
                cut();
                from = i + 1;
            }
        }
        hold(bytes, from, bytes.length);
    }

    /** The stream is over; its last line may lack an end. */
    void end() {
        if (length > 0 || dropping) {
            cut();
        }
    }

    private void hold(byte[] bytes, int from, int to) {
        int needed = length + to - from;
        if (dropping || needed > most) {
            dropping = true;
            return;
        }
        if (needed > held.length) {
            held = Arrays.copyOf(held, Math.min(most, Math.max(needed, held.length * 2)));
        }
        System.arraycopy(bytes, from, held, length, to - from);
        length = needed;
    }

    private void cut() {
        if (dropping) {
            tooLong.run();
        } else {
            whole.handle(Arrays.copyOf(held, length));
        }
        if (held.length > SMALL) {
            held = new byte[SMALL];
        }
        length = 0;
        dropping = false;
    }
}
