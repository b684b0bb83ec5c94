package dev.ragops.runtime.http;

import dev.ragops.runtime.http.contract.Problem;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Reads bodies whole, as far as there is room for all that are under way: a body is held several times over while it is
 * parsed and worked on, and a few large ones at once would fill a small pod's heap. Who finds no room is asked to come back;
 * small bodies always have room.
 */
final class BodyReader {
    /** The beginning of each body is not counted: questions must not be turned away because somebody uploads. */
    static final int FREE = 16 * 1024;

    private final long room;
    private final AtomicLong taken = new AtomicLong();

    /** @param room bytes, besides the free ones, of all bodies at a time; at least that of the largest body allowed */
    BodyReader(long room) {
        this.room = room;
    }

    /** A share of the heap that holds a body's bytes, text and tree at a time. */
    static BodyReader ofHeap(long largestBody) {
        return new BodyReader(Math.max(largestBody, Runtime.getRuntime().maxMemory() / 12));
    }

    /**
     * @param limit bytes a body may have, unpacked
     * @param whole gets the body once all of it is here; else the context fails
     */
    void read(RoutingContext context, long limit, Consumer<Buffer> whole) {
        HttpServerRequest request = context.request();
        if (declared(request) > limit) {
            context.fail(413);
            return;
        }
        Body body = new Body(context, limit);
        request.exceptionHandler(failure -> context.fail(failure instanceof DecoderException ? 400 : 500, failure));
        request.handler(body::add);
        request.endHandler(_ -> {
            if (!body.failed) {
                whole.accept(body.bytes);
            }
        });
        context.addEndHandler(_ -> body.release());
    }

    private static long declared(HttpServerRequest request) {
        String length = request.getHeader("content-length");
        try {
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** One body; on its connection's event loop only. */
    private final class Body {
        private final RoutingContext context;
        private final long limit;
        private Buffer bytes = Buffer.buffer();
        private long counted;
        private boolean failed;

        Body(RoutingContext context, long limit) {
            this.context = context;
            this.limit = limit;
        }

        void add(Buffer part) {
            if (failed) {
                return;
            }
            long length = (long) bytes.length() + part.length();
            if (length > limit) {
                drop();
                context.fail(413);
            } else if (!hasRoom(Math.max(0, length - FREE) - counted)) {
                drop();
                context.fail(Problem.later("Overloaded", "too many large bodies at once; try again in a second"));
            } else {
                bytes.appendBuffer(part);
            }
        }

        private boolean hasRoom(long more) {
            if (more <= 0) {
                return true;
            }
            if (taken.addAndGet(more) > room) {
                taken.addAndGet(-more);
                return false;
            }
            counted += more;
            return true;
        }

        private void drop() {
            failed = true;
            bytes = Buffer.buffer();
            release();
        }

        void release() {
            taken.addAndGet(-counted);
            counted = 0;
        }
    }
}
