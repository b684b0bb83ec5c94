package dev.ragops.operator.runtime;

import java.io.IOException;

/** What a runtime pod says of itself. Calls block, and end within a bounded time. */
public interface Runtimes {
    /** @throws IOException when it does not answer as it should */
    Health ask(String address) throws IOException;
}
