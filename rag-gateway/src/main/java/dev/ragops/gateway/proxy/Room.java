package dev.ragops.gateway.proxy;

/**
 * Bounds the bytes of questions and answers that are kept at one time, whoever sends them and however slowly. What finds no room
 * is passed on as it comes, or dropped where it is a copy. Lives on one event loop.
 */
final class Room {
    private final long limit;
    private long taken;

    /** @param limit bytes */
    Room(long limit) {
        this.limit = limit;
    }

    /** For a user. */
    Lease lease() {
        return new Lease(limit);
    }

    /** For a copy: users always have the other half. */
    Lease leaseForCopy() {
        return new Lease(limit / 2);
    }

    long taken() {
        return taken;
    }

    /** What one exchange has taken, given back at once when it is over. */
    final class Lease {
        private final long mayFill;
        private long mine;
        private boolean over;

        private Lease(long mayFill) {
            this.mayFill = mayFill;
        }

        boolean take(long bytes) {
            if (over || taken + bytes > mayFill) {
                return false;
            }
            taken += bytes;
            mine += bytes;
            return true;
        }

        void close() {
            over = true;
            taken -= mine;
            mine = 0;
        }
    }
}
